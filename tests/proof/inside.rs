//! Inside of the world: makes the cluster, and plays the scenes that it is told, one after the other.

use crate::outside::Cluster;
use crate::secured::{self, Secured};
use crate::three::{self, Three};
use futures::FutureExt;
use std::panic::{self, AssertUnwindSafe};
use std::process;
use std::time::Duration;
use tokio::time::timeout;

/// What is said after a scene, alone on a line.
pub const PLAYED: &str = "scene: played";
/// Likewise.
pub const FAILED: &str = "scene: failed";

/// Longer than any scene takes, on any machine.
const CEILING: Duration = Duration::from_secs(400);

/// Plays until nobody orders a scene any more, and ends this process.
pub fn serve(cluster: Cluster) -> ! {
    // The harness has begun a line with the test's name.
    println!();
    // With the rest of what is said, so that it stands where it belongs.
    panic::set_hook(Box::new(|info| println!("{info}")));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        match cluster {
            Cluster::Three => on(Three::start().await, three::play).await,
            Cluster::Secured => on(Secured::start().await, secured::play).await,
        }
    });
    // Nobody listens any more to what the harness would say now.
    process::exit(0)
}

async fn on<C>(mut cluster: C, play: impl AsyncFn(&mut C, &str) -> bool) {
    for test in std::io::stdin().lines() {
        let test = test.expect("text");
        let scene = timeout(CEILING, play(&mut cluster, &test));
        // A cluster that a scene has failed on is not used again.
        let played = AssertUnwindSafe(scene).catch_unwind().await;
        let word = match played {
            Ok(Ok(true)) => PLAYED,
            Ok(Ok(false)) => {
                println!("there is no scene {test}");
                FAILED
            }
            Ok(Err(_)) => {
                println!("the scene takes longer than {} s", CEILING.as_secs());
                FAILED
            }
            Err(_) => FAILED,
        };
        println!("{word}");
    }
}

/// Makes a test of each of these scenes, and a way to play them.
macro_rules! scenes {
    ($cluster:ident: $($name:ident),+ $(,)?) => {
        /// Plays the scene of this test, if it is one of these.
        pub async fn play(cluster: &mut $crate::$cluster, test: &str) -> bool {
            $(if test == concat!(module_path!(), "::scene::", stringify!($name)) {
                $name(cluster).await;
                return true;
            })+
            false
        }

        mod scene {
            $(#[test]
            fn $name() {
                let test = concat!(module_path!(), "::", stringify!($name));
                $crate::outside::play($crate::outside::Cluster::$cluster, test);
            })+
        }
    };
}
pub(crate) use scenes;
