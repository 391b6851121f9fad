//! Programs that must be on this machine: Java for Kafka, and Maven for its jars. Without them
//! everything stops at once, with the line that installs them.

use super::error::KafkaError;
use std::env;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The oldest Java that both versions of Kafka run on.
const OLDEST: u32 = 17;

const INSTALL_JAVA: &str = "install it with `sudo apt-get install openjdk-21-jdk-headless` \
    (openjdk-17-jdk-headless on Debian 12) or `sudo dnf install java-21-openjdk-devel`";
const INSTALL_MAVEN: &str =
    "install it with `sudo apt-get install maven` or `sudo dnf install maven`";

/// Checks that there is a Java that Kafka runs on, where Kafka's own scripts look for it.
pub(super) fn java() -> Result<(), KafkaError> {
    let program = match env::var_os("JAVA_HOME").filter(|home| !home.is_empty()) {
        Some(home) => Path::new(&home).join("bin/java"),
        None => PathBuf::from("java"),
    };
    let said = said(&program, "-version", || {
        format!("Java is missing, and the world's brokers are real Kafka: {INSTALL_JAVA}")
    })?;
    match major(&said) {
        Some(major) if major >= OLDEST => Ok(()),
        Some(major) => Err(KafkaError::says(format!(
            "{} is Java {major}, and the world's brokers need {OLDEST} or newer: {INSTALL_JAVA}",
            program.display()
        ))),
        None => Err(KafkaError::says(format!(
            "{} does not tell its version, and the world's brokers need Java {OLDEST} or newer: \
             {INSTALL_JAVA} (it says {:?})",
            program.display(),
            said.trim()
        ))),
    }
}

/// Checks that there is a Maven.
pub(super) fn maven() -> Result<(), KafkaError> {
    let missing = || format!("Maven is missing, which fetches Kafka's jars once: {INSTALL_MAVEN}");
    said(Path::new("mvn"), "--version", missing).map(|_| ())
}

/// What a program says of itself, on both outputs.
fn said(
    program: &Path,
    question: &str,
    missing: impl Fn() -> String,
) -> Result<String, KafkaError> {
    let output = Command::new(program)
        .arg(question)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| match error.kind() {
            ErrorKind::NotFound => KafkaError::says(missing()),
            _ => KafkaError::new(
                format!("start {}", program.display()),
                format!("{error}; {}", missing()),
            ),
        })?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(text(&output.stderr) + &text(&output.stdout))
}

/// The 17 of `openjdk version "17.0.15" 2025-04-15`, and the 8 of `java version "1.8.0_412"`.
fn major(said: &str) -> Option<u32> {
    let (_, version) = said.split_once("version \"")?;
    let mut numbers = version.split(|c: char| !c.is_ascii_digit());
    match numbers.next()?.parse().ok()? {
        1 => numbers.next()?.parse().ok(),
        major => Some(major),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn javas_version_is_read_in_both_notations() {
        for (said, expected) in [
            ("openjdk version \"17.0.15\" 2025-04-15\nOpenJDK…", Some(17)),
            ("openjdk version \"21\" 2023-09-19", Some(21)),
            ("java version \"1.8.0_412\"", Some(8)),
            (
                "Picked up _JAVA_OPTIONS: -Xmx1g\nopenjdk version \"22.0.2\"",
                Some(22),
            ),
            ("openjdk version \"26-ea\" 2026-03-17", Some(26)),
            ("java: no such thing", None),
            ("", None),
        ] {
            assert_eq!(major(said), expected, "{said}");
        }
    }

    #[test]
    fn a_program_that_is_not_there_is_missed_with_the_line_that_installs_it() {
        let nowhere = Path::new("/no/such/java");
        let error = said(nowhere, "-version", || "install it".to_owned()).unwrap_err();
        assert_eq!(error.to_string(), "install it");
    }
}
