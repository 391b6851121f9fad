//! HTML, read strictly: each tag must be one that the page has, closed in its order.

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

/// Reads a page: the texts between its tags, one after the other, decoded. The error says what is wrong with it.
pub fn parse(html: &str) -> Result<String, String> {
    let mut text = String::new();
    let mut open: Vec<String> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let is_style = open.last().is_some_and(|tag| tag == "style");
        if !is_style {
            text.push_str(&decoded(&rest[..at])?);
            text.push('\n');
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
        if !["meta", "wbr", "!doctype"].contains(&name) {
            open.push(name.to_owned());
        }
    }
    match (open.is_empty(), rest.contains('>')) {
        (true, false) => Ok(text),
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
        if !ATTRIBUTES.contains(&name) || value.contains('<') {
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
