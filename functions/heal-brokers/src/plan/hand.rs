//! Whether push-listeners has a broker in hand: from its command until that has settled. A roll that only waits has
//! none.

use super::condition::Condition;
use super::looks::was_up_since;
use super::view::{Patient, View};
use crate::held::Held;
use crate::observed::Observed;
use fleet::documents::Document;
use fleet::foreign::clean;
use fleet::host::was_refused;
use fleet::observed::{Command, CommandOutput};
use fleet::words::{CommandId, InstanceId};
use jiff::{SignedDuration, Timestamp};

/// How long a broker may take to come back from a command, before it is nobody's.
const COMES_BACK: SignedDuration = SignedDuration::from_hours(1);
/// How much of a comment is shown.
const SHOWN: usize = 200;

/// What push-listeners does to a broker, if it does; what it was asked for by us does not count.
pub(super) fn in_hand(view: &View<'_>, patients: &[Patient<'_>]) -> Option<Held> {
    let of_whom = |command: &Command| {
        let mut all = patients.iter();
        all.find(|it| command.instances.contains(&it.broker.instance))
    };
    let is_ours = |command: &Command| of_whom(command).is_some_and(|it| it.is_asked(view.now));
    let is_away = |command: &Command| {
        let age = view.now.duration_since(command.requested_at);
        let is_back = of_whom(command).is_none_or(|it| {
            it.condition == Condition::Up || was_up_since(view, it.broker, command.requested_at)
        });
        !is_back && age < COMES_BACK
    };
    let refused = |command: &Command| output(view, command).is_some_and(was_refused);
    let busy = view.touches().find(|it| {
        let unsettled = view.now < it.end(output(view, it)) + Command::SETTLES;
        !is_ours(it) && !refused(it) && (unsettled || is_away(it))
    })?;
    let comment = clean(&busy.comment, SHOWN);
    Some(Held::InHand { comment })
}

/// The commands whose answers are needed, with their hosts: those that may be at work, or were lately.
pub(super) fn commands(observed: &Observed, now: Timestamp) -> Vec<(CommandId, InstanceId)> {
    let Some(ward) = &observed.ward else {
        return Vec::new();
    };
    let looks = Document::Inspect.name(&observed.cluster);
    let touches = ward.commands.iter().flatten();
    let recent =
        |it: &&Command| now.duration_since(it.requested_at) < COMES_BACK + Command::SETTLES;
    let touches = touches.filter(|it| it.document != looks && it.status.has_ended());
    let touches = touches.filter(recent);
    let of_one = |it: &Command| Some((it.id.clone(), it.only_host()?.clone()));
    touches.filter_map(of_one).collect()
}

fn output<'a>(view: &View<'a>, command: &Command) -> Option<&'a CommandOutput> {
    let output = view.ward.outputs.get(&command.id)?;
    output.as_ref().ok()?.as_ref()
}
