//! Every AWS call through the real SDK, over loopback, into the world's HTTP door: it must say the
//! same as the world's other door, in answers and in errors. So what runs in the simulation, which
//! uses the other door, is what the deployed binary does.

mod calls;
mod canned;
mod commands;
mod connections;
mod cut;
mod no_answers;
mod others;
mod pages;
mod principals;
mod refusals;
mod same_answers;
mod wire;
