//! ELBv2: what target groups may be called and how their health may be checked.

use super::{ApiError, TargetGroupRecord};
use cloud::calls::NewTargetGroup;
use fleet::observed::HealthCheck;
use fleet::words::TargetGroupArn;

/// The default of TCP; nothing here sets another one.
const CHECK_TIMEOUT_SECONDS: u32 = 10;

/// The ARN of the group that exists, if the new one has its settings (F37).
pub(super) fn same_settings(
    old: &TargetGroupRecord,
    new: &NewTargetGroup,
) -> Result<TargetGroupArn, ApiError> {
    let same = old.group.port == new.port
        && old.group.vpc == new.vpc
        && old.group.health_check == new.health_check;
    if same {
        return Ok(old.group.arn.clone());
    }
    Err(ApiError::refused(
        "DuplicateTargetGroupName",
        format!(
            "A target group with the same name '{}' exists, but with different settings",
            new.name
        ),
    ))
}

/// Names: API reference, CreateTargetGroup.
pub(super) fn check_name(name: &str) -> Result<(), ApiError> {
    let problem = if name.is_empty() || name.len() > 32 {
        "must have 1 to 32 characters"
    } else if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        "can only contain characters that are alphanumeric characters and hyphens(-)"
    } else if name.starts_with('-') || name.ends_with('-') {
        "cannot begin or end with a hyphen"
    } else {
        return Ok(());
    };
    Err(invalid(format!("Target group name '{name}' {problem}")))
}

/// Ranges of the API reference, CreateTargetGroup.
pub(super) fn check_health_check(check: &HealthCheck) -> Result<(), ApiError> {
    let number = check.port.parse::<u16>().is_ok_and(|port| port != 0);
    if check.protocol != "TCP" {
        let protocol = &check.protocol;
        return Err(invalid(format!(
            "health checks by '{protocol}' are not modelled"
        )));
    }
    if check.port != "traffic-port" && !number {
        let port = &check.port;
        return Err(invalid(format!("Health check port '{port}' is not valid")));
    }
    if !(5..=300).contains(&check.interval_seconds) {
        return Err(invalid(format!(
            "Health check interval '{}' must be between 5 and 300",
            check.interval_seconds
        )));
    }
    if check.interval_seconds < CHECK_TIMEOUT_SECONDS {
        return Err(invalid(format!(
            "Health check timeout '{CHECK_TIMEOUT_SECONDS}' must be smaller than or equal to the interval '{}'",
            check.interval_seconds
        )));
    }
    for (what, threshold) in [
        ("Healthy", check.healthy_threshold),
        ("Unhealthy", check.unhealthy_threshold),
    ] {
        if !(2..=10).contains(&threshold) {
            return Err(invalid(format!(
                "{what} threshold '{threshold}' must be between 2 and 10"
            )));
        }
    }
    Ok(())
}

fn invalid(message: String) -> ApiError {
    ApiError::refused("ValidationError", message)
}

#[cfg(test)]
mod tests {
    use super::super::world::{at, every_10_s, new_group, port, world};
    use super::*;

    fn code<T>(answer: Result<T, ApiError>) -> Option<&'static str> {
        answer.err().map(|error| error.code)
    }

    #[test]
    fn the_same_create_again_answers_the_same_arn_and_other_settings_are_a_duplicate_f37() {
        let mut model = world();
        let arn = model.with_group("kpl-a-1");
        assert_eq!(
            model.create_target_group(at(5), &new_group("kpl-a-1")),
            Ok(arn)
        );
        let other = NewTargetGroup {
            port: port(39093),
            ..new_group("kpl-a-1")
        };
        assert_eq!(
            code(model.create_target_group(at(5), &other)),
            Some("DuplicateTargetGroupName")
        );
    }

    #[test]
    fn names_and_health_checks_have_rules() {
        let mut model = world();
        for name in ["", "-a", "a-", "a_b", &"a".repeat(33)] {
            let answer = model.create_target_group(at(0), &new_group(name));
            assert_eq!(code(answer), Some("ValidationError"), "{name}");
        }
        let arn = model.with_group(&"a".repeat(32));
        for (interval, healthy, allowed) in [
            (10, 2, true),
            (300, 10, true),
            (301, 2, false),
            (10, 1, false),
            (5, 2, false),
        ] {
            let check = HealthCheck {
                interval_seconds: interval,
                healthy_threshold: healthy,
                ..every_10_s()
            };
            let answer = model.modify_target_group(at(0), &arn, &check);
            assert_eq!(answer.is_ok(), allowed, "{interval} {healthy}: {answer:?}");
        }
    }
}
