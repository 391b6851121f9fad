//! How many brokers of how many groups fit behind one NLB.

use super::{json, read, wanted};
use crate::look::{EXTERNAL, Look, owner, port};
use crate::tags;

#[test]
fn f1_f2_a_further_group_fits_whole_or_not_at_all() {
    let value = json(9192, "9193-9240", 39093);
    let two = |brokers, foreign| {
        let mut look = Look::of(&[]).parameter("listeners/EXTERNAL2", &value);
        wanted(&read(&mut look, brokers, foreign), "EXTERNAL2")
    };
    assert_eq!(two(24, 0), "serve 9193-9240");
    assert_eq!(
        two(25, 0),
        "2 groups of 25 brokers need 52 listeners and the NLB has 50, 0 of them taken by others: 24 brokers fit; retire a group first (F1, F2)"
    );
    assert_eq!(
        two(24, 2),
        "2 groups of 24 brokers need 50 listeners and the NLB has 50, 2 of them taken by others: 23 brokers fit; retire a group first (F1, F2)"
    );
    assert!(two(1, 60).contains(": 0 brokers fit;"));
    let mut three = Look::of(&[])
        .parameter("listeners/EXTERNAL2", &value)
        .parameter("listeners/EXTERNAL3", &json(9292, "9293-9340", 39094));
    assert_eq!(
        wanted(&read(&mut three, 15, 0), "EXTERNAL3"),
        "serve 9293-9340"
    );
    assert!(wanted(&read(&mut three, 16, 0), "EXTERNAL3").contains(
        "3 groups of 16 brokers need 51 listeners and the NLB has 50, 0 of them taken by others: 15 brokers fit"
    ));
}

#[test]
fn a_first_group_and_a_mapped_one_go_on_however_many_brokers_there_are() {
    let mut first = Look::of(&[]);
    first.groups().clear();
    assert_eq!(
        wanted(&read(&mut first, 60, 0), EXTERNAL),
        "serve 9093-9140"
    );
    let mut mapped = Look::of(&[1])
        .mapped("EXTERNAL2", owner(1), 9193, &[1])
        .parameter("listeners/EXTERNAL2", &json(9192, "9193-9240", 39093));
    let second = mapped.groups().last_mut().expect("a group");
    second.port = port(39093);
    assert_eq!(second.tags[tags::GROUP], "EXTERNAL2");
    assert_eq!(
        wanted(&read(&mut mapped, 60, 0), "EXTERNAL2"),
        "serve 9193-9240"
    );
}
