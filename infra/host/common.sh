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

# --- the files of Kafka -----------------------------------------------------------------------------

# One reader of java.util.Properties for all: with want=mask the file again, its bytes masked; with
# want=facts the last node.id, broker.id, process.roles and where ZooKeeper is, and whether a comment says
# "generated".
# Input: od's decimals. A logical line is judged when it is whole.
# shellcheck disable=SC2016
properties='
BEGIN {
  ORS = ""
  for (i = 0; i < 256; i++) chr[i] = sprintf("%c", i)
  names = "listeners advertised.listeners listener.security.protocol.map inter.broker.listener.name " \
    "security.inter.broker.protocol controller.listener.names control.plane.listener.name " \
    "process.roles node.id broker.id controller.quorum.voters controller.quorum.bootstrap.servers " \
    "log.dirs log.dir metadata.log.dir broker.rack broker.session.timeout.ms " \
    "initial.broker.registration.timeout.ms controlled.shutdown.enable max.connections.per.ip " \
    "config.providers broker.id.generation.enable inter.broker.protocol.version " \
    "max.connections.per.ip.overrides reserved.broker.max.id zookeeper.metadata.migration.enable"
  split(names, list, " ")
  for (i in list) shown[list[i]] = 1
  start()
}
{ for (f = 1; f <= NF; f++) take($f + 0) }
END {
  if (state == "comment") comment(); else if (state == "lead") blank(); else logical()
  if (want == "facts") {
    print facts("node.id") facts("broker.id") facts("process.roles") facts("zookeeper.connect")
    print facts("zookeeper.ssl.client.enable") generated
  }
}
function start() { len = 0; state = "lead"; odd = 0; cr = 0 }
function is_blank(b) { return b == 32 || b == 9 || b == 12 }
function is_end(b) { return b == 10 || b == 13 }
function take(b) {
  B[++len] = b; place++
  if (state == "comment") { if (is_end(b)) comment(); return }
  if (state == "lead") {
    if (is_blank(b)) return
    if (is_end(b)) { blank(); return }
    if (b == 35 || b == 33) { state = "comment"; return }
    state = "body"
  } else if (state == "continued") {
    # The line end that was continued may be both \r and \n.
    if (b == 10 && cr) { cr = 0; return }
    cr = 0
    if (is_blank(b)) return
    state = "body"
  }
  if (!is_end(b)) { odd = b == 92 ? !odd : 0; return }
  if (odd) { odd = 0; cr = b == 13; state = "continued" } else logical()
}
function text(from, to,   i, s) { for (i = from; i <= to; i++) s = s chr[B[i]]; return s }
function hidden(from, to, as, keeps,   i, s) {
  for (i = from; i <= to; i++) s = s (is_end(B[i]) || (keeps && B[i] == 92) ? chr[B[i]] : as)
  return s
}
function blank() { if (want == "mask") print text(1, len); start() }
function comment(   i, low) {
  for (i = 1; is_blank(B[i]); i++) ;
  if (want == "mask") print text(1, i) hidden(i + 1, len, "x", 0)
  else {
    low = tolower(text(i + 1, len))
    if (low ~ /do not edit|generated by|managed by/) generated = "generated yes\n"
  }
  start()
}
function logical(   i, from, key, sep) {
  from = place == len && len > 2 && B[1] == 239 && B[2] == 187 && B[3] == 191 ? 4 : 1
  if (from > 1) { marked(from); start(); return }
  for (; is_blank(B[from]); from++) ;
  for (i = from; i <= len && B[i] != 61 && B[i] != 58 && !is_blank(B[i]) && !is_end(B[i]); i++)
    if (B[i] == 92) { if (want == "mask") print hidden(1, len, "?", 1); start(); return }
  key = text(from, i - 1)
  if (want != "mask") {
    if (key ~ /^(node\.id|broker\.id|zookeeper\.ssl\.client\.enable)$/) last[key] = plain(value(i))
    else if (key ~ /^(process\.roles|zookeeper\.connect)$/) last[key] = words(value(i))
    start()
    return
  }
  if (key in shown || key ~ /^(listener\.name\.(.*\.)?)?sasl\.enabled\.mechanisms$/) print text(1, len)
  else if (key ~ /^(listener\.name\.|sasl\.|ssl\.)/ || key == "zookeeper.connect") {
    sep = i
    while (sep <= len && is_blank(B[sep])) sep++
    if (sep <= len && (B[sep] == 61 || B[sep] == 58)) for (sep++; sep <= len && is_blank(B[sep]); sep++) ;
    print text(1, sep - 1) hidden(sep, len, "x", 1)
  } else print hidden(1, len, "x", 1)
  start()
}
# A byte order mark is a part of the first key; it stays, and the sign of what looks like a comment.
function marked(i) {
  for (; is_blank(B[i]); i++) ;
  if (B[i] != 35 && B[i] != 33) i = 3
  if (want == "mask") print text(1, i) hidden(i + 1, len, "x", 1)
}
# The value, without separator, continuations and blanks around it.
function value(i,   s, skips) {
  for (; i <= len; i++) {
    if (skips && (is_blank(B[i]) || is_end(B[i]))) continue
    skips = 0
    if (B[i] == 92 && (i == len || is_end(B[i + 1]))) { skips = 1; continue }
    s = s chr[B[i]]
  }
  sub(/^[ \t\f]*[=:]?[ \t\f]*/, "", s); sub(/[ \t\f\r\n]+$/, "", s)
  return s
}
# "?" if it is no plain word.
function plain(s) { return s ~ /^[A-Za-z0-9._,-]*$/ ? s : "?" }
# Words with commas between them: blanks beside these mean nothing, and Java takes a backslash before a colon.
# "-" if it is none.
function words(s) { gsub(/[ \t]|\\/, "", s); return s ~ /^[][A-Za-z0-9._,:\/-]*$/ ? s : "-" }
function facts(key) { return key in last ? key " " last[key] "\n" : "" }
'
read_properties() { od -An -v -tu1 -w4096 "$2" | awk -v want="$1" "$properties"; }

