//! The program ends, or AWS refuses, or talks nonsense, at some of its calls; with `EVERY=1` at one call after the
//! other, which takes minutes.

use crate::account::{Account, Ended};
use serde_json::{Value, json};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// The calls that find out whose account it is: before them nothing can be written.
const BEFORE: u64 = 7;

/// An account whose reading questions are answered, so that what is left is about what is made.
fn read() -> Account {
    let account = Account::faithful();
    let ended = account.run("orders --read-only");
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    account
}

/// How many calls an undisturbed run makes from there, and the state that it begins with.
fn undisturbed() -> &'static (u64, Vec<u8>) {
    static UNDISTURBED: OnceLock<(u64, Vec<u8>)> = OnceLock::new();
    UNDISTURBED.get_or_init(|| {
        let account = read();
        let state = std::fs::read(account.state()).expect("a state");
        account.goes_wrong(json!({}));
        let ended = account.run("orders --yes");
        assert_eq!(ended.code, Some(0), "{}", ended.said);
        let calls = account.read()["calls"].as_u64().expect("a number");
        (calls, state)
    })
}

/// Plays something for each of every so many calls, on two threads, each with an account of its own that is read already.
fn at_each_call(step: usize, play: impl Fn(&Account, u64) + Sync) {
    let (last, state) = undisturbed();
    let step = std::env::var_os("EVERY").map_or(step, |_| 1);
    let points: Vec<u64> = (BEFORE + 1..=*last).step_by(step).collect();
    assert!(points.len() * step > 40, "{last} calls");
    let next = AtomicU64::new(0);
    let work = || {
        loop {
            let at = usize::try_from(next.fetch_add(1, Ordering::Relaxed)).expect("few");
            let Some(point) = points.get(at) else {
                return;
            };
            let account = Account::faithful();
            std::fs::write(account.state(), state).expect("a state");
            play(&account, *point);
        }
    };
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(work);
        }
    });
}

/// Runs it again, undisturbed: all is answered, and the account is as it was.
fn check_next_run(account: &Account, before: &Value, how: &str) {
    account.goes_wrong(json!({}));
    let Ended { code, said } = account.run("orders --yes");
    assert_eq!(code, Some(0), "{how}: {said}");
    assert!(said.contains(" 0 differ, 0 not asked"), "{how}: {said}");
    assert_eq!(account.others(), *before, "{how}: {said}");
}

#[test]
fn killed_after_a_call_the_next_run_finds_what_is_left_and_asks_the_rest() {
    at_each_call(7, |account, point| {
        let before = account.others();
        account.goes_wrong(json!({"after": point, "signal": 9}));
        let ended = account.run("orders --yes");
        assert_eq!(ended.code, None, "call {point}: {}", ended.said);
        check_next_run(account, &before, &format!("killed after call {point}"));
    });
}

#[test]
fn killed_before_a_call_takes_effect_it_is_the_same() {
    at_each_call(11, |account, point| {
        let before = account.others();
        account.goes_wrong(json!({"before": point}));
        let ended = account.run("orders --yes");
        assert_eq!(ended.code, None, "call {point}: {}", ended.said);
        check_next_run(account, &before, &format!("killed before call {point}"));
    });
}

#[test]
fn interrupted_or_hung_up_it_takes_away_what_it_made_by_itself() {
    // SIGINT, SIGTERM and SIGHUP. While it takes things away, an interruption ends that, and says what to do.
    for (signal, step) in [(2, 11), (15, 13), (1, 17)] {
        at_each_call(step, |account, point| {
            let before = account.others();
            account.goes_wrong(json!({"after": point, "signal": signal}));
            let Ended { code, said } = account.run("orders --yes");
            assert_eq!(code, Some(130), "signal {signal}, call {point}: {said}");
            assert!(said.contains("it goes on where it ended"), "{said}");
            if said.contains("could not be taken away") {
                assert!(
                    said.contains("infra/conformance/run orders --clean"),
                    "{said}"
                );
                account.goes_wrong(json!({}));
                assert_eq!(account.run("orders --clean").code, Some(0));
            }
            assert_eq!(
                account.others(),
                before,
                "signal {signal}, call {point}: {said}"
            );
        });
    }
}

#[test]
fn refused_at_any_call_nothing_is_left_or_the_way_out_is_said() {
    for (code, step) in [
        ("AccessDenied", 7),
        ("Throttling", 9),
        ("ExpiredToken", 13),
        ("InternalFailure", 17),
    ] {
        at_each_call(step, |account, point| {
            let before = account.others();
            account.goes_wrong(json!({"fail_at": point, "fail_with": code}));
            let ended = account.run("orders --yes");
            let how = format!("{code} at call {point}: {}", ended.said);
            assert!(matches!(ended.code, Some(0..=2)), "{how}");
            assert!(!ended.said.contains("Traceback"), "{how}");
            if ended.said.contains("could not be taken away") {
                assert!(ended.said.contains("--clean"), "{how}");
            } else {
                assert_eq!(account.others(), before, "{how}");
            }
            check_next_run(account, &before, &how);
        });
    }
}

#[test]
fn nonsense_at_any_call_is_told_in_a_sentence_and_changes_nothing() {
    let nonsense = [
        "no JSON",
        "{\"Listeners\": ",
        "[]",
        "{}",
        "null",
        "{\"Listeners\": [null], \"TargetGroups\": \"\", \"TagDescriptions\": {}}",
    ];
    at_each_call(5, |account, point| {
        let before = account.others();
        let text = nonsense[usize::try_from(point / 5).expect("few") % nonsense.len()];
        account.goes_wrong(json!({"nonsense_at": point, "nonsense": text}));
        let ended = account.run("orders --yes");
        let how = format!("{text:?} at call {point}: {}", ended.said);
        assert!(matches!(ended.code, Some(0..=2)), "{how}");
        assert!(!ended.said.contains("Traceback"), "{how}");
        check_next_run(account, &before, &how);
    });
}
