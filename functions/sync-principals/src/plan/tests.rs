//! Decisions on single looks, drawn by hand.

mod connections;
mod executed;
mod histories;
mod laws;
mod leaving;
mod many;
mod permissions;
mod reach;
mod sequences;
mod whole;
