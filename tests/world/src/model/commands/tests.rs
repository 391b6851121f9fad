//! Commands from the call to their end, and what can come between.

use super::super::world::{at, world};
use super::super::{
    AllowedPattern, DocumentParameter, InstanceRecord, KafkaState, Launch, ScriptRun, Scripted,
    Started,
};
use super::*;
use crate::faults::{Fault, Faults, Level};
use crate::iam::{Attached, Caller, Condition, Effect, Policies, Policy, Statement};
use fleet::tags::{self, Tags};
use std::sync::{Arc, Mutex};

const INSPECT: &str = "kafka-privatelink-orders-inspect";

/// A document whose script may take a minute.
fn document() -> CommandDocument {
    let payload = DocumentParameter {
        by_environment: true,
        allowed_pattern: AllowedPattern::parse("^[A-Za-z0-9_-]{1,64}$").ok(),
        ..DocumentParameter::default()
    };
    CommandDocument {
        name: INSPECT.into(),
        tags: Tags::new(),
        parameters: [(PAYLOAD.to_owned(), payload)].into(),
        script: "echo {{ payload }}".to_owned(),
        execution_timeout: Duration::from_secs(60),
    }
}

/// A model with that document and a broker that runs at second 20 and later.
fn stage() -> (Model, InstanceId) {
    let mut model = world();
    model.put_document(at(0), document());
    let launch = Launch::in_zone("usw2-az1").tag(tags::CLUSTER, "orders");
    let broker = model.run_instance(at(0), launch).expect("an instance");
    model.advance(at(20));
    (model, broker)
}

fn asked(instance: &InstanceId) -> SendCommand {
    SendCommand::from(&NewCommand {
        document: INSPECT.into(),
        instance: instance.clone(),
        payload: "abc".to_owned(),
        comment: "generation 1".to_owned(),
    })
}

fn send(model: &mut Model, second: i64, instance: &InstanceId) -> CommandId {
    let sent = model.send_command(at(second), &asked(instance));
    sent.expect("a command").id
}

/// What is started, as it is started.
type Log = Arc<Mutex<Vec<ScriptRun>>>;

/// From now on scripts take so many seconds and end so; answers what is started.
fn scripts_end(model: &mut Model, seconds: u64, ran: Ran) -> Log {
    let log = Log::default();
    let seen = Arc::clone(&log);
    model.set_shell(Arc::new(Scripted(
        move |run: &ScriptRun, _: &mut InstanceRecord| {
            seen.lock().unwrap().push(run.clone());
            Started::Ends(Duration::from_secs(seconds), ran.clone())
        },
    )));
    log
}

fn status(model: &mut Model, second: i64, id: &CommandId) -> CommandStatus {
    model.advance(at(second));
    model.commands[id].status.clone()
}

fn output(model: &mut Model, second: i64, id: &CommandId) -> Result<CommandOutput, &'static str> {
    let instance = model.commands[id].instance.clone();
    let answer = model.get_command_invocation(at(second), id, &instance);
    answer.map_err(|error| error.code)
}

fn since(second: i64) -> CommandFilter {
    CommandFilter {
        document: INSPECT.into(),
        invoked_after: at(second),
        invoked_before: None,
    }
}

fn listed(model: &mut Model, second: i64, filter: &CommandFilter) -> Vec<CommandId> {
    let commands = model.list_commands(at(second), filter, None);
    let ids: Vec<_> = commands
        .expect("a page")
        .items
        .into_iter()
        .map(|c| c.id)
        .collect();
    let invocations = model.list_command_invocations(at(second), filter, None);
    let invocations = invocations.expect("a page").items.into_iter();
    assert_eq!(invocations.map(|i| i.command).collect::<Vec<_>>(), ids);
    ids
}

