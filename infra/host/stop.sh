# stop: ends a broker's process gracefully, and sees that it stays down.
action=stop

stop() {
  read_payload
  need is_number not-after && not_after=$value
  need is_process process && seen=$value
  need is_number stop-seconds && stop_seconds=$value
  [ "$stop_seconds" -le 900 ] || refuse payload stop-seconds
  [ "$seen" != none ] || refuse payload process
  own=$state_root/$node
  begin
  if ! is_unfinished || [ "$nonce" != "$(was nonce)" ]; then
    check_time
    check_process
    record_start
    mode=stop process=$seen running=none cause='' told='' outcome='' code=''
    [ -n "$file" ] || file=$p_file
  elif is_alive "${process% *}" "${process#* }"; then
    check_time
  fi
  stop_broker
  stays_down || conclude 12 came-back held
  conclude 0 stopped down
}

# Two looks: nothing of this node runs, and its unit neither runs nor waits to.
stays_down() {
  step=down
  for _ in 1 2; do
    sleep 1
    find_broker || [ "$matches" -gt 0 ] || continue
    return 1
  done
  [ -z "$unit" ] && return 0
  case $(show "$unit" ActiveState) in inactive | failed) ;; *) return 1 ;; esac
  [ "$(show "$unit" Restart)" = no ]
}
stop
