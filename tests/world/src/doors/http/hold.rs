//! Answers that are held back: AWS has done what it was asked, and the caller does not hear of it; and requests that are
//! held back before AWS does anything. So a test knows at which moment the caller is, and can end it there.

use super::{functions, parameters};
use bytes::Bytes;
use http::Request;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Who waits at a door.
#[derive(Clone, Debug, Default)]
pub(super) struct Holds(Arc<Mutex<Vec<Arc<Gate>>>>);

#[derive(Debug)]
struct Gate {
    held: Held,
    waiting: watch::Sender<usize>,
    open: watch::Sender<bool>,
}

/// What is held.
#[derive(Debug)]
enum Held {
    /// The answers to this action of a caller, or to all of them.
    Answers { by: String, action: Option<String> },
    /// The answer to one call of a caller, after so many others.
    Answer { by: String, after: AtomicUsize },
    /// Requests for this action: nothing is done.
    Requests(String),
}

impl Held {
    fn is_answer(&self, request: &Request<Bytes>, by: Option<&str>) -> bool {
        match self {
            Self::Answers {
                by: caller,
                action: asked,
            } => Some(caller.as_str()) == by && (asked.is_none() || *asked == action(request)),
            Self::Answer { by: caller, after } => {
                let fewer = |after: usize| Some(after.wrapping_sub(1));
                let order = Ordering::Relaxed;
                Some(caller.as_str()) == by && after.fetch_update(order, order, fewer) == Ok(0)
            }
            Self::Requests(_) => false,
        }
    }

    fn is_request(&self, request: &Request<Bytes>) -> bool {
        match self {
            Self::Requests(asked) => Some(asked) == action(request).as_ref(),
            Self::Answers { .. } | Self::Answer { .. } => false,
        }
    }
}

/// Answers are held until this is dropped; then all of them are given. Requests that are held are never carried out.
#[derive(Debug)]
pub struct Hold {
    gate: Arc<Gate>,
    holds: Holds,
}

impl Hold {
    /// Waits until this many answers or requests have been held.
    pub async fn reached(&self, times: usize) {
        let mut waiting = self.gate.waiting.subscribe();
        // It ends with the gate only, which this keeps.
        let _ = waiting.wait_for(|waiting| *waiting >= times).await;
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.holds
            .gates()
            .retain(|gate| !Arc::ptr_eq(gate, &self.gate));
        self.gate.open.send_replace(true);
    }
}

impl Gate {
    async fn wait(&self) {
        self.waiting.send_modify(|waiting| *waiting += 1);
        // It ends with the gate only, which is held here.
        let _ = self.open.subscribe().wait_for(|open| *open).await;
    }
}

impl Holds {
    /// Holds the answers to this action of a caller, or to all of them.
    pub(super) fn hold(&self, by: &str, action: Option<&str>) -> Hold {
        self.add(Held::Answers {
            by: by.to_owned(),
            action: action.map(str::to_owned),
        })
    }

    /// Holds the answer to one call of a caller: to its first one from now on, to its second one, and so on.
    pub(super) fn hold_call(&self, by: &str, number: usize) -> Hold {
        self.add(Held::Answer {
            by: by.to_owned(),
            after: AtomicUsize::new(number.saturating_sub(1)),
        })
    }

    /// Holds requests for this action.
    pub(super) fn hold_before(&self, action: &str) -> Hold {
        self.add(Held::Requests(action.to_owned()))
    }

    fn add(&self, held: Held) -> Hold {
        let gate = Arc::new(Gate {
            held,
            waiting: watch::Sender::new(0),
            open: watch::Sender::new(false),
        });
        self.gates().push(Arc::clone(&gate));
        Hold {
            gate,
            holds: self.clone(),
        }
    }

    /// Waits as long as answers to this request are held.
    pub(super) async fn pass(&self, request: &Request<Bytes>, by: Option<&str>) {
        let held = self.find(|held| held.is_answer(request, by));
        if let Some(gate) = held {
            gate.wait().await;
        }
    }

