//! Whatever bytes a peer answers with: nothing panics, and memory stays within what was received.

mod answers;
mod asking;
mod counting;

use answers::{Answer, all, heaviest, tagged};
use asking::{Question, ask};
use kafka::Limits;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// What a conversation costs whatever is answered: buffers, the table of requests, the question.
const FIXED: usize = 256 * 1024;

/// Asks, and checks what was held in memory at the worst moment.
fn within_bounds(question: Question, version: i16, frame: &[u8]) -> Result<(), TestCaseError> {
    let (held, _answer) = ask(question, version, frame);
    let bound = FIXED + Limits::AMPLIFICATION * frame.len();
    prop_assert!(
        held <= bound,
        "{question:?} v{version}: {held} bytes for {}",
        frame.len()
    );
    Ok(())
}

/// Replaces, puts in or takes out a few bytes.
fn bent(mut frame: Vec<u8>, edits: &[(prop::sample::Index, u8, u8)]) -> Vec<u8> {
    for (place, kind, byte) in edits {
        let place = place.index(frame.len() + 1);
        match kind {
            0 if place < frame.len() => frame[place] = *byte,
            1 if place < frame.len() => drop(frame.remove(place)),
            _ => frame.insert(place, *byte),
        }
    }
    frame
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_are_an_error_or_an_answer(
        answer in select(all()),
        mut bytes in vec(any::<u8>(), 0..2000),
        believable in any::<bool>(),
    ) {
        // Without the correlation id that is due, little of the bytes is read.
        if believable && bytes.len() >= 4 {
            bytes[..4].copy_from_slice(&answer.frame[..4]);
        }
        within_bounds(answer.question, answer.version, &bytes)?;
    }

    #[test]
    fn proper_answers_with_a_few_wrong_bytes_are_an_error_or_an_answer(
        answer in select(all()),
        edits in vec((any::<prop::sample::Index>(), 0..3_u8, prop_oneof![any::<u8>(), Just(0xff), Just(0x7f), Just(0x80)]), 1..8),
    ) {
        let frame = bent(answer.frame, &edits);
        within_bounds(answer.question, answer.version, &frame)?;
    }
}

#[test]
fn proper_answers_of_every_question_and_version_are_read() {
    for Answer {
        question,
        version,
        frame,
    } in all()
    {
        let (_, answer) = ask(question, version, &frame);
        assert_eq!(answer, Ok(()), "{question:?} v{version}");
    }
}

#[test]
fn proper_answers_that_end_early_are_refused_wherever_they_end() {
    for Answer {
        question,
        version,
        frame,
    } in all()
    {
        for end in 0..frame.len() {
            let (_, answer) = ask(question, version, &frame[..end]);
            assert!(
                answer.is_err(),
                "{question:?} v{version}: {end} of {} bytes",
                frame.len()
            );
        }
    }
}

#[test]
fn the_answers_that_cost_most_stay_within_their_bound() {
    for Answer {
        question,
        version,
        frame,
    } in heaviest()
    {
        let (held, answer) = ask(question, version, &frame);
        assert_eq!(answer, Ok(()), "{question:?} v{version}");
        let amplification = held / frame.len();
        println!(
            "{question:?} v{version}: {amplification} bytes of memory for each of {}",
            frame.len()
        );
        assert!(amplification <= Limits::AMPLIFICATION);
    }
}

#[test]
fn tagged_fields_that_nobody_knows_are_accepted_in_small_numbers() {
    let accepted: Vec<bool> = tagged().iter().map(is_read).collect();
    assert_eq!(accepted, [true, false, true, false]);
}

/// Whether it is read; its cost is bounded in any case.
fn is_read(answer: &Answer) -> bool {
    let (held, read) = ask(answer.question, answer.version, &answer.frame);
    println!("{held} bytes of memory for {}", answer.frame.len());
    assert!(held <= FIXED + Limits::AMPLIFICATION * answer.frame.len());
    read.is_ok()
}
