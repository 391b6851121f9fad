//! A text in its pieces: what in it is an account, an address, an id, a part of a name. What is not known
//! to be one of these stays.

use super::addresses::Range;
use super::kept::{is_broker, is_kept, is_kind, zones};
use std::collections::BTreeSet;

/// What kind of text it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// Sentences, and what AWS and this software write.
    Text,
    /// A DNS name, perhaps with a port.
    Host,
    /// The name of the cluster.
    Cluster,
    /// The name of a listener group, which stays.
    Group,
    /// A name that a person gave.
    Name,
    /// What an ARN says behind the account.
    Resource,
    /// What a person wrote into a parameter: every word is replaced that nobody needs.
    Written,
    /// What nobody reads.
    Foreign,
}

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
}

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It stays.
    Kept,
    /// An account, 12 digits; 11, if a zero was lost; or in three groups.
    Account,
    /// An address or a range.
    Address,
    /// The same as a host's name, `ip-10-0-0-5`.
    HostAddress,
    /// An id of AWS.
    Id,
    /// What the name of a target group of a cluster begins with.
    TargetGroup,
    /// A number that is a name.
    Number,
    /// A word of a name; `told` if sentences may tell it, too.
    Word { told: bool },
    /// The name of a cluster, whole; its words are pieces of their own.
    Cluster,
    /// A word of a sentence; `quoted` if it stands alone between quotes.
    Mention { quoted: bool },
    /// A letter of no ASCII.
    Blot,
}

/// The pieces of a text; together they are the text, but for clusters, which stand before their words. A
/// sentence may tell these names as a whole.
pub(super) fn pieces<'a>(
    text: &'a str,
    manner: Manner,
    names: &BTreeSet<String>,
) -> Vec<Piece<'a>> {
    let mut scan = Scan {
        text,
        names,
        at: 0,
        found: Vec::new(),
    };
    match manner {
        Manner::Cluster => scan.cluster(text.len()),
        Manner::Group => scan.take(Kind::Kept, text.len()),
        Manner::Text
        | Manner::Host
        | Manner::Name
        | Manner::Resource
        | Manner::Written
        | Manner::Foreign => {}
    }
    while scan.at < text.len() {
        scan.step(manner);
    }
    scan.found
}

struct Scan<'a, 'n> {
    text: &'a str,
    names: &'n BTreeSet<String>,
    at: usize,
    found: Vec<Piece<'a>>,
}