    /// Whether this request may be carried out; if not, the answer comes when nobody holds it any more.
    pub(super) async fn admit(&self, request: &Request<Bytes>) -> bool {
        match self.find(|held| held.is_request(request)) {
            Some(gate) => {
                gate.wait().await;
                false
            }
            None => true,
        }
    }

    fn find(&self, is_held: impl Fn(&Held) -> bool) -> Option<Arc<Gate>> {
        let gates = self.gates();
        gates.iter().find(|gate| is_held(&gate.held)).cloned()
    }

    fn gates(&self) -> MutexGuard<'_, Vec<Arc<Gate>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The action that a request asks for, in any protocol.
fn action(request: &Request<Bytes>) -> Option<String> {
    if functions::function(request).is_some() {
        return Some("Invoke".to_owned());
    }
    let mut pairs = form_urlencoded::parse(request.body());
    pairs
        .find(|(name, _)| name == "Action")
        .map(|(_, action)| action.into_owned())
        .or_else(|| parameters::action(request.headers()).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    fn query(action: &str) -> Request<Bytes> {
        Request::new(Bytes::from(format!("Version=1&Action={action}")))
    }

    #[tokio::test]
    async fn answers_of_one_action_are_held_until_the_hold_is_dropped() {
        let holds = Holds::default();
        let hold = holds.hold("a", Some("CreateListener"));
        assert!(hold.reached(1).now_or_never().is_none());
        let (held, other) = (query("CreateListener"), query("DescribeTags"));
        let mut held = Box::pin(holds.pass(&held, Some("a")));
        assert!(held.as_mut().now_or_never().is_none());
        assert!(holds.pass(&other, Some("a")).now_or_never().is_some());
        hold.reached(1).await;
        drop(hold);
        held.await;
        let again = query("CreateListener");
        assert!(holds.pass(&again, Some("a")).now_or_never().is_some());
    }

    #[tokio::test]
    async fn every_answer_to_a_caller_is_held_if_no_action_is_named() {
        let holds = Holds::default();
        let hold = holds.hold("a", None);
        let request = query("DescribeTags");
        let passes = |by| holds.pass(&request, by).now_or_never().is_some();
        assert_eq!([Some("b"), None].map(passes), [true, true]);
        assert!(hold.reached(1).now_or_never().is_none());
        assert!(!passes(Some("a")));
        hold.reached(1).await;
    }

    #[tokio::test]
    async fn the_answer_to_one_call_of_a_caller_is_held() {
        let holds = Holds::default();
        let _hold = holds.hold_call("a", 2);
        let request = query("DescribeTags");
        let passes = |by| holds.pass(&request, by).now_or_never().is_some();
        let calls = [Some("a"), Some("b"), None, Some("a"), Some("a")];
        assert_eq!(calls.map(passes), [true, true, true, false, true]);
    }

    #[tokio::test]
    async fn requests_that_are_held_are_never_carried_out() {
        let holds = Holds::default();
        let hold = holds.hold_before("SendCommand");
        let (held, other) = (query("SendCommand"), query("DescribeTags"));
        assert_eq!(holds.admit(&other).now_or_never(), Some(true));
        let mut held = Box::pin(holds.admit(&held));
        assert_eq!(held.as_mut().now_or_never(), None);
        drop(hold);
        assert!(!held.await);
    }

    #[test]
    fn the_action_of_an_invocation_is_its_path() {
        let path = "/2015-03-31/functions/arn%3Aaws%3Alambda%3Ar%3A1%3Afunction%3AF/invocations";
        let request = Request::post(path).body(Bytes::from_static(b"{}")).unwrap();
        assert_eq!(action(&request).as_deref(), Some("Invoke"));
    }

    #[test]
    fn the_action_of_a_json_request_is_in_its_header() {
        let mut request = Request::new(Bytes::from_static(b"{}"));
        let target = "AmazonSSM.GetParametersByPath".parse().unwrap();
        request.headers_mut().insert("x-amz-target", target);
        assert_eq!(action(&request).as_deref(), Some("GetParametersByPath"));
    }
}
