//! Plays a scenario undisturbed and then with a fault at every point, and compares the ends.

use crate::compare::{Verdict, compare};
use crate::count::Counts;
use crate::fault::Fault;
use crate::play::play;
use crate::subject::Subject;
use tests::Stage;

/// Disturbs the function at every call that it makes, and at every wake that it gets, from the end
/// of `setup` until nothing is left to do. A read gets each answer that it would have got at any
/// time before, from the beginning of `setup` on. Whatever happens, the end must be the one of the
/// undisturbed run, and stay; and what served all along in that run must have done so here, too.
pub fn everywhere<S: Subject>(scenario: &str, setup: impl AsyncFn(&Stage)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let (mut counts, mut divergences) = (Counts::new(1), Vec::new());
    runtime.block_on(async {
        let stage = Stage::new();
        stage.versions().keep(true);
        setup(&stage).await;
        let start = (&stage, stage.now());
        let calm = play::<S>(start, None).await;
        stage.versions().keep(false);
        assert_eq!(calm.wrong, None, "{scenario}, undisturbed");
        for fault in Fault::all(&calm) {
            counts.point(fault);
            let disturbed = play::<S>(start, Some((fault, &calm))).await;
            match compare::<S>(&calm, &disturbed, fault).await {
                Verdict::Same => {}
                Verdict::ADayLater => counts.a_day_later(),
                Verdict::Other(how) => {
                    counts.divergence();
                    divergences.push(format!("{}: {how}", fault.sentence(&calm)));
                }
            }
        }
    });
    counts.print(scenario);
    assert!(
        divergences.is_empty(),
        "{scenario}: {} points end in another way, the first being:\n{}",
        divergences.len(),
        divergences[..divergences.len().min(3)].join("\n")
    );
}
