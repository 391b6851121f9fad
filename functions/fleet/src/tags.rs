//! Every tag key that this software reads or writes, and the map they come in.

use std::collections::BTreeMap;

/// The tags of one resource.
pub type Tags = BTreeMap<String, String>;

/// With this each of them begins.
pub const PREFIX: &str = "kafka-privatelink:";

/// On instances, target groups, listeners, the endpoint service and its permissions: the cluster that owns the
/// resource (P-11).
pub const CLUSTER: &str = "kafka-privatelink:cluster";
/// On instances: the broker's `node.id`. On target groups and listeners: whose port it is.
pub const NODE_ID: &str = "kafka-privatelink:node-id";
/// On instances, as `process.roles`: `broker` (the default), `broker,controller`, or `controller`, which is
/// never mapped.
pub const ROLE: &str = "kafka-privatelink:role";
/// On permissions of the endpoint service: when the version of the parameter `principals` was written that
/// listed it first, RFC 3339. A version that is older than one of these is an old read.
pub const LISTED_AT: &str = "kafka-privatelink:listed-at";
/// On permissions of the endpoint service: when the newest version of the parameter `principals` was written
/// that is in force, as far as `listed-at` does not say it, RFC 3339: on one of those that stay, when others
/// are taken away; and, in place of `listed-at`, on those that are allowed while a removal is held.
pub const IN_FORCE: &str = "kafka-privatelink:in-force";
/// On target groups and listeners: the listener group.
pub const GROUP: &str = "kafka-privatelink:group";
/// On target groups: the NLB port, the ledger's entry.
pub const PORT: &str = "kafka-privatelink:port";
/// On target groups: the protocol of the listener group when the port was given.
pub const PROTOCOL: &str = "kafka-privatelink:protocol";
/// On target groups: since when its broker is gone, RFC 3339. The port stays reserved for 24 h.
pub const VACANT_SINCE: &str = "kafka-privatelink:vacant-since";
/// On target groups: since when the listener group is being retired, RFC 3339.
pub const RETIRED_SINCE: &str = "kafka-privatelink:retired-since";
/// On the target group of a bootstrap: since when its listener group was complete, RFC 3339: each of
/// its brokers was proven, and listed all others. From then on a proven broker alone opens it again.
pub const COMPLETE_SINCE: &str = "kafka-privatelink:complete-since";
/// On the target group of a broker: the instance that was healthy there as this broker, by its
/// ID. While that instance lives no tag of it takes the port away.
pub const SERVED_BY: &str = "kafka-privatelink:served-by";
/// On target groups: instances that answered as another broker than this one, twice, as `<instance
/// ID>:<node.id>` with blanks between. Each stays away from that broker's port until it answers right.
pub const ANOTHER: &str = "kafka-privatelink:another";
/// On instances: their own instance ID. Whoever sets it takes the broker out of every port.
pub const RELEASE: &str = "kafka-privatelink:release";
/// On instances, if somebody sets it: the id of the Kafka cluster that the broker belongs to.
pub const CLUSTER_ID: &str = "kafka-privatelink:cluster-id";
/// On instances, by heal-brokers: that the broker be started or restarted ([`Request`](crate::healing::Request)).
pub const RESTART: &str = "kafka-privatelink:restart";
/// On instances, by heal-brokers: since when the broker hangs, RFC 3339, and which process it is.
pub const ILL_SINCE: &str = "kafka-privatelink:ill-since";
/// On instances, by heal-brokers: what it did to this instance within the last day, each with its time, RFC 3339.
pub const HEALED_AT: &str = "kafka-privatelink:healed-at";
/// On instances, if somebody sets it: a broker that is not up is neither started nor restarted by us, since somebody
/// wants it so.
pub const KEEP_STOPPED: &str = "kafka-privatelink:keep-stopped";
/// On instances, if somebody sets it: their own instance ID. The broker may be started with the disk that it
/// has, although that is empty or another one's.
pub const START_EMPTY: &str = "kafka-privatelink:start-empty";
/// On instances, if somebody sets it: the ID of the volume with the broker's data, which its replacement brings
/// along.
pub const KEEPS_DISK: &str = "kafka-privatelink:keeps-disk";
