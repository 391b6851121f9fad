# The bastion: Kafka's own tools, and the check of the cluster from inside.

# kafka-check does what step 2.5 of TiDB Cloud's document does by hand: every broker answers, and takes messages. Each
# check has a topic of its own, so that it reads its own messages, and takes it away.
write_tools() {
  cat >/etc/profile.d/kafka.sh <<END
export JAVA_HOME=/opt/jdk LOG_DIR=/tmp PATH="\$PATH:/opt/kafka/bin" BROKERS=$BROKERS
END
  cat >/usr/local/bin/kafka-check <<'END'
#!/bin/bash
set -euo pipefail
. /etc/profile.d/kafka.sh
at="--bootstrap-server $BROKERS --topic kafka-check-$(date +%s%N)"
answers=$(kafka-broker-api-versions.sh --bootstrap-server "$BROKERS" | grep -c ' (id: ') || true
# shellcheck disable=SC2086
kafka-topics.sh --create --partitions 3 --replication-factor 3 $at
# shellcheck disable=SC2064
trap "kafka-topics.sh --delete $at" EXIT
# shellcheck disable=SC2086
seq 10 | kafka-console-producer.sh --producer-property acks=all $at >/dev/null
# shellcheck disable=SC2086
messages=$(kafka-console-consumer.sh --from-beginning --max-messages 10 --timeout-ms 30000 $at | wc -l) || true
echo "$answers brokers answer; $messages messages were written to three of them and read back"
[ "$answers" = 3 ] && [ "$messages" = 10 ]
END
  chmod 755 /usr/local/bin/kafka-check
}

[ "${1-}" = once ] || tirelessly
install_software
write_tools
say 'READY: kafka-check checks the cluster'
