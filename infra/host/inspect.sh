# inspect: what a host's broker is, how it was started, and its file, masked. It writes nothing at all.
action=inspect

# For how many seconds a process has run; a second of the kernel's has a hundred ticks, as everywhere on Linux.
age_of() { read -r up _ </proc/uptime && printf %s $((${up%.*} - $1 / 100)); }

process_json() {
  printf '{"pid":%s,"start":%s,"age":%s,"node":%s,"roles":"%s","file":%s,"overrides":[%s],"container":%s,"kind":"%s","unit":%s,"jaas":%s,"uid":%s,"parent":%s,"version":"%s","queued":%s}' \
    "$p_pid" "$p_start" "$(age_of "$p_start")" "$(number_or_null "$p_node")" "$p_roles" "$(text "$p_file")" "$(overrides_json)" \
    "$(bool [ "$p_container" = yes ])" "$p_kind" "$(text_or_null "$p_unit")" "$(bool [ "$p_jaas" = yes ])" \
    "$p_uid" "$(text "$(cat "/proc/$p_parent/comm" 2>/dev/null)")" "$(version_of "$p_classes")" "$(bool has_queue "$p_pid")"
}
number_or_null() { printf %s "${1:-null}"; }
word_or_null() { if [ -n "$1" ]; then printf '"%s"' "$1"; else printf null; fi; }
text_or_null() { if [ -n "$1" ]; then text "$1"; else printf null; fi; }

# Names of what the command line overrides; values only of what may be shown.
overrides_json() {
  first=yes
  printf '%s\n' "$p_overrides" | while read -r override; do
    [ -n "$override" ] || continue
    [ "$first" = yes ] || printf ,
    first=no
    printf '{"key":%s' "$(text "${override%%=*}")"
    case ${override%%=*} in
      listeners | advertised.listeners | listener.security.protocol.map | inter.broker.listener.name | \
        security.inter.broker.protocol | controller.listener.names | process.roles | node.id | broker.id)
        printf ',"value":%s' "$(text "${override#*=}")"
        ;;
    esac
    printf '}'
  done
}

# Kafka's version by its jar's name.
version_of() {
  printf '%s\n' "$1" | tr : '\n' | while read -r jar; do
    case $jar in */'*') ls "${jar%/*}" 2>/dev/null || true ;; *) printf '%s\n' "${jar##*/}" ;; esac
  done | sed -n -e 's/^kafka_2\.1[0-9]-\([0-9][0-9A-Za-z.-]*\)\.jar$/\1/p' \
    -e 's/^kafka-clients-\([0-9][0-9A-Za-z.-]*\)\.jar$/\1/p' | head -n 1
}

# systemd's "5min 30s" in seconds; null for infinity.
seconds_of() {
  printf '%s\n' "$1" | awk '{
    if ($0 !~ /^[0-9]/) { print "null"; exit }
    for (i = 1; i <= NF; i++) {
      n = $i + 0; u = $i; sub(/^[0-9.]*/, "", u)
      s += u == "w" ? n * 604800 : u == "d" ? n * 86400 : u == "h" ? n * 3600 : u == "min" ? n * 60 : u == "ms" ? n / 1000 : u == "us" ? 0 : n
    }
    print int(s) }'
}

unit_json() {
  if [ -z "$1" ]; then
    printf null
    return
  fi
  printf '{"name":%s,"active":"%s","sub":"%s","main_pid":%s,"restart":"%s","restarts":%s,"kill_mode":"%s","stop_seconds":%s,"type":"%s","fragment":%s,"start_pre":%s,"stop_command":%s,"ours":%s,"result":"%s"}' \
    "$(text "$1")" "$(show "$1" ActiveState)" "$(show "$1" SubState)" "$(number_or_null "$(show "$1" MainPID)")" \
    "$(show "$1" Restart)" "$(number_or_null "$(show "$1" NRestarts)")" "$(show "$1" KillMode)" \
    "$(seconds_of "$(show "$1" TimeoutStopUSec)")" "$(show "$1" Type)" "$(text "$(show "$1" FragmentPath)")" \
    "$(bool [ -n "$(show "$1" ExecStartPre)" ])" "$(bool [ -n "$(show "$1" ExecStop)" ])" \
    "$(bool [ -e "$(drop_in_of "$1")" ])" "$(show "$1" Result)"
}

