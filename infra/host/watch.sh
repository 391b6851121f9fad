# What becomes of a broker that was started, and what Kafka says meanwhile.

# A process that systemd starts anew has exited all the same.

# Fails as soon as the new process has exited, or if there is none at the end.
watch() {
  step=watch
  until_then=$(($(now) + watch_seconds)) patience=$(($(now) + 300))
  note_state started
  while :; do
    has_exited && return 1
    if [ "$(now)" -ge "$until_then" ]; then
      is_on_its_way && [ "$(now)" -lt "$patience" ] || break
    fi
    sleep 0.3
  done
  [ "$running" != none ]
}
# Slow is no exit: what a unit runs before Kafka takes its time, and so does an operator's hook.
is_on_its_way() {
  [ "$running" = none ] || return 1
  case $by in
    unit)
      case $(show "$unit" ActiveState) in
        activating) ;;
        # Its start may be queued still, or its process was not there yet when we looked a moment ago.
        active | inactive) [ "$(now)" -lt $((until_then + 10)) ] ;;
        *) return 1 ;;
      esac
      ;;
    hook) hook_runs ;;
    *) return 1 ;;
  esac
}
has_exited() {
  [ "$running" != gone ] || return 0
  if [ "$by" = unit ] && [ -n "$unit" ]; then
    shown=$(systemctl show -p MainPID,NRestarts,ActiveState,SubState -- "$unit")
    main=$(printf '%s\n' "$shown" | sed -n 's/^MainPID=//p')
    # A start that is only queued leaves the unit inactive for a moment.
    case $shown in
      *ActiveState=failed* | *SubState=auto-restart*) return 0 ;;
      *ActiveState=inactive*) if [ "$running" = none ]; then return 1; else return 0; fi ;;
    esac
    [ "$(printf '%s\n' "$shown" | sed -n 's/^NRestarts=//p')" = "${restarts:-0}" ] || return 0
    if [ "$running" = none ]; then
      if [ "${main:-0}" -gt 0 ] && stat_of "$main"; then
        running="$main $started"
        note_state started
      fi
      return 1
    fi
    [ "$main" = "${running% *}" ] || return 0
  elif [ "$running" = none ]; then
    if find_broker; then
      running="$p_pid $p_start"
      note_state started
    fi
    return 1
  fi
  ! is_alive "${running% *}" "${running#* }"
}

# Where the broker's words begin that it says from now on.
mark_logs() {
  began=$(date +%s)
  out=$(recorded stdout | base64 -d) log=$(recorded logs | base64 -d)
  log=${log:+$log/server.log}
  [ ! -f "$own/hook.log" ] || [ "$by" != hook ] || out=$own/hook.log
  out_size=$(stat -c %s "$out" 2>/dev/null) || out_size=0
  log_size=$(stat -c %s "$log" 2>/dev/null) || log_size=0
}
# What Kafka said since.
hear() {
  {
    since "$out" "$out_size"
    since "$log" "$log_size"
    [ -z "$unit" ] || journalctl -u "$unit" --since "@$began" -o cat -n 200 --no-pager 2>/dev/null || true
  } | worst | b64
}
since() {
  [ -f "$1" ] || return 0
  size=$(stat -c %s "$1")
  if [ "$size" -lt "$2" ]; then cat "$1"; else tail -c "+$(($2 + 1))" "$1"; fi | tail -c 100000
}
