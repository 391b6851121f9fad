# apply: edits a broker's file and restarts it, or restarts it, or starts it, or takes an edit back.
action=apply

read_apply() {
  read_payload
  need is_number not-after && not_after=$value
  need is_mode mode && asked=$value
  need is_process process && seen=$value
  need is_base64 file && wanted_file=$(unbase64 "$value")
  need is_sha256 old-sha256 && wanted_old=$value
  need is_number generation && wanted_generation=$value
  need is_hex revision && wanted_revision=$value
  need is_short stop-seconds && stop_seconds=$value
  need is_short watch-seconds && watch_seconds=$value
  case $wanted_file in /*) ;; *) refuse payload file ;; esac
  case $wanted_file in *"$newline"* | */../*) refuse payload file ;; esac
  open_state
}
is_mode() {
  case $1 in edit | restart | start | back) ;; *) return 1 ;; esac
}
is_sha256() { is_hex "$1" && [ "${#1}" -eq 64 ]; }
is_short() { is_number "$1" && [ "$1" -le 900 ]; }

sha_of() { sha256sum <"$1" | cut -c 1-64; }
kept_file() { printf '%s/kept/server.properties.%.12s' "$own" "$1"; }

# --- the file ---------------------------------------------------------------------------------------

# It is a plain file of root or of the broker's user, as it was seen, and we can replace it.
check_file() {
  step='file'
  file=$wanted_file
  [ "$p_file" = "$file" ] || deny file "$p_file"
  [ ! -L "$file" ] || deny symlink "$file"
  [ -f "$file" ] && [ -r "$file" ] || deny unreadable "$file"
  [ "$(stat -c %h "$file")" = 1 ] || deny links "$file"
  owner=$(stat -c %u "$file")
  [ "$owner" = 0 ] || [ "$owner" = "$p_uid" ] || deny owner "$owner"
  [ -z "$(find "$file" -maxdepth 0 -perm /7002)" ] || deny mode "$(stat -c %a "$file")"
  [ -w "$file" ] && [ -w "${file%/*}/" ] || deny read-only "$file"
  [ "$(sha_of "$file")" = "$wanted_old" ] || deny changed "$file"
  [ -z "$(read_properties facts "$file" | grep '^generated' || true)" ] || deny generated "$file"
  for key in listeners advertised.listeners listener.security.protocol.map; do
    case $newline$p_overrides in *"$newline$key="*) deny override "$key" ;; esac
  done
}

# A port is free if no socket in any state has it, unless the broker itself listens on it now.
check_ports() {
  step=ports
  for port in $ports; do
    all=$(sockets "$port" "/proc/$p_pid")
    [ -n "$all" ] || continue
    ours=no
    for inode in $(printf '%s\n' "$all" | awk '$2 == "0A" { print $3 }'); do
      for holder in $(holders "$inode"); do
        if [ "$holder" = "$p_pid" ]; then ours=yes; fi
      done
    done
    [ "$ours" = yes ] || deny port "$port"
  done
}

# With ZooKeeper, a broker ends that does not find it: at least one of its servers must answer (K-21).
check_zookeeper() {
  step=zookeeper
  servers=$(effective zookeeper.connect)
  [ -z "$(effective process.roles)" ] && [ -n "$servers" ] || return 0
  tls=${p_secure:-$(effective zookeeper.ssl.client.enable)}
  # What follows the first slash is a folder there.
  servers=${servers%%/*}
  rest=$servers,
  while [ -n "$rest" ]; do
    server=${rest%%,*}
    rest=${rest#*,}
    if [ -n "$server" ] && zookeeper_answers "$server"; then return 0; fi
  done
  deny zookeeper
}
# A server that cannot be asked without TLS, or that does not tell us, is only connected to.
zookeeper_answers() {
  case $1 in
    *']') at=$1 port=2181 ;;
    *:*) at=${1%:*} port=${1##*:} ;;
    *) at=$1 port=2181 ;;
  esac
  at=${at#[}
  at=${at%]}
  is_number "$port" || return 1
  # shellcheck disable=SC2016
  said=$(timeout 2 bash -c 'exec 5<>"/dev/tcp/$0/$1" || exit
    case $2 in yes | true) exit 0 ;; esac
    printf srvr >&5; head -c 2000 <&5' "$at" "$port" "$tls" </dev/null 2>/dev/null) || return 1
  case $said in *'not currently serving'* | *'Mode: read-only'*) return 1 ;; esac
}

# The file with its spans exchanged: each span's old bytes must be there, and the new ones are few.
build() {
  step=build
  made=$own/built
  rm -f "$made"
  cp -p --preserve=all "$file" "$made" 2>/dev/null || deny full "$own"
  position=0
  true 2>/dev/null >"$made" || deny full "$own"
  set -f
  IFS=$newline
  for span in $(fields span); do
    unset IFS
    # shellcheck disable=SC2086
    set -- $span
    [ $# -eq 3 ] && is_number "$1" && [ "$1" -ge "$position" ] || deny payload span
    before=${2#-} after=${3#-}
    { [ -z "$before" ] || is_base64 "$before"; } && { [ -z "$after" ] || is_base64 "$after"; } || deny payload span
    length=$(unbase64 "$before" | wc -c)
    there=$(tail -c "+$(($1 + 1))" "$file" | head -c "$length" | b64 | tr '+/' '-_' | tr -d =)
    [ "$there" = "$before" ] || deny bytes "$1"
    # Nothing that a shell, a file of properties or a person could read in two ways.
    [ -z "$(unbase64 "$after" | tr -d 'A-Za-z0-9._:/,=\r\n-' | b64)" ] || deny payload "span $1"
    {
      tail -c "+$((position + 1))" "$file" | head -c $(($1 - position))
      unbase64 "$after"
    } >>"$made" || deny full "$own"
    position=$(($1 + length))
  done
  unset IFS
  set +f
  [ "$position" -le "$(stat -c %s "$file")" ] || deny bytes "$position"
  tail -c "+$((position + 1))" "$file" >>"$made" || deny full "$own"
  sync "$made" || deny full "$own"
  new=$(sha_of "$made") old=$wanted_old
}

# What the file was is kept: before our first edit for ever, before this one until the next.
keep() {
  step=keep
  for sha in "$old" "$new"; do
    from=$file
    [ "$sha" = "$old" ] || from=$made
    copy=$(kept_file "$sha")
    [ "$(sha_of "$copy" 2>/dev/null)" != "$sha" ] || continue
    cp -p --preserve=all "$from" "$copy.new" && sync "$copy.new" && mv -f "$copy.new" "$copy" || deny full "$own"
  done
  [ -n "$first" ] && [ -f "$(kept_file "$first")" ] || first=$old
  for copy in "$own"/kept/*; do
    case $copy in "$(kept_file "$first")" | "$(kept_file "$old")" | "$(kept_file "$new")") ;; *) rm -f "$copy" ;; esac
  done
}

# Puts a kept file in the place of the file, with its owner, mode, context and attributes.
place() {
  step=place
  beside=$(beside)
  rm -f "$beside" &&
    cp --remove-destination --preserve=all "$(kept_file "$1")" "$beside" &&
    sync "$beside" && [ "$(sha_of "$beside")" = "$1" ] &&
    mv -fT "$beside" "$file" && sync "${file%/*}/" || return 1
}

# Kafka's own reading of the new file, by the broker's Java, classes, user and folder, but not its
# environment: its JMX port is taken. Where it cannot be asked, it is said, and no reason to stop.
validate() {
  step=validate
  validated=no
  java=$(readlink "/proc/$p_pid/exe") || return 0
  [ -n "$p_classes" ] || return 0
  beside=$(beside)
  rm -f "$beside"
  cp --remove-destination --preserve=all "$made" "$beside" || deny full "${file%/*}"
  said=$(cd "$p_cwd" && as_user "$(recorded uid)" "$(recorded gid)" "$(recorded groups)" timeout -k 5 30 env -i PATH="$PATH" \
    "$java" -Xmx64m -cp "$p_classes" kafka.tools.StorageTool info -c "$beside" 2>&1 3>&- 9>&- </dev/null | head -c 20000) || true
  rm -f "$beside"
  case $said in
    *'Could not find or load main class'* | *UnsupportedClassVersion* | *OutOfMemory*) ;;
    *ConfigException* | *IllegalArgumentException* | *'requirement failed'*)
      told=$(printf '%s\n' "$said" | worst | b64)
      deny invalid "$(printf %s "$told" | base64 -d)"
      ;;
    *'Found log director'* | *'Found metadata'* | *'Found problem'*) validated=yes ;;
  esac
}

# as_user UID GID GROUPS COMMAND...: without a shell of that user; as we are if we are it.
as_user() {
  user=$1 group=$2 groups=$3
  shift 3
  if [ "$user:$group" = "$(id -u):$(id -g)" ]; then
    "$@"
  else
    chroot --userspec="$user:$group" --groups="$groups" --skip-chdir / "$@"
  fi
}

# The lines that say why, each once, without any that may hold a secret. Causes come last, since of much that is said the
# end stays: at most 1,500 bytes.
worst() {
  tr -d '\000' | grep -aE 'ERROR|FATAL|Exception|Error:|requirement failed|Address already in use' |
    grep -aivE '\] (WARN|INFO|DEBUG|TRACE) |password|secret|jaas|token|credential' |
    awk 'twice[$0]++ { next }
      /Caused by|requirement failed|ConfigException|Address already in use/ { causes = causes $0 "\n"; next }
      { print }
      END { printf "%s", causes }' | tail -n 12 | tail -c 1500 || true
}

# --- the start --------------------------------------------------------------------------------------

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

# --- what becomes of it -----------------------------------------------------------------------------

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

# The machine: goes on from the phase in which it is to an end.
go() {
  choose_start
  was_starting=no
  case $phase in starting | started) was_starting=yes ;; esac
  if [ "$phase" = prepared ]; then
    put_file
    exchange_kept
    if [ "$heading" = back ]; then
      main_of_unit
      note_state replaced
    else
      save_state replaced
    fi
  fi
  case $phase in replaced | stopping)
    if [ "$process" != none ] && is_alive "${process% *}" "${process#* }"; then check_time; fi
    stop_broker
    ;;
  esac
  if [ "$phase" != started ] || [ "$running" = none ]; then start_broker; else
    mark_logs
    [ -z "$unit" ] || restarts=$(show "$unit" NRestarts)
  fi
  if watch; then
    finish
  elif [ "$heading" = forth ] && [ "$mode" = edit ]; then
    told=$(hear)
    take_back
  else
    [ -n "$told" ] || told=$(hear)
    conclude 12 exited held
  fi
}
put_file() {
  # A file that others wrote since stays.
  case $heading:$mode:$(sha_of "$file") in
    "back:$mode:$new") place "$old" ;;
    "forth:edit:$old") place "$new" ;;
  esac
}
# The old file comes first: what a unit starts by itself from now on starts with it.
take_back() {
  step=take-back
  heading=back cause=exited process=none
  note_state prepared
  # A file that others wrote since stays.
  [ "$(sha_of "$file")" != "$new" ] || place "$old" || conclude 12 exited held
  exchange_kept
  main_of_unit
  note_state replaced
  running=none
  go
}
# A unit may have started another process with the file that has just been taken back.
main_of_unit() {
  [ -n "$unit" ] || return 0
  main=$(show "$unit" MainPID)
  if [ "${main:-0}" -gt 0 ] && stat_of "$main"; then process="$main $started"; fi
}
finish() {
  if [ "$heading" = back ]; then
    if [ "$cause" = exited ]; then conclude 11 taken-back back; fi
    conclude 0 back back
  fi
  if [ "$mode" = edit ] && [ "$(sha_of "$file")" != "$new" ]; then conclude 0 undone 'done'; fi
  conclude 0 started 'done'
}

# --- the four modes ---------------------------------------------------------------------------------

edit() {
  step='edit'
  # One that was prepared, and whose file is still the old one, has done nothing yet: it begins anew.
  if is_unfinished && { [ "$phase" != prepared ] || [ "$heading" = back ] || [ "$(sha_of "$file")" != "$old" ]; }; then
    [ "$nonce" = "$(was nonce)" ] || deny unfinished "$phase"
    go
  fi
  check_time
  check_process
  check_file
  check_ports
  check_zookeeper
  told='' heading=forth cause='' outcome='' code='' running=none
  build
  [ "$new" != "$old" ] || deny payload span
  record_start
  choose_start
  [ "$by" != none ] || deny hook "$hook"
  check_start
  validate
  plus "\"validated\":\"$validated\""
  keep
  mode=edit process=$seen generation=$wanted_generation revision=$wanted_revision other=$(fields kept)
  save_state prepared || deny state "$own"
  place "$new" || give_up
  exchange_kept
  save_state replaced
  go
}
# The folder does not let us replace the file: nothing was changed.
give_up() {
  plus '"why":"read-only"'
  conclude 10 refused 'done'
}

restart() {
  step='restart'
  is_unfinished && [ "$nonce" = "$(was nonce)" ] && go
  if is_unfinished; then deny unfinished "$phase"; fi
  check_time
  check_process
  [ "$(sha_of "$p_file")" = "$wanted_old" ] || deny changed "$p_file"
  check_zookeeper
  record_start
  choose_start
  [ "$by" != none ] || deny hook "$hook"
  check_start
  mode=restart process=$seen file=$p_file heading=forth cause='' told='' running=none outcome='' code=''
  generation=$wanted_generation revision=$wanted_revision
  save_state replaced || deny state "$own"
  go
}

# Starts a broker that is gone, and ends what was not finished.
start() {
  step='start'
  if find_broker; then
    if ! is_unfinished || [ "$process" = "$p_pid $p_start" ]; then deny process "$p_pid $p_start"; fi
  elif [ "$matches" -gt 0 ]; then
    deny process "$matches"
  fi
  if ! is_unfinished || [ "$phase" = prepared ]; then
    check_time
    file=$wanted_file
    [ -f "$file" ] && [ "$(sha_of "$file")" = "$wanted_old" ] || deny changed "$file"
    p_file=$file p_overrides='' p_secure='' root=''
    identify
    check_zookeeper
    case $phase:$heading:$wanted_old in "prepared:forth:$new" | "prepared:back:$old") exchange_kept ;; esac
    mode=start heading=forth cause='' told='' process=none running=none phase=stopped outcome='' code=''
    [ -n "$unit" ] || unit=$(recorded unit)
    if [ ! -s "$own/start" ] && unit_of_node; then unit=$p_unit; fi
    file=$wanted_file
    choose_start
    [ "$by" != none ] || deny no-start "$hook"
    generation=$wanted_generation revision=$wanted_revision
    save_state stopped || deny state "$own"
  fi
  go
}

# Puts back the file that was before the last edit, and starts the old process if that one has gone.
back() {
  step='back'
  [ -n "$old" ] && [ "$old" = "$wanted_old" ] || deny nothing-kept
  [ "$(sha_of "$(kept_file "$old")" 2>/dev/null)" = "$old" ] || deny nothing-kept
  [ "$file" = "$wanted_file" ] && [ ! -L "$file" ] || deny file "$file"
  case $(sha_of "$file") in "$old" | "$new") ;; *) deny changed "$file" ;; esac
  running_now=none
  if find_broker; then
    running_now="$p_pid $p_start"
  elif [ "$matches" -gt 0 ]; then
    deny process "$matches"
  fi
  looping=no
  if loops; then
    looping=yes seen=$running_now
    [ "$seen" = none ] || check_time
  fi
  [ "$running_now" = "$seen" ] || deny process "$running_now"
  if is_unfinished && [ "$heading" = back ] && [ "$cause" != never-stopped ]; then
    case $phase in prepared | replaced | stopping) process=$seen ;; esac
    go
  fi
  never_stopped=no
  if [ "$seen" != none ] && [ "$looping" = no ]; then
    check_process
    check_time
    check_zookeeper
    # It runs with what was in the file before the edit.
    case $phase in prepared | replaced) [ "$seen" != "$process" ] || never_stopped=yes ;; esac
    if [ "$phase" = back ] && [ "$seen" = "$running" ]; then never_stopped=yes; fi
    [ "$never_stopped" = yes ] || record_start
  fi
  # What is exchanged with the file belongs to the old one already.
  case $heading:$phase in forth:prepared | back:[!p]*) exchange_kept ;; esac
  heading=back mode=back cause='' told='' process=$seen outcome='' code=''
  choose_start
  [ "$by" != none ] || deny no-start "$hook"
  if [ "$never_stopped" = yes ]; then cause=never-stopped; else running=none; fi
  save_state prepared || deny state "$own"
  if [ "$never_stopped" = yes ]; then
    put_file
    exchange_kept
    plus '"restarted":false'
    running=$seen
    release_unit
    conclude 0 back back
  fi
  go
}

# A unit starts again and again what exits after our edit: which process it is just now says nothing, it may
# be gone at the next look, and how it is started is on record since the edit. One exit may have another cause.
loops() {
  [ "$phase:$mode" = 'done:edit' ] && [ -n "$unit" ] && [ "$running_now" != "$running" ] || return 1
  number=$(show "$unit" NRestarts)
  is_number "$number" && [ "$number" -gt $((${restarts:-0} + 1)) ]
}

apply() {
  read_apply
  begin
  "$asked"
}
apply
