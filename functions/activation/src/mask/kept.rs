//! Words that stay, because a plan reads them, or because everybody knows them. What a function
//! begins to read in a parameter belongs here.

use fleet::listener::is_zone_or_region;

/// Fields of parameters, their values, and the last parts of their names. A parameter that mentions a
/// password is not shown, so these words stay, too.
const OF_PARAMETERS: &str = "abandon accept adopt admin any at az azid availability bind bootstrap broker brokers \
    controller false handover healing host hostname id key listener listeners name node nodeid null off \
    jaas keypassword keystorepassword limit once passw passwd password passwords pattern paused port ports principals private protocol random ranges remove replace restart \
    restarts retired role secret secrets start time true truststorepassword unique uniquename without zone zoneid zones \
    plaintext sasl ssl tcp tls mon tue wed thu fri sat sun utc";
/// What pasting leaves: entities of HTML.
const OF_PASTING: &str =
    "amp apos bull colon emsp ensp gt lt nbsp newline period quot rarr tab thinsp";
/// Labels of DNS names that many have.
const OF_NAMES: &str = "amazonaws aws azure cloud cluster cn com compute ec2 elb example gcp internal io \
    kafka local net org plc privatelink svc tidbcloud vpce";
/// Regions, in parts.
const OF_REGIONS: &str = "af ap ca central east eu eusc gov il iso me mx north northeast northwest sa \
    south southeast southwest us west wlz";
/// What AWS and this software call things in sentences.
const OF_SENTENCES: &str = "action arn autoscaling client elasticloadbalancing external iam lambda load \
    balancer probe register service ssm sts sync target group the and not with for from that this";
/// In what Auto Scaling says of its activities.
const OF_ACTIVITIES: &str = "capacity ec2 instance shrinking terminating";
/// In the names of the alarms by which heal-brokers knows that it is to look.
const OF_ALARMS: &str = "no not proof second serving targets unhealthy wrong";
/// Kinds of resources in ARNs.
/// A word that stands for a name of a person's is none of these.
const OF_ARNS: &str = "alias app assumed endpoint function group gwy instance interface key listener \
    loadbalancer log net network parameter reference role root secret secretsmanager security service \
    subnet targetgroup user vpc";

/// Whether a word of what people write, or of a DNS name, stays.
pub(super) fn is_kept(word: &str) -> bool {
    let all = [
        OF_PARAMETERS,
        OF_PASTING,
        OF_NAMES,
        OF_REGIONS,
        OF_SENTENCES,
        OF_ACTIVITIES,
        OF_ALARMS,
    ];
    let word = word.to_ascii_lowercase();
    let is_one = |words: &&str| words.split_ascii_whitespace().any(|one| one == word);
    all.iter().any(is_one)
}

/// Whether a word in the resource of an ARN says what kind of thing it is.
pub(super) fn is_kind(word: &str) -> bool {
    let mut kinds = OF_ARNS.split_ascii_whitespace();
    kinds.any(|kind| kind == word)
}

/// Which parts of a label are a zone or a Region.
pub(super) fn zones(parts: &[&str]) -> Vec<bool> {
    let mut kept = vec![false; parts.len()];
    let longest_first = (2..=parts.len()).rev();
    for (length, from) in longest_first.flat_map(|n| (0..=parts.len() - n).map(move |at| (n, at))) {
        let window = from..from + length;
        if is_zone_or_region(&parts[window.clone()].join("-")) {
            kept[window].fill(true);
        }
    }
    kept
}

/// `b1`: how brokers are named.
pub(super) fn is_broker(label: &str) -> bool {
    let number = label.strip_prefix(['b', 'B']);
    number.is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_plan_reads_stays() {
        for word in ["bootstrap", "PLAINTEXT", "tidbcloud", "Password", "lt"] {
            assert!(is_kept(word), "{word}");
        }
        for word in ["orders", "abc", "hunter", ""] {
            assert!(!is_kept(word), "{word}");
        }
        assert!(is_broker("b12") && !is_broker("b") && !is_broker("bb1") && !is_broker("1"));
        assert!(is_kind("loadbalancer") && !is_kind("orders"));
    }

    #[test]
    fn zones_are_found_between_other_parts() {
        for (label, kept) in [
            ("kafka-use1-az1", "011"),
            ("usw2-az1", "11"),
            ("kafka-us-west-2a-x", "01110"),
            ("orders", "0"),
            ("kafka1-az1", "00"),
        ] {
            let parts: Vec<&str> = label.split('-').collect();
            let found = zones(&parts).into_iter().map(u8::from);
            let found: Vec<String> = found.map(|bit| bit.to_string()).collect();
            assert_eq!(found.concat(), kept, "{label}");
        }
    }
}
