//! One Java process that reads many files with `java.util.Properties`.

use std::env;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Keys and values in UTF-16, in their order.
pub type Entries = Vec<(Vec<u16>, Vec<u16>)>;

const INSTALL: &str = "install it with `sudo apt-get install openjdk-21-jdk-headless` \
    (openjdk-17-jdk-headless on Debian 12) or `sudo dnf install java-21-openjdk-devel`";

/// What Java reads in each file; `None` where it refuses one.
pub fn judge(files: &[Vec<u8>]) -> Vec<Option<Entries>> {
    let program = match env::var_os("JAVA_HOME").filter(|home| !home.is_empty()) {
        Some(home) => Path::new(&home).join("bin/java"),
        None => PathBuf::from("java"),
    };
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/Judge.java");
    let mut java = Command::new(&program)
        .arg("-XX:TieredStopAtLevel=1")
        .arg(source)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| {
            panic!("Java is missing, the judge of the file grammar ({error}): {INSTALL}")
        });
    let mut stdin = java.stdin.take().expect("a pipe");
    let asked: Vec<u8> = files.iter().flat_map(|file| framed(file)).collect();
    let writer = std::thread::spawn(move || stdin.write_all(&asked));
    let output = java.wait_with_output().expect("an output");
    assert!(
        output.status.success(),
        "{} did not judge ({}). It must be a JDK of version 17 or newer, no JRE: {INSTALL}",
        program.display(),
        output.status
    );
    writer.join().expect("the writer").expect("all files sent");
    let mut answers = Cursor::new(output.stdout);
    let told: Vec<_> = files.iter().map(|_| answer(&mut answers)).collect();
    let rest = answers.get_ref().len() as u64 - answers.position();
    assert_eq!(rest, 0, "Java says more than it was asked");
    told
}

fn framed(file: &[u8]) -> Vec<u8> {
    let length = u32::try_from(file.len()).expect("a small file");
    [&length.to_be_bytes()[..], file].concat()
}

fn answer(answers: &mut impl Read) -> Option<Entries> {
    let count = number(answers);
    (count >= 0).then(|| (0..count).map(|_| (text(answers), text(answers))).collect())
}

fn number(answers: &mut impl Read) -> i32 {
    let mut bytes = [0; 4];
    answers.read_exact(&mut bytes).expect("an answer");
    i32::from_be_bytes(bytes)
}

fn text(answers: &mut impl Read) -> Vec<u16> {
    let length = usize::try_from(number(answers)).expect("a length");
    let mut bytes = vec![0; 2 * length];
    answers.read_exact(&mut bytes).expect("a text");
    let codes = bytes
        .chunks_exact(2)
        .map(|two| u16::from_be_bytes([two[0], two[1]]));
    codes.collect()
}
