//! What is drawn: signs and wires. Each says what it says by its form, and has it as words, too.

use crate::headline::Mood;
use crate::markup::{Element, tag};

/// How a wire is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wire {
    /// It is to lead to somebody, and this is how it does.
    Due(Mood),
    /// Nothing is to be led anywhere.
    Away,
}

impl Wire {
    /// Its class in the style sheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Due(mood) => class(mood),
            Self::Away => "kpl-away",
        }
    }

    /// From a port to a broker: a line and an arrow, a line that ends, dashes, or dots.
    pub(super) fn drawn(self, label: &str) -> Element {
        let svg = image(label, "0 0 60 16", 60, 16).set("class", self.class());
        let path = |d: &'static str| tag("path").set("d", d);
        let dashed = |d: &'static str| path(d).set("stroke-dasharray", "3 4");
        let arrow = || path("M49 4l6 4-6 4z").class("kpl-full");
        let svg = match self {
            Self::Due(Mood::Good) => {
                let line = path("M1 8h21M38 8h12");
                svg.with(line).with(arrow())
            }
            Self::Due(Mood::Bad) => svg.with(path("M1 8h21")).with(dashed("M40 8h14")),
            Self::Due(Mood::Unknown) => svg.with(dashed("M1 8h20M39 8h15")),
            Self::Away => svg.with(path("M2 8h.1M8 8h.1M14 8h.1M20 8h.1")),
        };
        match self {
            Self::Due(mood) => sign_at(svg, mood),
            Self::Away => svg.with(disc()),
        }
    }
}

/// The sign of a mood, alone.
pub(super) fn sign(mood: Mood) -> Element {
    let label = match mood {
        Mood::Good => "good",
        Mood::Bad => "wrong",
        Mood::Unknown => "not known",
    };
    let svg = image(label, "22 0 16 16", 26, 26).set("class", class(mood));
    sign_at(svg, mood)
}

/// The class of a mood in the style sheet.
pub(super) fn class(mood: Mood) -> &'static str {
    match mood {
        Mood::Good => "kpl-good",
        Mood::Bad => "kpl-bad",
        Mood::Unknown => "kpl-ask",
    }
}

/// So many of so many, as bars; those that are there are full.
pub(super) fn bars(full: u64, all: u64) -> Element {
    let width = all.saturating_mul(14);
    let svg = tag("svg")
        .class("kpl-roll")
        .set("role", "img")
        .set("aria-label", format!("{full} of {all}"))
        .set("viewBox", format!("0 0 {width} 14"))
        .set("preserveAspectRatio", "xMinYMid meet")
        .set("width", width);
    svg.with_all((0..all).map(|bar| {
        let bar_of = tag("rect").set("x", bar * 14 + 1).set("y", 1);
        let bar_of = bar_of.set("width", 9).set("height", 12).set("rx", 2);
        match bar < full {
            true => bar_of.class("kpl-full"),
            false => bar_of,
        }
    }))
}

fn image(label: &str, view_box: &'static str, width: u8, height: u8) -> Element {
    let svg = tag("svg").set("role", "img").set("aria-label", label);
    let svg = svg.set("width", width).set("height", height);
    svg.set("viewBox", view_box)
}

fn disc() -> Element {
    tag("circle").set("cx", 30).set("cy", 8).set("r", 6.5)
}

fn sign_at(svg: Element, mood: Mood) -> Element {
    let svg = svg.with(disc());
    match mood {
        Mood::Good => svg.with(tag("path").set("d", "M27 8.2l2.2 2.2 4-4.6")),
        Mood::Bad => svg.with(tag("path").set("d", "M27.6 5.6l4.8 4.8M32.4 5.6l-4.8 4.8")),
        Mood::Unknown => svg.with(tag("text").set("x", 30).set("y", 12).with("?")),
    }
}
