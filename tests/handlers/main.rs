//! Queue and function end to end: the real binary before the model's HTTP door, run by the world's
//! Lambda on what the template says.

mod dead_letters;
mod drawn;
mod faults;
mod garbage;
mod killed;
mod plan_only;
mod principals;
mod probe;
mod schedule;
mod secrets;
mod storm;
mod time_out;
mod two;
