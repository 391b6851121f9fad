# How a broker is started.

# The way is chosen before anything is stopped; without one, nothing is.

# Which way a broker is started: the operator's hook, its unit, or as it was started before.
choose_start() {
  by=none
  if [ -e "$hook" ]; then
    hook_is_safe || return 0
    by=hook
  elif [ -n "$unit" ]; then
    by=unit
  elif [ -s "$own/start" ] && [ "$(recorded kind)" = plain ]; then
    by=record
  fi
}

# What is gone since a broker was started cannot start it again, and with other jars it would be another Kafka,
# also on the way back.
check_start() {
  [ -n "$p_pid" ] || return 0
  jar=$(find "/proc/$p_pid/fd" -lname '*/kafka*.jar (deleted)' -printf '%l\n' 2>/dev/null | head -n 1) || true
  [ -z "$jar" ] || deny gone "$jar"
  [ "$by" = record ] || return 0
  [ -d "$p_cwd" ] || deny gone "$p_cwd"
  program=$(tr '\000' '\n' <"/proc/$p_pid/cmdline" | head -n 1)
  case $program in
    /*) [ -x "$program" ] || deny gone "$program" ;;
    */*) [ -x "$p_cwd/$program" ] || deny gone "$program" ;;
  esac
}

# Of a broker that is gone: its unit is on record, or the one that names its file.
known_unit() {
  [ -n "$unit" ] || unit=$(recorded unit)
  if [ ! -s "$own/start" ] && unit_of_node; then unit=$p_unit; fi
}

# The broker is gone, and the file is its own: nothing of it runs that could be asked.
check_gone() {
  step=process
  if find_broker || [ "$matches" -gt 0 ]; then deny process "$p_pid $p_start"; fi
  known_unit
  p_pid='' p_file=$wanted_file p_overrides='' p_secure='' p_classes='' root=''
  p_uid=$(recorded uid)
  if [ -z "$p_uid" ] && [ -n "$unit" ]; then p_uid=$(id -u -- "$(show "$unit" User)" 2>/dev/null) || p_uid=; fi
  identify
  [ "$p_node" = "$node" ] && is_broker || deny process "$p_node"
}

start_broker() {
  step=start
  note_state starting
  mark_logs
  release_unit
  restarts=0
  if adopt; then return 0; fi
  running=none
  case $by in
    hook) if ! hook_runs; then run_hook; fi ;;
    unit)
      systemctl reset-failed -- "$unit" || true
      restarts=$(show "$unit" NRestarts)
      systemctl start --no-block -- "$unit"
      ;;
    record) spawn ;;
  esac
}

# The text that sh gets is fixed; it writes its number down and becomes the command.
# shellcheck disable=SC2016
tell='printf %s "$$" >"$0.new"; mv -f "$0.new" "$0"; exec "$@"'

run_hook() {
  rm -f "$own/pid" "$own/hook.run"
  KAFKA_PRIVATELINK_NODE=$node KAFKA_PRIVATELINK_FILE=$file \
    setsid -f sh -c "$tell" "$own/pid" "$hook" </dev/null >"$own/hook.log" 2>&1 3>&- 9>&-
  if number=$(told_number) && stat_of "$number"; then
    printf '%s %s\n' "$number" "$started" >"$own/hook.run"
  fi
}
hook_runs() {
  hook_run=$(cat "$own/hook.run" 2>/dev/null) && [ -n "$hook_run" ] || return 1
  is_alive "${hook_run% *}" "${hook_run#* }"
}
# The number that a process has written down by now, if it does within two seconds.
told_number() {
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    [ ! -s "$own/pid" ] || break
    sleep 0.2
  done
  cat "$own/pid" 2>/dev/null
}

# A broker that runs already is not started again: ours before we were killed, or somebody's.
adopt() {
  if ! find_broker; then
    # What we started may be on its way to being Kafka.
    [ "$was_starting" = yes ] || return 1
    sleep 1
    find_broker || return 1
  fi
  running="$p_pid $p_start"
  [ -z "$unit" ] || restarts=$(show "$unit" NRestarts)
}

# As it was: argument by argument, environment, folder, user, limits, output; a session of its own, and
# no pipe of the agent.
spawn() {
  rm -f "$own/pid" "$own/pid.new"
  out=$(recorded stdout | base64 -d) err=$(recorded stderr | base64 -d)
  [ -f "$out" ] || out=/dev/null
  [ -f "$err" ] || err=/dev/null
  limits=$(recorded limits)
  (
    cd "$(recorded cwd | base64 -d)"
    umask "$(recorded umask)"
    exec 3>&- 9>&-
    {
      recorded environ | base64 -d | grep -az '^[^=][^=]*=' || true
      recorded argv | base64 -d
    } | {
      # shellcheck disable=SC2086
      set -- setsid -f sh -c "$tell" "$own/pid" prlimit $limits
      if [ "$(recorded uid):$(recorded gid)" != "$(id -u):$(id -g)" ]; then
        set -- "$@" chroot --userspec="$(recorded uid):$(recorded gid)" --groups="$(recorded groups)" --skip-chdir /
      fi
      xargs -0 -x -n 100000 -s 1000000 "$@" env -i -- >>"$out" 2>>"$err"
    }
  ) || true
  # Without a number, as on a full disk, it is looked for.
  if number=$(told_number) && [ -n "$number" ]; then
    if stat_of "$number"; then running="$number $started"; else running=gone; fi
  fi
}
