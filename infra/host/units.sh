# Units of systemd.

# Where there is no systemd, nothing is a unit.

has_systemd() { [ -d /run/systemd/system ]; }

# show UNIT PROPERTY
show() { systemctl show -p "$2" -- "$1" | sed -n "1s/^$2=//p"; }

# How a process was started: p_kind is unit (its main process), wrapped (below a unit's main process, or in a
# unit that does not know its main process and may start another), user-unit, or plain, which also is what
# only stands in a unit's group, such as cloud-final.service.
find_unit() {
  p_kind=plain p_unit=
  has_systemd || return 0
  case $p_group in
    *'/user@'*) p_kind='user-unit'; return 0 ;;
    *.service) ;;
    *) return 0 ;;
  esac
  name=${p_group##*/}
  case $name in *[!A-Za-z0-9:_.@\\-]* | -* | .*) return 0 ;; esac
  main=$(show "$name" MainPID)
  above=$1
  while [ "$above" -gt 1 ]; do
    if [ "$above" = "$main" ]; then
      p_unit=$name p_kind=wrapped
      [ "$above" != "$1" ] || p_kind=unit
      return 0
    fi
    stat_of "$above" || return 0
    above=$parent
  done
  if [ "$main" = 0 ] && [ "$(show "$name" Type)" != oneshot ]; then p_unit=$name p_kind=wrapped; fi
}

# Units that name a file of properties of Kafka, for a broker that does not run: "UNIT FILE", a line each.
units_of_kafka() {
  has_systemd || return 0
  grep -ls '^ExecStart=.*kafka.*\.properties' /etc/systemd/system/*.service \
    /run/systemd/system/*.service /usr/lib/systemd/system/*.service | while read -r fragment; do
    name=${fragment##*/}
    case $name in *[!A-Za-z0-9:_.@-]* | -* | *@.service) continue ;; esac
    named=$(sed -n 's/^ExecStart=.*[[:blank:]"]\(\/[^[:blank:]"]*\.properties\).*/\1/p' "$fragment" | tail -n 1)
    [ -z "$named" ] || printf '%s %s\n' "$name" "$named"
  done | sort -u
}
# The file that says this node.id, and its unit: sets p_unit and p_file.
unit_of_node() {
  p_unit='' p_file='' p_overrides='' root=''
  listed=$(units_of_kafka)
  set -f
  IFS=$newline
  for pair in $listed; do
    unset IFS
    p_file=${pair#* }
    identify
    if [ "$p_node" = "$node" ] && is_broker; then
      p_unit=${pair%% *}
      set +f
      return 0
    fi
  done
  unset IFS
  set +f
  p_file=
  return 1
}

drop_in_of() { printf '/run/systemd/system/%s.d/zz-kafka-privatelink.conf' "$1"; }
