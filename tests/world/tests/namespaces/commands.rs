//! Scripts of commands on a real host, as an agent runs them.

use crate::inside::{WORLD, host, inside, sh};
use std::time::{Duration, Instant};
use world::hosts::{Host, Network};
use world::model::{Ran, ScriptRun};

fn run_of(script: &str, seconds: u64) -> ScriptRun {
    let environment = [
        ("SSM_payload", "dmVyc2lvbiAx"),
        ("AWS_SSM_INSTANCE_ID", "i-1"),
        ("AWS_SSM_REGION_NAME", "us-west-2"),
    ];
    ScriptRun {
        command: "c-1".into(),
        number: 1,
        instance: "i-1".into(),
        document: "inspect".into(),
        script: script.to_owned(),
        environment: environment
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        at: jiff::Timestamp::UNIX_EPOCH,
        execution_timeout: Duration::from_secs(seconds),
    }
}

async fn ran(host: &Host, script: &str, seconds: u64) -> Ran {
    let run = run_of(script, seconds);
    let ran = host.run_script(&run, &std::env::temp_dir()).await;
    ran.unwrap()
}

#[test]
fn a_script_runs_on_its_host_with_what_the_agent_gives_it() {
    inside!(
        a_script_runs_on_its_host_with_what_the_agent_gives_it,
        async {
            let network = Network::open(WORLD).await.unwrap();
            let one = host(&network, "broker-1", [10, 0, 0, 11], "").await;
            let script = "hostname; echo $SSM_payload $AWS_SSM_INSTANCE_ID $AWS_SSM_REGION_NAME\n\
                          env | grep -c ^CARGO; pwd; echo no >&2; read line || exit 11";
            let ran = ran(&one, script, 60).await;
            assert_eq!(
                ran.stdout,
                "broker-1\ndmVyc2lvbiAx i-1 us-west-2\n0\n/usr/bin\n"
            );
            assert_eq!((ran.exit_code, &*ran.stderr), (Some(11), "no\n"));
        }
    );
}

#[test]
fn what_takes_too_long_is_killed_and_what_has_a_session_of_its_own_stays() {
    inside!(
        what_takes_too_long_is_killed_and_what_has_a_session_of_its_own_stays,
        async {
            let network = Network::open(WORLD).await.unwrap();
            let one = host(&network, "broker-1", [10, 0, 0, 11], "").await;
            let script = "echo begun; sleep 601 & setsid sleep 602 & wait";
            let began = Instant::now();
            let killed = ran(&one, script, 1).await;
            assert!(began.elapsed() < Duration::from_secs(30));
            assert_eq!((killed.exit_code, &*killed.stdout), (None, "begun\n"));
            let sleeping = || {
                let sleeping = |arguments: &[String]| arguments.contains(&"sleep".to_owned());
                one.processes(sleeping).unwrap().len()
            };
            while sleeping() > 1 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            assert_eq!(sleeping(), 1);
        }
    );
}

#[test]
fn a_script_that_leaves_a_process_behind_has_ended_all_the_same() {
    inside!(
        a_script_that_leaves_a_process_behind_has_ended_all_the_same,
        async {
            let network = Network::open(WORLD).await.unwrap();
            let one = host(&network, "broker-1", [10, 0, 0, 11], "").await;
            let ran = ran(&one, "setsid sleep 603 & echo started", 60).await;
            assert_eq!((ran.exit_code, &*ran.stdout), (Some(0), "started\n"));
            // It is a fork of the shell for a moment more.
            while sh(&one, "pgrep -c sleep || true").await != "1" {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    );
}
