//! HTML that this crate wrote. A text gets into it by one way only, which escapes it: names of elements and
//! attributes are literals of ours, and everything else is a text.

use fleet::foreign::clean;
use std::fmt;

/// So many characters of a text are shown.
pub(crate) const LONGEST: usize = 1_000;

/// HTML of ours. Nothing makes it from a string of HTML, but [`Markup::ours`], which takes literals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Markup(String);

impl Markup {
    /// A literal of ours, such as the style sheet.
    pub(crate) fn ours(literal: &'static str) -> Self {
        Self(literal.to_owned())
    }

    /// The HTML.
    pub(crate) fn into_string(self) -> String {
        self.0
    }

    /// One after the other.
    pub(crate) fn and(mut self, next: impl Into<Self>) -> Self {
        self.0.push_str(&next.into().0);
        self
    }
}

/// A text, cleaned of what is invisible or moves a cursor, cut, and escaped.
impl From<&str> for Markup {
    fn from(text: &str) -> Self {
        let mut escaped = String::with_capacity(text.len().min(LONGEST));
        for c in clean(text, LONGEST).chars() {
            match c {
                '&' => escaped.push_str("&amp;"),
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                '"' => escaped.push_str("&quot;"),
                '\'' => escaped.push_str("&#39;"),
                c => escaped.push(c),
            }
        }
        Self(escaped)
    }
}

impl From<&String> for Markup {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<String> for Markup {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl FromIterator<Markup> for Markup {
    fn from_iter<I: IntoIterator<Item = Self>>(parts: I) -> Self {
        parts.into_iter().fold(Self::default(), Self::and)
    }
}

impl From<Option<Markup>> for Markup {
    fn from(part: Option<Markup>) -> Self {
        part.unwrap_or_default()
    }
}

/// One element, being written.
#[derive(Clone, Debug)]
pub(crate) struct Element {
    name: &'static str,
    attributes: String,
    content: Markup,
}

/// An element without attributes and content.
pub(crate) fn tag(name: &'static str) -> Element {
    Element {
        name,
        attributes: String::new(),
        content: Markup::default(),
    }
}

impl Element {
    /// Gives it an attribute; its value is a text, too.
    pub(crate) fn set(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        let Markup(value) = value.to_string().into();
        self.attributes.push_str(&format!(" {name}=\"{value}\""));
        self
    }

    /// Gives it a class of the style sheet.
    pub(crate) fn class(self, class: &'static str) -> Self {
        self.set("class", class)
    }

    /// Adds a text or another element.
    pub(crate) fn with(mut self, content: impl Into<Markup>) -> Self {
        self.content = self.content.and(content);
        self
    }

    /// Adds each of them.
    pub(crate) fn with_all<M: Into<Markup>>(self, contents: impl IntoIterator<Item = M>) -> Self {
        contents.into_iter().fold(self, Self::with)
    }
}

impl From<Element> for Markup {
    fn from(element: Element) -> Self {
        let Element {
            name,
            attributes,
            content: Self(content),
        } = element;
        Self(format!("<{name}{attributes}>{content}</{name}>"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_escaped_wherever_it_stands() {
        let text = "<script>alert('&\"')</script>";
        let escaped = "&lt;script&gt;alert(&#39;&amp;&quot;&#39;)&lt;/script&gt;";
        let element = tag("p").set("title", text).with(text);
        assert_eq!(
            Markup::from(element).into_string(),
            format!("<p title=\"{escaped}\">{escaped}</p>")
        );
    }

    #[test]
    fn a_long_text_is_cut_before_it_is_escaped_and_says_so() {
        let Markup(cut) = "<".repeat(10_000).into();
        assert_eq!(cut, "&lt;".repeat(LONGEST) + "…");
        let Markup(whole) = "a".repeat(LONGEST).into();
        assert_eq!(whole, "a".repeat(LONGEST));
    }

    #[test]
    fn what_is_invisible_or_breaks_lines_does_not_get_through() {
        let Markup(text) = "a\u{202E}b\0c\nd".into();
        assert_eq!(text, "a\u{FFFD}b\u{FFFD}c d");
    }
}
