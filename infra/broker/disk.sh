# The disk: formatted once and only once, and mounted only if it is the broker's own.
folder=/var/lib/kafka
data=$folder/data

# All three brokers make the same ID of their stack's, unless it is given: 16 bytes in Base64, as Kafka wants it, of
# letters and digits.
cluster_id() {
  local hash
  [ -z "$KAFKA_CLUSTER_ID" ] || { echo "$KAFKA_CLUSTER_ID" && return; }
  hash=$(printf %s "$STACK" | sha256sum | cut -c 1-32)
  # shellcheck disable=SC2059
  printf "$(printf %s "$hash" | sed 's/../\\x&/g')" | base64 | tr '+/' 'pf' | cut -c 1-22
}

prepare_disk() {
  case $record in
    new)
      if is_empty; then
        [ -z "$KAFKA_CLUSTER_ID" ] ||
          stop "$volume is EMPTY, and KafkaClusterId says that broker $NODE has data on another one. It is not formatted"
        # CloudFormation writes `new` again when it has to change the parameter, be it a tag only (F84).
        [ "$version" = 1 ] ||
          stop "$volume is EMPTY, and broker $NODE may have had data on it: the record $SLOT_RECORD says new, and this is its version $version. It is not formatted"
        write_record "formatting $volume"
        make_file_system || stop "$volume gets no file system"
      fi
      mount_disk || stop "$volume is not empty, and cannot be mounted. Nothing was written to it"
      [ "$record" != new ] || is_own ||
        leave_disk "$volume has a file system that broker $NODE did not make. Nothing was written to it"
      ;;
    "formatting $volume")
      # It was empty when this was written, and Kafka has never run on it: what is half made is made again.
      mount_disk || { make_file_system -f && mount_disk; } || stop "$volume cannot be formatted"
      ;;
    "formatted $volume")
      ! is_empty || stop "$volume is EMPTY, and broker $NODE has had data on it. It is not formatted again"
      mount_disk || stop "$volume cannot be mounted. Broker $NODE has had data on it, so it is not formatted again"
      is_own || leave_disk "$volume lacks the data of broker $NODE in Kafka cluster $(cluster_id), which were there. It is not formatted again"
      ;;
    'formatting vol-'* | 'formatted vol-'*)
      stop "the data volume is $volume, and the record $SLOT_RECORD says: $record. If $volume has the data of broker $NODE, write 'formatted $volume' into the record"
      ;;
    *) stop "the record $SLOT_RECORD says nothing that we know: $record" ;;
  esac
  write_properties
  xfs_growfs "$folder" >/dev/null || say "$volume has no more space than before"
  if [ "$record" = "formatting $volume" ]; then
    format_storage
    sync -f "$folder"
  fi
  [ "$record" = "formatted $volume" ] || write_record "formatted $volume"
  mkdir -p "${seen%/*}"
  write_file "$seen" <<<"$volume"
}

is_empty() {
  local bytes
  bytes=$(head -c 4194304 "$device" | tr -d '\000' | wc -c) || stop "$volume cannot be read"
  [ "$bytes" -eq 0 ] && ! blkid -p "$device" >/dev/null
}

# Without -f, mkfs refuses a disk that has anything that it knows.
make_file_system() {
  say "$volume gets a file system"
  mkfs.xfs -q -L "kafka-$NODE" "$@" "$device"
}

mount_disk() {
  mkdir -p "$folder"
  mountpoint -q "$folder" || mount -o noatime "$device" "$folder"
}

leave_disk() {
  umount "$folder" || true
  stop "$*"
}

# Kafka writes this file last when it formats.
is_own() {
  grep -qx "node.id=$NODE" "$data/meta.properties" && grep -qx "cluster.id=$(cluster_id)" "$data/meta.properties"
} 2>/dev/null

format_storage() {
  install -d -o kafka -g kafka -m 750 "$data"
  chroot --userspec=kafka:kafka --groups=kafka --skip-chdir / env JAVA_HOME=/opt/jdk LOG_DIR=/var/log/kafka /opt/kafka/bin/kafka-storage.sh format \
    --ignore-formatted --cluster-id "$(cluster_id)" --config "$properties" >&2 || leave_disk "kafka-storage.sh cannot format $data"
  is_own || leave_disk "kafka-storage.sh did not format $data"
}
