//! probe-brokers before as many ports as an NLB has, on loopback: how long the table takes beside its
//! slowest row, when all are well and when one hangs, and what the process uses; then at its share of
//! a core, with SCRAM and with TLS.

mod cluster;
mod secured;

use crate::build::Built;
use crate::peer;
use crate::table::{Table, ms, quartiles};
use crate::usage::Usage;
use cluster::Cluster;
use fleet::listener::Protocol;
use fleet::proof::{Inquiry, Path, Row};
use fleet::words::LoadBalancerArn;
use probe_brokers::PATIENCE;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tests::{CLUSTER, TEMPLATE};
use tokio::net::TcpListener;
use world::lambda::environment::Account;
use world::lambda::function::Function;
use world::model::Settings;
use world::template::Template;

/// Brokers, each with its port. The first one may hang: it accepts, and says nothing.
const BROKERS: u32 = 49;
/// Tables of a warm process, of which the middle one counts.
const RUNS: usize = 21;
const MEMORY_BOUND: f64 = 20.0;

pub async fn measure(built: &Built, table: &mut Table) -> Result<(), String> {
    println!("proof of {BROKERS} ports");
    let (inquiry, _hanging) = brokers().await?;
    let well = Inquiry {
        questions: inquiry.questions[1..].to_vec(),
        ..inquiry.clone()
    };
    let function = function(built)?;
    // The first one starts the process.
    ask(&function, &well).await?;
    let (mut tables, mut slowest) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let asked = ask(&function, &well).await?;
        if let Some(row) = asked.other {
            return Err(format!("a broker that is well is not proven: {row}"));
        }
        tables.push(asked.took);
        slowest.push(asked.slowest);
    }
    let (Some([_, took, _]), Some([_, slowest, _])) = (quartiles(tables), quartiles(slowest))
    else {
        return Err("nothing was asked".to_owned());
    };
    table.figure(
        &format!("proof of {} ports that are well (slowest row)", BROKERS - 1),
        format!("{} ({slowest} ms)", ms(took)),
    );
    let one_hangs = ask(&function, &inquiry).await?;
    table.bounded(
        &format!("proof of {BROKERS} ports, one of which hangs"),
        format!(
            "{}, {} proven after {} ms at the latest",
            ms(one_hangs.took),
            one_hangs.proven,
            one_hangs.slowest
        ),
        &format!("{}: patience", ms(PATIENCE)),
        one_hangs.took.as_secs_f64() / PATIENCE.as_secs_f64(),
    );
    let usage = Usage::of(function.pid().ok_or("the process has ended")?)?;
    table.bounded(
        "memory of probe-brokers after that (peak)",
        format!("{:.1} MiB ({:.1} MiB)", usage.resident, usage.peak),
        "20 MiB",
        usage.peak / MEMORY_BOUND,
    );
    secured::measure(built, table).await
}

struct Asked {
    proven: usize,
    /// The first row that is not.
    other: Option<Row>,
    /// Of the rows that are proven, in milliseconds.
    slowest: u64,
    took: Duration,
}

async fn ask(function: &Function, inquiry: &Inquiry) -> Result<Asked, String> {
    let inquiry = serde_json::to_value(inquiry).map_err(|error| error.to_string())?;
    let began = Instant::now();
    let answer = function.invoke(inquiry).await;
    let took = began.elapsed();
    let answer = answer.map_err(|error| format!("probe-brokers failed: {error}"))?;
    let rows: Vec<Row> = serde_json::from_value(answer).map_err(|error| error.to_string())?;
    let proven = || rows.iter().filter(|row| row.verdict.is_proven());
    Ok(Asked {
        proven: proven().count(),
        other: rows.iter().find(|row| !row.verdict.is_proven()).cloned(),
        slowest: proven()
            .map(|row| row.milliseconds)
            .max()
            .unwrap_or_default(),
        took,
    })
}

/// Starts the brokers; what to ask them, first the one that hangs; and its listener.
async fn brokers() -> Result<(Inquiry, TcpListener), String> {
    let cluster = Cluster::listen(BROKERS).await?;
    let inquiry = cluster.inquiry(Protocol::Plaintext, None, |node| vec![Path::Port(node)]);
    let mut peers = cluster.peers();
    let (hanging, _) = peers.next().ok_or("no broker")?;
    for (listener, peer) in peers {
        peer::serve(listener, peer);
    }
    Ok((inquiry, hanging))
}

/// The function as the template has it, but for its bounds.
fn function(built: &Built) -> Result<Function, String> {
    let account = Settings::default();
    let none = LoadBalancerArn::from(
        "arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/net/kafka/0",
    );
    let template = Template::deployed(TEMPLATE, &account, CLUSTER, &none)
        .map_err(|error| error.to_string())?;
    let mut settings = template
        .function_settings("probe-brokers")
        .map_err(|error| error.to_string())?;
    let bounds = [("ADDRESS_RANGES", "127.0.0.0/8"), ("PORTS", "1024-65535")];
    let bounds = bounds.map(|(name, value)| (name.to_owned(), value.to_owned()));
    settings.environment.extend(bounds);
    let account = Account {
        region: account.region,
        account: account.account,
        // It has no SDK, and asks nobody.
        endpoint_url: String::new(),
    };
    Ok(Function::new(
        settings,
        account,
        built.probe_brokers.clone(),
        Arc::new(|_| {}),
    ))
}
