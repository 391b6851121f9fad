//! A broker that does not run, and that may be started: since its instance waits to enter its group, or since
//! heal-brokers asks for it.

use super::beginning::{Sake, begin};
use super::draft::Own;
use super::edits;
use super::subject::Subject;
use super::view::View;
use crate::held::Held;
use crate::host::order::Mode;
use fleet::healing::{Cause, Request};
use fleet::host::inspection::Inspection;
use fleet::tags;
use fleet::wishes::Healing;

/// Why a broker that does not run may be started.
#[derive(Clone, Debug)]
pub(super) enum Warrant {
    /// Its instance waits to enter its Auto Scaling group.
    Launch,
    /// heal-brokers asks.
    Asked(Request),
}

/// Why a broker may be started, if it may; what is wrong with a request is held.
pub(super) fn warrant(view: &View<'_>, subject: &Subject<'_>, own: &mut Own) -> Option<Warrant> {
    let broker = subject.broker;
    let instance = &broker.instance;
    if view.launches(instance) {
        return Some(Warrant::Launch);
    }
    let text = view.tag(instance, tags::RESTART)?;
    let asked = |why: String| Held::Asked {
        node: broker.node,
        instance: instance.clone(),
        why,
    };
    let request = match Request::read(text, instance) {
        Ok(request) => request,
        Err(error) => {
            let key = tags::RESTART;
            own.hold(asked(format!(
                "of its tag {key}: {error}; take the tag away"
            )));
            return None;
        }
    };
    if !request.is_fresh(view.now) {
        return None;
    }
    let needed = match request.cause {
        Cause::Gone => Healing::Start,
        Cause::Hangs => Healing::Restart,
    };
    let why = match view.healing() {
        Ok(healing) if healing >= needed => return Some(Warrant::Asked(request)),
        Ok(healing) => format!("the parameter healing is {healing}, and {needed} is needed"),
        Err(refusals) => format!("the parameter healing cannot be used: {refusals}"),
    };
    own.hold(asked(why));
    None
}

/// Starts a broker whose process is gone, unless something is in the way.
pub(super) fn start(
    view: &View<'_>,
    subject: &Subject<'_>,
    inspection: &Inspection,
    warrant: Warrant,
    own: &mut Own,
) {
    let file = match edits::read_file(inspection) {
        Ok(file) => file,
        Err(why) => return own.hold(Held::host(subject.broker, why)),
    };
    let mode = match &warrant {
        Warrant::Asked(_) => Mode::Start,
        Warrant::Launch => match edits::change(subject, inspection, None, file) {
            Ok(change) if change.spans.is_empty() => Mode::Start,
            Ok(change) => change.into_mode(),
            Err(held) => return own.hold(held),
        },
    };
    let sake = match warrant {
        Warrant::Launch => Sake::Launch,
        Warrant::Asked(request) => Sake::Asked(request),
    };
    begin(view, subject, (inspection, file), mode, sake, own);
}
