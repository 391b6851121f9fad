//! The world's verbs explained: all of them, or the one that was typed wrong.

/// Every verb, in one line each.
pub const VERBS: &str = "  add N AZ              launch broker N, for example: add 5 usw2-az2
  terminate N           terminate broker N's instance
  replace N             terminate it and launch another one with the same node.id
  stop N · start N      stop and start it
  fail N                its operating system dies for good: it fails its status check, and a reboot does not help
  group N AZ            make an Auto Scaling group for broker N with both lifecycle hooks, and no instance yet
  scale N COUNT         scale that group out to one instance, or in to none: scale 4 1
  put-parameter NAME V  for example: put-parameter paused true
                        or: put-parameter listeners/EXTERNAL <broker_id>.<az_id>.example.com:<port>
  cross PORT N          point the listener of a port at broker N's target group, for example: cross 9093 2
  proof                 what every port reaches now
  lose aws.ec2          from now on every event of this source is lost; lose-no-more ends it
  faults SEED NAME=LEVEL,…   what AWS does wrong from now on, for example: faults 7 stale-reads=often,lost-answers=rare
                        faults alone tells the names, and how often each has struck; faults off ends them
  send TEXT             put a message on every function's queue; any text is a wake
  status                the mapping as AWS has it, and each function's newest report
  log                   the functions' newest log lines, metrics among them
  plan                  ask each function what it would do
  doctor                what stands between a consumer and a working connection
  kafka start N         start broker N's Kafka and wait until it serves; also stop (controlled), kill,
                        freeze, thaw, wipe (its data, when it does not run) and log (its last lines)
  check internal        the check of TiDB Cloud's document, ten messages there and back, from a client in the VPC;
                        check external does it from the consumer's host, through its endpoint
  page FILE             draw the mapping as a page, for a browser: page mapping.html
  ask NAME:PORT         who answers there, asked from the consumer's host
  connect ACCOUNT       a consumer of this account makes an endpoint, and waits to be accepted; the world
                        has one of account 111122223333. ask-from ACCOUNT NAME:PORT asks from its host
  allow ARN · disallow ARN      a person says who may connect; a connection that stands stays
  accept ENDPOINT · reject ENDPOINT · leave ENDPOINT
                        a person accepts or cuts a connection; its consumer deletes the endpoint
  connections           who may connect, and who is connected
  shell consumer        a shell on the consumer's host; shell N on broker N's
  help                  this list
  quit                  end the world";

/// What each verb needs, and an example.
const NEEDS: [(&str, &str, &str); 33] = [
    ("add", "a broker and a zone", "add 5 usw2-az2"),
    ("terminate", "a broker", "terminate 2"),
    ("replace", "a broker", "replace 2"),
    ("stop", "a broker", "stop 2"),
    ("start", "a broker", "start 2"),
    ("fail", "a broker", "fail 2"),
    ("group", "a broker and a zone", "group 4 usw2-az1"),
    ("scale", "a broker and a number", "scale 4 1"),
    (
        "put-parameter",
        "a name and a value",
        "put-parameter paused true",
    ),
    ("cross", "a port and a broker", "cross 9093 2"),
    ("proof", NOTHING, "proof"),
    ("lose", "a source of events", "lose aws.ec2"),
    ("lose-no-more", "a source of events", "lose-no-more aws.ec2"),
    (
        "faults",
        "nothing, off, or a seed and a list",
        "faults 7 stale-reads=often",
    ),
    ("status", NOTHING, "status"),
    ("log", NOTHING, "log"),
    ("plan", NOTHING, "plan"),
    ("doctor", NOTHING, "doctor"),
    ("page", "a file", "page mapping.html"),
    (
        "kafka",
        "one of start, stop, kill, freeze, thaw, wipe and log, and a broker",
        "kafka freeze 3",
    ),
    ("check", "internal or external", "check internal"),
    (
        "ask",
        "a name and a port",
        "ask b1.usw2-az1.example.com:9093",
    ),
    ("connect", "an account", "connect 222233334444"),
    (
        "ask-from",
        "an account, a name and a port",
        "ask-from 222233334444 b1.usw2-az1.example.com:9093",
    ),
    (
        "allow",
        "a principal",
        "allow arn:aws:iam::222233334444:root",
    ),
    (
        "disallow",
        "a principal",
        "disallow arn:aws:iam::222233334444:root",
    ),
    ("accept", "an endpoint", "accept vpce-0123456789abcdef0"),
    ("reject", "an endpoint", "reject vpce-0123456789abcdef0"),
    ("leave", "an endpoint", "leave vpce-0123456789abcdef0"),
    ("connections", NOTHING, "connections"),
    ("shell", "consumer or a broker", "shell consumer"),
    ("help", NOTHING, "help"),
    ("quit", NOTHING, "quit"),
];

const NOTHING: &str = "nothing more";

/// Why a line is no verb's, and the way out.
pub(super) fn not_understood(line: &str) -> String {
    let line = line.trim();
    let verb = line.split_whitespace().next().unwrap_or_default();
    match NEEDS.iter().find(|(name, ..)| *name == verb) {
        Some((_, what, example)) => format!("{verb} needs {what}: {example}"),
        None => format!("not a verb: {line}; help lists them"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verb_without_what_it_needs_is_explained_and_another_word_is_not() {
        for (line, told) in [
            (
                "cross 9093",
                "cross needs a port and a broker: cross 9093 2",
            ),
            ("add 5", "add needs a broker and a zone: add 5 usw2-az2"),
            (
                "check nope",
                "check needs internal or external: check internal",
            ),
            ("plan all", "plan needs nothing more: plan"),
            (
                "kafka freeze",
                "kafka needs one of start, stop, kill, freeze, thaw, wipe and log, and a broker: kafka freeze 3",
            ),
            ("dance", "not a verb: dance; help lists them"),
            ("quit now", "quit needs nothing more: quit"),
        ] {
            assert_eq!(not_understood(line), told);
        }
    }

    #[test]
    fn the_list_has_every_verb_that_is_explained() {
        let words: Vec<&str> = VERBS.split_whitespace().collect();
        for (verb, _, example) in NEEDS {
            assert!(words.contains(&verb), "{verb}");
            assert!(example.starts_with(verb), "{example}");
        }
    }
}
