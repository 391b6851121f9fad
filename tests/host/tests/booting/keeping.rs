//! What the next instance of a broker keeps.

use crate::booting::stage::{FOLDER, PROPERTIES, VOLUME, on_a_broker};
use host::{run, write};
use std::fs;

#[test]
fn the_next_instance_has_the_data_and_the_file_as_it_was_edited() {
    let (_machine, mut stage) = on_a_broker!(
        "booting::keeping::the_next_instance_has_the_data_and_the_file_as_it_was_edited"
    );
    stage.first_boot().is(0, "READY");
    let edited = fs::read_to_string(PROPERTIES).expect("its file");
    let edited = edited.replace(
        "CONTROLLER://0.0.0.0:29092",
        "CONTROLLER://0.0.0.0:29092,EXTERNAL://0.0.0.0:39092",
    );
    write(PROPERTIES, &edited);
    let message = format!("{FOLDER}/data/orders-0/x.log");
    write(&message, "a message");
    for _ in 0..2 {
        stage.replace();
        assert!(
            !fs::exists(PROPERTIES).expect("a look"),
            "nothing is left on the instance itself"
        );
        stage.first_boot().is(0, "READY");
        assert_eq!(fs::read_to_string(PROPERTIES).expect("its file"), edited);
        assert_eq!(fs::read_to_string(&message).expect("its data"), "a message");
    }
    assert_eq!(stage.times_formatted(), 1);
    assert_eq!(stage.record(), format!("formatted {VOLUME}"));
}

#[test]
fn a_disk_of_its_own_is_known_when_its_record_is_lost() {
    let (_machine, mut stage) =
        on_a_broker!("booting::keeping::a_disk_of_its_own_is_known_when_its_record_is_lost");
    stage.first_boot().is(0, "READY");
    write(&format!("{FOLDER}/data/orders-0/x.log"), "a message");
    stage.replace();
    stage.set_record("new");
    stage.first_boot().is(0, "READY");
    assert_eq!(stage.record(), format!("formatted {VOLUME}"));
    assert_eq!(stage.times_formatted(), 1);
    assert!(fs::exists(format!("{FOLDER}/data/orders-0/x.log")).expect("a look"));
}

#[test]
fn a_file_system_that_was_half_made_is_made_again() {
    let (_machine, stage) =
        on_a_broker!("booting::keeping::a_file_system_that_was_half_made_is_made_again");
    stage.set_record(&format!("formatting {VOLUME}"));
    run(&format!(
        "printf half | dd of=/run/aws/volumes/{VOLUME}/disk conv=notrunc status=none"
    ));
    stage.first_boot().is(0, "READY");
    assert_eq!(stage.record(), format!("formatted {VOLUME}"));
}

#[test]
fn a_file_that_is_gone_is_written_anew() {
    let (_machine, stage) = on_a_broker!("booting::keeping::a_file_that_is_gone_is_written_anew");
    stage.first_boot().is(0, "READY");
    fs::remove_file(PROPERTIES).expect("its file");
    stage.reboot();
    stage.boot().is(0, "READY");
    assert!(fs::exists(PROPERTIES).expect("a look"));
}
