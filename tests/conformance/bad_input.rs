//! What a person gets wrong, and what is wrong with a machine: one sentence with the way out, and nothing changed.

use crate::account::{Account, Ended, stack};
use serde_json::{Value, json};

fn check_stops(account: &Account, words: &str, sentence: &str) {
    let before = account.others();
    let Ended { code, said } = account.run(words);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains(sentence), "{sentence:?} is not in: {said}");
    assert!(!said.contains("Traceback"), "{said}");
    assert_eq!(account.others(), before);
    assert_eq!(account.writes(), [""; 0]);
}

#[test]
fn the_cluster_the_stack_and_the_region_are_named_when_they_are_wrong() {
    type Edit = fn(&mut Value);
    let two: Edit = |value| {
        let stacks = value["stacks"].as_array_mut().expect("a list");
        stacks.push(stack("another", "orders"));
    };
    let none: Edit = |value| value["stacks"] = json!([]);
    let old: Edit = |value| {
        value["stacks"][0]["Outputs"]
            .as_array_mut()
            .expect("a list")
            .pop();
    };
    let elsewhere: Edit = |value| {
        value["nlb"]["LoadBalancerArn"] =
            json!("arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/app/x/1")
    };
    let same: Edit = |_| ();
    for (words, edit, sentence) in [
        (
            "order --yes",
            same,
            "no stack in Region us-west-2 serves the cluster 'order'. Clusters that are served there: bills, orders.",
        ),
        (
            "orders --yes --region eu-west-1",
            none,
            "no stack in Region eu-west-1 serves the cluster 'orders'. Clusters that are served there: none.",
        ),
        (
            "orders --yes",
            two,
            "several stacks serve the cluster 'orders': another, kafka-privatelink-orders. Name one of them with --stack",
        ),
        (
            "orders --yes --stack nothing",
            same,
            "there is no stack 'nothing' in Region us-west-2",
        ),
        (
            "orders --yes --stack kafka-privatelink-bills",
            same,
            "the stack 'kafka-privatelink-bills' is none of infra/template.yaml for the cluster 'orders'",
        ),
        (
            "orders --yes",
            old,
            "the stack kafka-privatelink-orders has no output HealBrokersFunctionName: deploy this release first",
        ),
        ("orders --yes", elsewhere, "is no Network Load Balancer"),
        (
            "orders --yes --again limit",
            same,
            "there is no question 'limit'; --list shows them",
        ),
        ("--yes", same, "name the cluster"),
        (
            "orders --yes --read-only",
            same,
            "not allowed with argument",
        ),
    ] {
        let account = Account::faithful();
        account.edit(edit);
        check_stops(&account, words, sentence);
        assert!(!account.state().exists(), "{words}");
    }
    let account = Account::faithful();
    account.edit(two);
    let named = account.run("orders --read-only --stack kafka-privatelink-orders");
    assert_eq!(named.code, Some(0), "{}", named.said);
}

#[test]
fn what_must_be_readable_names_its_permission() {
    for (call, permission) in [
        ("get-caller-identity", "sts:GetCallerIdentity"),
        ("describe-stacks", "cloudformation:DescribeStacks"),
        (
            "get-function-configuration",
            "lambda:GetFunctionConfiguration",
        ),
        (
            "describe-load-balancers",
            "elasticloadbalancing:DescribeLoadBalancers",
        ),
    ] {
        check_stops(
            &Account::wrong(json!({"deny": call})),
            "orders --yes",
            permission,
        );
    }
}

#[test]
fn an_aws_that_is_old_or_none_is_said() {
    for (version, sentence) in [
        (
            "aws-cli/1.45.11 Python/3.11.7 Linux/6.1 botocore/1.43.11",
            "`aws` is aws-cli/1.45.11, and this needs version 2",
        ),
        ("awslocal 0.1", "which is no AWS CLI: install version 2"),
    ] {
        check_stops(
            &Account::wrong(json!({"version": version})),
            "orders --yes",
            sentence,
        );
    }
    let account = Account::faithful();
    let ended = account.run_on("/nonexistent", "orders --yes");
    assert_eq!(ended.code, Some(2), "{}", ended.said);
    assert!(
        ended
            .said
            .contains("there is no `aws` on PATH: install the AWS CLI, version 2"),
        "{}",
        ended.said
    );
}

#[test]
fn a_state_file_of_another_place_or_kind_is_left_as_it_is() {
    let account = Account::faithful();
    assert_eq!(account.run("orders --read-only").code, Some(0));
    let good = std::fs::read_to_string(account.state()).expect("a state");
    for (text, sentence) in [
        (
            good.replace("\"region\": \"us-west-2\"", "\"region\": \"eu-west-1\""),
            "is about another place (region eu-west-1)",
        ),
        (
            good.replace("\"version\": 1", "\"version\": 2"),
            "is of another version of this program",
        ),
        (
            good.replace("\"confirmed\"", "\"well\""),
            "is no state of this program",
        ),
        (
            good[..good.len() / 2].to_owned(),
            "is no state of this program",
        ),
        (
            good.replace("\"run\": \"", "\"run\": \"no run "),
            "is no state of this program",
        ),
        ("[]".to_owned(), "is no state of this program"),
        (String::new(), "is no state of this program"),
    ] {
        std::fs::write(account.state(), &text).expect("a state");
        check_stops(&account, "orders --yes", sentence);
        assert_eq!(
            std::fs::read_to_string(account.state()).expect("a state"),
            text
        );
    }
    check_stops(
        &account,
        "orders --yes --state /nonexistent/state.json",
        "cannot be written",
    );
}

#[test]
fn foreign_text_cannot_play_with_the_terminal() {
    let account = Account::faithful();
    account.edit(|value| {
        value["stacks"][1]["Parameters"][0]["ParameterValue"] = json!("bills\u{1b}[2J\r");
        value["parameters"]
            .as_array_mut()
            .expect("a list")
            .push(json!({"Name": "/elsewhere\u{7}", "Value": ""}));
    });
    let ended = account.run("order --read-only");
    assert!(ended.said.contains("bills?[2J"), "{}", ended.said);
    assert!(
        !ended
            .said
            .chars()
            .any(|letter| letter.is_control() && letter != '\n'),
        "{:?}",
        ended.said
    );
}