#[test]
fn a_command_is_pending_then_in_progress_then_what_its_script_ended_with() {
    for (exit_code, end) in [(0, CommandStatus::Success), (10, CommandStatus::Failed)] {
        let (mut model, broker) = stage();
        scripts_end(&mut model, 5, Ran::saying("{}\n", exit_code));
        let id = send(&mut model, 20, &broker);
        assert_eq!(status(&mut model, 20, &id), CommandStatus::Pending);
        assert_eq!(status(&mut model, 21, &id), CommandStatus::InProgress);
        let running = output(&mut model, 25, &id).unwrap();
        assert_eq!((running.exit_code, running.stdout.as_str()), (None, ""));
        let ended = output(&mut model, 26, &id).unwrap();
        assert_eq!((ended.status, ended.exit_code), (end, Some(exit_code)));
        assert_eq!(ended.stdout, "{}\n");
    }
}

#[test]
fn p51_neither_lists_nor_the_invocation_show_a_command_at_once() {
    let (mut model, broker) = stage();
    let id = send(&mut model, 20, &broker);
    assert_eq!(listed(&mut model, 20, &since(0)), []);
    assert_eq!(output(&mut model, 20, &id), Err("InvocationDoesNotExist"));
    assert_eq!(listed(&mut model, 21, &since(0)), std::slice::from_ref(&id));
    assert!(output(&mut model, 21, &id).is_ok());
    let stranger = model.get_command_invocation(at(21), &id, &"i-other".into());
    assert_eq!(stranger.map_err(|e| e.code), Err("InvocationDoesNotExist"));
}

#[test]
fn lists_begin_with_the_newest_and_have_what_is_filtered_for() {
    let (mut model, broker) = stage();
    let ids = [20, 30, 40].map(|second| send(&mut model, second, &broker));
    let newest_first: Vec<_> = ids.iter().rev().cloned().collect();
    assert_eq!(listed(&mut model, 50, &since(20)), newest_first);
    assert_eq!(listed(&mut model, 50, &since(40)), newest_first[..1]);
    assert_eq!(listed(&mut model, 50, &since(41)), []);
    let between = CommandFilter {
        invoked_before: Some(at(40)),
        ..since(30)
    };
    assert_eq!(listed(&mut model, 50, &between), newest_first[1..2]);
    let other = CommandFilter {
        document: "theirs".into(),
        ..since(0)
    };
    assert_eq!(listed(&mut model, 50, &other), []);
    let month = 30 * 24 * 3600;
    assert_eq!(listed(&mut model, 39 + month, &since(0)), newest_first[..1]);
    assert_eq!(listed(&mut model, 40 + month, &since(0)), []);
}

#[test]
fn what_is_not_as_aws_asks_is_refused_with_its_code() {
    let (mut model, broker) = stage();
    let good = || asked(&broker);
    let payload = |value: &str| [(PAYLOAD.to_owned(), vec![value.to_owned()])].into();
    for (wrong, code) in [
        (
            SendCommand {
                comment: "x".repeat(101),
                ..good()
            },
            "ValidationException",
        ),
        (
            SendCommand {
                timeout_seconds: 29,
                ..good()
            },
            "ValidationException",
        ),
        (
            SendCommand {
                document: "theirs".into(),
                ..good()
            },
            "InvalidDocument",
        ),
        (
            SendCommand {
                parameters: payload("a b"),
                ..good()
            },
            "InvalidParameters",
        ),
        (
            SendCommand {
                instance: "i-unknown".into(),
                ..good()
            },
            "InvalidInstanceId",
        ),
    ] {
        let refused = model.send_command(at(20), &wrong);
        assert_eq!(refused.map_err(|error| error.code), Err(code));
    }
    assert_eq!(model.commands().count(), 0);
    let longest = SendCommand {
        comment: "é".repeat(100),
        timeout_seconds: 30,
        ..good()
    };
    assert!(model.send_command(at(20), &longest).is_ok());
}