impl<'a> Scan<'a, '_> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn before(&self) -> Option<char> {
        self.text[..self.at].chars().next_back()
    }

    fn take(&mut self, kind: Kind, length: usize) {
        let text = &self.rest()[..length];
        self.at += length;
        if !text.is_empty() {
            self.found.push(Piece { kind, text });
        }
    }

    /// Takes so much, in its own pieces.
    fn take_as(&mut self, manner: Manner, length: usize) {
        let part = &self.rest()[..length];
        self.at += length;
        self.found.extend(pieces(part, manner, self.names));
    }

    fn step(&mut self, manner: Manner) {
        let rest = self.rest();
        let is_start = !self.before().is_some_and(|c| c.is_ascii_alphanumeric());
        if is_start && self.known(rest, manner) {
            return;
        }
        if manner == Manner::Written
            && let Some(length) = placeholder(rest).or_else(|| escape(rest))
        {
            return self.take(Kind::Kept, length);
        }
        let word = run(rest, |c| c.is_ascii_alphanumeric());
        match rest.chars().next() {
            Some(_) if word > 0 => self.word(manner, word),
            Some(c) if c.is_alphanumeric() && manner != Manner::Text => {
                self.take(Kind::Blot, c.len_utf8());
            }
            Some(c) => self.take(Kind::Kept, c.len_utf8()),
            None => {}
        }
    }

    /// Takes what has a form of its own.
    fn known(&mut self, rest: &'a str, manner: Manner) -> bool {
        if let Some(length) = arn(rest) {
            self.arn(length);
        } else if let Some(behind) = rest.strip_prefix("kafka-privatelink/") {
            self.take(Kind::Kept, rest.len() - behind.len());
            self.path();
        } else if let Some(length) = address(rest) {
            self.take(Kind::Address, length);
        } else if let Some(length) = host_address(rest) {
            self.take(Kind::HostAddress, length);
        } else if let Some(length) = target_group(rest) {
            self.take(Kind::TargetGroup, length);
            // Which group and broker it is of.
            let rest = self.rest();
            self.take(Kind::Kept, run(rest, |c| c.is_ascii_hexdigit() || c == '-'));
        } else if let Some(length) = id(rest) {
            self.take(Kind::Id, length);
        } else if let Some(length) = account(rest) {
            self.take(Kind::Account, length);
        } else if let Some(length) = dotted(rest, self.before(), manner) {
            self.dotted(length);
        } else if manner == Manner::Text
            && let Some(length) = self.name(rest)
        {
            self.take_as(Manner::Name, length);
        } else {
            return false;
        }
        true
    }

    /// The longest of the names that a text begins with.
    fn name(&self, rest: &str) -> Option<usize> {
        let goes_on = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if self.before().is_some_and(goes_on) {
            return None;
        }
        let is_here = |name: &&String| {
            let behind = rest.strip_prefix(name.as_str());
            behind.is_some_and(|behind| !behind.starts_with(goes_on))
        };
        let here = self.names.iter().filter(is_here);
        here.map(String::len).max()
    }

    /// `arn:<partition>:<service>:<region>:<account>:<resource>`
    fn arn(&mut self, length: usize) {
        let end = self.at + length;
        for _ in 0..4 {
            let field = self.rest().find(':').map_or(0, |colon| colon + 1);
            self.take(Kind::Kept, field);
        }
        let field = self.rest().find(':').unwrap_or_default();
        self.take_as(Manner::Text, field);
        self.take_as(Manner::Resource, end - self.at);
    }

    /// What stands behind `kafka-privatelink/`: the cluster, and what a person names below `secrets/`.
    /// A path of Secrets Manager has no such part.
    fn path(&mut self) {
        let of_manager = self.text[..self.at].ends_with("secretsmanager/kafka-privatelink/");
        let segment = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let cluster = run(self.rest(), segment);
        self.cluster(self.rest()[..cluster].trim_end_matches('.').len());
        let length = run(self.rest(), |c| segment(c) || c == '/');
        let named = match (of_manager, self.rest().strip_prefix("/secrets/")) {
            (true, _) => 0,
            (false, Some(name)) => self.rest().len() - name.len(),
            (false, None) => length,
        };
        self.take(Kind::Kept, named);
        self.take_as(Manner::Name, length - named);
    }

    /// The name of a cluster, whole and in its words.
    fn cluster(&mut self, length: usize) {
        let text = &self.rest()[..length];
        if !text.is_empty() {
            let kind = Kind::Cluster;
            self.found.push(Piece { kind, text });
        }
        self.take_as(Manner::Name, length);
    }

    fn dotted(&mut self, length: usize) {
        let end = self.at + length;
        while self.at < end {
            let label = self.rest()[..end - self.at]
                .find('.')
                .unwrap_or(end - self.at);
            self.label(label, true, Kind::Number);
            self.take(Kind::Kept, usize::from(self.at < end));
        }
    }

    /// A label of a name (`told`), or what a person wrote without a blank in it; and what it is if it is
    /// a number.
    fn label(&mut self, length: usize, told: bool, number: Kind) {
        let label = &self.rest()[..length];
        let end = self.at + length;
        if let Some(id) = id(label).filter(|id| *id == length) {
            return self.take(Kind::Id, id);
        }
        if let Some(address) = host_address(label).filter(|address| *address == length) {
            return self.take(Kind::HostAddress, address);
        }
        if is_broker(label) {
            return self.take(Kind::Kept, length);
        }
        if is_number(label) {
            return self.take(number, length);
        }
        let parts: Vec<&str> = label.split('-').collect();
        for (part, is_zone) in parts.iter().zip(zones(&parts)) {
            let part = self.at + part.len();
            while self.at < part {
                let word = run(&self.rest()[..part - self.at], |c| {
                    c.is_ascii_alphanumeric()
                });
                let text = &self.rest()[..word];
                let stays = is_zone || is_number(text) || is_kept(text) || is_kept(stem(text));
                match word {
                    0 => self.take(Kind::Kept, 1),
                    11 | 12 if is_number(text) => self.take(Kind::Account, word),
                    _ if stays => self.take(Kind::Kept, word),
                    _ => self.take(Kind::Word { told }, word),
                }
            }
            self.take(Kind::Kept, usize::from(self.at < end));
        }
    }

    fn word(&mut self, manner: Manner, length: usize) {
        let word = &self.rest()[..length];
        let behind = self.rest()[length..].chars().next();
        let kind = match manner {
            Manner::Text | Manner::Group => Kind::Mention {
                quoted: self.before() == Some('"') && behind == Some('"'),
            },
            Manner::Resource if is_kind(word) => Kind::Kept,
            Manner::Name | Manner::Cluster if is_number(word) && length < self.text.len() => {
                Kind::Kept
            }
            Manner::Name | Manner::Cluster | Manner::Resource | Manner::Foreign
                if is_number(word) =>
            {
                Kind::Number
            }
            Manner::Name | Manner::Cluster | Manner::Resource => Kind::Word { told: true },
            Manner::Foreign => Kind::Word { told: false },
            Manner::Host | Manner::Written => {
                let of_label = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
                let length = run(self.rest(), of_label);
                return self.label(length, manner == Manner::Host, Kind::Kept);
            }
        };
        self.take(kind, length);
    }
}

