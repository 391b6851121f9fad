//! How long one edit of a file of 10,000 lines takes: two listener groups are added, and taken out again.
//! One line each: what, a tab, microseconds (the median).

use fleet::listener::{Endpoint, Protocol};
use fleet::words::Port;
use push_listeners::server_properties::{Refusal, Version, Wanted, apply, edit, remove};
use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::Instant;

const LINES: usize = 10_000;
const ROUNDS: usize = 50;
const VERSION: Version = Version { major: 3, minor: 7 };

fn main() -> Result<(), String> {
    let before = file();
    let wanted = [
        wanted("EXTERNAL", 39092, 9093)?,
        wanted("EXTERNAL2", 39093, 9193)?,
    ];
    let names = wanted.each_ref().map(|wanted| wanted.name.clone());
    let edited = edit(&before, &wanted, Some(VERSION)).map_err(told)?;
    let after = apply(&before, &edited.spans).map_err(told)?;
    let kept: BTreeSet<_> = edited.kept;
    let removed = remove(&after, &names, &kept, Some(VERSION)).map_err(told)?;
    if apply(&after, &removed.spans).map_err(told)? != before {
        return Err("a removal does not give the first file back".to_owned());
    }
    let lines = before.iter().filter(|byte| **byte == b'\n').count();
    let added = median(|| drop(black_box(edit(black_box(&before), &wanted, Some(VERSION)))));
    let taken = || {
        drop(black_box(remove(
            black_box(&after),
            &names,
            &kept,
            Some(VERSION),
        )))
    };
    println!("edit of {lines} lines, two groups added\t{added}");
    println!(
        "edit of {lines} lines, both taken out again\t{}",
        median(taken)
    );
    Ok(())
}

fn told(refusal: Refusal) -> String {
    refusal.to_string()
}

/// Microseconds.
fn median(work: impl Fn()) -> f64 {
    let mut times: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            work();
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[ROUNDS / 2].as_secs_f64() * 1e6
}

/// What TiDB Cloud's document configures, without EXTERNAL, and comments and other keys around it.
fn file() -> Vec<u8> {
    let keys = "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@10.0.0.11:29092\n\
        controller.listener.names=CONTROLLER\nlisteners=INTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:29092\n\
        inter.broker.listener.name=INTERNAL\nadvertised.listeners=INTERNAL://10.0.0.11:9092\n\
        listener.security.protocol.map=INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT\n";
    let pair =
        "# what the next line is about, in some words\nsome.other.key.of.kafka=some value of it\n";
    let half = pair.repeat((LINES - keys.lines().count()) / 4);
    [&half, keys, &half].concat().into_bytes()
}

fn wanted(name: &str, bind: u16, port: u16) -> Result<Wanted, String> {
    let port_of = |number| Port::new(number).ok_or("no port");
    Ok(Wanted {
        name: name.into(),
        bind_port: port_of(bind)?,
        protocol: Protocol::Plaintext,
        adopts: false,
        advertised: Endpoint {
            host: "b1.usw2-az1.abc.us-west-2.aws.3199015.tidbcloud.com".to_owned(),
            port: port_of(port)?,
        },
    })
}
