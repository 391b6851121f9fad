//! Why this machine does not allow a world, and the command that changes it.

use rustix::io::Errno;
use std::fs;

const USER_NAMESPACES: &str = "user.max_user_namespaces";

/// Describes a refusal of the kernel by the settings of this machine.
pub(super) fn explain(error: Errno) -> String {
    explain_with(error, |setting| {
        fs::read_to_string(format!("/proc/sys/{}", setting.replace('.', "/"))).ok()
    })
}

fn explain_with(error: Errno, read: impl Fn(&str) -> Option<String>) -> String {
    let is = |setting: &str, value: &str| read(setting).is_some_and(|now| now.trim() == value);
    let cure = if is(USER_NAMESPACES, "0") {
        change(USER_NAMESPACES, "0", "15000")
    } else if is("kernel.unprivileged_userns_clone", "0") {
        change("kernel.unprivileged_userns_clone", "0", "1")
    } else if is("kernel.apparmor_restrict_unprivileged_userns", "1") {
        change("kernel.apparmor_restrict_unprivileged_userns", "1", "0")
    } else if error == Errno::NOSPC {
        "a limit on namespaces is reached: see `sysctl user` for max_user_namespaces, \
         max_net_namespaces, max_pid_namespaces and max_mnt_namespaces, and raise the one that is \
         too low, e.g. `sudo sysctl -w user.max_user_namespaces=15000`"
            .to_owned()
    } else {
        "no setting of this kernel forbids user namespaces, so a container or sandbox around this \
         process probably does: run outside of it, or run the container with --privileged"
            .to_owned()
    };
    format!("{error}; {cure}")
}

fn change(setting: &str, now: &str, wanted: &str) -> String {
    format!(
        "{setting} = {now} forbids user namespaces; allow them with \
         `sudo sysctl -w {setting}={wanted}`"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(setting: &'static str, value: &'static str) -> String {
        explain_with(Errno::PERM, |asked| {
            (asked == setting).then(|| format!("{value}\n"))
        })
    }

    #[test]
    fn each_setting_is_named_with_the_line_that_changes_it() {
        for (setting, forbids, line) in [
            (
                "kernel.unprivileged_userns_clone",
                "0",
                "`sudo sysctl -w kernel.unprivileged_userns_clone=1`",
            ),
            (
                "kernel.apparmor_restrict_unprivileged_userns",
                "1",
                "`sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`",
            ),
            (
                "user.max_user_namespaces",
                "0",
                "`sudo sysctl -w user.max_user_namespaces=15000`",
            ),
        ] {
            let text = with(setting, forbids);
            assert!(text.contains(&format!("{setting} = {forbids}")), "{text}");
            assert!(text.contains(line), "{text}");
        }
    }

    #[test]
    fn a_setting_that_allows_them_is_not_blamed() {
        let text = with("kernel.unprivileged_userns_clone", "1");
        assert!(!text.contains("sysctl"), "{text}");
        assert!(text.contains("container"), "{text}");
    }

    #[test]
    fn a_reached_limit_is_told_from_a_prohibition() {
        let text = explain_with(Errno::NOSPC, |_| Some("96364".to_owned()));
        assert!(text.contains("max_net_namespaces"), "{text}");
    }
}
