# What the user data of a broker and of the bastion share: how they speak, wait and end. The template puts the
# settings first, in capitals. All of it runs as root, in bash, on Amazon Linux 2023.
set -euo pipefail
export LC_ALL=C AWS_DEFAULT_REGION=$REGION
umask 022
# Seconds: how long something may take to come; between two looks; how long a download may stand still, and a broker
# or the bastion rests before it begins again.
: "${PATIENCE:=900}" "${PAUSE:=10}" "${MINUTE:=60}"
ended='' code=''
trap 'code=$?; [ -n "$ended" ] || [ "$code" = 0 ] || later "this ended with $code: $BASH_COMMAND"' EXIT

# What is said is on the instance's console, which EC2 shows.
say() { printf 'kafka-privatelink: %s: %s\n' "$WHO" "$*" >&2; }

# stop WHY: only a person can go on. 78 is never tried again (EX_CONFIG of sysexits.h).
stop() {
  ended=yes
  say "STOPPED, a person is needed: $*"
  exit 78
}

# later WHY: it may come by itself. 75 is tried again after a minute (EX_TEMPFAIL), by `tirelessly` or by systemd.
later() {
  ended=yes
  say "GAVE UP for now: $*"
  exit 75
}

# cloud-init runs this file once: what gives up is begun anew after a minute, as `once`.
tirelessly() {
  until code=0 && { "$0" once || code=$?; } && [ "$code" != 75 ]; do sleep "$MINUTE"; done
  ended=yes
  exit "$code"
}

# patiently WHAT COMMAND...: tries a command until it succeeds, and says what it waits for. The command runs
# without `set -e`, as the condition that it is.
patiently() {
  local what=$1 until_then=$((SECONDS + PATIENCE)) why said=
  shift
  until "$@" 2>/run/kafka-boot.why; do
    why="$what: $(tr '\n' ' ' </run/kafka-boot.why)"
    [ "$SECONDS" -lt "$until_then" ] || later "$why"
    [ "$why" = "$said" ] || say "waiting: $why"
    said=$why
    sleep "$PAUSE"
  done
}

# write_file PATH: what comes in, whole or not at all.
write_file() {
  cat >"$1.new"
  sync "$1.new"
  mv -fT "$1.new" "$1"
}
