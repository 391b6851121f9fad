//! The style sheet. Colours never say anything alone, and each of them can be read on both grounds.

use crate::markup::Markup;

/// Every rule of it is for what stands inside of `.kpl`, since a dashboard has styles of its own.
pub(crate) const CSS: &str = include_str!("style.css");

/// The style sheet as HTML.
pub(crate) fn sheet() -> Markup {
    Markup::ours(CSS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// The colours that a rule gives.
    fn colours(rule: &str) -> BTreeMap<&str, &str> {
        let (_, rest) = CSS.split_once(rule).expect("the rule");
        let (body, _) = rest.split_once('}').expect("its end");
        let pairs = body
            .split(';')
            .filter_map(|pair| pair.trim().split_once(':'));
        pairs.filter(|(name, _)| name.starts_with("--")).collect()
    }

    /// Relative luminance (WCAG 2.2, "relative luminance").
    fn luminance(colour: &str) -> f64 {
        let hex = colour.strip_prefix('#').expect("a colour");
        let digits: Vec<u32> = hex.chars().filter_map(|c| c.to_digit(16)).collect();
        let channels: Vec<u32> = match digits[..] {
            [r, g, b] => vec![r * 17, g * 17, b * 17],
            _ => digits
                .chunks(2)
                .map(|pair| pair[0] * 16 + pair[1])
                .collect(),
        };
        let linear = |channel: u32| {
            let share = f64::from(channel) / 255.0;
            match share <= 0.04045 {
                true => share / 12.92,
                false => ((share + 0.055) / 1.055).powf(2.4),
            }
        };
        0.2126 * linear(channels[0]) + 0.7152 * linear(channels[1]) + 0.0722 * linear(channels[2])
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_colour_of_text_can_be_read_on_both_grounds_of_both_themes() {
        assert!((contrast("#fff", "#000000") - 21.0).abs() < 0.01);
        for theme in [".kpl{", ".kpl-dark{", ".kpl-auto{"] {
            let colours = colours(theme);
            for text in ["--ink", "--soft", "--good", "--bad", "--ask"] {
                for ground in ["--paper", "--panel"] {
                    let contrast = contrast(colours[text], colours[ground]);
                    // WCAG 2.2, 1.4.3 (AA).
                    assert!(contrast >= 4.5, "{theme} {text} on {ground}: {contrast:.2}");
                }
            }
        }
        assert_eq!(colours(".kpl-dark{"), colours(".kpl-auto{"));
    }

    #[test]
    fn every_rule_is_for_what_stands_inside_of_ours() {
        for rule in CSS
            .split('}')
            .map(str::trim)
            .filter(|rule| !rule.is_empty())
        {
            let rule = rule
                .strip_prefix("@media (prefers-color-scheme:dark){")
                .unwrap_or(rule);
            let (selectors, _) = rule.trim().split_once('{').expect("a rule");
            for selector in selectors.split(',') {
                let is_ours =
                    selector.starts_with(".kpl") || selector.starts_with("body:has(>.kpl-auto)");
                assert!(is_ours, "{selector}");
            }
        }
        // Nothing is fetched, and nothing ends the element that it stands in.
        assert!(!CSS.contains("url(") && !CSS.contains("@import") && !CSS.contains('<'));
    }
}
