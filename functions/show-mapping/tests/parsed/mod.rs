//! HTML, read strictly: each tag must be one that the page has, closed in its order.

use std::collections::BTreeSet;

/// What the page is made of.
const TAGS: [&str; 23] = [
    "html", "head", "meta", "title", "style", "body", "div", "h1", "h2", "h3", "p", "span", "b",
    "ul", "ol", "li", "svg", "path", "circle", "rect", "text", "wbr", "!doctype",
];
const ATTRIBUTES: [&str; 20] = [
    "lang",
    "charset",
    "name",
    "content",
    "http-equiv",
    "class",
    "role",
    "aria-label",
    "width",
    "height",
    "viewBox",
    "d",
    "cx",
    "cy",
    "r",
    "x",
    "y",
    "rx",
    "stroke-dasharray",
    "preserveAspectRatio",
];

/// What was found.
#[derive(Debug, Default)]
pub struct Parsed {
    /// The texts between tags, one after the other, decoded.
    pub text: String,
    /// The names of the tags.
    pub tags: BTreeSet<String>,
}

/// Reads a page; the error says what is wrong with it.
pub fn parse(html: &str) -> Result<Parsed, String> {
    let mut parsed = Parsed::default();
    let mut open: Vec<String> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let is_style = open.last().is_some_and(|tag| tag == "style");
        if !is_style {
            parsed.text.push_str(&decoded(&rest[..at])?);
            parsed.text.push('\n');
        }
        let end = rest[at..].find('>').ok_or("a tag without an end")? + at;
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            match open.pop() {
                Some(opened) if opened == name => continue,
                other => return Err(format!("</{name}> closes {other:?}")),
            }
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        if !TAGS.contains(&name) {
            return Err(format!("a tag that is not ours: {tag}"));
        }
        if name != "!doctype" {
            known(attributes)?;
        }
        parsed.tags.insert(name.to_owned());
        if !["meta", "wbr", "!doctype"].contains(&name) {
            open.push(name.to_owned());
        }
    }
    match (open.is_empty(), rest.contains('>')) {
        (true, false) => Ok(parsed),
        _ => Err(format!("left open: {open:?}, and {rest:?} follows")),
    }
}

/// Whether attributes are ours, each with its value in quotation marks.
fn known(mut rest: &str) -> Result<(), String> {
    while !rest.is_empty() {
        let (name, value) = rest
            .split_once("=\"")
            .ok_or(format!("an attribute: {rest}"))?;
        let (value, after) = value.split_once('"').ok_or(format!("no end: {value}"))?;
        if !ATTRIBUTES.contains(&name) || name.starts_with("on") || value.contains('<') {
            return Err(format!("an attribute that is not ours: {name}={value}"));
        }
        rest = after.strip_prefix(' ').unwrap_or(after);
    }
    Ok(())
}

fn decoded(text: &str) -> Result<String, String> {
    if text.contains('>') {
        return Err(format!("a bare >: {text}"));
    }
    let all = text.replace("&lt;", "<").replace("&gt;", ">");
    let all = all.replace("&quot;", "\"").replace("&#39;", "'");
    Ok(all.replace("&amp;", "&"))
}
