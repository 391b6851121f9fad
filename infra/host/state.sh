# What is ours on a host.

# Its commands leave a state there (acting.sh), and its operator may leave a hook.

own=
# Where our files of this node are.
open_state() {
  own=$state_root/$node
  state=$(cat "$own/state" 2>/dev/null) || state=
}
# was WORD: what the state says.
was() { printf '%s\n' "$state" | sed -n "s/^$1 //p" | head -n 1; }

# An operator's hook runs as root: nobody else may be able to write it.
hook_is_safe() { [ -x "$hook" ] && is_roots "$hook"; }
is_roots() {
  [ -f "$1" ] && [ ! -L "$1" ] || return 1
  [ "$(stat -c %u "$1")" = 0 ] || return 1
  [ -z "$(find "$1" "${1%/*}" -maxdepth 0 -perm /022)" ]
}
# The file that the broker runs with, as the operator says: of one that never ran no process and no state tells it.
file_of_hook() {
  hook_is_safe && is_roots "$hook_file" || return 0
  line=$(head -n 1 "$hook_file")
  case $line in /*) printf %s "$line" ;; esac
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
