use super::*;
use fleet::look::parameter;
use proptest::prelude::*;

fn read(text: &str) -> Result<Restarts, String> {
    Restarts::read(&parameter("restarts", text, 60)).map_err(|refusals| refusals.to_string())
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

#[test]
fn any_time_and_never_are_said() {
    for (text, restarts, consent) in [
        ("any-time", When::AnyTime, Consent::Given(None)),
        (" any-time\n", When::AnyTime, Consent::Given(None)),
        ("\"any-time\"", When::AnyTime, Consent::Given(None)),
        ("never", When::Never, Consent::Withheld(None)),
    ] {
        let read = read(text).expect(text);
        assert_eq!(read.when, restarts, "{text:?}");
        assert_eq!(read.at(at("2026-11-28T03:00:00Z")), consent);
    }
}

#[test]
fn a_window_is_open_from_its_first_second_to_its_last() {
    // 28 November 2026 is a Saturday.
    let restarts = read("Sat,Sun 02:00-05:00 UTC").expect("a window");
    let ends = at("2026-11-28T05:00:00Z");
    for (now, consent) in [
        (
            "2026-11-27T02:30:00Z",
            Consent::Withheld(Some(at("2026-11-28T02:00:00Z"))),
        ),
        (
            "2026-11-28T01:59:59Z",
            Consent::Withheld(Some(at("2026-11-28T02:00:00Z"))),
        ),
        ("2026-11-28T02:00:00Z", Consent::Given(Some(ends))),
        ("2026-11-28T04:59:59Z", Consent::Given(Some(ends))),
        (
            "2026-11-28T05:00:00Z",
            Consent::Withheld(Some(at("2026-11-29T02:00:00Z"))),
        ),
        (
            "2026-11-29T05:00:00Z",
            Consent::Withheld(Some(at("2026-12-05T02:00:00Z"))),
        ),
    ] {
        assert_eq!(restarts.at(at(now)), consent, "{now}");
    }
}

#[test]
fn a_window_that_goes_over_midnight_belongs_to_the_day_on_which_it_begins() {
    let restarts = read("Fri 23:00-01:30 UTC").expect("a window");
    let open = Consent::Given(Some(at("2026-11-28T01:30:00Z")));
    assert_eq!(restarts.at(at("2026-11-27T23:30:00Z")), open);
    assert_eq!(restarts.at(at("2026-11-28T01:00:00Z")), open);
    let next = Consent::Withheld(Some(at("2026-12-04T23:00:00Z")));
    assert_eq!(restarts.at(at("2026-11-28T23:30:00Z")), next);
}

#[test]
fn a_window_goes_by_the_clock_of_its_zone() {
    let restarts = read("daily 02:00-04:00 America/Los_Angeles").expect("a window");
    let winter = Consent::Given(Some(at("2026-01-10T12:00:00Z")));
    assert_eq!(restarts.at(at("2026-01-10T10:00:00Z")), winter);
    let summer = Consent::Given(Some(at("2026-07-10T11:00:00Z")));
    assert_eq!(restarts.at(at("2026-07-10T09:00:00Z")), summer);
}

#[test]
fn where_the_clock_is_put_forward_a_window_is_shorter_and_where_it_is_put_back_longer() {
    let restarts = read("daily 01:30-03:30 Europe/Berlin").expect("a window");
    // 29 March 2026: from 02:00 to 03:00; 25 October 2026: from 03:00 back to 02:00.
    let spring = Consent::Given(Some(at("2026-03-29T01:30:00Z")));
    assert_eq!(restarts.at(at("2026-03-29T00:30:00Z")), spring);
    let autumn = Consent::Given(Some(at("2026-10-25T02:30:00Z")));
    assert_eq!(restarts.at(at("2026-10-24T23:30:00Z")), autumn);
    let gone = read("Sun 02:10-02:50 Europe/Berlin").expect("a window");
    // The clock shows 03:20 then, and never showed anything of the window; the week after it is again.
    let lost = at("2026-03-29T01:20:00Z");
    let next = Consent::Withheld(Some(at("2026-04-05T00:10:00Z")));
    assert_eq!(gone.at(lost), next);
}

#[test]
fn a_window_does_not_begin_or_end_later_because_the_clock_is_put_forward() {
    // 29 March 2026, 01:00 UTC: the clock goes from 02:00 to 03:00.
    let ends = read("Sun 01:00-02:30 Europe/Berlin").expect("a window");
    let open = Consent::Given(Some(at("2026-03-29T01:00:00Z")));
    assert_eq!(ends.at(at("2026-03-29T00:30:00Z")), open);
    let next = Consent::Withheld(Some(at("2026-04-04T23:00:00Z")));
    assert_eq!(ends.at(at("2026-03-29T01:10:00Z")), next);
    let begins = read("Sun 02:30-05:00 Europe/Berlin").expect("a window");
    let open = Consent::Given(Some(at("2026-03-29T03:00:00Z")));
    assert_eq!(begins.at(at("2026-03-29T01:00:00Z")), open);
}

#[test]
fn of_windows_that_overlap_the_last_end_counts() {
    let restarts = read("Sat 02:00-05:00 UTC\nSat 04:00-06:00 UTC").expect("windows");
    let open = Consent::Given(Some(at("2026-11-28T06:00:00Z")));
    assert_eq!(restarts.at(at("2026-11-28T04:30:00Z")), open);
}

#[test]
fn windows_are_read_as_people_write_them() {
    for (text, shown) in [
        ("Sat,Sun 02:00-05:00 UTC", "Sat,Sun 02:00-05:00 UTC"),
        ("sat, sun  02:00 - 05:00\tutc", "Sat,Sun 02:00-05:00 UTC"),
        (
            "• Saturday Sunday 02:00–05:00 UTC",
            "Sat,Sun 02:00-05:00 UTC",
        ),
        (
            "Mon-Fri 22:00-24:00 Asia/Tokyo",
            "Mon,Tue,Wed,Thu,Fri 22:00-24:00 Asia/Tokyo",
        ),
        (
            "Fri-Mon 00:00-24:00 europe/berlin",
            "Mon,Fri,Sat,Sun 00:00-24:00 Europe/Berlin",
        ),
        (
            "Daily 23:30-00:30 UTC\r\nSun 12:00-13:00 UTC\n\n",
            "Mon,Tue,Wed,Thu,Fri,Sat,Sun 23:30-00:30 UTC; Sun 12:00-13:00 UTC",
        ),
    ] {
        assert_eq!(read(text).expect(text).when.to_string(), shown);
    }
}

#[test]
fn a_wrong_line_is_told_with_its_number_and_the_way_out() {
    for (text, told) in [
        ("", "it is empty; write any-time, or windows"),
        ("  \n ", "it is empty"),
        (
            "anytime",
            "line 1 \"anytime\": \"anytime\" is no day; days are Mon to Sun, or daily",
        ),
        (
            "02:00-05:00 UTC",
            "it has days, times and a time zone: Sat,Sun 02:00-05:00 UTC",
        ),
        ("Sat UTC", "\"utc\" is no day"),
        (
            "Sat 02:00-05:00",
            "its time zone is missing; write UTC, or a name such as Europe/Berlin",
        ),
        ("Sat 02:00-05:00 PST", "\"PST\" is no time zone"),
        ("Sat 02:00-05:00 +02:00", "\"+02:00\" is no time zone"),
        (
            "Sat 02:00-05:00 UTC now",
            "nothing follows the time zone, but \"now\" does",
        ),
        (
            "Sat 02:00 UTC",
            "\"02:00\" is no window; write from and to, 02:00-05:00",
        ),
        (
            "Sat 2:00-5:00 UTC",
            "\"2:00\" is no time; write two digits each, 02:00",
        ),
        ("Sat 02:00-25:00 UTC", "\"25:00\" is no time"),
        ("Sat 24:00-02:00 UTC", "\"24:00\" is no time"),
        (
            "Sat 02:00-02:00 UTC",
            "it ends when it begins; a whole day is 00:00-24:00",
        ),
        ("Sat 02:00-05:00 UTC\nany-time", "line 2 \"any-time\""),
        ("Caturday 02:00-05:00 UTC", "\"caturday\" is no day"),
        ("S 02:00-05:00 UTC", "\"s\" is no day"),
    ] {
        let refused = read(text).expect_err(text);
        assert!(refused.contains(told), "{text:?}: {refused}");
    }
}

proptest! {
    #[test]
    fn what_is_shown_is_read_again_as_the_same(
        days in "(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(,(Mon|Sat|Sun)){0,2}", from in 0_u8..24, to in 1_u8..=24,
        zone in prop_oneof![Just("UTC"), Just("Europe/Berlin"), Just("Australia/Lord_Howe")],
        seconds in 0_i64..4_000_000_000,
    ) {
        prop_assume!(from != to);
        let text = format!("{days} {from:02}:00-{to:02}:00 {zone}");
        let restarts = read(&text).expect(&text);
        prop_assert_eq!(&read(&restarts.when.to_string()).expect("the same"), &restarts);
        // Whenever it is shut there is a moment within eight days at which it opens, and then it is open.
        let now = Timestamp::from_second(seconds).expect("a time");
        match restarts.at(now) {
            Consent::Given(until) => prop_assert!(until.is_some_and(|until| until > now)),
            Consent::Withheld(opens) => {
                let opens = opens.expect("it opens again");
                prop_assert!(opens > now);
                prop_assert!(matches!(restarts.at(opens), Consent::Given(_)), "{:?}", opens);
            }
        }
    }

    #[test]
    fn whatever_is_written_it_is_read_or_refused(text in "(?s).{0,80}") {
        let _ = read(&text);
    }
}
