//! show-mapping draws what the functions report as one page, for a person at three in the morning: HTML with SVG
//! and a style sheet in it, no script, nothing that is loaded.
//!
//! [`Reports`] are what it is drawn from: of each [`Function`] the [`Newest`] report, as the function printed it.
//! [`page`] is a page of its own, [`fragment`] a part of another one, and [`answer`] what a CloudWatch dashboard's
//! custom widget answers, drawn from the functions' log groups. A report of another release, or a broken one,
//! shows what can be read of it and says what cannot.

mod access;
mod age;
mod all;
mod also;
mod care;
mod fields;
mod headline;
mod look;
mod mapping;
mod markup;
mod page;
mod proof;
mod reports;
mod rollout;
mod style;
mod told;
mod unseen;
mod widget;
mod words;

pub use page::{Theme, fragment, page};
pub use reports::{Function, Newest, Reports};
pub use widget::answer;
