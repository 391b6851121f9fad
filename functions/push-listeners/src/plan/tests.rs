//! Decisions on single looks, drawn by hand.

mod at_once;
mod coming;
mod edits;
mod enumerated;
mod hands_off;
mod interrupted;
mod laws;
mod leaving;
mod one_at_a_time;
mod rolling;
mod way_back;
