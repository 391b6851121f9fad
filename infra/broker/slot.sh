# The slot of a broker: its record in Parameter Store, and its data volume, which is found by its tags.
#
# The record says `new`, `formatting vol-...` or `formatted vol-...`. Only the instance that has the volume writes
# it, and EC2 gives a volume to one instance at a time.
seen=/var/lib/kafka-boot/volume
tags="kafka-privatelink:cluster=$CLUSTER and kafka-privatelink:node-id=$NODE"

# Sets volume, device, record and its version. An instance that has had its disk before needs none of AWS's services
# for that.
take_slot() {
  if [ -s "$seen" ] && volume=$(cat "$seen") && find_device; then
    record="formatted $volume"
    return
  fi
  patiently 'the instance does not tell its ID' find_instance
  patiently 'EC2 does not tell of the data volume' find_volume
  [[ $volume =~ ^vol-[0-9a-f]+$ ]] ||
    stop "one volume has to have the tags $tags, and these have: $volume"
  patiently "$volume does not come to $instance (it can be on one instance only, and shows itself on instance types of the Nitro system)" attach_volume
  patiently "the record $SLOT_RECORD cannot be read" read_record
}

find_instance() {
  local imds=http://169.254.169.254/latest token
  token=$(curl -sSf -m 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$imds/api/token") &&
    instance=$(curl -sSf -m 5 -H "X-aws-ec2-metadata-token: $token" "$imds/meta-data/instance-id")
}

# Right after a volume was made, EC2 may tell of none.
find_volume() {
  volume=$(aws ec2 describe-volumes --query 'Volumes[].VolumeId' --output text --filters \
    "Name=tag:kafka-privatelink:cluster,Values=$CLUSTER" "Name=tag:kafka-privatelink:node-id,Values=$NODE" \
    Name=status,Values=creating,available,in-use) &&
    { [ -n "$volume" ] || { echo "no volume has the tags $tags" >&2 && false; }; }
}

attach_volume() {
  find_device ||
    { aws ec2 attach-volume --volume-id "$volume" --instance-id "$instance" --device /dev/sdf >/dev/null && find_device; }
}

# The serial number of a disk is the ID of its volume, without the hyphen.
find_device() {
  device=$(lsblk -dnpo NAME,SERIAL | awk -v serial="${volume/-/}" '$2 == serial { print $1 }')
  [ -n "$device" ]
}

read_record() {
  local told
  told=$(aws ssm get-parameter --name "$SLOT_RECORD" --query 'Parameter.[Version,Value]' --output text) &&
    read -r version record <<<"$told"
}

# write_record TEXT
write_record() {
  record=$1
  patiently "the record $SLOT_RECORD cannot be written" put_record
}
put_record() { aws ssm put-parameter --overwrite --name "$SLOT_RECORD" --value "$record" >/dev/null; }
