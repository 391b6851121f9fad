//! Waiting for things to become so, with a ceiling and a reason; never a fixed sleep.

use crate::local::LocalAws;
use std::future::Future;
use std::time::Duration;
use tokio::time::Instant;

/// Longer than anything here takes on a busy machine, in real time.
pub(super) const CEILING: Duration = Duration::from_secs(180);

/// Asks again and again until the answer is yes; the error is the last no. A world in which
/// something broke is not waited for.
pub(super) async fn until<F, T>(world: &LocalAws, mut ask: impl FnMut() -> F) -> Result<T, String>
where
    F: Future<Output = Result<T, String>>,
{
    let deadline = Instant::now() + CEILING;
    loop {
        sound(world)?;
        match ask().await {
            Ok(yes) => return Ok(yes),
            Err(no) if Instant::now() > deadline => {
                return Err(format!("after {} s: {no}", CEILING.as_secs()));
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// Whether the world itself works, and no function ever crashed.
pub(super) fn sound(world: &LocalAws) -> Result<(), String> {
    let surprises = world.surprises();
    if let Some(first) = surprises.first() {
        return Err(format!("the AWS door did not understand: {first}"));
    }
    let journal = world.journal();
    if let Some(broken) = &journal.broken {
        return Err(format!("the world broke: {broken}"));
    }
    let mut failures = journal.all().flat_map(|(function, runs)| {
        let failures = runs.failures.iter();
        failures.map(move |failure| format!("{function} failed: {failure}"))
    });
    failures.next().map_or(Ok(()), Err)
}
