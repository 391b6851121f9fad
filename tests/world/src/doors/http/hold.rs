//! Answers that are held back: AWS has done what it was asked, and the caller does not hear of it.
//! So a test knows at which moment the caller is, and can end it there.

use super::{functions, parameters};
use bytes::Bytes;
use http::Request;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Who waits at a door.
#[derive(Clone, Debug, Default)]
pub(super) struct Holds(Arc<Mutex<Vec<Arc<Gate>>>>);

#[derive(Debug)]
struct Gate {
    action: Option<String>,
    waiting: watch::Sender<usize>,
    open: watch::Sender<bool>,
}

/// Answers are held until this is dropped; then all of them are given.
#[derive(Debug)]
pub struct Hold {
    gate: Arc<Gate>,
    holds: Holds,
}

impl Hold {
    /// Waits until this many answers have been held.
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

impl Holds {
    /// Holds the answers to this action, or to all of them.
    pub(super) fn hold(&self, action: Option<&str>) -> Hold {
        let gate = Arc::new(Gate {
            action: action.map(str::to_owned),
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
    pub(super) async fn pass(&self, request: &Request<Bytes>) {
        let gate = {
            let gates = self.gates();
            if gates.is_empty() {
                return;
            }
            let asked = action(request);
            let mut gates = gates.iter();
            gates
                .find(|gate| gate.action.is_none() || gate.action == asked)
                .cloned()
        };
        if let Some(gate) = gate {
            gate.waiting.send_modify(|waiting| *waiting += 1);
            // It ends with the gate only, which is held here.
            let _ = gate.open.subscribe().wait_for(|open| *open).await;
        }
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
        let hold = holds.hold(Some("CreateListener"));
        assert!(hold.reached(1).now_or_never().is_none());
        let (held, other) = (query("CreateListener"), query("DescribeTags"));
        let mut held = Box::pin(holds.pass(&held));
        assert!(held.as_mut().now_or_never().is_none());
        assert!(holds.pass(&other).now_or_never().is_some());
        hold.reached(1).await;
        drop(hold);
        held.await;
        let again = query("CreateListener");
        assert!(holds.pass(&again).now_or_never().is_some());
    }

    #[tokio::test]
    async fn every_answer_is_held_if_no_action_is_named() {
        let holds = Holds::default();
        let _hold = holds.hold(None);
        assert!(holds.pass(&query("DescribeTags")).now_or_never().is_none());
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
