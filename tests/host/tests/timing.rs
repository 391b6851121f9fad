//! What the scripts themselves take, beside the broker's own stop and start. Measured, not asserted.

use crate::on_a_machine;
use host::{Broker, Order, Shell};
use std::time::Instant;

#[test]
fn the_time_of_the_scripts_is_told() {
    let machine = on_a_machine!("timing::the_time_of_the_scripts_is_told");
    let line = "confluent.something.or.other.name=0123456789abcd\n";
    for lines in [0, 10_000] {
        let text = format!("node.id=1\nlisteners=A://:9092\n{}", line.repeat(lines));
        for shell in Shell::ALL {
            let broker = Broker::start(&text);
            let began = Instant::now();
            let answer = machine.run("inspect", shell, &Order::new().with("port", "39092"));
            let inspected = began.elapsed();
            assert_eq!(answer.outcome(), "inspected");
            let order = broker.add_external().but("watch-seconds", "0");
            let began = Instant::now();
            let answer = machine.run("apply", shell, &order);
            assert_eq!(answer.outcome(), "started", "{answer:?}");
            println!(
                "{lines} lines, {shell:?}: inspect {inspected:?}, apply {:?}",
                began.elapsed()
            );
            let next = broker.successor().expect("a broker");
            let pid = next.process.split(' ').next().expect("a pid");
            host::run(&format!(
                "kill -9 {pid}; sleep 0.1; rm -r /var/lib/kafka-privatelink"
            ));
        }
    }
}
