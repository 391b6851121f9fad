//! One broker with an authorizer, and a listener group for each way to be secured. INTERNAL is plain:
//! who speaks there is ANONYMOUS, as the broker itself is, and may everything.

mod authority;
mod denied;
mod sasl;
mod tls;

use crate::admin::{Operation, allow, make_topic};
use crate::asked::{Asked, wanted};
use crate::ground::{self, DOMAIN, Ground, address, node, properties};
use authority::Authority;
use fleet::listener::{Endpoint, Protocol};
use fleet::proof::Path;
use fleet::words::NodeId;
use world::kafka::{Broker, CLUSTER_ID};

/// SASL_PLAINTEXT with all three mechanisms.
const EXTERNAL: (&str, u16) = ("EXTERNAL", 39092);
/// SSL with the right name.
const TLS: (&str, u16) = ("TLS", 39093);
/// SSL with a name of yesterday.
const OLD: (&str, u16) = ("OLD", 39094);
/// SASL_SSL with SCRAM-SHA-512 only.
const BOTH: (&str, u16) = ("BOTH", 39095);

/// SSL that lets in only who shows a certificate.
const MUTUAL: (&str, u16) = ("MUTUAL", 39096);

/// The broker, and who signed its certificates.
pub struct Secured {
    _ground: Ground,
    _broker: Broker,
    authority: Authority,
}

impl Secured {
    /// Starts it, with users `probe` (may prove, also by a certificate), `auditor` (may Describe, too)
    /// and `nobody`.
    pub async fn start() -> Self {
        let ground = Ground::lay().await;
        let authority = Authority::new("the cluster's own");
        let mut properties = properties(1, &[1]);
        properties.external = None;
        properties.extra = lines(&authority);
        let broker = ground.broker("broker-1", &properties).await;
        let users = [
            "--add-scram",
            "SCRAM-SHA-256=[name=probe,password=of-256]",
            "--add-scram",
            "SCRAM-SHA-512=[name=probe,password=of-512]",
        ];
        ground::format(&broker, CLUSTER_ID, &users).await;
        broker.start().await.expect("a start");
        broker.serving().await.expect("a broker that serves");
        for user in ["probe", "CN=probe"] {
            allow(user, &[Operation::DescribeConfigs]).await;
        }
        allow(
            "auditor",
            &[Operation::Describe, Operation::DescribeConfigs],
        )
        .await;
        make_topic("hidden", &[&[1]], &[]).await;
        Self {
            _ground: ground,
            _broker: broker,
            authority,
        }
    }

    /// One question, to this port of the broker in the group's way.
    fn ask(&self, group: &str, protocol: Protocol, secret: &str, port: u16) -> Asked {
        let secret = secret.replace("OUR_CA", &self.authority.pem().replace('\n', "\\n"));
        let secret = (protocol != Protocol::Plaintext).then_some(secret);
        Asked::default()
            .group(group, protocol, secret.as_deref(), [endpoint()])
            .of(group, Path::Direct(node(1)), address(1), port)
    }
}

fn endpoint() -> (NodeId, Endpoint) {
    (node(1), wanted(1, DOMAIN))
}

fn lines(authority: &Authority) -> Vec<String> {
    let Endpoint { host, port } = endpoint().1;
    let mut lines = vec![
        "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer".to_owned(),
        "allow.everyone.if.no.acl.found=false".to_owned(),
        "super.users=User:ANONYMOUS".to_owned(),
    ];
    let groups = [
        (EXTERNAL, "SASL_PLAINTEXT"),
        (TLS, "SSL"),
        (OLD, "SSL"),
        (BOTH, "SASL_SSL"),
        (MUTUAL, "SSL"),
    ];
    let mut listeners = "INTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:29092".to_owned();
    let mut advertised = format!("INTERNAL://{}:9092", address(1));
    let mut protocols = "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT".to_owned();
    for ((name, bind), protocol) in groups {
        listeners += &format!(",{name}://0.0.0.0:{bind}");
        advertised += &format!(",{name}://{host}:{port}");
        protocols += &format!(",{name}:{protocol}");
    }
    lines.push(format!("listeners={listeners}"));
    lines.push(format!("advertised.listeners={advertised}"));
    lines.push(format!("listener.security.protocol.map={protocols}"));
    let plain = "org.apache.kafka.common.security.plain.PlainLoginModule required \
                 user_probe=\"plain\" user_auditor=\"plain\" user_nobody=\"plain\";";
    let scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
    for (group, mechanism, module) in [
        ("external", "plain", plain),
        ("external", "scram-sha-256", scram),
        ("external", "scram-sha-512", scram),
        ("both", "scram-sha-512", scram),
    ] {
        lines.push(format!(
            "listener.name.{group}.{mechanism}.sasl.jaas.config={module}"
        ));
    }
    lines.push(
        "listener.name.external.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512".into(),
    );
    lines.push("listener.name.both.sasl.enabled.mechanisms=SCRAM-SHA-512".into());
    let one_line = |pem: &str| pem.trim().replace("\r\n", "\n").replace('\n', "\\n\\\n  ");
    let trusted = one_line(&authority.pem());
    lines.push("listener.name.mutual.ssl.client.auth=required".into());
    lines.push("listener.name.mutual.ssl.truststore.type=PEM".into());
    lines.push(format!(
        "listener.name.mutual.ssl.truststore.certificates={trusted}"
    ));
    for (group, name) in [
        ("tls", host.as_str()),
        ("both", host.as_str()),
        ("mutual", host.as_str()),
        ("old", "b1.usw2-az1.old.us-west-2.aws.3199015.tidbcloud.com"),
    ] {
        let (chain, key) = authority.sign(name);
        lines.push(format!("listener.name.{group}.ssl.keystore.type=PEM"));
        lines.push(format!(
            "listener.name.{group}.ssl.keystore.certificate.chain={}",
            one_line(&chain)
        ));
        lines.push(format!(
            "listener.name.{group}.ssl.keystore.key={}",
            one_line(&key)
        ));
    }
    lines
}

/// Plays the scene of this test.
pub async fn play(secured: &mut Secured, test: &str) -> bool {
    denied::play(secured, test).await
        || sasl::play(secured, test).await
        || tls::play(secured, test).await
}
