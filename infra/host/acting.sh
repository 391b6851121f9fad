# What apply and stop share: the lock, the state, the record of how a broker was started, its end.

# The state: what a script that was killed before any of its commands leaves to the next one. Phases:
# prepared (the file comes next), replaced (the stop), stopping, stopped (the start), starting, started
# (the watch); these are unfinished. done, back, held and down are ends. heading is forth or back.
phase='' heading=forth mode='' cause='' old='' new='' first='' file='' process='none' running='none'
generation='' revision='' kept='' other='' outcome='' code='' told='' restarts=''

# save FILE TEXT: durable, whole or not at all.
save() {
  printf '%s\n' "$2" >"$1.new" && sync "$1.new" && mv -f "$1.new" "$1" && sync "${1%/*}"
}

save_state() {
  phase=$1
  save "$own/state" "$(state_text)"
}
state_text() {
  printf 'phase %s\nheading %s\nmode %s\nnonce %s\nprocess %s\nrunning %s\n' \
    "$phase" "$heading" "$mode" "$nonce" "$process" "$running"
  printf 'file %s\nunit %s\n' "$(printf %s "$file" | b64)" "$unit"
  printf 'generation %s\nrevision %s\nold-sha256 %s\nnew-sha256 %s\nfirst %s\n' \
    "$generation" "$revision" "$old" "$new" "$first"
  printf 'cause %s\noutcome %s\ncode %s\nrestarts %s\n' "$cause" "$outcome" "$code" "$restarts"
  [ -z "$kept" ] || printf '%s\n' "$kept" | sed 's/^/kept /'
  [ -z "$other" ] || printf '%s\n' "$other" | sed 's/^/other /'
  [ -z "$told" ] || printf 'said %s\n' "$told"
}
# While a broker is down, a full disk must not keep it down.
note_state() { save_state "$1" || lost=true; }

load_state() {
  phase=$(was phase) heading=$(was heading) mode=$(was mode) cause=$(was cause)
  old=$(was old-sha256) new=$(was new-sha256) first=$(was first) unit=$(was unit)
  process=$(was process) running=$(was running) generation=$(was generation) revision=$(was revision)
  file=$(was file | base64 -d) kept=$(printf '%s\n' "$state" | sed -n 's/^kept //p')
  other=$(printf '%s\n' "$state" | sed -n 's/^other //p')
  outcome=$(was outcome) code=$(was code) told=$(was said) restarts=$(was restarts)
  [ -n "$process" ] || process=none
  [ -n "$running" ] || running=none
}
# What the editor has to know belongs to a file: kept to the one in place, other to the one that comes next.
exchange_kept() {
  for_now=$other
  other=$kept kept=$for_now
}
is_unfinished() {
  case $phase in prepared | replaced | stopping | stopped | starting | started) ;; *) return 1 ;; esac
}

# Where the file is made that takes the place of the broker's.
beside() { printf '%s/.%s.kafka-privatelink' "${file%/*}" "${file##*/}"; }

# conclude CODE OUTCOME PHASE
conclude() {
  code=$1 outcome=$2
  [ -z "$file" ] || rm -f "$(beside)"
  note_state "$3"
  report "$1" "$2"
}
# report CODE OUTCOME: the answer with the state as it is on the disk.
report() {
  state=$(cat "$own/state") || state=
  plus "\"state\":$(state_json),\"said\":\"$told\",\"state_lost\":$lost"
  answer "$1" "$2"
}
deny() {
  plus "\"state\":$(state_json)"
  refuse "$@"
}

# One command at a time; one that the agent delivers twice gets the first one's answer.
begin() {
  step=lock
  [ ! -L "$state_root" ] && mkdir -p "$own/kept" 2>/dev/null || refuse state "$own"
  [ "$(stat -c %u "$own")" = 0 ] || refuse state "$own"
  # A failed redirection of exec would end the shell.
  true 2>/dev/null >>"$own/lock" || refuse state "$own/lock"
  exec 9>>"$own/lock"
  flock -w 2 9 || refuse busy
  open_state
  [ -z "$state" ] || load_state
  if [ "$nonce" = "$(was nonce)" ] && ! is_unfinished; then
    plus '"again":true'
    report "$code" "$outcome"
  fi
}
# The gate that let us stop the broker holds only for so long.
check_time() {
  [ "$(date +%s)" -le "$not_after" ] || deny late
}

# --- who it is --------------------------------------------------------------------------------------

is_process() {
  [ "$1" = none ] && return 0
  is_number "${1%% *}" && is_number "${1#* }"
}

# The broker is the very process that was seen, and one that we may touch.
check_process() {
  step=process
  find_broker || deny process "$matches"
  [ "$p_pid $p_start" = "$seen" ] || deny process "$p_pid $p_start"
  [ "$p_container" = no ] || deny container
  case $p_kind in plain | unit) ;; *) deny "$p_kind" "$p_unit" ;; esac
  kill -0 "$p_pid" 2>/dev/null || deny signal "$p_pid"
}

