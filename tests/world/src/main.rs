//! The world's programs: parts of the machinery of hosts, and what runs on hosts.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::timeout;
use world::ask::{Event, ask, hold};
use world::broker::Broker;
use world::hosts;
use world::kafka::Kafka;

const USAGE: &str = "usage: world demo [--help]          the main job, watched
       world kafka             fetches what real brokers run, unless it is here
       world broker --node-id N --instance ID --port PORT
       world cut PORT          a listener that cuts every connection
       world ask HOST:PORT     one question on a new connection
       world hold HOST:PORT    a question every 200 ms on one connection, until standard input ends
       world keep HOST:PORT    a silent connection, until it ends";

/// How long an answer may take, in real time.
const WITHIN: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    // First of all, since it must find a single thread.
    if let Some(code) = hosts::run_role(&args) {
        return code;
    }
    let args: Vec<String> = args
        .iter()
        .map(|arg| arg.to_string_lossy().into_owned())
        .collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match &words[..] {
        // Outside of the world there is no runtime: what is started here outlives no thread.
        ["demo", options @ ..] => world::demo::outside(options),
        ["kafka"] => kafka(),
        words => run(words),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            // Who plays the demo has typed no `world`.
            let typed = match words.first() {
                Some(&("demo" | "demo-inside")) => "cargo demo",
                _ => "world",
            };
            eprintln!("{typed}: {error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(words: &[&str]) -> Result<ExitCode, String> {
    match words {
        ["demo-inside", socket, options @ ..] => {
            world::demo::inside(Path::new(socket), options).await
        }
        ["broker", options @ ..] => broker(options).await,
        ["cut", port] => {
            let number = port.parse().map_err(|_| format!("{port} is no port"))?;
            let ended = world::local::cut(number).await;
            ended.map_err(|error| format!("listen on port {port}: {error}"))?;
            Ok(ExitCode::SUCCESS)
        }
        ["ask", target] => {
            let answer = ask(target, WITHIN)
                .await
                .map_err(|error| error.to_string())?;
            println!("{answer}");
            Ok(ExitCode::SUCCESS)
        }
        ["hold", target] => {
            let pause = Duration::from_millis(200);
            let tally = hold(target, pause, WITHIN, input_ends(), |event| match event {
                Event::Answer(answer) => say(&format!("{answer}")),
                Event::Break(error) => say(&format!("break: {error}")),
            })
            .await;
            println!(
                "answers={} breaks={} refusals={}",
                tally.answers, tally.breaks, tally.refusals
            );
            Ok(ExitCode::SUCCESS)
        }
        ["keep", target] => {
            say(&keep(target).await);
            Ok(ExitCode::SUCCESS)
        }
        _ => Err(USAGE.to_owned()),
    }
}

/// Opens a connection, says so, and waits until it ends; how it ended, or why there is none.
async fn keep(target: &str) -> String {
    let mut connection = match timeout(WITHIN, TcpStream::connect(target)).await {
        Ok(Ok(connection)) => connection,
        Ok(Err(error)) => return format!("no connection: {error}"),
        Err(_) => return "no connection: no answer in time".to_owned(),
    };
    say("open");
    match connection.read(&mut [0]).await {
        Ok(0) => "it was closed".to_owned(),
        Ok(_) => "somebody spoke without being asked".to_owned(),
        Err(error) => format!("it was cut: {error}"),
    }
}

fn kafka() -> Result<ExitCode, String> {
    let kafka = Kafka::ready().map_err(|error| error.to_string())?;
    println!("Kafka {} is ready", kafka.version());
    Ok(ExitCode::SUCCESS)
}

/// Prints a line, as long as somebody reads it.
fn say(line: &str) {
    if writeln!(io::stdout(), "{line}").is_err() {
        std::process::exit(1);
    }
}

async fn broker(options: &[&str]) -> Result<ExitCode, String> {
    let given: BTreeMap<&str, &str> = options
        .chunks(2)
        .filter_map(|pair| Some((*pair.first()?, *pair.get(1)?)))
        .collect();
    let value = |name: &str| given.get(name).copied().ok_or(USAGE);
    let broker = Broker {
        node_id: fleet::words::NodeId::parse(value("--node-id")?)
            .map_err(|wrong| format!("--node-id {wrong}"))?,
        instance: value("--instance")?.into(),
    };
    let port = value("--port")?
        .parse()
        .ok()
        .and_then(fleet::words::Port::new)
        .ok_or("--port is no port")?;
    broker
        .run(port)
        .await
        .map_err(|error| format!("listen on port {port}: {error}"))?;
    Ok(ExitCode::SUCCESS)
}

/// On a thread of its own: a blocking read that must not keep the program from ending.
async fn input_ends() {
    let (tell, told) = oneshot::channel::<()>();
    std::thread::spawn(move || {
        // A standard input that cannot be read has ended just as well.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        drop(tell);
    });
    let _ = told.await;
}
