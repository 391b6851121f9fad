# apply: edits a broker's file and restarts or starts it, or restarts it, or starts it, or takes an edit back.

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

# --- the modes ---------------------------------------------------------------------------------

edit() {
  step='edit'
  # One that was prepared, and whose file is still the old one, has done nothing yet: it begins anew.
  if is_unfinished && { [ "$phase" != prepared ] || [ "$heading" = back ] || [ "$(sha_of "$file")" != "$old" ]; }; then
    [ "$nonce" = "$(was nonce)" ] || deny unfinished "$phase"
    go
  fi
  check_time
  if [ "$seen" = none ]; then check_gone; else check_process; fi
  check_file
  check_ports
  check_zookeeper
  told='' heading=forth cause='' outcome='' code='' running=none
  build
  [ "$new" != "$old" ] || deny payload span
  if [ "$seen" != none ]; then record_start; fi
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
  [ "$seen" != none ] || deny payload process
  check_process
  [ "$(sha_of "$p_file")" = "$wanted_old" ] || deny changed "$p_file"
  check_zookeeper
  record_start
  choose_start
  [ "$by" != none ] || deny hook "$hook"
  check_start
  mode=$asked process=$seen file=$p_file heading=forth cause='' told='' running=none outcome='' code=''
  generation=$wanted_generation revision=$wanted_revision
  save_state replaced || deny state "$own"
  go
}

# The same of a process that hangs: stop_broker knows the difference.
revive() { restart; }

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
    known_unit
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
