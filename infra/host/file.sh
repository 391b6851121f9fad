# The file: what is checked before it is touched, what it becomes, what is kept of it, and how it is put in place.

# What is not as it has to be is denied by a word; functions/push-listeners/src/host/refused.rs has its sentence.

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
