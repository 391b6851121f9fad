//! AWS goes wrong in every way that has a name, before the real binary and over HTTP: it comes
//! through, and when the faults end the mapping is the wanted one.

use tests::handler::Handler;
use world::deployment::REGISTER_BROKERS;
use world::faults::Fault;
use world::model::Settings;

/// Faults that go together, and the seed that they strike by.
const FAULTS: [(u64, &str); 4] = [
    (1, "stale-reads=often,late-effects=often,short-pages=storm"),
    (
        2,
        "lost-answers=storm,partial-rejections=storm,not-found=rare",
    ),
    (
        3,
        "throttling=rare,server-errors=rare,denials=rare,very-old-reads=rare",
    ),
    (
        4,
        "events-lost=often,events-doubled=storm,events-delayed=often,events-foreign=storm,event-storms=storm",
    ),
];

#[tokio::test]
async fn the_binary_comes_through_every_fault_that_has_a_name() {
    let worlds = FAULTS.map(|(seed, faults)| tokio::spawn(through(seed, faults)));
    for ((_, faults), through) in FAULTS.into_iter().zip(worlds) {
        through
            .await
            .unwrap_or_else(|error| panic!("{faults}: {error}"));
    }
}

/// Brokers come, go and are replaced until every one of these faults has struck.
async fn through(seed: u64, faults: &str) {
    let handler = Handler::start(Settings::default()).await;
    handler.aws.set_faults(seed, faults).expect("faults");
    let named: Vec<&str> = faults
        .split(',')
        .filter_map(|one| one.split('=').next())
        .collect();
    let named = Fault::ALL
        .into_iter()
        .filter(|fault| named.contains(&fault.name()));
    let named: Vec<Fault> = named.collect();
    handler.broker("4", "usw2-az1");
    let mut replaced = handler.aws.clock.now();
    handler
        .until(|aws| {
            let now = aws.clock.now();
            // Something has to happen, or nothing can go wrong.
            if now.duration_since(replaced).as_secs() > 60 {
                let gone = aws.terminate("2");
                gone.and_then(|_| aws.launch("2", "usw2-az2"))
                    .expect("replaced");
                replaced = now;
            }
            let struck = aws.struck();
            match named.iter().find(|fault| !struck.contains_key(fault)) {
                None => Ok(()),
                Some(fault) => Err(format!("{fault} has not struck")),
            }
        })
        .await;
    handler.aws.set_faults(0, "").expect("no faults");
    let wanted = [("1", 9093), ("2", 9094), ("3", 9095), ("4", 9096)];
    handler.settled(&wanted).await;
    let counts = handler.drained().await;
    assert_eq!((counts.buried, counts.expired), (0, 0), "{faults}");
    assert_eq!(
        handler.aws.journal().runs(REGISTER_BROKERS).failures,
        [""; 0],
        "{faults}"
    );
}
