//! How long a peer may keep us waiting. Time in which we ourselves were slow is not the peer's: a
//! function with a seventh of a core may be stopped for longer than a round trip takes.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// Between two looks at the socket. However late a look is, it counts as so much: a peer whose
/// answer is there is seen at the next one, before anything is counted.
const LOOK: Duration = Duration::from_millis(100);

/// What is left of a connection's patience.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    left: Duration,
}

impl Patience {
    pub fn new(patience: Duration) -> Self {
        Self { left: patience }
    }

    /// What a peer may still take.
    pub fn left(self) -> Duration {
        self.left
    }

    /// For something that is worth no more than this.
    pub fn at_most(self, limit: Duration) -> Self {
        Self {
            left: self.left.min(limit),
        }
    }

    /// Waits for the peer; None when the patience is used up.
    pub async fn wait<F: Future>(&mut self, peer: F) -> Option<F::Output> {
        let mut peer = pin!(peer);
        loop {
            let look = self.left.min(LOOK);
            let began = Instant::now();
            let answer = timeout(look, &mut peer).await;
            self.left -= began.elapsed().min(look);
            match answer {
                Ok(answer) => return Some(answer),
                Err(_) if self.left.is_zero() => return None,
                Err(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{pending, ready};
    use tokio::sync::oneshot;
    use tokio::time::sleep;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_says_nothing_is_waited_for_as_long_as_was_said() {
        let began = Instant::now();
        let mut patience = Patience::new(5 * SECOND);
        assert_eq!(patience.wait(pending::<()>()).await, None);
        assert_eq!(began.elapsed().as_secs(), 5);
        assert_eq!(patience.wait(pending::<()>()).await, None);
        assert_eq!(began.elapsed().as_secs(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn what_one_wait_takes_is_missing_for_the_next() {
        let mut patience = Patience::new(5 * SECOND);
        assert_eq!(patience.wait(sleep(3 * SECOND)).await, Some(()));
        assert_eq!(patience.wait(sleep(3 * SECOND)).await, None);
    }

    /// As of a process that gets no core for so long.
    fn stopped(time: Duration) {
        std::thread::sleep(time);
    }

    #[tokio::test]
    async fn time_in_which_we_were_stopped_is_not_the_peers() {
        let mut patience = Patience::new(SECOND);
        let (answer, answered) = oneshot::channel();
        let peer = tokio::spawn(async move {
            // Everybody on this thread stands still, the waiting one included.
            stopped(2 * SECOND);
            answer.send("here")
        });
        assert_eq!(patience.wait(answered).await, Some(Ok("here")));
        assert!(patience.left() >= SECOND - 2 * LOOK, "{patience:?}");
        assert_eq!(peer.await.expect("a peer"), Ok(()));
    }

    #[tokio::test]
    async fn an_answer_that_is_there_is_taken_when_nothing_is_left() {
        let mut patience = Patience::new(Duration::ZERO);
        assert_eq!(patience.wait(ready("here")).await, Some("here"));
    }
}
