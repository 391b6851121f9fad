# Processes: which of them is the broker.

# A number is given to another process sooner or later; with its start it tells one for good.

# stat_of PID: its start and its parent; fails if it is gone or only waits to be reaped.
stat_of() {
  { read -r stat_line <"/proc/$1/stat"; } 2>/dev/null || return 1
  # The name in brackets may hold anything.
  stat_line=${stat_line##*) }
  # shellcheck disable=SC2086
  set -- $stat_line
  case $1 in Z | X | x) return 1 ;; esac
  parent=$2 started=${20}
}
is_alive() { stat_of "$1" && [ "$started" = "$2" ]; }

# Every process of Kafka in sight. A wrapper with the same words (sudo, timeout) is no Kafka.
kafka_pids() {
  found=$(grep -lzx 'kafka[.]Kafka' /proc/[0-9]*/cmdline 2>/dev/null | sed 's/[^0-9]//g') || true
  for pid in $found; do
    stat_of "$pid" || continue
    for other in $found; do
      if [ "$other" != "$pid" ] && stat_of "$other" && [ "$parent" = "$pid" ]; then
        continue 2
      fi
    done
    printf '%s\n' "$pid"
  done
}

fact() { printf '%s\n' "$said" | sed -n "s/^$1 //p"; }

# look PID: sets p_* of a process of Kafka; fails if it is gone.
look() {
  p_pid=$1
  stat_of "$1" || return 1
  p_start=$started p_parent=$parent
  said=$(tr '\n\000' '\001\n' <"/proc/$1/cmdline" | awk "$arguments") || return 1
  p_cwd=$(readlink "/proc/$1/cwd") || return 1
  p_file=$(fact file)
  case $p_file in '') return 1 ;; /*) ;; *) p_file=$p_cwd/$p_file ;; esac
  p_secure=$(fact secure)
  p_jaas=no p_logs=$(fact logs) p_classes=$(fact classes) p_overrides=$(fact override)
  [ -z "$(fact jaas)" ] && ! has_jaas_by_environment "$1" || p_jaas=yes
  p_uid=$(sed -n 's/^Uid:[[:blank:]]*[0-9]*[[:blank:]]*\([0-9]*\).*/\1/p' "/proc/$1/status") || return 1
  root=
  find_container "$1"
  identify
  find_unit "$1"
}

# Java takes options from its environment, too.
has_jaas_by_environment() {
  tr '\n\000' ' \n' <"/proc/$1/environ" 2>/dev/null |
    grep -aqE '^(JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|_JAVA_OPTIONS)=.*-Djava\.security\.auth\.login\.config='
}

# A container has a namespace of processes of its own, or says so in its group. A unit with PrivateTmp
# has only other mounts: it is no container as long as its file is the one that we see.
find_container() {
  p_container=no
  p_group=$(sed -n 's/^0:://p; s/^[0-9]*:name=systemd://p' "/proc/$1/cgroup" | head -n 1)
  case $p_group in *docker* | *kubepods* | *containerd* | *libpod* | *ecs*) p_container=yes ;; esac
  [ "$(readlink "/proc/$1/ns/pid")" = "$(readlink /proc/self/ns/pid)" ] || p_container=yes
  if [ "$(readlink "/proc/$1/ns/mnt")" != "$(readlink /proc/self/ns/mnt)" ]; then
    if [ "$(stat -L -c %d:%i "/proc/$1/root$p_file" 2>/dev/null)" != "$(stat -L -c %d:%i "$p_file" 2>/dev/null)" ]; then
      p_container=yes
      root=/proc/$1/root
    fi
  fi
}

# Who it is: its file, and over that its command line (one file may serve many brokers).
identify() {
  p_facts=$(read_properties facts "$root$p_file" 2>/dev/null) || p_facts=
  p_node=$(effective node.id)
  [ -n "$p_node" ] || p_node=$(effective broker.id)
  p_roles=$(effective process.roles)
  # Java reads 01 as 1; JSON does not.
  p_node=$(printf %s "$p_node" | sed 's/^00*\(.\)/\1/')
  is_number "$p_node" || p_node=
}
effective() {
  {
    printf '%s\n' "$p_facts"
    printf '%s\n' "$p_overrides" | tr '=' ' '
  } | sed -n "s/^$1 //p" | tail -n 1 | tr -cd 'A-Za-z0-9._,:/[]-'
}
is_broker() {
  case ",$p_roles," in ,, | *,broker,*) ;; *) return 1 ;; esac
}

# find_broker: look at the broker with the asked node.id; how many there are is in matches.
find_broker() {
  matches=0 broker_pid=
  for candidate in $(kafka_pids); do
    look "$candidate" || continue
    if [ "$p_node" = "$node" ] && is_broker; then
      matches=$((matches + 1)) broker_pid=$candidate
    fi
  done
  [ "$matches" -eq 1 ] && look "$broker_pid"
}
