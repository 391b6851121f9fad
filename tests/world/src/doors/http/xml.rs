//! XML as the answers need it: elements with texts, structures and lists.

use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use std::fmt::Display;

/// A piece of XML that is being written.
pub(super) struct Xml(Writer<Vec<u8>>);

impl Xml {
    pub(super) fn new() -> Self {
        Self(Writer::new(Vec::new()))
    }

    /// `<name>value</name>`, escaped.
    pub(super) fn text(&mut self, name: &str, value: impl Display) {
        self.structure(name, |xml| {
            xml.event(Event::Text(BytesText::new(&value.to_string())));
        });
    }

    /// `<name>…</name>`.
    pub(super) fn structure(&mut self, name: &str, inner: impl FnOnce(&mut Self)) {
        self.event(Event::Start(BytesStart::new(name)));
        inner(self);
        self.event(Event::End(BytesEnd::new(name)));
    }

    /// `<name><item>…</item>…</name>`.
    pub(super) fn list<T>(
        &mut self,
        name: &str,
        item: &str,
        values: impl IntoIterator<Item = T>,
        mut each: impl FnMut(&mut Self, T),
    ) {
        self.structure(name, |xml| {
            for value in values {
                xml.structure(item, |xml| each(xml, value));
            }
        });
    }

    /// A whole document with a namespace.
    pub(super) fn document(name: &str, namespace: &str, inner: impl FnOnce(&mut Self)) -> Vec<u8> {
        let mut xml = Self::new();
        xml.event(Event::Start(
            BytesStart::new(name).with_attributes([("xmlns", namespace)]),
        ));
        inner(&mut xml);
        xml.event(Event::End(BytesEnd::new(name)));
        xml.into_bytes()
    }

    /// Puts in what was written apart.
    pub(super) fn append(&mut self, other: Self) {
        self.0.get_mut().extend(other.into_bytes());
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0.into_inner()
    }

    fn event(&mut self, event: Event<'_>) {
        // Writing into a Vec cannot fail.
        let _ = self.0.write_event(event);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_nest_and_texts_are_escaped() {
        let document = Xml::document("A", "http://ns/", |xml| {
            xml.text("B", "x < y & z");
            xml.list("L", "member", [1, 2], |xml, n| xml.text("N", n));
        });
        assert_eq!(
            String::from_utf8(document).unwrap(),
            "<A xmlns=\"http://ns/\"><B>x &lt; y &amp; z</B>\
             <L><member><N>1</N></member><member><N>2</N></member></L></A>"
        );
    }
}