# What a command line says: one line for each fact. Input: an argument a line, \001 for a line end in it.
# shellcheck disable=SC2016
arguments='
main == 1 { print "file " $0; main = 2; next }
main == 2 && follows { override($0); follows = 0; next }
main == 2 && /^--?o[a-z]*=/ { sub(/^[^=]*=/, ""); override($0); next }
main == 2 && /^--?o[a-z]*$/ { follows = 1; next }
$0 == "kafka.Kafka" && !main { main = 1; next }
main { next }
/^-Djava\.security\.auth\.login\.config=/ { print "jaas yes" }
/^-Dzookeeper\.client\.secure=true$/ { print "secure yes" }
sub(/^-Dkafka\.logs\.dir=/, "") { print "logs " $0 }
path { print "classes " $0; path = 0; next }
$0 == "-cp" || $0 == "-classpath" || $0 == "--class-path" { path = 1 }
function override(s,   k, v) {
  k = s; sub(/=.*/, "", k); v = ""
  if (index(s, "=")) v = substr(s, length(k) + 2)
  gsub(/^ +| +$/, "", k)
  print "override " k "=" v
}
'

# --- processes --------------------------------------------------------------------------------------

# stat_of PID: its start and its parent; fails if it is gone or only waits to be reaped.
stat_of() {
  { read -r stat_line <"/proc/$1/stat"; } 2>/dev/null || return 1
  # The name in brackets may hold anything.
  stat_line=${stat_line##*) }
  # shellcheck disable=SC2086
  set -- $stat_line
  case $1 in Z | X | x) return 1 ;; esac
  parent=$2 started=${20}
}
is_alive() { stat_of "$1" && [ "$started" = "$2" ]; }

# Every process of Kafka in sight. A wrapper with the same words (sudo, timeout) is no Kafka.
kafka_pids() {
  found=$(grep -lzx 'kafka[.]Kafka' /proc/[0-9]*/cmdline 2>/dev/null | sed 's/[^0-9]//g') || true
  for pid in $found; do
    stat_of "$pid" || continue
    for other in $found; do
      if [ "$other" != "$pid" ] && stat_of "$other" && [ "$parent" = "$pid" ]; then
        continue 2
      fi
    done
    printf '%s\n' "$pid"
  done
}

fact() { printf '%s\n' "$said" | sed -n "s/^$1 //p"; }

# look PID: sets p_* of a process of Kafka; fails if it is gone.
look() {
  p_pid=$1
  stat_of "$1" || return 1
  p_start=$started p_parent=$parent
  said=$(tr '\n\000' '\001\n' <"/proc/$1/cmdline" | awk "$arguments") || return 1
  p_cwd=$(readlink "/proc/$1/cwd") || return 1
  p_file=$(fact file)
  case $p_file in '') return 1 ;; /*) ;; *) p_file=$p_cwd/$p_file ;; esac
  p_secure=$(fact secure)
  p_jaas=no p_logs=$(fact logs) p_classes=$(fact classes) p_overrides=$(fact override)
  [ -z "$(fact jaas)" ] && ! has_jaas_by_environment "$1" || p_jaas=yes
  p_uid=$(sed -n 's/^Uid:[[:blank:]]*[0-9]*[[:blank:]]*\([0-9]*\).*/\1/p' "/proc/$1/status") || return 1
  root=
  find_container "$1"
  identify
  find_unit "$1"
}

# Java takes options from its environment, too.
has_jaas_by_environment() {
  tr '\n\000' ' \n' <"/proc/$1/environ" 2>/dev/null |
    grep -aqE '^(JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|_JAVA_OPTIONS)=.*-Djava\.security\.auth\.login\.config='
}

