//! Texts, with what in them is not kept between brackets.

use super::*;

fn marked(text: &str, manner: Manner) -> String {
    let names = ["kafka-of-orders".to_owned(), "kafka-of".to_owned()].into();
    let found = pieces(text, manner, &names);
    let mark = |piece: &Piece<'_>| {
        let name = match piece.kind {
            Kind::Kept | Kind::Mention { quoted: false } => return piece.text.to_owned(),
            Kind::Cluster => return String::new(),
            Kind::Account => "account",
            Kind::Address | Kind::HostAddress => "address",
            Kind::Id => "id",
            Kind::TargetGroup => "cluster",
            Kind::Number => "number",
            Kind::Word { told: true } => "name",
            Kind::Word { told: false } => "word",
            Kind::Mention { quoted: true } => "quoted",
            Kind::Blot => "blot",
        };
        format!("[{name} {}]", piece.text)
    };
    found.iter().map(mark).collect()
}

#[test]
fn sentences_keep_what_is_not_known_to_tell_anything() {
    for (text, told) in [
        (
            "b1.usw2-az1.abc.us-west-2.aws.3199015.tidbcloud.com:9093",
            "b1.usw2-az1.[name abc].us-west-2.aws.[number 3199015].tidbcloud.com:9093",
        ),
        (
            "EXTERNAL broker 1 through the NLB, 10.0.0.5:9093: refused",
            "EXTERNAL broker 1 through the NLB, [address 10.0.0.5]:9093: refused",
        ),
        (
            "add 10.0.0.0/16: it is 2600:1f14::5. See README.md",
            "add [address 10.0.0.0/16]: it is [address 2600:1f14::5]. See README.md",
        ),
        (
            "arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/net/kafka/0123456789abcdef, and",
            "arn:aws:elasticloadbalancing:us-west-2:[account 123456789012]:loadbalancer/net/[name kafka]/[id 0123456789abcdef], and",
        ),
        (
            "User: arn:aws:sts::123456789012:assumed-role/orders-Role-1AB/orders is not",
            "User: arn:aws:sts::[account 123456789012]:assumed-role/[name orders]-[name Role]-[name 1AB]/[name orders] is not",
        ),
        (
            "arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/kpl-e8da5395-334d33742f6cdb80/0000000000000004",
            "arn:aws:elasticloadbalancing:us-west-2:[account 123456789012]:targetgroup/[cluster kpl-e8da5395-]334d33742f6cdb80/[id 0000000000000004]",
        ),
        (
            "parameter /kafka-privatelink/orders-eu/listeners/EXTERNAL is refused",
            "parameter /kafka-privatelink/[name orders]-[name eu]/listeners/EXTERNAL is refused",
        ),
        (
            "/kafka-privatelink/orders/secrets/probe/user.",
            "/kafka-privatelink/[name orders]/secrets/[name probe]/[name user].",
        ),
        (
            "/aws/reference/secretsmanager/kafka-privatelink/orders/probe",
            "/aws/reference/secretsmanager/kafka-privatelink/[name orders]/[name probe]",
        ),
        (
            "write it below /kafka-privatelink/<cluster>/secrets/",
            "write it below /kafka-privatelink/<cluster>/secrets/",
        ),
        (
            "com.amazonaws.vpce.us-west-2.vpce-svc-00000000000000003 of sg-0123abcd",
            "com.amazonaws.vpce.us-west-2.[id vpce-svc-00000000000000003] of [id sg-0123abcd]",
        ),
        (
            "i-00000000000000004:2 i-00000000000000005:3 sir-7dhd5s3p",
            "[id i-00000000000000004]:2 [id i-00000000000000005]:3 [id sir-7dhd5s3p]",
        ),
        (
            "account 1234-5678-9012 or 12345678901, since 2026-11-22T12:00:00Z",
            "account [account 1234-5678-9012] or [account 12345678901], since 2026-11-22T12:00:00Z",
        ),
        (
            "ip-10-0-0-5.us-west-2.compute.internal",
            "[address ip-10-0-0-5].us-west-2.compute.internal",
        ),
        (
            "{\"pattern\": \"abc\"}",
            "{[quoted \"pattern]\": [quoted abc]}",
        ),
        (
            "broker 2147483647 on 1.2.3 and a::b",
            "broker 2147483647 on 1.2.3 and [address a::b]",
        ),
        (
            "reached kafka-of-orders, not kafka-of: x-kafka-of and kafka-of-x",
            "reached [name kafka]-[name of]-[name orders], not [name kafka]-[name of]: x-kafka-of and kafka-of-x",
        ),
        ("ブローカー é", "ブローカー é"),
        ("", ""),
    ] {
        let told = told
            .replace("[quoted \"pattern]", "\"[quoted pattern]")
            .replace(": [quoted abc]", ": \"[quoted abc]\"");
        assert_eq!(marked(text, Manner::Text), told);
    }
}

