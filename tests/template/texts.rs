//! Every text of the templates is one that AWS takes, with the longest parameters put in. AWS says no
//! only when the resource is made, and then the whole stack is rolled back.

use crate::limits::{LIMITS, Limit};
use crate::longest::longest;
use crate::stack::{Complaints, PRIVATELINK, Stack, TEXT, complains, holds_everywhere};
use world::template::Text;

/// Characters and lengths, of every text that a person reads or chooses.
pub fn texts_are_taken_by_aws(stack: &Stack) -> Complaints {
    let texts = stack.with(&longest()).and_then(|template| {
        let texts = template.texts();
        texts.map_err(|error| error.to_string())
    });
    let texts = match texts {
        Ok(texts) => texts,
        Err(error) => return vec![error],
    };
    texts.iter().filter_map(complaint).collect()
}

fn complaint(text: &Text) -> Option<String> {
    let Text {
        resource,
        kind,
        path,
        text,
    } = text;
    let of_kind = |limit: &&Limit| limit.kind == kind || limit.kind == "*";
    let mut limits = LIMITS.iter().filter(of_kind);
    match limits.find(|limit| limit.path == path) {
        Some(limit) => {
            let length = text.chars().count();
            let Limit { most, source, .. } = limit;
            let long = length > *most;
            let long = long.then(|| format!("{length} characters, and {most} are allowed"));
            let wrong = (!(limit.fits)(text)).then(|| "a character is not allowed".to_owned());
            let what = long.or(wrong)?;
            Some(format!("{resource} {path}: {what} ({source}): {text}"))
        }
        None if is_chosen(path) => Some(format!("{kind} {path}: what does AWS take here?")),
        None => None,
    }
}

/// Whether a property is a name or a sentence of ours, and no value that AWS has given.
fn is_chosen(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or(path);
    let names = ["Id", "Sid", "Label", "Key", "Value", "MessageGroupId"];
    last.ends_with("Description")
        || last.ends_with("Name")
        || last.ends_with("Expression")
        || names.contains(&last)
}

#[test]
fn every_text_of_every_template_is_one_that_aws_takes() {
    holds_everywhere(texts_are_taken_by_aws);
}

#[test]
fn every_limit_is_that_of_a_text_in_a_template() {
    let mut texts: Vec<Text> = Vec::new();
    for template in crate::stack::TEMPLATES {
        let template = Stack::of(template).with(&longest()).expect("a template");
        texts.extend(template.texts().expect("texts"));
    }
    for limit in LIMITS {
        let is_there = texts.iter().any(|text| {
            let Text { kind, path, .. } = text;
            (limit.kind == "*" || limit.kind == kind) && limit.path == path
        });
        assert!(is_there, "nothing has {} {}", limit.kind, limit.path);
    }
}

#[test]
fn each_limit_is_a_text_that_is_refused() {
    let long = "w".repeat(4097);
    for limit in LIMITS {
        let text = |text: &str| Text {
            resource: "It".to_owned(),
            kind: limit.kind.to_owned(),
            path: limit.path.to_owned(),
            text: text.to_owned(),
        };
        let said = complaint(&text(&long)).expect(limit.source);
        assert!(said.contains("are allowed"), "{said}");
        let said = complaint(&text("a\u{7}b")).expect(limit.source);
        assert!(said.contains("a character is not allowed"), "{said}");
        let most = "w".repeat(limit.most);
        assert_eq!(complaint(&text(&most)), None, "{}", limit.source);
    }
}

#[test]
fn templates_with_one_bad_text_are_complained_of() {
    let rule = texts_are_taken_by_aws;
    let character = "a character is not allowed";
    for (template, old, new, complaint) in [
        (
            TEXT,
            "Description: broker bind ports",
            "Description: brokers' bind ports",
            character,
        ),
        (
            PRIVATELINK,
            "Description: to the broker bind ports",
            "Description: to the brokers\u{2019} bind ports",
            character,
        ),
        (
            PRIVATELINK,
            "GroupDescription: Consumers",
            "GroupDescription: F\u{fc}r consumers",
            character,
        ),
        (
            TEXT,
            "Description: kafka-privatelink probe, directly",
            "Description: past & beyond",
            character,
        ),
        (
            TEXT,
            "-undelivered-wakes\"",
            "-undelivered.fifo.letters\"",
            character,
        ),
        (
            TEXT,
            "-instance-state\", *this-stack]\n      Desc",
            "-instance state\", *this-stack]\n      Desc",
            character,
        ),
        (TEXT, "Sid: TakeWakes", "Sid: Take-Wakes", character),
        (TEXT, "Id: missing", "Id: Missing", character),
        (
            TEXT,
            "\"kafka-privatelink:cluster\", Value",
            "\"aws:cluster\", Value",
            character,
        ),
        (
            TEXT,
            "PolicyName: sweep",
            "PolicyName: the sweep",
            character,
        ),
        (
            TEXT,
            "/register-brokers\"\n      Ret",
            "/register brokers\"\n      Ret",
            character,
        ),
        (
            TEXT,
            "Description: What probe-brokers may do",
            "Description: \u{2713}",
            character,
        ),
        (
            TEXT,
            "Keeps the NLB mapping",
            &format!("Keeps {} mapping", "w".repeat(200)),
            "are allowed (Lambda",
        ),
        (
            TEXT,
            "For ten minutes a port",
            &format!("{} a port", "w".repeat(800)),
            "are allowed (CloudWatch",
        ),
        (
            TEXT,
            "Description: broker admin port",
            &format!("Description: {}", "w".repeat(256)),
            "256 characters, and 255",
        ),
        (
            TEXT,
            "Description: A spot instance",
            &format!("Description: {}", "w".repeat(500)),
            "are allowed (EventBridge",
        ),
        (
            TEXT,
            "      MetricName: Held",
            "      MetricName: Held\n      HeldName: held",
            "HeldName: what does AWS take here?",
        ),
    ] {
        complains(rule, template, old, new, complaint);
    }
}
