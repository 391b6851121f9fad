//! Decisions on single looks, drawn by hand.

mod edits;
mod hands_off;
mod laws;
mod one_at_a_time;
mod rolling;
mod way_back;