# A container has a namespace of processes of its own, or says so in its group. A unit with PrivateTmp
# has only other mounts: it is no container as long as its file is the one that we see.
find_container() {
  p_container=no
  p_group=$(sed -n 's/^0:://p; s/^[0-9]*:name=systemd://p' "/proc/$1/cgroup" | head -n 1)
  case $p_group in *docker* | *kubepods* | *containerd* | *libpod* | *ecs*) p_container=yes ;; esac
  [ "$(readlink "/proc/$1/ns/pid")" = "$(readlink /proc/self/ns/pid)" ] || p_container=yes
  if [ "$(readlink "/proc/$1/ns/mnt")" != "$(readlink /proc/self/ns/mnt)" ]; then
    if [ "$(stat -L -c %d:%i "/proc/$1/root$p_file" 2>/dev/null)" != "$(stat -L -c %d:%i "$p_file" 2>/dev/null)" ]; then
      p_container=yes
      root=/proc/$1/root
    fi
  fi
}

# Who it is: its file, and over that its command line (one file may serve many brokers).
identify() {
  p_facts=$(read_properties facts "$root$p_file" 2>/dev/null) || p_facts=
  p_node=$(effective node.id)
  [ -n "$p_node" ] || p_node=$(effective broker.id)
  p_roles=$(effective process.roles)
  # Java reads 01 as 1; JSON does not.
  p_node=$(printf %s "$p_node" | sed 's/^00*\(.\)/\1/')
  is_number "$p_node" || p_node=
}
effective() {
  {
    printf '%s\n' "$p_facts"
    printf '%s\n' "$p_overrides" | tr '=' ' '
  } | sed -n "s/^$1 //p" | tail -n 1 | tr -cd 'A-Za-z0-9._,:/[]-'
}
is_broker() {
  case ",$p_roles," in ,, | *,broker,*) ;; *) return 1 ;; esac
}

# find_broker: look at the broker with the asked node.id; how many there are is in matches.
find_broker() {
  matches=0 broker_pid=
  for candidate in $(kafka_pids); do
    look "$candidate" || continue
    if [ "$p_node" = "$node" ] && is_broker; then
      matches=$((matches + 1)) broker_pid=$candidate
    fi
  done
  [ "$matches" -eq 1 ] && look "$broker_pid"
}

# --- units ------------------------------------------------------------------------------------------

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

# --- our own state ----------------------------------------------------------------------------------

own=
# Where our files of this node are.
open_state() {
  own=$state_root/$node
  state=$(cat "$own/state" 2>/dev/null) || state=
}
# was WORD: what the state says.
was() { printf '%s\n' "$state" | sed -n "s/^$1 //p" | head -n 1; }

# An operator's hook runs as root: nobody else may be able to write it.
hook_is_safe() {
  [ -f "$hook" ] && [ -x "$hook" ] && [ ! -L "$hook" ] || return 1
  [ "$(stat -c %u "$hook")" = 0 ] || return 1
  [ -z "$(find "$hook" "${hook%/*}" -maxdepth 0 -perm /022)" ]
}

# The state as JSON, without what only we need. All of its other words are ours; whatever else stands there
# breaks no answer.
state_json() {
  if [ -z "$state" ]; then
    printf null
    return
  fi
  printf '%s\n' "$state" | awk '
    { gsub(/[^ -~]|["\\]/, "?") }
    $1 == "unit" || $1 == "other" { next }
    $1 == "kept" { kept = kept (kept ? "," : "") "{\"key\":\"" $2 "\",\"was\":\"" $3 (NF > 3 ? " " $4 : "") "\"}"; next }
    ($1 == "process" || $1 == "running") && $2 ~ /^[0-9]/ { one[++n] = "\"" $1 "\":{\"pid\":" $2 ",\"start\":" $3 "}"; next }
    { one[++n] = "\"" $1 "\":\"" $2 "\"" }
    END { printf "{"; for (i = 1; i <= n; i++) printf "%s,", one[i]; printf "\"kept\":[%s]}", kept }'
}

# --- sockets ----------------------------------------------------------------------------------------

# sockets PORT [PROC]: "family state inode" of each socket with that local port, in any state.
sockets() {
  hex=$(printf %04X "$1")
  for family in 4 6; do
    table=${2-/proc}/net/tcp
    [ "$family" = 4 ] || table=${table}6
    [ -r "$table" ] || continue
    awk -v port="$hex" -v family="$family" '
      FNR > 1 && substr($2, index($2, ":") + 1) == port { print family, $4, $10 }' "$table"
  done
}
# The processes that hold a socket.
holders() { find /proc/[0-9]*/fd -lname "socket:\[$1\]" 2>/dev/null | sed 's/^.proc.\([0-9]*\).*/\1/' | sort -un; }