#[test]
fn of_what_a_person_wrote_only_words_stay_that_somebody_reads() {
    for (text, told) in [
        (
            "<broker_id>.<az_id>.abc.us-west-2.aws.3199015.tidbcloud.com:<port>",
            "<broker_id>.<az_id>.[name abc].us-west-2.aws.[number 3199015].tidbcloud.com:<port>",
        ),
        (
            "• usw2-az1 => <ブローカーID>.kafka-usw2-az1.corp.com:<ポート>",
            "• usw2-az1 => <ブローカーID>.kafka-usw2-az1.[name corp].com:<ポート>",
        ),
        (
            "*.use1-az1.dvs6nl5jgveztmla3pxkxgh76i.aws.plc.tidbcloud.com",
            "*.use1-az1.[name dvs6nl5jgveztmla3pxkxgh76i].aws.plc.tidbcloud.com",
        ),
        (
            "&lt;broker_id&gt;.corp.com:&#x3c;port&#62;",
            "&lt;broker_id&gt;.[name corp].com:&#x3c;port&#62;",
        ),
        (
            r#"{"pattern": "\u003cb\u003e.corp.com:\u003cp\u003e\nusw2-az1", "bind_port": 39092, "without": [4, "i-0123456789abcdef0"]}"#,
            r#"{"pattern": "\u003c[word b]\u003e.[name corp].com:\u003c[word p]\u003e\nusw2-az1", "bind_port": 39092, "without": [4, "[id i-0123456789abcdef0]"]}"#,
        ),
        (
            r#"{"password": "hunter2", "note": "call Jané"}"#,
            r#"{"password": "[word hunter2]", "[word note]": "[word call] [word Jan][blot é]"}"#,
        ),
        (
            "arn:aws:iam::123456789012:role/consumer, 123456789012, x-123456789012",
            "arn:aws:iam::[account 123456789012]:role/[name consumer], [account 123456789012], [word x]-[account 123456789012]",
        ),
        (
            "Sat,Sun 02:00-05:00 UTC any-time",
            "Sat,Sun 02:00-05:00 UTC any-time",
        ),
    ] {
        assert_eq!(marked(text, Manner::Written), told);
    }
}

#[test]
fn of_a_name_every_word_goes_and_of_what_nobody_reads_every_number_too() {
    for (manner, text, told) in [
        (Manner::Name, "kafka-prod-1", "[name kafka]-[name prod]-1"),
        (Manner::Name, "4711", "[number 4711]"),
        (Manner::Cluster, "orders", "[name orders]"),
        (Manner::Host, "corp:9092", "[name corp]:9092"),
        (
            Manner::Host,
            "b1.kafka.corp:9092",
            "b1.kafka.[name corp]:9092",
        ),
        (
            Manner::Foreign,
            "Broker 1 +4930123 i-0123456789abcdef0 注文",
            "[word Broker] [number 1] +[number 4930123] [id i-0123456789abcdef0] [blot 注][blot 文]",
        ),
    ] {
        assert_eq!(marked(text, manner), told);
    }
}

#[test]
fn the_pieces_are_the_text() {
    use proptest::prelude::*;
    let manners = [
        Manner::Text,
        Manner::Host,
        Manner::Cluster,
        Manner::Name,
        Manner::Resource,
        Manner::Written,
        Manner::Foreign,
    ];
    let odd = "(arn:|kafka-privatelink/|secrets/|kpl-|ip-|i-|[0-9a-f]{1,17}|[a-c.:/<>*\"\\\\&#;é\n-]){0,30}";
    proptest!(|(text in odd)| {
        for manner in manners {
            let all = pieces(&text, manner, &BTreeSet::from(["a-b".to_owned()]));
            let all = all.iter().filter(|piece| piece.kind != Kind::Cluster);
            prop_assert_eq!(all.map(|piece| piece.text).collect::<String>(), &*text);
        }
    });
}
