//! The commands in Kafka's `bin/`: a few lines each under the names that people know, and the class
//! that each of them runs. They call each other by `sh`: a file that was written a moment ago may be
//! open still in a process that is just being forked, and is then too busy to be executed.

use super::version::Version;

/// A command and its main class in every version.
pub(super) struct Script {
    pub(super) name: &'static str,
    class: Class,
}

enum Class {
    Same(&'static str),
    /// Kafka 4 moved the tools out of the broker's package.
    Moved(&'static str, &'static str),
}

/// The commands that run one class.
pub(super) const SCRIPTS: [Script; 13] = [
    same("kafka-storage.sh", "kafka.tools.StorageTool"),
    same("kafka-topics.sh", "org.apache.kafka.tools.TopicCommand"),
    same("kafka-configs.sh", "kafka.admin.ConfigCommand"),
    same(
        "kafka-metadata-quorum.sh",
        "org.apache.kafka.tools.MetadataQuorumCommand",
    ),
    same("kafka-log-dirs.sh", "org.apache.kafka.tools.LogDirsCommand"),
    same("kafka-cluster.sh", "org.apache.kafka.tools.ClusterTool"),
    same(
        "kafka-reassign-partitions.sh",
        "org.apache.kafka.tools.reassign.ReassignPartitionsCommand",
    ),
    same(
        "kafka-leader-election.sh",
        "org.apache.kafka.tools.LeaderElectionCommand",
    ),
    moved(
        "kafka-console-producer.sh",
        "kafka.tools.ConsoleProducer",
        "org.apache.kafka.tools.ConsoleProducer",
    ),
    moved(
        "kafka-console-consumer.sh",
        "kafka.tools.ConsoleConsumer",
        "org.apache.kafka.tools.consumer.ConsoleConsumer",
    ),
    moved(
        "kafka-broker-api-versions.sh",
        "kafka.admin.BrokerApiVersionsCommand",
        "org.apache.kafka.tools.BrokerApiVersionsCommand",
    ),
    moved(
        "kafka-consumer-groups.sh",
        "kafka.admin.ConsumerGroupCommand",
        "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
    ),
    moved(
        "kafka-acls.sh",
        "kafka.admin.AclCommand",
        "org.apache.kafka.tools.AclCommand",
    ),
];

const fn same(name: &'static str, class: &'static str) -> Script {
    let class = Class::Same(class);
    Script { name, class }
}

const fn moved(name: &'static str, in_3: &'static str, in_4: &'static str) -> Script {
    let class = Class::Moved(in_3, in_4);
    Script { name, class }
}

impl Script {
    pub(super) fn text(&self, version: Version) -> String {
        let class = match (&self.class, version) {
            (Class::Same(class), _)
            | (Class::Moved(class, _), Version::V3_7_1 | Version::V3_9_2)
            | (Class::Moved(_, class), Version::V4_2_1) => class,
        };
        format!("#!/bin/sh\nexec sh \"$(dirname \"$0\")/kafka-run-class.sh\" {class} \"$@\"\n")
    }
}

/// Runs a class of Kafka. The settings are for small machines; nothing is left in /tmp.
pub(super) const RUN_CLASS: &str = r#"#!/bin/sh
# kafka-run-class.sh CLASS [ARGUMENT...]
kafka=$(cd "$(dirname "$0")/.." && pwd)
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" ${KAFKA_HEAP_OPTS:--Xms128m -Xmx256m} \
  -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData "-Djava.io.tmpdir=$kafka/tmp" \
  "-Dlog4j.configuration=file:$kafka/config/${KAFKA_LOG4J:-tools-log4j.properties}" \
  $KAFKA_OPTS -cp "$kafka/libs/*" "$@"
"#;

/// The broker.
pub(super) const START: &str = r#"#!/bin/sh
# kafka-server-start.sh server.properties [--override NAME=VALUE]...
export KAFKA_LOG4J=log4j.properties
exec sh "$(dirname "$0")/kafka-run-class.sh" kafka.Kafka "$@"
"#;

/// Asks every broker on this machine to stop, and waits for none.
pub(super) const STOP: &str = r#"#!/bin/sh
found=1
for process in /proc/[0-9]*; do
  if tr '\0' '\n' 2>/dev/null < "$process/cmdline" | grep -qx kafka.Kafka; then
    kill -TERM "${process#/proc/}" && found=0
  fi
done
[ "$found" = 0 ] || echo "No kafka server to stop" >&2
exit "$found"
"#;

/// The start script of TiDB Cloud's document without its first half: that one kills all brokers of the machine and
/// deletes their data (K-15).
pub(super) fn start(cluster_id: &str, folder: &str) -> String {
    format!(
        r#"#!/bin/sh
# Formats the data folder if that is still to be done, and starts the broker, unless it is told to format only.
cd "$(dirname "$0")" || exit
mkdir -p data log || exit
if [ ! -e data/meta.properties ]; then
  sh ./{folder}/bin/kafka-storage.sh format -t {cluster_id} -c config/server.properties \
    > log/server_format.log 2>&1 || {{ code=$?; cat log/server_format.log >&2; exit $code; }}
fi
[ "$1" != format ] || exit 0
nohup sh ./{folder}/bin/kafka-server-start.sh config/server.properties >> log/kafka.log 2>&1 < /dev/null &
"#
    )
}

/// What a broker says, on standard output; what a tool complains of, on standard error.
pub(super) const LOG4J: [(&str, &str); 2] = [
    (
        "log4j.properties",
        "log4j.rootLogger=INFO, console\n\
         log4j.appender.console=org.apache.log4j.ConsoleAppender\n\
         log4j.appender.console.layout=org.apache.log4j.PatternLayout\n\
         log4j.appender.console.layout.ConversionPattern=[%d] %p %m (%c)%n\n",
    ),
    (
        "tools-log4j.properties",
        "log4j.rootLogger=WARN, console\n\
         log4j.appender.console=org.apache.log4j.ConsoleAppender\n\
         log4j.appender.console.target=System.err\n\
         log4j.appender.console.layout=org.apache.log4j.PatternLayout\n\
         log4j.appender.console.layout.ConversionPattern=[%d] %p %m (%c)%n\n",
    ),
];
