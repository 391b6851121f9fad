//! Files to try: whatever the grammar has, and files of real brokers in every style.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// A broker's file that Kafka 3.7 takes.
#[derive(Clone)]
pub struct BrokerFile {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether it has the group EXTERNAL on 39092 in all three keys.
    pub has_external: bool,
}

impl std::fmt::Debug for BrokerFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = String::from_utf8_lossy(&self.bytes);
        write!(f, "{text:?}, {}", self.has_external)
    }
}

/// Pieces of the grammar, in any order; many of these files are odd, and some Java refuses.
pub fn any_file() -> impl Strategy<Value = Vec<u8>> {
    let whole = select(vec![
        "listeners",
        "advertised.listeners=A://x:1",
        "a",
        "=",
        ":",
        " ",
        "\t",
        "\x0C",
        "\\",
        "\\\\",
        "\n",
        "\r",
        "\r\n",
        "\\\n",
        "\\\r\n  ",
        "\\\r",
        "#",
        "!",
        "# c\n",
        "\\u0041",
        "\\u00e4",
        "\\uD83D",
        "\\t",
        "\\:",
        "\\=",
        "\\ ",
        "\\q",
        ",",
        "?",
        "${x}",
        "ä",
        "\u{A0}",
        "\u{FEFF}",
    ]);
    let rare = select(vec!["\\u", "\\u12", "\\u12G4", "\\uu0041", "\\U0041"]);
    let piece = prop_oneof![
        30 => whole.prop_map(|it| it.as_bytes().to_owned()),
        4 => vec(any::<u8>(), 1..4),
        1 => rare.prop_map(|it| it.as_bytes().to_owned()),
    ];
    vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Lines that mean nothing to an edit.
fn noise() -> impl Strategy<Value = String> {
    select(vec![
        "",
        "  \t",
        "# listeners=A://b:1",
        "  ! end \\",
        "#",
        "#\u{E4}\u{FF}",
        "log.dirs=./data",
        "num.network.threads : 3",
        "a.key value with blanks ",
        "confluent.metadata.server.listeners=http://0.0.0.0:8090",
        "confluent.metadata.server.advertised.listeners=http://127.0.0.1:8090",
        "listener.name.internal.ssl.keystore.password=p\\=w",
        "sasl.jaas.config=a \\\n   b=\"c\" \\\n   ;",
        "Listeners=A://b:1",
        "listeners.x=1",
        "long=a,\\\n\tb\\\\\\\n c",
        "ends=a\\\n",
        "ends.blank=a\\\n   ",
        "like.comment=a\\\n# b",
        "gr\u{FC}n=\u{E4}\\u00e4\\uD83D\\uDE00",
        "path=C:\\\\dir",
        "=no key",
        "only.key",
        "tab\\tkey\\ with\\:signs=1",
        "nul=\u{0}\u{7F}\u{80}",
        "ssl.endpoint.identification.algorithm=",
    ])
    .prop_map(str::to_owned)
}

/// A key and its value in one of the styles that the grammar has.
fn entry(key: &'static str, elements: Vec<String>) -> impl Strategy<Value = String> {
    let comma = select(vec![",", " , ", ", ", ",\\\n    ", "\\\n,", "\t,"]);
    let separator = select(vec!["=", " = ", ":", " ", "\t:", " \\\n =", "=\\\n  "]);
    let style = (
        comma,
        separator,
        select(vec!["", "  "]),
        select(vec!["", " ", "\t"]),
    );
    (style, any::<bool>(), 0..8_u8).prop_map(
        move |((comma, separator, before, behind), escaped, odd)| {
            let value = elements.join(comma);
            let value = if escaped {
                value.replace(':', "\\:")
            } else {
                value
            };
            let value = match odd {
                0 => value.replacen('N', "\\u004e", 1),
                1 => value.replacen('N', "\\\n  N", 1),
                _ => value,
            };
            format!("{before}{key}{separator}{value}{behind}")
        },
    )
}

/// What a broker's file says.
#[derive(Clone, Copy, Debug)]
struct Say {
    combined: bool,
    named: bool,
    explicit: (bool, bool, bool),
    external: (bool, bool, bool),
    commas: (bool, bool),
    small: bool,
    twice: bool,
}

fn say() -> impl Strategy<Value = Say> {
    let three = || (any::<bool>(), any::<bool>(), any::<bool>());
    let external = prop_oneof![
        4 => Just((false, false, false)),
        1 => Just((true, true, true)),
        1 => Just((true, false, true)),
        1 => Just((false, false, true)),
    ];
    let bools = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let commas = (any::<bool>(), any::<bool>());
    (bools, three(), external, commas).prop_map(
        |((combined, named, small, twice), explicit, external, commas)| {
            let must = external.0 || external.2 || named || combined;
            Say {
                combined,
                named,
                explicit: (
                    explicit.0 || must,
                    explicit.1 || external.1,
                    explicit.2 || external.2 || named,
                ),
                external,
                commas,
                small,
                twice,
            }
        },
    )
}

fn lines_of(say: Say) -> Vec<BoxedStrategy<String>> {
    let name = if say.named { "INTERNAL" } else { "PLAINTEXT" };
    let external = if say.small { "external" } else { "EXTERNAL" };
    let mut listeners = vec![match say.explicit.1 {
        true => format!("{name}://0.0.0.0:9092"),
        false => format!("{name}://:9092"),
    }];
    let mut advertised = vec![format!("{name}://10.0.0.11:9092")];
    let mut protocols = vec![
        format!("{name}:PLAINTEXT"),
        "CONTROLLER:PLAINTEXT".to_owned(),
    ];
    if say.combined {
        listeners.push("CONTROLLER://0.0.0.0:29092".to_owned());
    }
    if say.external.0 {
        listeners.insert(1, format!("{external}://:39092"));
    }
    if say.external.1 {
        advertised.push(format!("{external}://old.example.com:9093"));
    }
    if say.external.2 {
        protocols.insert(1, format!("{external}:plaintext"));
    }
    if say.commas.0 {
        listeners.push(String::new());
        protocols.push(String::new());
    }
    if say.commas.1 {
        advertised.insert(0, String::new());
    }
    let roles = if say.combined {
        "broker,controller"
    } else {
        "broker"
    };
    let voter = if say.combined {
        "1@localhost:29092"
    } else {
        "9@localhost:29092"
    };
    let plain = |key, value: &str| entry(key, vec![value.to_owned()]).boxed();
    let mut lines = vec![
        plain("process.roles", roles),
        plain("node.id", "1"),
        plain("controller.quorum.voters", voter),
        plain("controller.listener.names", "CONTROLLER"),
    ];
    if say.named {
        lines.push(plain("inter.broker.listener.name", name));
    }
    let three = [
        ("listeners", say.explicit.0, listeners),
        ("advertised.listeners", say.explicit.1, advertised),
        ("listener.security.protocol.map", say.explicit.2, protocols),
    ];
    for (key, is_there, elements) in three {
        if is_there {
            lines.push(entry(key, elements).boxed());
        }
    }
    lines
}

/// Files of brokers, with noise between their lines.
pub fn broker_file() -> impl Strategy<Value = BrokerFile> {
    let body = say().prop_flat_map(|say| {
        let lines = lines_of(say).prop_shuffle();
        (Just(say), lines, vec(vec(noise(), 0..3), 10))
    });
    let ends = select(vec![
        vec!["\n"],
        vec!["\r\n"],
        vec!["\r"],
        vec!["\n", "\r\n"],
    ]);
    let last = select(vec![
        "",
        "\n",
        "\n\n",
        "last=1",
        "last=1\n",
        "last=1\\",
        "last=1\\\n",
        "last=\\\n  ",
        "# last \\",
        "  ",
    ]);
    (body, ends, last).prop_map(|((say, lines, noise), ends, last)| {
        let mut all = Vec::new();
        // Earlier occurrences of a key mean nothing.
        let overridden = [
            "listeners",
            "advertised.listeners",
            "listener.security.protocol.map",
        ];
        let explicit = [say.explicit.0, say.explicit.1, say.explicit.2];
        for (key, _) in overridden
            .into_iter()
            .zip(explicit)
            .filter(|(_, it)| *it && say.twice)
        {
            all.push(format!("{key}=anything, at \\\n all"));
        }
        for (line, noise) in lines.into_iter().zip(noise) {
            all.extend(noise);
            all.push(line);
        }
        let text = all.join("\n") + "\n" + last;
        let mut ends = ends.into_iter().cycle();
        let bytes = text.chars().flat_map(|c| match c {
            '\n' => ends.next().unwrap_or("\n").as_bytes().to_owned(),
            // The text is Latin-1.
            c => vec![u8::try_from(u32::from(c)).unwrap_or(b'?')],
        });
        BrokerFile {
            bytes: bytes.collect(),
            has_external: say.external == (true, true, true),
        }
    })
}

/// Which of these groups are wanted.
pub fn some<T: Clone + std::fmt::Debug + 'static>(all: Vec<T>) -> impl Strategy<Value = Vec<T>> {
    let count = all.len();
    subsequence(all, 1..=count)
}
