use super::*;

fn node(id: u32) -> NodeId {
    NodeId::new(id).unwrap()
}

fn broker(id: u8) -> ServerProperties {
    let address = |id| Ipv4Addr::new(10, 0, 0, 10 + id);
    ServerProperties {
        node: node(id.into()),
        address: address(id),
        az: AzId::new(format!("usw2-az{id}")),
        voters: (1..=3).map(|id| (node(id.into()), address(id))).collect(),
        external: Some(Endpoint {
            host: format!("b{id}.usw2-az{id}.abc.us-west-2.aws.3199015.tidbcloud.com"),
            port: 9092 + u16::from(id),
        }),
        extra: Vec::new(),
    }
}

/// The part above the remark.
fn first_part(properties: &ServerProperties) -> String {
    let text = properties.to_string();
    text.split_once("\n\n#").unwrap().0.to_owned()
}

/// What a key says in the end.
fn value(properties: &ServerProperties, key: &str) -> Option<String> {
    let text = properties.to_string();
    let mut lines = text.lines().rev();
    lines.find_map(|line| Some(line.strip_prefix(key)?.strip_prefix('=')?.to_owned()))
}

#[test]
fn the_first_part_is_the_documents_file_word_for_word() {
    assert_eq!(
        first_part(&broker(2)),
        "process.roles=broker,controller\n\
         node.id=2\n\
         controller.quorum.voters=1@10.0.0.11:29092,2@10.0.0.12:29092,3@10.0.0.13:29092\n\
         listeners=INTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:29092,EXTERNAL://0.0.0.0:39092\n\
         inter.broker.listener.name=INTERNAL\n\
         advertised.listeners=INTERNAL://10.0.0.12:9092,EXTERNAL://b2.usw2-az2.abc.us-west-2.aws.3199015.tidbcloud.com:9094\n\
         controller.listener.names=CONTROLLER\n\
         listener.security.protocol.map=INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,EXTERNAL:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL\n\
         log.dirs=./data"
    );
}

#[test]
fn every_broker_names_its_own_zone_and_port_where_the_documents_remark_is_wrong() {
    // The remark for broker 3 says b2, the value says b3 (K-14).
    let advertised = value(&broker(3), "advertised.listeners").unwrap();
    assert!(
        advertised
            .ends_with(",EXTERNAL://b3.usw2-az3.abc.us-west-2.aws.3199015.tidbcloud.com:9095"),
        "{advertised}"
    );
    assert_eq!(value(&broker(3), "broker.rack").unwrap(), "usw2-az3");
}

#[test]
fn a_fourth_broker_is_no_controller_and_still_maps_the_controllers_listener() {
    let mut fourth = broker(1);
    fourth.node = node(4);
    fourth.address = Ipv4Addr::new(10, 0, 0, 14);
    assert_eq!(value(&fourth, "process.roles").unwrap(), "broker");
    assert_eq!(
        value(&fourth, "listeners").unwrap(),
        "INTERNAL://0.0.0.0:9092,EXTERNAL://0.0.0.0:39092"
    );
    let map = value(&fourth, "listener.security.protocol.map").unwrap();
    assert!(map.contains("CONTROLLER:PLAINTEXT"), "{map}");
    let voters = value(&fourth, "controller.quorum.voters").unwrap();
    assert!(!voters.contains("4@"), "{voters}");
}

#[test]
fn a_broker_without_external_is_the_one_before_the_reconfiguration() {
    let mut without = broker(1);
    without.external = None;
    assert!(!without.to_string().contains("EXTERNAL"), "{without}");
    assert_eq!(
        value(&without, "advertised.listeners").unwrap(),
        "INTERNAL://10.0.0.11:9092"
    );
}

#[test]
fn extra_lines_come_last_and_so_they_count() {
    let mut with = broker(1);
    with.extra = vec![
        "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer".to_owned(),
        "num.io.threads=4".to_owned(),
    ];
    assert!(value(&with, "authorizer.class.name").is_some());
    assert_eq!(value(&with, "num.io.threads").unwrap(), "4");
    assert_eq!(first_part(&with), first_part(&broker(1)));
}

#[test]
fn a_cluster_of_one_can_make_its_own_topics() {
    let mut one = broker(1);
    one.voters = BTreeMap::from([(node(1), one.address)]);
    for key in [
        "default.replication.factor",
        "min.insync.replicas",
        "offsets.topic.replication.factor",
        "transaction.state.log.replication.factor",
        "transaction.state.log.min.isr",
    ] {
        assert_eq!(value(&one, key).unwrap(), "1", "{key}");
    }
    assert_eq!(
        value(&broker(1), "offsets.topic.replication.factor").unwrap(),
        "3"
    );
    assert_eq!(value(&broker(1), "min.insync.replicas").unwrap(), "2");
}
