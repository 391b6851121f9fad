//! A stand-in for systemd: `systemctl` with only what the scripts ask, and a unit that it keeps.
//!
//! | what it does | where that is said |
//! |---|---|
//! | `show -p A,B -- UNIT` prints `A=…` lines | systemctl(1), `show` |
//! | `daemon-reload` reads the fragment and the drop-ins below /run again; the process goes on | systemctl(1), systemd.unit(5) |
//! | `reset-failed` resets the failed state and the restart counter | systemctl(1), `reset-failed` |
//! | `start --no-block` returns before the process runs; a failed unit starts, too | systemctl(1), `--no-block` |
//! | `stop` while the unit waits for its next start ends the waiting, and returns when the unit has stopped | systemctl(1), `stop`, `--no-block` |
//! | `Restart=always`, `on-failure`: started again after `RestartSec`, NRestarts grows; 143 (SIGTERM) is a failure unless SuccessExitStatus= says otherwise | systemd.service(5), `Restart=` |
//! | without `Restart=` the unit is failed, or inactive after exit 0 | systemd.service(5) |
//! | an empty assignment in a drop-in empties the list | systemd.service(5), `ExecStop=` |
//! | when the main process has exited, `ExecStop=` may run: here it does, the worst case | systemd.service(5), `ExecStop=` |
//! | `ExecStartPre=` runs before each start | systemd.service(5), `ExecStartPre=` |
//! | the process stands in the group `/system.slice/UNIT` | systemd.slice(5); cgroups(7) for /proc/PID/cgroup |

use crate::Machine;
use crate::broker::{JAVA, write};
use crate::machine::run;

/// Where the stand-in keeps what systemd keeps in its memory.
const MEMORY: &str = "/run/stand-in";

const SYSTEMCTL: &str = r#"#!/bin/bash
memory=/run/stand-in
# Whole or not at all: others read it.
put() { echo "$2" >$memory/$1.$$ && mv $memory/$1.$$ $memory/$1; }
echo "$*" >>$memory/calls
verb=$1; shift
props=
while [ $# -gt 0 ]; do
  case $1 in -p) props=$2; shift ;; --no-block | --) ;; *) unit=$1 ;; esac
  shift
done
loaded() { sed -n "s/^$1=//p" "$memory/loaded" | tail -n 1; }
has() { cat "$memory/$1" 2>/dev/null || echo "$2"; }
# Both states change at once, as those of a unit do.
active() { local both; both=$(has states 'inactive dead'); echo "${both% *}"; }
sub() { local both; both=$(has states 'inactive dead'); echo "${both#* }"; }
# Its process is looked after like this: setsid -f bash -c "$keeper".
case $verb in
  show)
    for prop in ${props//,/ }; do
      case $prop in
        MainPID) value=$(has pid 0) ;;
        NRestarts) value=$(has restarts 0) ;;
        ActiveState) value=$(active) ;;
        SubState) value=$(sub) ;;
        FragmentPath) value=/etc/systemd/system/$unit ;;
        TimeoutStopUSec) value=$(loaded TimeoutStopSec) ;;
        *) value=$(loaded "$prop") ;;
      esac
      # Lists that are empty are not printed.
      case $prop:$value in ExecStop: | ExecStartPre:) ;; *) echo "$prop=$value" ;; esac
    done ;;
  daemon-reload)
    cat /etc/systemd/system/kafka.service /run/systemd/system/kafka.service.d/*.conf 2>/dev/null >$memory/loaded.new
    mv $memory/loaded.new $memory/loaded ;;
  reset-failed)
    put restarts 0
    [ "$(active)" != failed ] || put states 'inactive dead' ;;
  start)
    [ "$(active)" != active ] || exit 0
    case $(sub) in auto-restart | start) exit 0 ;; esac
    put states 'activating start'
    setsid -f $memory/keeper </dev/null >/dev/null 2>&1 3>&- 9>&- ;;
  stop)
    touch $memory/stop
    for _ in $(seq 100); do
      case $(sub) in
        auto-restart | start) ;;
        running) pid=$(has pid 0); [ $pid = 0 ] || kill $pid 2>/dev/null ;;
        *) break ;;
      esac
      sleep 0.1
    done ;;
esac
"#;

const KEEPER: &str = r#"#!/bin/bash
memory=/run/stand-in
# Whole or not at all: others read it.
put() { echo "$2" >$memory/$1.$$ && mv $memory/$1.$$ $memory/$1; }
loaded() { sed -n "s/^$1=//p" "$memory/loaded" | tail -n 1; }
rm -f $memory/stop
while :; do
  pre=$(loaded ExecStartPre)
  [ -z "$pre" ] || bash -c "$pre"
  cd "$(loaded WorkingDirectory)"
  env -i LANG=C $(loaded ExecStart) >>/run/stand-in/journal 2>&1 &
  pid=$!
  # A cgroup of its own, as far as it can be seen.
  echo "0::/system.slice/kafka.service" >$memory/cgroup
  mount --bind $memory/cgroup /proc/$pid/cgroup
  put pid $pid; put states 'active running'
  wait $pid; code=$?
  put pid 0
  stop=$(loaded ExecStop)
  [ -z "$stop" ] || bash -c "$stop"
  restart=$(loaded Restart)
  if [ -e $memory/stop ] || [ "$restart" = no ] || { [ "$restart" = on-failure ] && [ $code = 0 ]; }; then break; fi
  put states 'activating auto-restart'
  for _ in $(seq "$(loaded RestartTenths)"); do
    sleep 0.1
    [ ! -e $memory/stop ] || break
  done
  [ ! -e $memory/stop ] || break
  put restarts $(($(cat $memory/restarts) + 1))
  put states 'activating start'
done
if [ $code = 0 ] || [ -e $memory/stop ]; then put states 'inactive dead'
else put states 'failed failed'; fi
"#;

/// The unit `kafka.service`, whose main process is a broker.
pub struct Unit;

impl Unit {
    /// Writes the unit with these lines more, and starts it.
    pub fn start(machine: &Machine, file: &str, more: &str) -> Self {
        run(&format!(
            "mkdir -p {MEMORY} /run/systemd/system && echo 0 >{MEMORY}/restarts"
        ));
        machine.stand_in("systemctl", SYSTEMCTL);
        machine.stand_in("journalctl", "#!/bin/sh\ncat /run/stand-in/journal\n");
        crate::machine::write_program(std::path::Path::new("/run/stand-in/keeper"), KEEPER);
        let unit = format!(
            "[Unit]\n[Service]\nType=simple\nWorkingDirectory=/opt/kafka\nTimeoutStopSec=1min 30s\nRestartTenths=2\n\
             KillMode=control-group\nExecStart={JAVA} -cp /opt/kafka/libs/x.jar kafka.Kafka {file}\n{more}\n"
        );
        write("/etc/systemd/system/kafka.service", &unit);
        run(
            "/opt/stand-in/systemctl daemon-reload && /opt/stand-in/systemctl start --no-block -- kafka.service",
        );
        Self
    }

    /// What systemd would say of a property.
    #[must_use]
    pub fn shows(&self, property: &str) -> String {
        let line = format!("/opt/stand-in/systemctl show -p {property} -- kafka.service");
        let output = std::process::Command::new("sh")
            .args(["-c", &line])
            .output();
        let text = String::from_utf8(output.expect("systemctl").stdout).expect("text");
        text.trim()
            .rsplit('=')
            .next()
            .unwrap_or_default()
            .to_owned()
    }
}
