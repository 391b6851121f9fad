//! What a plan declines to do; `sentences` says why, and the way out.

mod sentences;

use fleet::observed::{ConnectionState, ServiceState};
use fleet::refusal::Refusals;
use fleet::words::{AccountId, ClusterName, GroupName, LoadBalancerArn, Port, VpcEndpointId};
use ipnet::IpNet;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Something that is not done, in a sentence that a person understands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// Something could not be read that everything depends on.
    Blind {
        /// What.
        what: &'static str,
    },
    /// It could not be read who may connect to the endpoint service.
    PermissionsUnread {
        /// The name of the service.
        service: String,
        /// The cluster.
        cluster: ClusterName,
    },
    /// No endpoint service stands on the NLB.
    NoService {
        /// The NLB.
        load_balancer: LoadBalancerArn,
    },
    /// The only one is being made or deleted, or could not be made.
    ServiceOver {
        /// Its name.
        name: String,
        /// Its state.
        state: ServiceState,
    },
    /// Several stand on it, and nobody can tell which is right.
    SeveralServices {
        /// Their names.
        names: Vec<String>,
    },
    /// The parameter cannot be used.
    ParameterRefused {
        /// Its name.
        parameter: String,
        /// What is wrong with it.
        refusals: Refusals,
    },
    /// The parameter is gone, and permissions of ours stand.
    ParameterDeleted {
        /// Its name.
        parameter: String,
        /// How many permissions of ours there are.
        recorded: usize,
    },
    /// A read of the parameter is older than what it has already done.
    ParameterOld {
        /// Its name.
        parameter: String,
        /// When the version was written that was read.
        read: Timestamp,
        /// When the version was written that made a permission.
        applied: Timestamp,
    },
    /// A listed principal's permission is tagged for another cluster.
    OtherCluster {
        /// The principal.
        principal: String,
        /// The other cluster.
        cluster: String,
    },
    /// Many principals are to go at once.
    ManyLeave {
        /// Who.
        leave: BTreeSet<String>,
        /// Of so many that were recorded.
        of: usize,
        /// The bytes that a parameter needs to name all of them.
        needs: usize,
        /// The parameter.
        parameter: String,
    },
    /// Some seem to be off the list, and a second read must agree.
    Doubted {
        /// Who.
        who: BTreeSet<String>,
        /// Of so many that were recorded.
        of: usize,
    },
    /// An account leaves the list, and its connections come first.
    Leaving {
        /// The account.
        account: AccountId,
        /// Its connections.
        endpoints: BTreeSet<VpcEndpointId>,
    },
    /// One of an account's principals leaves the list, and another one stays allowed.
    StillAllowed {
        /// The account.
        account: AccountId,
        /// By whom.
        by: String,
        /// Its connections.
        endpoints: BTreeSet<VpcEndpointId>,
    },
    /// A connection of a listed account waits until something is proven.
    NotProven {
        /// The endpoint.
        endpoint: VpcEndpointId,
        /// Its account.
        account: AccountId,
        /// What it waits for.
        waits: String,
        /// The parameter.
        parameter: String,
    },
    /// A connection of an account that is not listed waits.
    NotListed {
        /// The endpoint.
        endpoint: VpcEndpointId,
        /// Its account.
        account: AccountId,
        /// How long it has waited, in words.
        age: String,
        /// The parameter.
        parameter: String,
    },
    /// A listed account's only connection is in a state that nobody can accept.
    NeedsNewEndpoint {
        /// The endpoint.
        endpoint: VpcEndpointId,
        /// Its account.
        account: AccountId,
        /// Its state.
        state: ConnectionState,
    },
    /// A connection stands, and its account is not listed and has no permission of its own.
    ConnectedUnlisted {
        /// The endpoint.
        endpoint: VpcEndpointId,
        /// Its account.
        account: AccountId,
        /// The parameter.
        parameter: String,
    },
    /// An account leaves the list, and nobody knows what becomes of some of its connections.
    OddState {
        /// The account.
        account: AccountId,
        /// The connections with their states, as AWS spells them.
        odd: BTreeMap<VpcEndpointId, String>,
    },
    /// More connections than are told.
    MoreConnections {
        /// How many more.
        more: usize,
    },
    /// Nobody has to accept connections.
    Unasked {
        /// The endpoint service.
        service: String,
    },
    /// No rule lets anybody in on these ports.
    NobodyLetIn {
        /// The listener group.
        group: GroupName,
        /// Its ports.
        ports: BTreeSet<Port>,
    },
    /// No rule lets a consumer's range in.
    NotLetIn {
        /// The account.
        account: AccountId,
        /// The range.
        range: IpNet,
        /// The listener group.
        group: GroupName,
        /// The ports on which it is not let in.
        ports: BTreeSet<Port>,
    },
}
