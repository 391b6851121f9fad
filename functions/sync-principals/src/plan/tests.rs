//! Decisions on single looks, drawn by hand.

mod connections;
mod found;
mod laws;
mod leaving;
mod permissions;
mod reach;
mod whole;
