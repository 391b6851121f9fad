# The order that apply is given, and what it knows of it.
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
  case $1 in edit | restart | revive | start | back) ;; *) return 1 ;; esac
}
is_sha256() { is_hex "$1" && [ "${#1}" -eq 64 ]; }
is_short() { is_number "$1" && [ "$1" -le 900 ]; }

sha_of() { sha256sum <"$1" | cut -c 1-64; }
kept_file() { printf '%s/kept/server.properties.%.12s' "$own" "$1"; }
