use super::*;
use crate::demo::chapter::Chapter;

fn asked(line: &str) -> Result<Asked, String> {
    Asked::read(&line.split_whitespace().collect::<Vec<_>>())
}

fn played(line: &str) -> Options {
    match asked(line) {
        Ok(Asked::Play(options)) => options,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn what_is_asked_for_is_what_is_played_and_the_same_inside() {
    let fourth = Chapters::Only(vec![Chapter::Second]);
    for (line, chapters, stay, skip_steps, function) in [
        ("", Chapters::Some, false, false, None),
        ("--", Chapters::Some, false, false, None),
        ("--all --stay", Chapters::All, true, false, None),
        ("--only 4", fourth.clone(), false, false, None),
        ("-- --only=4", fourth, false, false, None),
        ("--by-hand", Chapters::ByHand, false, false, None),
        ("--skip-steps --stay", Chapters::Some, true, true, None),
        // A world without steps would end at once, and nobody would have seen it.
        ("--skip-steps", Chapters::Some, true, true, None),
        (
            "--function /bin/true",
            Chapters::Some,
            false,
            false,
            Some("/bin/true"),
        ),
    ] {
        let options = played(line);
        let wanted = Options {
            chapters,
            stay,
            skip_steps,
            function: function.map(PathBuf::from),
        };
        assert_eq!(options, wanted, "{line}");
        let words = options.words();
        let inside = Options {
            function: None,
            ..wanted
        };
        assert_eq!(played(&words.join(" ")), inside, "{line}");
    }
}

#[test]
fn what_cannot_be_played_is_refused_with_the_way_out() {
    for (line, refusal) in [
        (
            "--all --only 2",
            "--all and --only 2 exclude each other; take one",
        ),
        (
            "--only 2 --only 3",
            "--only 2 and --only 3 exclude each other; take one",
        ),
        (
            "--by-hand --only 4",
            "--by-hand and --only 4 exclude each other; take one",
        ),
        (
            "--skip-steps --all",
            "--skip-steps and --all exclude each other; take one",
        ),
        (
            "--function a --function b",
            "--function a and --function b exclude each other; take one",
        ),
        ("--all --all", "--all stands there twice; write it once"),
        (
            "--only 4 --only=4",
            "--only 4 stands there twice; write it once",
        ),
        ("--only", "--only needs a chapter, 2 to 7: --only 4"),
        ("--only --stay", "--only needs a chapter, 2 to 7: --only 4"),
        ("--only=", "--only needs a chapter, 2 to 7: --only 4"),
        (
            "--only 9",
            "there is no chapter 9; --only takes some of 2 to 7, with commas between them",
        ),
        (
            "--only x",
            "there is no chapter x; --only takes some of 2 to 7, with commas between them",
        ),
        (
            "--only 2,24",
            "there is no chapter 24; --only takes some of 2 to 7, with commas between them",
        ),
        (
            "--only 1",
            "chapter 1 is played with each of the others; --only takes some of 2 to 7, with commas between them",
        ),
        (
            "--only 8",
            "chapter 8 is played with each of the others; --only takes some of 2 to 7, with commas between them",
        ),
        (
            "--function",
            "--function needs the path of a binary: --function target/debug/register-brokers",
        ),
        ("--stay=yes", "--stay takes no value: write --stay"),
        (
            "--dance",
            "unknown option --dance; `cargo demo -- --help` lists what there is",
        ),
        (
            "dance",
            "unknown option dance; `cargo demo -- --help` lists what there is",
        ),
        (
            "do",
            "do needs the socket that the world has printed, and a verb: cargo demo -- do SOCKET status",
        ),
        (
            "do /a",
            "do needs a verb after the socket: cargo demo -- do /a status",
        ),
    ] {
        assert_eq!(asked(line), Err(refusal.to_owned()), "{line}");
    }
}

#[test]
fn a_verb_is_sent_and_help_explains_every_option_and_chapter() {
    let sent = Asked::Do {
        socket: PathBuf::from("/a/control"),
        verb: "cross 9093 2".to_owned(),
    };
    assert_eq!(asked("do /a/control cross 9093 2"), Ok(sent.clone()));
    assert_eq!(asked("-- do /a/control cross 9093 2"), Ok(sent));
    for line in ["--help", "-h", "-- --help", "--all --help"] {
        assert_eq!(asked(line), Ok(Asked::Help), "{line}");
    }
    for option in PICKS
        .iter()
        .chain(&FLAGS)
        .chain(&["--function", "--help", "do"])
    {
        assert!(HELP.contains(&format!("\n  {option} ")), "{option}");
    }
    for chapter in Chapters::All.played() {
        let number = chapter.number().unwrap();
        let line = format!("\n  {number}  {}", chapter.title());
        assert!(HELP.contains(&line), "{line}");
    }
}
