//! The mask: what leaves a host of a file, byte for byte.

use crate::on_a_machine;
use host::{Broker, FILE, Order, STAND_INS, run, text_of, write};
use std::process::Command;
use std::time::Instant;

/// A file and what is sent of it.
#[rustfmt::skip]
const CASES: &[(&[u8], &[u8])] = &[
    (b"", b""),
    (b"\n \t\x0c\r\n\r", b"\n \t\x0c\r\n\r"),
    (b"# a comment\n", b"#xxxxxxxxxx\n"),
    (b" \t! one\\\nnode.id=1", b" \t!xxxxx\nnode.id=1"),
    (b"#\r#\x00\xff\r\n#", b"#\r#xx\r\n#"),
    (b"node.id=1\n", b"node.id=1\n"),
    (b"  listeners : A://h:1 \n", b"  listeners : A://h:1 \n"),
    (b"listeners A://h:1", b"listeners A://h:1"),
    (b"listeners", b"listeners"),
    (b"listeners=A://h:1,\\\n  B://h:2\n", b"listeners=A://h:1,\\\n  B://h:2\n"),
    (b"listeners=A\\://h\\:1\\\\\nx=y", b"listeners=A\\://h\\:1\\\\\nxxx"),
    (b"listeners=A\\\r\n B\r\nx=1", b"listeners=A\\\r\n B\r\nxxx"),
    (b"listeners=A\\\r B\rx=1\r", b"listeners=A\\\r B\rxxx\r"),
    (b"listeners=A\\\n\nx=1", b"listeners=A\\\n\nxxx"),
    (b"listeners=A\\\n# no comment\nx=1", b"listeners=A\\\n# no comment\nxxx"),
    (b"listeners=A\\\r\n\nx=1", b"listeners=A\\\r\n\nxxx"),
    (b"listeners=A\\", b"listeners=A\\"),
    (b"listeners=${x:y}\n", b"listeners=${x:y}\n"),
    (b"listeners=\x00\xe9\n", b"listeners=\x00\xe9\n"),
    (b"broker.rack=\xc3\xa9", b"broker.rack=\xc3\xa9"),
    (b"password=hunter2\n", b"xxxxxxxxxxxxxxxx\n"),
    (b"  a.b = c\\\n   d\\\\\\\n e\n", b"xxxxxxxxx\\\nxxxx\\\\\\\nxx\n"),
    (b"x=1\\\n   \nnode.id=1", b"xxx\\\nxxx\nnode.id=1"),
    (b"listeners.x=1", b"xxxxxxxxxxxxx"),
    (b"Listeners=1", b"xxxxxxxxxxx"),
    (b"confluent.metadata.server.listeners=1", b"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
    (b"\xef\xbb\xbflisteners=1\nnode.id=1", b"\xef\xbb\xbfxxxxxxxxxxx\nnode.id=1"),
    (b"\xef\xbb\xbf # ab\\\nc\nd", b"\xef\xbb\xbf #xxx\\\nx\nx"),
    (b"\xef\xbb\xbf \\u=1", b"\xef\xbb\xbfx\\xxx"),
    (b"\n\xef\xbb\xbf#", b"\nxxxx"),
    (b"a=b\\\n  listeners=c\\\n#d\nnode.id=1", b"xxx\\\nxxxxxxxxxxxxx\\\nxx\nnode.id=1"),
    (b"sasl.a\\\n=b", b"??????\\\n??"),
    (b"sasl.a \\\n=b", b"sasl.a \\\nxx"),
    (b"\\\n#b\nc", b"\\\n??\nx"),
    (b"=listeners", b"xxxxxxxxxx"),
    (b"l\\u0069steners=A\nnode.id=1", b"?\\??????????????\nnode.id=1"),
    (b"listen\\\n  ers=A\\\nB\nx", b"??????\\\n???????\\\n?\nx"),
    (b"a\\ b=c\n", b"?\\????\n"),
    (b"sasl.jaas.config=secret;\n", b"sasl.jaas.config=xxxxxxx\n"),
    (b" ssl.key.password :  a b\\\n c", b" ssl.key.password :  xxx\\\nxx"),
    (b"ssl.x a=b", b"ssl.x xxx"),
    (b"listener.name.external.scram.sasl.jaas.config=a\\=b\n", b"listener.name.external.scram.sasl.jaas.config=x\\xx\n"),
    (b"ssl.\\u0061=b\n", b"????\\???????\n"),
    (b"sasl\\u002ex=b\n", b"????\\????????\n"),
    (b"ssl=b\n", b"xxxxx\n"),
    (b"zookeeper.connect=u:p@h:1\n", b"zookeeper.connect=xxxxxxx\n"),
    (b"zookeeper.connection=1\n", b"xxxxxxxxxxxxxxxxxxxxxx\n"),
    (b"sasl.x\n", b"sasl.x\n"),
    (b"sasl.x=\n", b"sasl.x=\n"),
    (b"sasl.x==y\n", b"sasl.x=xx\n"),
    (b"sasl.enabled.mechanisms=A,\\\n B\n", b"sasl.enabled.mechanisms=A,\\\n B\n"),
    (b"listener.name.a.sasl.enabled.mechanisms: A", b"listener.name.a.sasl.enabled.mechanisms: A"),
    (b"listener.name.sasl.enabled.mechanisms=A", b"listener.name.sasl.enabled.mechanisms=A"),
    (b"listener.name.a.bsasl.enabled.mechanisms=A", b"listener.name.a.bsasl.enabled.mechanisms=x"),
    (b"sasl.a.sasl.enabled.mechanisms=A", b"sasl.a.sasl.enabled.mechanisms=x"),
    (b"sasl.enabled.mechanisms.b=A", b"sasl.enabled.mechanisms.b=x"),
    (b"max.connections.per.ip.overrides=a:1", b"max.connections.per.ip.overrides=a:1"),
    (b"zookeeper.metadata.migration.enable=true", b"zookeeper.metadata.migration.enable=true"),
];

/// The scripts' own reader, without a host around it.
fn mask(shell: &str, awk: &str, file: &[u8]) -> Vec<u8> {
    std::fs::write(FILE, file).expect("the file");
    let text = text_of("inspect");
    let (common, _) = text
        .split_once("\naction=inspect\n")
        .expect("its first part");
    let then = format!("{common}\ntrap - EXIT\nread_properties mask {FILE} >&3\n");
    std::fs::write("/opt/mask.sh", then).expect("a script");
    std::fs::write(
        format!("{STAND_INS}/awk"),
        format!("#!/bin/sh\nexec {awk} \"$@\"\n"),
    )
    .expect("an awk");
    run(&format!("chmod 755 {STAND_INS}/awk"));
    let output = Command::new(shell).arg("/opt/mask.sh").output();
    output.expect("a shell").stdout
}

/// By every awk that is there.
#[test]
fn bytes_are_hidden_but_for_those_that_are_needed() {
    let _machine = on_a_machine!("masking::bytes_are_hidden_but_for_those_that_are_needed");
    for (shell, awk) in [("dash", "mawk"), ("bash", "gawk")] {
        if Command::new(awk).arg("BEGIN{}").status().is_err() {
            continue;
        }
        for (file, expected) in CASES {
            let masked = mask(shell, awk, file);
            let [file, masked, expected] = [file, &masked[..], expected].map(<[u8]>::escape_ascii);
            assert_eq!(masked.to_string(), expected.to_string(), "{awk}: {file}");
        }
    }
}

#[test]
fn a_comment_that_says_generated_is_told() {
    let machine = on_a_machine!("masking::a_comment_that_says_generated_is_told");
    let _broker = Broker::start("node.id=1\n");
    for (line, expected) in [
        ("# DO NOT EDIT", true),
        ("\t! Generated By ansible", true),
        ("# managed by puppet", true),
        ("# managed", false),
        ("x=a\\\n# do not edit", false),
    ] {
        write(FILE, &format!("node.id=1\n{line}\n"));
        let answer = machine.inspect(&Order::new());
        assert_eq!(answer.json["file"]["generated"], expected, "{line}");
    }
}

#[test]
fn a_file_of_ten_thousand_lines_takes_seconds_and_is_sent_or_too_big() {
    let machine =
        on_a_machine!("masking::a_file_of_ten_thousand_lines_takes_seconds_and_is_sent_or_too_big");
    let _broker = Broker::start("node.id=1\n");
    let line = "confluent.something.or.other.name=0123456789abcd\n";
    write(FILE, &format!("node.id=1\n{}", line.repeat(10_000)));
    let began = Instant::now();
    let answer = machine.inspect(&Order::new());
    println!("two inspections of 10,000 lines: {:?}", began.elapsed());
    assert!(answer.json["file"]["masked"].is_string());
    let random: String = (0..6_000)
        .map(|n: u32| format!("broker.rack=r{}\n", n.wrapping_mul(2_654_435_761)))
        .collect();
    write(FILE, &format!("node.id=1\n{random}"));
    let answer = machine.inspect(&Order::new());
    assert_eq!(answer.json["file"]["too_big"], true);
    assert!(answer.json["file"]["masked"].is_null());
}
