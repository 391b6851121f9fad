//! Scenarios, told as sentences: the world is set up, things happen, and the mapping that AWS
//! really has is looked at.

mod alarms;
mod alone;
mod answers;
mod bad_input;
mod by_hand;
mod changes;
mod claims;
mod come_and_go;
mod deadlines;
mod doctor;
mod failures;
mod found;
mod handed_over;
mod healing;
mod hooks;
mod left_alone;
mod listeners;
mod mapping;
mod order;
mod principals;
mod retirement;
mod room;
mod saved;
mod zones;