/// A word without a short number at its end: `kafka` of `kafka1`.
pub(super) fn stem(word: &str) -> &str {
    const SHORT: usize = 3;
    let stem = word.trim_end_matches(|c: char| c.is_ascii_digit());
    match word.len() - stem.len() {
        1..=SHORT if !stem.is_empty() => stem,
        _ => word,
    }
}

/// Whether a text is digits and nothing else.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit())
}

/// How many bytes at the start of a text are such characters.
fn run(text: &str, is_one: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_one(c)).unwrap_or(text.len())
}

/// Whether a word ends at this place.
fn ends(text: &str, at: usize) -> bool {
    !text[at..].starts_with(|c: char| c.is_ascii_alphanumeric())
}

fn is_hex(c: char) -> bool {
    matches!(c, '0'..='9' | 'a'..='f')
}

fn arn(text: &str) -> Option<usize> {
    text.strip_prefix("arn:")?;
    let of_arn = |c: char| c.is_ascii_alphanumeric() || "-_+=,.@:/*".contains(c);
    let length = text[..run(text, of_arn)]
        .trim_end_matches([',', '.', ':'])
        .len();
    (text[..length].matches(':').count() >= 5).then_some(length)
}

fn address(text: &str) -> Option<usize> {
    let known = |length: &usize| Range::parse(&text[..*length]).is_some() && ends(text, *length);
    let of_6 = run(text, |c| c.is_ascii_hexdigit() || c == ':' || c == '.');
    let of_4 = run(text, |c| c.is_ascii_digit() || c == '.');
    let trimmed = |length: usize| text[..length].trim_end_matches(['.', ':']).len();
    let six = text[..of_6].contains("::") || text[..of_6].matches(':').count() == 7;
    let length = match six {
        true => [of_6, trimmed(of_6)].into_iter().find(known)?,
        false => Some(trimmed(of_4)).filter(known)?,
    };
    // With a length, it is a range.
    let digits = text[length..]
        .strip_prefix('/')
        .map_or(0, |rest| run(rest, |c| c.is_ascii_digit()));
    let range = Some(length + 1 + digits).filter(|range| digits > 0 && known(range));
    range.or(Some(length))
}

/// `ip-10-0-0-5`: how EC2 names a host.
fn host_address(text: &str) -> Option<usize> {
    let rest = text.strip_prefix("ip-")?;
    let length = run(rest, |c| c.is_ascii_digit() || c == '-');
    let parts: Option<Vec<u8>> = rest[..length]
        .split('-')
        .map(|part| part.parse().ok())
        .collect();
    let is_one = parts?.len() == 4 && ends(text, 3 + length);
    is_one.then_some(3 + length)
}

