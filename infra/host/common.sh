# Text of each SSM document, without comments: this file first, then others (tests/host/src/documents.rs). The
# agent runs it as root by sh, which is bash on Amazon Linux 2023; it is POSIX sh, and asks for coreutils, awk,
# grep, sed, gzip, findutils and util-linux. stdout is one line of JSON and its checksum, nothing else.
# shellcheck disable=SC2015,SC2034,SC2317,SC2329
set -eu
export LC_ALL=C
PATH=/usr/sbin:/usr/bin:/sbin:/bin
umask 077
# Whatever a child prints goes to stderr; 3 is for the answer.
exec 3>&1 1>&2
state_root=/var/lib/kafka-privatelink
hook=/etc/kafka-privatelink/restart
hook_file=/etc/kafka-privatelink/properties
newline='
'
step=begin nonce='' extra='' root='' unit='' state='' lost=false

# --- the answer -------------------------------------------------------------------------------------

b64() { base64 -w0; }
# A text as a JSON string, whatever is in it.
text() { printf '"%s"' "$(printf %s "$1" | b64)"; }
bool() { if "$@"; then printf true; else printf false; fi; }
plus() { extra="$extra,$1"; }

# answer CODE OUTCOME: the last thing that a script does. The codes are our own (a child's code 194 would
# make the agent reboot the host).
answer() {
  line="{\"v\":1,\"action\":\"$action\",\"nonce\":\"$nonce\",\"clock\":$(date +%s),\"outcome\":\"$2\"$extra}"
  if [ "${#line}" -gt 22800 ]; then
    line="{\"v\":1,\"action\":\"$action\",\"nonce\":\"$nonce\",\"clock\":$(date +%s),\"outcome\":\"$2\",\"too_long\":${#line}}"
  fi
  printf '%s\nkafka-privatelink %s %s\n' "$line" "${#line}" "$(printf %s "$line" | sha256sum | cut -c 1-64)" >&3
  trap - EXIT
  exit "$1"
}

# refuse WHY [DETAIL]: nothing was changed.
refuse() {
  plus "\"why\":\"$1\",\"about\":$(text "${2-}")"
  answer 10 refused
}

# Anything that this script did not expect, with the step in which it happened.
unexpected() {
  code=$?
  trap - EXIT
  plus "\"why\":\"unexpected\",\"about\":$(text "step $step, code $code")"
  answer 13 failed
}
trap unexpected EXIT

# --- the payload ------------------------------------------------------------------------------------

# unbase64 TEXT: bytes of base64url without padding.
unbase64() {
  unpadded=$1
  while [ $((${#unpadded} % 4)) -ne 0 ]; do unpadded="$unpadded="; done
  printf %s "$unpadded" | tr '_-' '/+' | base64 -d
}

is_number() {
  case $1 in '' | *[!0-9]* | ????????????????*) return 1 ;; esac
}
is_hex() {
  case $1 in '' | *[!0-9a-f]*) return 1 ;; esac
}
is_base64() {
  case $1 in '' | *[!A-Za-z0-9_-]*) return 1 ;; esac
}

# field WORD: the value of the first line with that word; fields WORD: those of all lines.
field() { fields "$1" | head -n 1; }
fields() { printf '%s\n' "$payload" | sed -n "s/^$1 //p"; }

# need TEST WORD: the field's value if it passes, else a refusal.
need() {
  value=$(field "$2")
  "$1" "$value" || refuse payload "$2"
}

is_instance() {
  case $1 in i-*[!0-9a-f]* | m*) return 1 ;; i-????????*) ;; *) return 1 ;; esac
}
is_nonce() {
  is_hex "$1" && [ "${#1}" -ge 16 ] && [ "${#1}" -le 32 ]
}

# Reads what all documents have in common. An agent older than 3.3.2746.0 knows no ENV_VAR and sets
# nothing.
read_payload() {
  step=payload
  if [ -z "${SSM_payload-}" ]; then
    plus "\"why\":\"agent\",\"about\":$(text 'the agent is older than 3.3.2746.0: it sets no SSM_payload')"
    answer 20 refused
  fi
  is_base64 "$SSM_payload" || refuse payload characters
  payload=$(unbase64 "$SSM_payload" && printf x) || refuse payload base64
  payload=${payload%x}
  case $payload in *[!A-Za-z0-9._\ "$newline"-]*) refuse payload characters ;; esac
  [ "$(field version)" = 1 ] || refuse payload version
  need is_nonce nonce && nonce=$value
  need is_instance instance
  [ "$value" = "${AWS_SSM_INSTANCE_ID-}" ] || refuse instance "${AWS_SSM_INSTANCE_ID-}"
  need is_number node && node=$value
  ports=$(fields port)
  for port in $ports; do
    is_number "$port" && [ "$port" -ge 1 ] && [ "$port" -le 65535 ] || refuse payload port
  done
  [ "$(id -u)" = 0 ] || refuse user "$(id -u)"
}
