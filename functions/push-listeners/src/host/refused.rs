//! Why a host refuses an order: the scripts' words as sentences.

/// A word of a script (`why`) and its detail (`about`) as a sentence with the way out. A word that is not known
/// is told as it is.
pub fn why_refused(why: &str, about: &str) -> String {
    let sentence = match why {
        "late" => "the order came too late; it is made anew",
        "busy" => "another command of ours works there; it is tried again",
        "changed" => {
            "its file changed after it was inspected; nothing was done, and it is inspected again"
        }
        "bytes" => "its file does not have the bytes that were to change; it is inspected again",
        "process" => {
            "the broker's process is another one than was inspected, or is gone; it is inspected again"
        }
        "instance" => {
            "the agent says that it is another instance; see its variable AWS_SSM_INSTANCE_ID"
        }
        "payload" => {
            "it does not understand the order; deploy the documents and the function from one release"
        }
        "user" => "the agent does not run as root; let it",
        "agent" => "the agent does not give parameters as environment variables; update it",
        "state" => "/var/lib/kafka-privatelink cannot be written there, or is not root's",
        "signal" => {
            "the broker's process could not be told to stop; see what keeps root from signalling it"
        }
        "unreadable" => "root cannot read its file; see the disk and the folder that it is on",
        "read-only" => "its file or its folder cannot be written",
        "full" => "a file could not be written; see whether the disk is full",
        "port" => "a socket has the port on which it is to listen; free it",
        "zookeeper" => {
            "none of its ZooKeeper servers answers there (they are asked by bash), and without one the broker would not come back; see that they run and serve"
        }
        "override" => "its command line overrides a key that is to change; take the --override out",
        "generated" => "a program writes its file; give that program the listeners",
        "invalid" => "Kafka itself refuses the new file",
        "hook" => {
            "it is not known how to start it: there is no unit and no record, or /etc/kafka-privatelink/restart is a program that others than root can write; put it right"
        }
        "no-start" => {
            "it is not known how to start it: there is no unit and no record; write /etc/kafka-privatelink/restart, a program that starts it"
        }
        "gone" => {
            "what it was started with is gone since, or was exchanged, so it would not come back as it is; restart it yourself when it may"
        }
        "nothing-kept" => "the file from before is not kept there any more; put it back by hand",
        "unfinished" => "an older command of ours is not ended there yet; the next one ends it",
        "container" => "it runs in a container; give the container its listeners",
        "wrapped" | "user-unit" => {
            "it was started in a way that cannot be done again; let a unit of the system start Kafka itself"
        }
        "file" | "symlink" | "links" | "owner" | "mode" => {
            "its file is not as it was inspected; it is inspected again"
        }
        "unexpected" => "a command in it failed that should not; see its disks and its tools",
        _ => why,
    };
    match about {
        "" => sentence.to_owned(),
        about => format!("{sentence} ({about})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_a_sentence_and_one_that_is_not_known_is_told_as_it_is() {
        assert_eq!(
            why_refused("late", ""),
            "the order came too late; it is made anew"
        );
        assert!(why_refused("port", "39092").ends_with("free it (39092)"));
        assert_eq!(why_refused("odd", "x"), "odd (x)");
    }

    #[test]
    fn every_word_of_the_scripts_has_a_sentence() {
        let scripts = [
            include_str!("../../../../infra/host/common.sh"),
            include_str!("../../../../infra/host/acting.sh"),
            include_str!("../../../../infra/host/order.sh"),
            include_str!("../../../../infra/host/file.sh"),
            include_str!("../../../../infra/host/start.sh"),
            include_str!("../../../../infra/host/apply.sh"),
            include_str!("../../../../infra/host/stop.sh"),
        ];
        let mut words = 0;
        for line in scripts.iter().flat_map(|script| script.lines()) {
            let line = line.trim_start();
            let calls = [line.split("refuse "), line.split("deny ")];
            for after in calls.into_iter().flat_map(|parts| parts.skip(1)) {
                let end = after.find(|c: char| !c.is_ascii_lowercase() && c != '-');
                let word = &after[..end.unwrap_or(after.len())];
                if line.starts_with('#') || word.is_empty() {
                    continue;
                }
                words += 1;
                assert_ne!(why_refused(word, ""), word, "{word} has no sentence");
            }
        }
        assert!(words > 30, "{words}");
    }
}