#[test]
fn p57_a_host_that_is_not_managed_online_or_of_linux_takes_no_command() {
    let code = |edit: fn(&mut Model, &InstanceId)| {
        let (mut model, broker) = stage();
        edit(&mut model, &broker);
        let refused = model.send_command(at(400), &asked(&broker));
        refused.err().map(|error| error.code)
    };
    assert_eq!(code(|_, _| ()), None);
    let invalid = Some("InvalidInstanceId");
    assert_eq!(
        code(|model, id| {
            model
                .edit_agent(at(20), id, |agent| agent.is_registered = false)
                .expect("edited");
        }),
        invalid
    );
    assert_eq!(
        code(|model, id| model.agent_goes(at(20), id).expect("gone")),
        invalid
    );
    assert_eq!(
        code(|model, id| model.terminate_instance(at(20), id).expect("ended")),
        invalid
    );
    assert_eq!(
        code(|model, id| {
            model
                .edit_agent(at(20), id, |agent| agent.platform = "Windows".to_owned())
                .expect("edited");
        }),
        Some("UnsupportedPlatformType")
    );
}

#[test]
fn p53_without_its_agent_a_command_is_in_progress_until_the_total_time_out() {
    let (mut model, broker) = stage();
    let log = scripts_end(&mut model, 5, Ran::saying("", 0));
    assert_eq!(model.agent_goes(at(20), &broker), Ok(()));
    // AWS does not know it yet.
    let id = send(&mut model, 20, &broker);
    assert_eq!(status(&mut model, 21, &id), CommandStatus::InProgress);
    // 60 s for the delivery and 60 s for the script.
    assert_eq!(status(&mut model, 139, &id), CommandStatus::InProgress);
    let given_up = output(&mut model, 140, &id).unwrap();
    assert_eq!(given_up.status, CommandStatus::DeliveryTimedOut);
    assert_eq!(given_up.exit_code, None);
    assert_eq!(log.lock().unwrap().len(), 0);
}

#[test]
fn an_agent_that_returns_in_time_begins_the_command_and_later_it_does_not() {
    for (returns, begins) in [(79, true), (80, false)] {
        let (mut model, broker) = stage();
        let log = scripts_end(&mut model, 5, Ran::saying("", 0));
        assert_eq!(model.agent_goes(at(20), &broker), Ok(()));
        let id = send(&mut model, 20, &broker);
        assert_eq!(model.agent_returns(at(returns), &broker), Ok(()));
        let expected = match begins {
            true => CommandStatus::Success,
            false => CommandStatus::DeliveryTimedOut,
        };
        assert_eq!(status(&mut model, 140, &id), expected, "{returns}");
        assert_eq!(log.lock().unwrap().len(), usize::from(begins));
    }
}

#[test]
fn p53_an_agent_that_goes_in_the_middle_tells_of_the_end_only_if_it_returns_in_time() {
    for (returns, end) in [
        (Some(100), CommandStatus::Success),
        (Some(150), CommandStatus::DeliveryTimedOut),
        (None, CommandStatus::DeliveryTimedOut),
    ] {
        let (mut model, broker) = stage();
        let log = scripts_end(&mut model, 5, Ran::saying("", 0));
        let id = send(&mut model, 20, &broker);
        assert_eq!(status(&mut model, 22, &id), CommandStatus::InProgress);
        assert_eq!(model.agent_goes(at(22), &broker), Ok(()));
        assert_eq!(status(&mut model, 99, &id), CommandStatus::InProgress);
        if let Some(returns) = returns {
            assert_eq!(model.agent_returns(at(returns), &broker), Ok(()));
        }
        assert_eq!(status(&mut model, 200, &id), end);
        // It ran, whatever AWS says.
        assert_eq!(log.lock().unwrap().len(), 1);
    }
}

#[test]
fn a_script_that_takes_too_long_is_killed_and_its_agent_says_so() {
    let (mut model, broker) = stage();
    scripts_end(&mut model, 60, Ran::saying("so far", 0));
    let id = send(&mut model, 20, &broker);
    assert_eq!(status(&mut model, 80, &id), CommandStatus::InProgress);
    let killed = output(&mut model, 81, &id).unwrap();
    assert_eq!(killed.status, CommandStatus::ExecutionTimedOut);
    assert_eq!((killed.exit_code, &*killed.stdout), (None, "so far"));
}

