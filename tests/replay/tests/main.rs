//! Saved observations, planned again.

mod refused;
mod worlds;