# file_json PATH WITH: facts of a file, and its masked text if WITH is mask.
file_json() {
  if [ ! -f "$1" ] || [ ! -r "$1" ]; then
    printf '{"path":%s,"readable":false}' "$(text "$1")"
    return
  fi
  folder=${1%/*}
  printf '{"path":%s,"real":%s,"symlink":%s,"readable":true,"writable":%s,' "$(text "$1")" \
    "$(text "$(readlink -f "$1")")" "$(bool [ -L "$1" ])" "$(bool test -w "$1" -a -w "${folder:-/}")"
  stat -L -c '"uid":%u,"gid":%g,"mode":"%a","links":%h,"size":%s,' "$1" | tr -d '\n'
  printf '"free":%s,"sha256":"%s","generated":%s,' "$(free_bytes "${folder:-/}")" \
    "$(sha256sum <"$1" | cut -c 1-64)" "$(bool test -n "$(read_properties facts "$1" | grep '^generated' || true)")"
  masked=
  [ "$2" != mask ] || masked=$(read_properties mask "$1" | gzip -9n | b64)
  if [ "${#masked}" -gt 17000 ]; then
    printf '"too_big":true}'
  else
    printf '"masked":"%s"}' "$masked"
  fi
}
free_bytes() { df -Pk "$1" | awk 'NR == 2 { printf "%.0f", $4 * 1024 }'; }

# port_json PORT: who listens, and whether any socket has it as its local port.
port_json() {
  all=$(sockets "$1" "/proc/${p_pid:-self}")
  printf '{"port":%s,"sockets":%s,"listeners":[' "$1" "$(printf '%s' "$all" | grep -c . || true)"
  comma=
  for inode in $(printf '%s\n' "$all" | awk '$2 == "0A" { print $1 ":" $3 }'); do
    holder=$(holders "${inode#*:}" | head -n 1)
    printf '%s{"family":%s,"pid":%s,"name":%s}' "$comma" "${inode%%:*}" "$(number_or_null "$holder")" \
      "$(text "$(cat "/proc/${holder:-0}/comm" 2>/dev/null)")"
    comma=,
  done
  printf ']}'
}

hook_json() { printf '{"present":%s,"safe":%s}' "$(bool [ -e "$hook" ])" "$(bool hook_is_safe)"; }

limit_of() { sed -n 's/^Max open files  *\([0-9a-z]*\)  *\([0-9a-z]*\).*/\1:\2/p' "/proc/$1/limits"; }

# disks_json: each folder of a broker's data, and that of the cluster's metadata if it has one of its own.
disks_json() {
  dirs=$(effective log.dirs)
  [ -n "$dirs" ] || dirs=$(effective log.dir)
  [ -n "$dirs" ] || dirs=/tmp/kafka-logs
  # A relative path begins where the process did.
  from=$(sed -n 's/^cwd //p' "$own/start" 2>/dev/null | base64 -d)
  if [ -z "$from" ] && [ -n "$p_unit" ]; then from=$(show "$p_unit" WorkingDirectory); fi
  comma=''
  set -f
  IFS=,
  for dir in $dirs; do
    unset IFS
    disk_json "$dir" false
  done
  unset IFS
  set +f
  own_dir=$(effective metadata.log.dir)
  [ -n "$own_dir" ] || return 0
  case ",$dirs," in *",$own_dir,"*) ;; *) disk_json "$own_dir" true ;; esac
}
# disk_json FOLDER IS-METADATA: whose a folder is, how many partitions it has, the metadata's own apart, whether a
# broker has begun there before (it writes that file at once, also where no partition lies), whether it took part in
# the quorum from there (no format writes that file), and whether it was closed.
disk_json() {
  dir=$1
  case $dir in /*) ;; *) dir=$from/$dir ;; esac
  meta=$(cat "$dir/meta.properties" 2>/dev/null) || meta=
  printf '%s{"path":%s,"there":%s,"metadata":%s,"formatted":%s,"node":%s,"cluster":%s,"partitions":%s,"used":%s,"quorum":%s,"closed":%s}' \
    "$comma" "$(text "$dir")" "$(bool [ -d "$dir" ])" "$2" "$(bool [ -n "$meta" ])" \
    "$(number_or_null "$(meta_of 'node.id|broker.id')")" "$(word_or_null "$(meta_of cluster.id)")" \
    "$(partitions_in "$dir")" "$(bool [ -e "$dir/recovery-point-offset-checkpoint" ])" \
    "$(bool [ -e "$dir/__cluster_metadata-0/quorum-state" ])" "$(bool [ -e "$dir/.kafka_cleanshutdown" ])"
  comma=,
}
# meta_of KEYS: the value of the last of these keys.
meta_of() { printf '%s\n' "$meta" | sed -nE "s/^($1)=([A-Za-z0-9_-]*)[[:blank:]]*\$/\2/p" | tail -n 1; }
partitions_in() {
  # The slash: a folder of data may be a symbolic link to where its volume is.
  find "$1/" -mindepth 1 -maxdepth 1 -type d -name '*-[0-9]*' ! -name '__cluster_metadata-0' 2>/dev/null |
    grep -cE -- '-[0-9]+$' || true
}

# What is known of a broker that does not run.
inspect_gone() {
  p_file=$(was file | base64 -d) p_pid='' p_unit=$(was unit)
  if [ -z "$p_file" ] && [ -r "$own/start" ]; then
    p_file=$(sed -n 's/^file //p' "$own/start" | base64 -d)
  fi
  if [ -z "$p_file" ] && unit_of_node; then :; fi
  [ -n "$p_file" ] || p_file=$(file_of_hook)
  if [ -n "$p_file" ]; then
    p_overrides='' root=''
    identify
    plus "\"file\":$(file_json "$p_file" mask),\"disks\":[$(disks_json)]"
  fi
  plus "\"unit\":$(unit_json "$p_unit")"
}

inspect() {
  read_payload
  step=state
  open_state
  step=processes
  listed='' comma='' matches=0 broker_pid=''
  for candidate in $(kafka_pids); do
    look "$candidate" || continue
    listed=$listed$comma$(process_json)
    comma=,
    if [ "$p_node" = "$node" ] && is_broker; then
      matches=$((matches + 1)) broker_pid=$candidate
    fi
  done
  plus "\"instance\":\"$(field instance)\",\"processes\":[$listed],\"matches\":$matches"
  step=broker
  if [ "$matches" -eq 1 ] && look "$broker_pid"; then
    plus "\"broker\":$(process_json),\"nofile\":\"$(limit_of "$broker_pid")\""
    if [ "$p_container" = yes ]; then
      plus '"file":null,"unit":null'
    else
      plus "\"file\":$(file_json "$p_file" mask),\"unit\":$(unit_json "$p_unit")"
    fi
  else
    plus '"broker":null'
    if [ "$matches" -eq 0 ]; then inspect_gone; fi
  fi
  step=host
  plus "\"state\":$(state_json),\"record\":$(bool [ -s "$own/start" ]),\"hook\":$(hook_json)"
  plus "\"systemd\":$(bool has_systemd),\"ephemeral\":\"$(tr '\t' - </proc/sys/net/ipv4/ip_local_port_range)\""
  plus "\"reserved\":\"$(tr -cd '0-9,-' </proc/sys/net/ipv4/ip_local_reserved_ports)\""
  step=ports
  listed='' comma=''
  for port in $ports; do
    listed=$listed$comma$(port_json "$port")
    comma=,
  done
  plus "\"ports\":[$listed]"
  answer 0 inspected
}
inspect