# How it was started, for the day on which it is gone: only for root, never sent.
record_start() {
  step=record
  save "$own/start" "$(record_text)" || deny state "$own/start"
  unit=$p_unit
}
record_text() {
  printf 'kind %s\nunit %s\nfile %s\n' "$p_kind" "$p_unit" "$(printf %s "$p_file" | b64)"
  printf 'argv %s\n' "$(b64 <"/proc/$p_pid/cmdline")"
  printf 'environ %s\n' "$(b64 <"/proc/$p_pid/environ")"
  printf 'cwd %s\nlogs %s\n' "$(printf %s "$p_cwd" | b64)" "$(printf %s "$p_logs" | b64)"
  printf 'stdout %s\nstderr %s\n' "$(output_of 1 | b64)" "$(output_of 2 | b64)"
  sed -n -e 's/^Uid:[[:blank:]]*[0-9]*[[:blank:]]*\([0-9]*\).*/uid \1/p' \
    -e 's/^Gid:[[:blank:]]*[0-9]*[[:blank:]]*\([0-9]*\).*/gid \1/p' \
    -e 's/^Umask:[[:blank:]]*/umask /p' "/proc/$p_pid/status"
  sed -n 's/^Groups:[[:blank:]]*\(.*[0-9]\)[[:blank:]]*$/\1/p' "/proc/$p_pid/status" | tr ' ' ',' | sed 's/^/groups /'
  printf 'limits %s\n' "$(limits_of "$p_pid")"
}
# The file that a process writes its output to, if it is one.
output_of() {
  out=$(readlink "/proc/$p_pid/fd/$1") || return 0
  if [ -f "$out" ] && [ "$(stat -c %d:%i "$out")" = "$(stat -L -c %d:%i "/proc/$p_pid/fd/$1")" ]; then
    printf %s "$out"
  fi
}
limits_of() {
  awk '
    BEGIN {
      n = split("cpu time:cpu:file size:fsize:data size:data:stack size:stack:core file size:core:" \
        "resident set:rss:processes:nproc:open files:nofile:locked memory:memlock:address space:as:" \
        "file locks:locks:pending signals:sigpending:msgqueue size:msgqueue:nice priority:nice:" \
        "realtime priority:rtprio:realtime timeout:rttime", part, ":")
      for (i = 1; i < n; i += 2) option[part[i]] = part[i + 1]
    }
    NR > 1 {
      name = substr($0, 5, 22); sub(/ +$/, "", name)
      rest = substr($0, 27); split(rest, value, " ")
      if (name in option) printf "--%s=%s:%s ", option[name], value[1], value[2]
    }' "/proc/$1/limits"
}

recorded() { sed -n "s/^$1 //p" "$own/start" 2>/dev/null || true; }

# --- its end ----------------------------------------------------------------------------------------

now() { read -r up _ </proc/uptime && printf %s "${up%.*}"; }

# No systemd may bring a process back while we are at it, nor run a command that stops all Kafka of the
# host (systemd.service(5): Restart=, ExecStop=; systemd.unit(5): drop-ins below /run).
hold_unit() {
  [ -n "$unit" ] || return 0
  drop_in=$(drop_in_of "$unit")
  mkdir -p "${drop_in%/*}"
  chmod 755 "${drop_in%/*}"
  printf '[Service]\nRestart=no\nExecStop=\n' >"$drop_in"
  chmod 644 "$drop_in"
  systemctl daemon-reload
}
release_unit() {
  [ -n "$unit" ] || return 0
  drop_in=$(drop_in_of "$unit")
  if [ -e "$drop_in" ]; then
    rm -f "$drop_in"
    rmdir "${drop_in%/*}" 2>/dev/null || true
    systemctl daemon-reload
  fi
}

# systemd hears of the exit a little later than we do, and may have more of the unit to end. Between two
# starts of a unit there is nothing but a timer to stop.
settle_unit() {
  [ -n "$unit" ] || return 0
  patience=$(($(now) + 30))
  while [ "$(now)" -lt "$patience" ]; do
    case $(systemctl show -p ActiveState,SubState -- "$unit") in
      *SubState=auto-restart*) systemctl stop -- "$unit" || sleep 0.2 ;;
      *ActiveState=active* | *ActiveState=deactivating* | *ActiveState=reloading*) sleep 0.2 ;;
      *) break ;;
    esac
  done
}

# stop_broker: SIGTERM to the one process, and patience. It is never killed, but for the one that hangs: what is
# only stopped goes on first, and hears it.
stop_broker() {
  step=stop
  # What has exited is brought back, whatever can be noted.
  if [ "$heading" = back ]; then note_state stopping; else save_state stopping; fi
  hold_unit
  killed=no until_then=$(($(now) + stop_seconds))
  if [ "$process" != none ] && is_alive "${process% *}" "${process#* }"; then
    kill -TERM "${process% *}"
    [ "$mode" != revive ] || kill -CONT "${process% *}"
    while is_alive "${process% *}" "${process#* }"; do
      if [ "$(now)" -ge "$until_then" ]; then
        [ "$mode" = revive ] && [ "$killed" = no ] || report 12 stopping
        kill -KILL "${process% *}" || true
        killed=yes until_then=$(($(now) + 30))
      fi
      sleep 0.2
    done
  fi
  settle_unit
  note_state stopped
}
