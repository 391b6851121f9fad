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
# Whether connections wait in the queue of a listener of a process, which has not accepted them: the kernel tells
# how many in the column rx_queue of a socket in the state LISTEN (0A).
has_queue() {
  held=$(find "/proc/$1/fd" -lname 'socket:*' -printf '%l\n' 2>/dev/null | tr -dc '0-9\n' | tr '\n' ' ')
  cat "/proc/$1/net/tcp" "/proc/$1/net/tcp6" 2>/dev/null | awk -v held="$held" '
    BEGIN { split(held, all, " "); for (at in all) its[all[at]] = 1 }
    $4 == "0A" && ($10 in its) && $5 !~ /:0+$/ { found = 1 }
    END { exit !found }'
}
# The processes that hold a socket.
holders() { find /proc/[0-9]*/fd -lname "socket:\[$1\]" 2>/dev/null | sed 's/^.proc.\([0-9]*\).*/\1/' | sort -un; }