#[test]
fn what_has_not_begun_when_its_host_ends_is_undeliverable_and_the_command_failed() {
    let (mut model, broker) = stage();
    assert_eq!(model.agent_goes(at(20), &broker), Ok(()));
    let id = send(&mut model, 20, &broker);
    assert_eq!(model.terminate_instance(at(30), &broker), Ok(()));
    assert_eq!(status(&mut model, 30, &id), CommandStatus::Undeliverable);
    let whole = model.list_commands(at(30), &since(0), None).unwrap();
    assert_eq!(whole.items[0].status, CommandStatus::Failed);
}

#[test]
fn a_script_dies_with_its_host_and_nobody_tells() {
    let (mut model, broker) = stage();
    scripts_end(&mut model, 50, Ran::saying("", 0));
    let id = send(&mut model, 20, &broker);
    assert_eq!(model.reboot_instance(at(30), &broker), Ok(()));
    assert_eq!(status(&mut model, 139, &id), CommandStatus::InProgress);
    let end = CommandStatus::DeliveryTimedOut;
    assert_eq!(status(&mut model, 140, &id), end);
}

#[test]
fn f50_exit_code_194_reboots_the_host_and_the_script_runs_again() {
    let (mut model, broker) = stage();
    let log = Log::default();
    let seen = Arc::clone(&log);
    model.set_shell(Arc::new(Scripted(
        move |run: &ScriptRun, _: &mut InstanceRecord| {
            seen.lock().unwrap().push(run.clone());
            let code = if run.number == 1 { 194 } else { 0 };
            Started::Ends(Duration::from_secs(5), Ran::saying("", code))
        },
    )));
    let boots = model.instances[&broker].boots;
    let id = send(&mut model, 20, &broker);
    assert_eq!(status(&mut model, 26, &id), CommandStatus::InProgress);
    assert_eq!(model.instances[&broker].boots, boots + 1);
    assert!(!model.agent_is_there(&broker));
    assert_eq!(status(&mut model, 50, &id), CommandStatus::InProgress);
    assert_eq!(status(&mut model, 51, &id), CommandStatus::Success);
    let numbers: Vec<_> = log.lock().unwrap().iter().map(|run| run.number).collect();
    assert_eq!(numbers, [1, 2]);
}

#[test]
fn p49_an_agent_gives_the_payload_by_the_environment_and_an_older_one_in_the_text() {
    for (version, script, payload) in [
        ("3.3.2746.0", "echo {{ payload }}", Some("abc")),
        ("3.3.1.0", "echo abc", None),
    ] {
        let (mut model, broker) = stage();
        let edited = model.edit_agent(at(20), &broker, |agent| {
            agent.version = version.to_owned();
        });
        assert_eq!(edited, Ok(()));
        let log = scripts_end(&mut model, 5, Ran::saying("", 0));
        send(&mut model, 20, &broker);
        model.advance(at(30));
        let run = log.lock().unwrap()[0].clone();
        assert_eq!(run.script, script);
        assert_eq!(run.parameter(PAYLOAD), payload);
        assert_eq!(run.environment["AWS_SSM_INSTANCE_ID"], broker.as_str());
        assert_eq!(run.environment["AWS_SSM_REGION_NAME"], "us-west-2");
    }
}

#[test]
fn p52_a_command_that_comes_twice_runs_twice_and_the_first_run_is_told_of() {
    let (mut model, broker) = stage();
    let edited = model.edit_agent(at(20), &broker, |agent| agent.runs_twice = true);
    assert_eq!(edited, Ok(()));
    model.set_shell(Arc::new(Scripted(
        |run: &ScriptRun, _: &mut InstanceRecord| {
            let ran = Ran::saying(format!("run {}", run.number), 0);
            Started::Ends(Duration::from_secs(u64::from(run.number)), ran)
        },
    )));
    let id = send(&mut model, 20, &broker);
    assert_eq!(output(&mut model, 40, &id).unwrap().stdout, "run 1");
    assert_eq!(model.commands[&id].starts, 2);
}

