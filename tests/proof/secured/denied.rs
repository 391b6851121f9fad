//! An authorizer that says no.

use super::{EXTERNAL, Secured};
use crate::asking::connect;
use crate::inside::scenes;
use fleet::listener::Protocol::SaslPlaintext;
use kafka::{BrokerError, Connection, Credentials, Error, Mechanism};

scenes!(Secured:
    a_user_that_may_not_describe_configs_proves_nothing_and_learns_which_acl_to_ask_for,
    topics_that_a_user_may_not_see_are_on_the_disks_that_it_may,
);

async fn a_user_that_may_not_describe_configs_proves_nothing_and_learns_which_acl_to_ask_for(
    secured: &mut Secured,
) {
    let (group, port) = EXTERNAL;
    let secret =
        r#"{"mechanism":"PLAIN","username":"nobody","password":"plain","plain_without_tls":true}"#;
    let says = secured.ask(group, SaslPlaintext, secret, port).says().await;
    println!("{says:?}");
    let begins = "direct 1: not provable, because it may not say who it is (error 31 \
                  (CLUSTER_AUTHORIZATION_FAILED)";
    assert!(says[0].starts_with(begins), "{says:?}");
    let ends = "allow DescribeConfigs on the cluster for the probe's user";
    assert!(says[0].ends_with(ends), "{says:?}");
}

async fn topics_that_a_user_may_not_see_are_on_the_disks_that_it_may(_: &mut Secured) {
    let mut auditor = as_user("auditor").await;
    // Not an error: this list alone proves nothing.
    assert_eq!(auditor.topics().await, Ok(Vec::new()));
    let dirs = auditor.log_dirs().await.expect("log directories");
    let mut on_disk = dirs.iter().flat_map(|dir| &dir.replicas);
    assert!(on_disk.any(|replica| replica.topic == "hidden"), "{dirs:?}");
    let denied = auditor.min_insync_replicas(&["hidden"]).await;
    println!("min.insync.replicas: {denied:?}");
    assert!(
        matches!(&denied, Err(Error::Broker { error, .. }) if error.is_denied()),
        "{denied:?}"
    );

    let mut nobody = as_user("nobody").await;
    assert_eq!(nobody.topics().await, Ok(Vec::new()));
    for denied in [
        nobody.log_dirs().await.map(drop),
        nobody.quorum().await.map(drop),
        nobody.reassignments().await.map(drop),
    ] {
        println!("{denied:?}");
        let code = match &denied {
            Err(Error::Broker { error, .. }) => error.code,
            other => panic!("{other:?}"),
        };
        assert_eq!(code, BrokerError::CLUSTER_DENIED);
    }
}

async fn as_user(name: &str) -> Connection {
    let credentials = Credentials {
        mechanism: Mechanism::Plain,
        username: name.to_owned(),
        password: "plain".to_owned(),
    };
    connect(1, EXTERNAL.1, Some(credentials)).await
}
