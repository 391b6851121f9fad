//! Lists that do not fit on one page.

use crate::wire::{LOG, SCALING, Wire, sent_before, start};
use cloud::calls::{
    AlarmReads, Answer, AutoScalingReads, CommandReads, Ec2Reads, Elbv2Reads, InstanceFilter,
    LogReads, Page, PageToken, SsmReads,
};
use std::fmt::Debug;
use world::model::Settings;

/// Turns the pages; says how many there were.
async fn turn<T, F>(mut page: impl FnMut(Option<PageToken>) -> F) -> (usize, Vec<T>)
where
    F: Future<Output = Answer<Page<T>>>,
{
    let (mut pages, mut items, mut next) = (0, Vec::new(), None);
    loop {
        let page = page(next).await.expect("a page");
        pages += 1;
        assert!(pages < 10, "there is always another page");
        items.extend(page.items);
        next = page.next;
        if next.is_none() {
            return (pages, items);
        }
    }
}

fn alike<T: Debug + PartialEq>(sdk: (usize, Vec<T>), memory: (usize, Vec<T>)) {
    assert_eq!(sdk, memory);
    assert!(sdk.0 >= 2, "{} page", sdk.0);
    assert_eq!(sdk.0, sdk.1.len());
}

#[tokio::test]
async fn each_list_goes_on_where_its_last_page_ended() {
    let wire = Wire::with(Settings {
        page_size: Some(1),
        ..Settings::default()
    })
    .await;
    let (sdk, memory) = (&wire.sdk, &wire.memory);
    let path = "/kafka-privatelink/orders";
    alike(
        turn(|page| sdk.get_parameters_by_path(path, page)).await,
        turn(|page| memory.get_parameters_by_path(path, page)).await,
    );
    let nlb = &wire.account.load_balancer;
    alike(
        turn(|page| sdk.describe_listeners(nlb, page)).await,
        turn(|page| memory.describe_listeners(nlb, page)).await,
    );
    alike(
        turn(|page| sdk.describe_target_groups("", page)).await,
        turn(|page| memory.describe_target_groups("", page)).await,
    );
    let of = &wire.account.nlb();
    alike(
        turn(|page| sdk.describe_network_interfaces(of, page)).await,
        turn(|page| memory.describe_network_interfaces(of, page)).await,
    );
    alike(
        turn(|page| sdk.describe_endpoint_services(page)).await,
        turn(|page| memory.describe_endpoint_services(page)).await,
    );
    let service = &wire.account.service;
    alike(
        turn(|page| sdk.describe_service_permissions(service, page)).await,
        turn(|page| memory.describe_service_permissions(service, page)).await,
    );
    alike(
        turn(|page| sdk.describe_endpoint_connections(service, page)).await,
        turn(|page| memory.describe_endpoint_connections(service, page)).await,
    );
    let groups = std::slice::from_ref(&wire.account.security_group);
    alike(
        turn(|page| sdk.describe_security_group_rules(groups, page)).await,
        turn(|page| memory.describe_security_group_rules(groups, page)).await,
    );
    let orders = &InstanceFilter::Cluster("orders".into());
    alike(
        turn(|page| sdk.describe_instances(orders, page)).await,
        turn(|page| memory.describe_instances(orders, page)).await,
    );
    alike(
        turn(|page| sdk.describe_auto_scaling_groups(page)).await,
        turn(|page| memory.describe_auto_scaling_groups(page)).await,
    );
    let requests = &wire.account.spot_requests[..];
    alike(
        turn(|page| sdk.describe_spot_instance_requests(requests, page)).await,
        turn(|page| memory.describe_spot_instance_requests(requests, page)).await,
    );
    let scaling = &SCALING.into();
    alike(
        turn(|page| sdk.describe_scaling_activities(scaling, page)).await,
        turn(|page| memory.describe_scaling_activities(scaling, page)).await,
    );
    let before = &sent_before();
    alike(
        turn(|page| sdk.list_commands(before, page)).await,
        turn(|page| memory.list_commands(before, page)).await,
    );
    alike(
        turn(|page| sdk.list_command_invocations(before, page)).await,
        turn(|page| memory.list_command_invocations(before, page)).await,
    );
    let orders = &"orders".into();
    alike(
        turn(|page| sdk.describe_alarms(page)).await,
        turn(|page| memory.describe_alarms(page)).await,
    );
    alike(
        turn(|page| sdk.get_resources(orders, page)).await,
        turn(|page| memory.get_resources(orders, page)).await,
    );
    let log = &LOG.into();
    alike(
        turn(|page| sdk.filter_log_events(log, start(), page)).await,
        turn(|page| memory.filter_log_events(log, start(), page)).await,
    );
    alike(
        turn(|page| sdk.describe_instance_information(orders, page)).await,
        turn(|page| memory.describe_instance_information(orders, page)).await,
    );
}

#[tokio::test]
async fn a_token_that_was_not_issued_is_refused_alike_by_both_doors() {
    let wire = Wire::new().await;
    let token = || Some(PageToken("eyJ & so on".to_owned()));
    assert_eq!(
        wire.sdk
            .describe_target_groups("", token())
            .await
            .unwrap_err(),
        wire.memory
            .describe_target_groups("", token())
            .await
            .unwrap_err()
    );
    assert_eq!(
        wire.sdk
            .describe_auto_scaling_groups(token())
            .await
            .unwrap_err(),
        wire.memory
            .describe_auto_scaling_groups(token())
            .await
            .unwrap_err()
    );
    let before = &sent_before();
    let by_sdk = wire.sdk.list_commands(before, token()).await;
    let in_memory = wire.memory.list_commands(before, token()).await;
    assert_eq!(by_sdk, in_memory);
    assert_eq!(
        by_sdk.map_err(|error| error.code),
        Err("InvalidNextToken".to_owned())
    );
}