#[test]
fn p50_success_says_nothing_about_the_broker() {
    let (mut model, broker) = stage();
    model.set_shell(Arc::new(Scripted(
        |_: &ScriptRun, host: &mut InstanceRecord| {
            host.kafka.state = KafkaState::Down;
            Started::Ends(Duration::from_secs(1), Ran::saying("restarted", 0))
        },
    )));
    let id = send(&mut model, 20, &broker);
    assert_eq!(status(&mut model, 30, &id), CommandStatus::Success);
    assert_eq!(model.instances[&broker].kafka.state, KafkaState::Down);
}

#[test]
fn p55_long_output_is_cut_and_says_so() {
    let (mut model, broker) = stage();
    let ran = Ran {
        exit_code: Some(0),
        stdout: "é".repeat(24_001),
        stderr: "e".repeat(8_000),
    };
    scripts_end(&mut model, 1, ran);
    let id = send(&mut model, 20, &broker);
    let shown = output(&mut model, 30, &id).unwrap();
    assert_eq!(shown.stdout.chars().count(), 24_000);
    assert!(shown.stdout.ends_with("éé--output truncated--"));
    assert_eq!(shown.stderr, "e".repeat(8_000));
}

#[test]
fn a_script_whose_end_is_told_later_runs_until_then() {
    let (mut model, broker) = stage();
    model.set_shell(Arc::new(Scripted(
        |_: &ScriptRun, _: &mut InstanceRecord| Started::Runs,
    )));
    let id = send(&mut model, 20, &broker);
    // The clock of the world may be faster than its shell.
    assert_eq!(status(&mut model, 1000, &id), CommandStatus::InProgress);
    model.script_ended(at(1001), &id, 2, Ran::saying("another", 1));
    assert_eq!(status(&mut model, 1001, &id), CommandStatus::InProgress);
    model.script_ended(at(1002), &id, 1, Ran::saying("done", 0));
    let ended = output(&mut model, 1002, &id).unwrap();
    assert_eq!(ended.status, CommandStatus::Success);
    assert_eq!(ended.stdout, "done");
}

#[test]
fn a_person_can_say_how_a_command_is() {
    let (mut model, broker) = stage();
    let id = send(&mut model, 20, &broker);
    model.set_command_status(at(20), &id, CommandStatus::Cancelled);
    assert_eq!(status(&mut model, 200, &id), CommandStatus::Cancelled);
}

