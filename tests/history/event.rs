//! What can happen to a cluster, and random histories of it.

use proptest::collection::vec;
use proptest::prelude::*;

/// One thing that happens. A `u8` picks one of what there is then, whatever its number.
#[derive(Clone, Debug)]
pub enum Event {
    /// A broker with this `node.id` is launched in a zone.
    Launch(u32, usize),
    /// An instance is launched that is no broker of ours; which kind, and where.
    LaunchOdd(u8, usize),
    /// A second instance with the `node.id` of a live one.
    Twin(u8, usize),
    /// An instance is terminated.
    Terminate(u8),
    /// An instance is stopped.
    Stop(u8),
    /// An instance is started.
    Start(u8),
    /// An instance is rebooted; nothing tells of it (P-26).
    Reboot(u8),
    /// An instance is terminated and another one launched with its `node.id` at once (P-27).
    Replace(u8, usize),
    /// Every instance of a zone is terminated.
    LoseZone(usize),
    /// An Auto Scaling group keeps one instance with this `node.id`, or none.
    Keep(u32, bool),
    /// An Auto Scaling group is about to terminate one of its instances.
    Leave(u8),
    /// The broker on an instance stops answering, or answers again.
    Answers(u8, bool),
    /// The process on an instance hangs, is fenced, denies who it is, is something else, or is well;
    /// its target is healthy all the while.
    Process(u8, u8),
    /// EC2 does not show an instance for some seconds, less than between two looks (P-15).
    Hide(u8, u8),
    /// An instance loses its tags.
    Untag(u8),
    /// An instance is tagged as another broker.
    Retag(u8, u32),
    /// A slip in the tags of a broker's instance, or of all of them at once.
    Slip(Slip, Option<u8>),
    /// Somebody else takes a port of the NLB.
    ForeignListener(u16),
    /// Somebody else has a target group of the name that broker's group would have.
    Squatter(u32),
    /// Somebody else takes every listener that the NLB has left (F1).
    Fill,
    /// A listener of ours is pointed at any target group.
    Repoint(u8, u8),
    /// A listener of ours is deleted.
    DeleteListener(u8),
    /// A target group is deleted, if no listener needs it.
    DeleteGroup(u8),
    /// A target is taken out of a group.
    Deregister(u8, u8),
    /// An instance is put into a group, perhaps with a port of its own (F15).
    Register(u8, u8, bool),
    /// Attributes and health check of a group are edited.
    EditGroup(u8),
    /// Attributes of a listener are edited.
    EditListener(u8),
    /// A tag is taken off a group; which one.
    StripTag(u8, u8),
    /// A zone of the NLB is disabled or enabled.
    Zone(usize, bool),
    /// The parameter of a listener group is written.
    Put(&'static str, Value),
    /// It is deleted.
    Delete(&'static str),
    /// `paused` is written.
    Paused(bool),
    /// Something happens to who may connect.
    Access(super::principals::Access),
    /// Something happens to the health of brokers.
    Health(super::healing::Health),
    /// Calls fail: which one, how, how often.
    Fail(u8, Failure, usize),
    /// Every fault ends.
    EndFaults,
    /// Seconds pass.
    Pass(u32),
    /// The function runs.
    Activate,
}

/// What goes wrong in the tags of instances; what runs on them stays what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip {
    /// Each has the `node.id` of the next one.
    OffByOne,
    /// Two and two have each other's.
    Swapped,
    /// All have the first one's.
    Same,
    /// The `node.id` is empty.
    Emptied,
    /// The role.
    Role(&'static str),
    /// The cluster is another one.
    Cluster,
    /// The Kafka cluster is another one.
    KafkaCluster,
    /// It is taken out: its own ID says so.
    Release,
    /// The ID is that of another instance, as a script copies tags.
    CopiedRelease,
}

/// What a listener parameter can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// The pattern, with every default.
    Plain,
    /// A range of three ports only.
    Narrow,
    /// A pattern without the third zone.
    TwoZones,
    /// A group beside the first, with ports of its own.
    Second,
    /// Ports that clash with those of `EXTERNAL`.
    Clash,
    /// An error that a person makes.
    Error,
    /// The pattern, and this broker is not to be exposed.
    Without(u32),
    /// The group is retired.
    Retired,
}

impl Value {
    /// The text of the parameter.
    pub fn text(self) -> String {
        let pattern = crate::PATTERN;
        let second = |ports: &str| format!(r#"{{"pattern": "<b>.xyz.com:<p>", {ports}}}"#);
        match self {
            Self::Plain => pattern.to_owned(),
            Self::Narrow => {
                format!(r#"{{"pattern": "{pattern}", "broker_ports": "9093-9095"}}"#)
            }
            Self::TwoZones => "<b>.usw2-az1.abc.com:<p>\n<b>.usw2-az2.abc.com:<p>".to_owned(),
            Self::Without(node) => {
                format!(r#"{{"pattern": "{pattern}", "without": [{node}]}}"#)
            }
            Self::Second => {
                second(r#""bootstrap_port": 9192, "broker_ports": "9193-9240", "bind_port": 39093"#)
            }
            Self::Clash => {
                second(r#""bootstrap_port": 9092, "broker_ports": "9193-9240", "bind_port": 39093"#)
            }
            Self::Error => "<b>.usw2-az1.abc.com:9093".to_owned(),
            Self::Retired => r#"{"retired": true}"#.to_owned(),
        }
    }
}

impl Value {
    /// Whether it leaves this instance, tagged as this broker, out.
    pub fn leaves_out(self, node: u32) -> bool {
        self == Self::Without(node)
    }
}

/// How a call fails.
#[derive(Clone, Copy, Debug)]
pub enum Failure {
    /// The API budget is used up (P-38).
    Throttled,
    /// A server error.
    Internal,
    /// It takes effect and its answer is lost (P-80).
    Lost,
    /// IAM denies it until faults end (P-77).
    Denied,
}

/// Which kinds of events a history is made of.
#[derive(Clone, Copy, Debug)]
pub struct Mix {
    /// Of edits by hand.
    pub people: u32,
    /// Of changed parameters.
    pub parameters: u32,
    /// Of failing calls.
    pub faults: u32,
    /// Of hours and days that pass.
    pub days: u32,
}

/// Histories of up to `length` events, in a world with these settings.
pub fn histories(mix: Mix, length: usize) -> impl Strategy<Value = History> {
    let page_size = prop_oneof![3 => Just(None), 1 => Just(Some(1)), 1 => Just(Some(2))];
    let worlds = (
        page_size,
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
    );
    let events = vec(event(mix), 1..=length);
    (worlds, events).prop_map(
        |((page_size, narrow, forgets, slow, mends), events)| History {
            page_size,
            narrow,
            forgets,
            slow,
            mends,
            events,
        },
    )
}

/// A world, and what happens in it.
#[derive(Clone, Debug)]
pub struct History {
    /// How long the pages of lists are.
    pub page_size: Option<usize>,
    /// There are three ports to give, at first.
    pub narrow: bool,
    /// EC2 forgets terminated instances before target groups do.
    pub forgets: bool,
    /// Instances boot for ten minutes.
    pub slow: bool,
    /// Whether people put everything in order at the end.
    pub mends: bool,
    /// What happens, in this order.
    pub events: Vec<Event>,
}

/// What happens outside of the function; time and faults left out.
pub fn outside(mix: Mix) -> impl Strategy<Value = Event> {
    prop_oneof![
        30 => brokers(),
        mix.people => people(),
        mix.parameters => parameters(),
    ]
}

fn event(mix: Mix) -> impl Strategy<Value = Event> {
    prop_oneof![
        30 + mix.people + mix.parameters => outside(mix),
        mix.faults => faults(),
        20 => time(mix.days),
        40 => Just(Event::Activate),
    ]
}

fn brokers() -> impl Strategy<Value = Event> {
    let pick = any::<u8>;
    prop_oneof![
        12 => (node(), 0..3usize).prop_map(|(node, zone)| Event::Launch(node, zone)),
        2 => (pick(), 0..3usize).prop_map(|(kind, zone)| Event::LaunchOdd(kind, zone)),
        2 => (pick(), 0..3usize).prop_map(|(of, zone)| Event::Twin(of, zone)),
        6 => pick().prop_map(Event::Terminate),
        2 => pick().prop_map(Event::Stop),
        2 => pick().prop_map(Event::Start),
        1 => pick().prop_map(Event::Reboot),
        3 => (pick(), 0..3usize).prop_map(|(of, zone)| Event::Replace(of, zone)),
        1 => (0..3usize).prop_map(Event::LoseZone),
        2 => (node(), any::<bool>()).prop_map(|(node, there)| Event::Keep(node, there)),
        1 => pick().prop_map(Event::Leave),
        2 => (pick(), any::<bool>()).prop_map(|(of, answers)| Event::Answers(of, answers)),
        8 => (pick(), pick()).prop_map(|(of, state)| Event::Process(of, state)),
        3 => (pick(), 1..4u8).prop_map(|(of, seconds)| Event::Hide(of, seconds)),
    ]
}

fn node() -> impl Strategy<Value = u32> {
    prop_oneof![12 => 1..=6u32, 1 => Just(0), 1 => Just(i32::MAX as u32)]
}

fn people() -> impl Strategy<Value = Event> {
    let pick = any::<u8>;
    let two = || (any::<u8>(), any::<u8>());
    prop_oneof![
        1 => pick().prop_map(Event::Untag),
        1 => (pick(), node()).prop_map(|(of, node)| Event::Retag(of, node)),
        4 => slip(),
        1 => (9092..=9099u16).prop_map(Event::ForeignListener),
        1 => Just(Event::Fill),
        1 => node().prop_map(Event::Squatter),
        1 => two().prop_map(|(listener, group)| Event::Repoint(listener, group)),
        1 => pick().prop_map(Event::DeleteListener),
        1 => pick().prop_map(Event::DeleteGroup),
        1 => two().prop_map(|(group, target)| Event::Deregister(group, target)),
        1 => (pick(), pick(), any::<bool>())
            .prop_map(|(group, instance, odd)| Event::Register(group, instance, odd)),
        1 => pick().prop_map(Event::EditGroup),
        1 => pick().prop_map(Event::EditListener),
        1 => two().prop_map(|(group, tag)| Event::StripTag(group, tag)),
        1 => (0..3usize, any::<bool>()).prop_map(|(zone, enabled)| Event::Zone(zone, enabled)),
    ]
}

fn slip() -> impl Strategy<Value = Event> {
    let slip = prop_oneof![
        3 => Just(Slip::OffByOne),
        2 => Just(Slip::Swapped),
        2 => Just(Slip::Same),
        2 => Just(Slip::Emptied),
        1 => Just(Slip::Role("controller")),
        1 => Just(Slip::Role("boss")),
        1 => Just(Slip::Role("broker,controller")),
        1 => Just(Slip::Cluster),
        1 => Just(Slip::KafkaCluster),
        2 => Just(Slip::Release),
        1 => Just(Slip::CopiedRelease),
    ];
    let only = prop_oneof![Just(None), any::<u8>().prop_map(Some)];
    (slip, only).prop_map(|(slip, only)| Event::Slip(slip, only))
}

fn parameters() -> impl Strategy<Value = Event> {
    let first = prop_oneof![
        4 => Just(Value::Plain),
        2 => Just(Value::Narrow),
        1 => Just(Value::TwoZones),
        1 => node().prop_map(Value::Without),
        1 => Just(Value::Error),
        1 => Just(Value::Retired),
    ];
    let second = prop_oneof![
        4 => Just(Value::Second),
        2 => Just(Value::Clash),
        1 => Just(Value::Error),
        2 => Just(Value::Retired),
    ];
    prop_oneof![
        4 => first.prop_map(|value| Event::Put("EXTERNAL", value)),
        4 => second.prop_map(|value| Event::Put("EXTERNAL2", value)),
        1 => Just(Event::Delete("EXTERNAL")),
        1 => Just(Event::Delete("EXTERNAL2")),
        1 => Just(Event::Paused(true)),
        1 => Just(Event::Paused(false)),
    ]
}

fn faults() -> impl Strategy<Value = Event> {
    let how = prop_oneof![
        Just(Failure::Throttled),
        Just(Failure::Internal),
        Just(Failure::Lost),
        Just(Failure::Denied),
    ];
    prop_oneof![
        4 => (any::<u8>(), how, 1..5usize).prop_map(|(call, how, times)| Event::Fail(call, how, times)),
        1 => Just(Event::EndFaults),
    ]
}

fn time(days: u32) -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (1..60u32).prop_map(Event::Pass),
        8 => (60..600u32).prop_map(Event::Pass),
        days => (3600..30 * 3600u32).prop_map(Event::Pass),
    ]
}
