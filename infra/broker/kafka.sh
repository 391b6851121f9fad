# Kafka: its user, its file of properties, its unit.
properties=$folder/config/server.properties

# The number of the user is on the volume's files, so it is the same on each instance.
make_user() {
  getent group kafka >/dev/null || groupadd --gid 19092 kafka
  getent passwd kafka >/dev/null ||
    useradd --uid 19092 --gid kafka --no-create-home --home-dir "$folder" --shell /sbin/nologin kafka
  install -d -o kafka -g kafka -m 750 /var/log/kafka
}

# The file stays on the volume, with what is edited into it later: EXTERNAL comes by push-listeners. A new instance
# has to find its addresses and ports in it; one that has booted before goes on with what a person edits.
write_properties() {
  local has part
  if [ -e "$properties" ]; then
    [ ! -s "$seen" ] || return 0
    has=,$(sed -nE 's/^ *(controller\.quorum\.voters|advertised\.listeners) *=//p' "$properties" | tr -d ' \r' | tr '\n' ,)
    for part in ${VOTERS//,/ } "INTERNAL://$ADDRESS:$INTERNAL_PORT"; do
      [[ $has == *",$part,"* ]] ||
        leave_disk "$properties on $volume lacks $part, which the stack has. Kafka is not started with it"
    done
    return
  fi
  install -d -m 755 "${properties%/*}"
  write_file "$properties" <<END
process.roles=broker,controller
node.id=$NODE
controller.quorum.voters=$VOTERS
listeners=INTERNAL://0.0.0.0:$INTERNAL_PORT,CONTROLLER://0.0.0.0:$CONTROLLER_PORT
advertised.listeners=INTERNAL://$ADDRESS:$INTERNAL_PORT
inter.broker.listener.name=INTERNAL
controller.listener.names=CONTROLLER
listener.security.protocol.map=INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=$data
broker.rack=$ZONE
default.replication.factor=3
min.insync.replicas=2
offsets.topic.replication.factor=3
transaction.state.log.replication.factor=3
transaction.state.log.min.isr=2
END
}

# No outgoing connection takes a bind port before Kafka does. They are among the ports that such connections have
# (32768 to 60999), and most of those have to stay. FIRST-LAST is a difference, too.
reserve_ports() {
  [ $((BIND_PORTS)) -gt -1000 ] || stop "these are more than 1,000 bind ports: $BIND_PORTS"
  write_file /etc/sysctl.d/90-kafka.conf <<<"net.ipv4.ip_local_reserved_ports = $BIND_PORTS"
  sysctl -q -p /etc/sysctl.d/90-kafka.conf || stop "these bind ports cannot be reserved: $BIND_PORTS"
}

# kafka-boot runs at each boot, and starts Kafka; only then is the disk there.
#
# Kafka ends after a minute without a quorum (initial.broker.registration.timeout.ms), and brokers may wait for the
# others far longer: no number of starts is the last one, and half a minute between them is the limit.
write_units() {
  write_file /etc/systemd/system/kafka-boot.service <<END
[Unit]
Description=The disk and the software of Kafka broker $NODE
Wants=network-online.target
After=network-online.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/kafka-boot boot
StandardOutput=journal+console
StandardError=journal+console
TimeoutStartSec=infinity
Restart=on-failure
RestartSec=60
RestartPreventExitStatus=78
[Install]
WantedBy=multi-user.target
END
  write_file /etc/systemd/system/kafka.service <<END
[Unit]
Description=Kafka broker $NODE of $CLUSTER
After=kafka-boot.service
AssertPathIsMountPoint=$folder
StartLimitIntervalSec=0
[Service]
User=kafka
Group=kafka
WorkingDirectory=$folder
Environment=JAVA_HOME=/opt/jdk LOG_DIR=/var/log/kafka
ExecStart=/opt/kafka/bin/kafka-server-start.sh $properties
SuccessExitStatus=143
Restart=on-failure
RestartSec=30
TimeoutStopSec=330
LimitNOFILE=100000
END
  # Kafka never takes its own old logs away.
  write_file /etc/tmpfiles.d/kafka.conf <<<'e /var/log/kafka - - - 14d'
}