/// `kpl-e8da5395-`: what fleet's `name_prefix` makes of a cluster.
fn target_group(text: &str) -> Option<usize> {
    const LENGTH: usize = "kpl-e8da5395-".len();
    let hash = text.strip_prefix("kpl-")?;
    (run(hash, is_hex) == 8 && hash[8..].starts_with('-')).then_some(LENGTH)
}

/// `i-0123456789abcdef0`, `vpce-svc-0123456789abcdef0`, or 16 hexadecimal digits, as ELB has them (EC2 User
/// Guide, "Resource IDs"; ELB API reference, ARNs). Requests for Spot Instances have letters up to `z`: `sir-7dhd5s3p`.
fn id(text: &str) -> Option<usize> {
    const SPOT: &str = "sir-";
    if let Some(rest) = text.strip_prefix(SPOT) {
        let length = run(rest, |c| c.is_ascii_lowercase() || c.is_ascii_digit());
        let is_id = matches!(length, 8 | 17) && ends(rest, length);
        return is_id.then_some(SPOT.len() + length);
    }
    let mut from = 0;
    for _ in 0..4 {
        let digits = run(&text[from..], is_hex);
        let is_id = match from {
            0 => digits == 16 && text[..16].contains(|c: char| c.is_ascii_digit()),
            _ => matches!(digits, 8 | 17),
        };
        let end = from + digits;
        if is_id && ends(text, end) {
            return Some(end);
        }
        let word = run(&text[from..], |c| c.is_ascii_lowercase());
        if word == 0 || !text[from + word..].starts_with('-') {
            return None;
        }
        from += word + 1;
    }
    None
}

fn account(text: &str) -> Option<usize> {
    let digits = run(text, |c| c.is_ascii_digit());
    if matches!(digits, 11 | 12) && ends(text, digits) {
        return Some(digits);
    }
    let groups = text.get(..14)?;
    let is_grouped = groups
        .split('-')
        .all(|group| group.len() == 4 && is_number(group));
    (is_grouped && ends(text, 14) && !text[14..].starts_with('-')).then_some(14)
}

/// A DNS name, or what stands of one behind or before a placeholder. In sentences it has three labels at
/// least, as `README.md` is none.
fn dotted(text: &str, before: Option<char>, manner: Manner) -> Option<usize> {
    let least = match manner {
        Manner::Host => 1,
        Manner::Written => 2,
        Manner::Text => 3,
        Manner::Name | Manner::Cluster | Manner::Group | Manner::Resource | Manner::Foreign => {
            return None;
        }
    };
    let length = run(text, |c| {
        c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')
    });
    let part_of = text[length..].starts_with('<') && text[..length].ends_with('.');
    let behind = matches!(before, Some('>' | '*')) && text.starts_with('.');
    let name = match part_of {
        true => &text[..length],
        false => text[..length].trim_end_matches(['.', '-', '_']),
    };
    let labels: Vec<&str> = name.split('.').filter(|label| !label.is_empty()).collect();
    let last = labels.last()?;
    let is_domain = part_of || last.bytes().all(|c| c.is_ascii_alphabetic());
    let least = if part_of || behind { 1 } else { least };
    let starts = behind || !text.starts_with('.');
    (starts && is_domain && labels.len() >= least).then_some(name.len())
}

/// `<broker_id>`, in whatever language.
fn placeholder(text: &str) -> Option<usize> {
    const LONGEST: usize = 40;
    let inside = text.strip_prefix('<')?;
    let end = inside.find(['<', '>'])?;
    let is_one = inside[end..].starts_with('>') && (1..=LONGEST).contains(&end);
    is_one.then_some(end + 2)
}

/// `\u003c`, `\n`, `%3C`, `&#x3c;`: what stands for a character that is no letter.
fn escape(text: &str) -> Option<usize> {
    let coded = |from: usize, to: usize| {
        let digits = text.get(from..to)?;
        digits.bytes().all(|c| c.is_ascii_hexdigit()).then_some(to)
    };
    match text.as_bytes() {
        [b'%', ..] => coded(1, 3),
        [b'\\', b'u', ..] => coded(2, 6),
        [b'\\', b'n' | b'r' | b't' | b'"' | b'\\' | b'/', ..] => Some(2),
        [b'&', b'#', ..] => text.find(';').filter(|end| *end < 10).map(|end| end + 1),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