#[test]
fn p1_each_status_is_told_of_the_command_and_of_its_invocation() {
    let (mut model, broker) = stage();
    model.take_events();
    send(&mut model, 20, &broker);
    model.advance(at(30));
    let told = model.take_events().into_iter().map(|event| {
        let of_host = event["detail"]["instance-id"] == broker.as_str();
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        (
            text(&event["detail-type"]),
            text(&event["detail"]["status"]),
            of_host,
        )
    });
    let expected = ["Pending", "InProgress", "Success"]
        .into_iter()
        .flat_map(|status| {
            [("EC2 Command", false), ("EC2 Command Invocation", true)].map(|(what, of_host)| {
                (
                    format!("{what} Status-change Notification"),
                    status.to_owned(),
                    of_host,
                )
            })
        });
    assert_eq!(told.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

#[test]
fn faults_make_commands_late_double_them_and_take_agents_away_until_they_end() {
    let (mut model, broker) = stage();
    let faults = Faults::new(3)
        .with(Fault::LateCommands, Level::Storm)
        .with(Fault::CommandsDoubled, Level::Storm)
        .with(Fault::AgentsGone, Level::Storm);
    model.set_faults(faults);
    let mut second = 20;
    let all = [
        Fault::LateCommands,
        Fault::CommandsDoubled,
        Fault::AgentsGone,
    ];
    let struck = |model: &Model| {
        let struck = model.faults().expect("faults").struck().clone();
        all.iter().all(|fault| struck.contains_key(fault))
    };
    while !struck(&model) {
        assert!(second < 20_000, "{:?}", model.faults());
        let sent = model.send_command(at(second), &asked(&broker));
        drop(sent);
        second += 10;
        model.advance(at(second));
    }
    assert!(model.commands().any(|record| record.starts == 2));
    model.end_faults();
    assert!(model.agent_is_there(&broker));
    let id = send(&mut model, second, &broker);
    assert_eq!(status(&mut model, second + 10, &id), CommandStatus::Success);
    assert_eq!(model.commands[&id].starts, 1);
}

/// A role that may run this document on instances with this condition on their tags, and nothing else.
fn role(key: &str) -> Arc<Caller> {
    let statement = |resource: &str, conditions| Statement {
        sid: "Send".to_owned(),
        effect: Effect::Allow,
        principals: Vec::new(),
        actions: vec!["ssm:SendCommand".to_owned()],
        resources: vec![resource.to_owned()],
        conditions,
    };
    let of_cluster = Condition::new("StringEquals", key, vec!["orders".to_owned()]);
    let document = format!("arn:aws:ssm:us-west-2:123456789012:document/{INSPECT}");
    let instances = "arn:aws:ec2:us-west-2:123456789012:instance/*";
    let role = "arn:aws:iam::123456789012:role/PushListenersRole";
    let policy = Policy {
        attached: Attached::Role(role.to_owned()),
        statements: vec![
            statement(&document, Vec::new()),
            statement(instances, vec![of_cluster.expect("a known key")]),
        ],
    };
    Caller::new("push-listeners", role, Arc::new(Policies(vec![policy])))
}

#[test]
fn f49_iam_is_asked_of_the_document_and_of_the_instance_with_its_tags() {
    let (mut model, broker) = stage();
    model.put_document(
        at(20),
        CommandDocument {
            name: "theirs".into(),
            ..document()
        },
    );
    let stranger = Launch::in_zone("usw2-az1").tag(tags::CLUSTER, "payments");
    let stranger = model.run_instance(at(20), stranger).expect("an instance");
    let tag = "kafka-privatelink:cluster";
    let caller = role(&format!("ssm:resourceTag/{tag}"));
    let code = |model: &mut Model, by: &Arc<Caller>, asked: SendCommand| {
        let sent = model.called_by(Some(by), |model| model.send_command(at(60), &asked));
        sent.err().map(|error| error.code)
    };
    let denied = Some("AccessDeniedException");
    assert_eq!(code(&mut model, &caller, asked(&broker)), None);
    assert_eq!(code(&mut model, &caller, asked(&stranger)), denied);
    let other = SendCommand {
        document: "theirs".into(),
        ..asked(&broker)
    };
    assert_eq!(code(&mut model, &caller, other), denied);
    // What is not there is denied before it is missed.
    assert_eq!(
        code(&mut model, &caller, asked(&"i-unknown".into())),
        denied
    );
    let lists = model.called_by(Some(&caller), |model| {
        model
            .list_commands(at(60), &since(0), None)
            .map(|page| page.items)
    });
    assert_eq!(
        lists.map_err(|error| error.code),
        Err("AccessDeniedException")
    );
    let told: Vec<String> = caller.asked().iter().map(ToString::to_string).collect();
    let expected = format!(
        "ssm:SendCommand on arn:aws:ec2:us-west-2:123456789012:instance/{broker}, ssm:resourceTag/{tag} {{\"orders\"}}"
    );
    assert!(told.contains(&expected), "{told:?}");
    // Only a denial on what is ours is something that the role forbids wrongly.
    let forbidden: Vec<_> = caller.forbidden("orders").into_iter().collect();
    let instances = forbidden
        .iter()
        .filter(|each| each.resource.contains(":instance/"));
    assert_eq!(instances.count(), 0);
    // A global key does not do it.
    let global = role(&format!("aws:ResourceTag/{tag}"));
    assert_eq!(code(&mut model, &global, asked(&broker)), denied);
}
