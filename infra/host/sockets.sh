# Who has a port.

# The kernel says it in the tables of each namespace.

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
