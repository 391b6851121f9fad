//! A fleet that is mapped and serving, behind the HTTP door, with the real binary before it.

use crate::build::Built;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tests::{CLUSTER, PATTERN, Stage, ZONES};
use tokio::net::TcpListener;
use world::clock::Clock;
use world::doors::http::{Door, HttpDoor};
use world::lambda::environment::{self, Account};
use world::lambda::function::Function;
use world::model::{Model, Settings};
use world::template::{FunctionStack, Template};

/// The account of the stage, with the function that was built.
pub struct Fleet {
    pub model: Arc<Mutex<Model>>,
    pub clock: Clock,
    pub stack: FunctionStack,
    pub function: Function,
    /// Bytes that the function has written to its log.
    pub logged: Arc<AtomicUsize>,
    door: HttpDoor,
}

impl Fleet {
    /// This many brokers, each call to AWS answered after `latency`.
    pub async fn of(built: &Built, brokers: u32, latency: Duration) -> Result<Self, String> {
        println!("  mapping {brokers} brokers, on a virtual clock");
        let (model, now, load_balancer) = mapped(brokers).await?;
        let model = Arc::new(Mutex::new(model));
        let clock = Clock::new(now, 1);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await;
        let door = Door::new(Arc::clone(&model), clock.clone());
        let door = listener
            .and_then(|listener| HttpDoor::serve_late(listener, door, latency))
            .map_err(|error| format!("listen on loopback: {error}"))?;
        let stack = stack(load_balancer.as_str())?;
        let logged = Arc::new(AtomicUsize::new(0));
        let log = Arc::clone(&logged);
        let function = Function::new(
            stack.function.clone(),
            account(&door.url()),
            built.register_brokers.clone(),
            Arc::new(move |line| {
                log.fetch_add(line.text.len() + 1, Ordering::Relaxed);
                if line.stderr {
                    eprintln!("register-brokers: {}", line.text);
                }
            }),
        );
        Ok(Self {
            model,
            clock,
            stack,
            function,
            logged,
            door,
        })
    }

    /// The model, brought up to AWS's time.
    pub fn model(&self) -> MutexGuard<'_, Model> {
        let mut model = self.model.lock().unwrap_or_else(PoisonError::into_inner);
        model.advance(self.clock.now());
        model
    }

    /// An error if the door was asked something that it does not know: no figure would be true.
    pub fn sound(&self) -> Result<(), String> {
        match self.door.door().surprises().first() {
            Some(first) => Err(format!("the AWS door did not understand: {first}")),
            None => Ok(()),
        }
    }
}

/// What Lambda gives to the function.
pub fn environment(
    endpoint: &str,
    runtime_api: SocketAddr,
) -> Result<BTreeMap<String, String>, String> {
    let any = "arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/net/kafka/0123456789abcdef";
    let function = stack(any)?.function;
    Ok(environment::environment(
        &function,
        &account(endpoint),
        runtime_api,
    ))
}

fn account(endpoint: &str) -> Account {
    let Settings {
        account, region, ..
    } = Settings::default();
    Account {
        region,
        account,
        endpoint_url: endpoint.to_owned(),
    }
}

/// The template, deployed for the stage's cluster.
fn stack(load_balancer: &str) -> Result<FunctionStack, String> {
    let Settings {
        account, region, ..
    } = Settings::default();
    let given = [
        ("ClusterName", CLUSTER),
        ("LoadBalancerArn", load_balancer),
        ("AWS::Region", &region),
        ("AWS::AccountId", &account),
        ("AWS::Partition", "aws"),
    ];
    let given = given.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Template::parse(include_str!("../../infra/template.yaml"), given.into())
        .and_then(|template| template.function("RegisterBrokersFunction"))
        .map_err(|error| format!("infra/template.yaml: {error}"))
}

/// Maps on a runtime whose time is virtual: pacing alone would take minutes.
async fn mapped(
    brokers: u32,
) -> Result<(Model, jiff::Timestamp, fleet::words::LoadBalancerArn), String> {
    let mapping = tokio::task::spawn_blocking(move || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime
            .enable_all()
            .start_paused(true)
            .build()
            .map_err(|error| error.to_string())?;
        runtime.block_on(async {
            let stage = Stage::new();
            // One port more than by default: 49 brokers fill the NLB.
            let wide = format!(r#"{{"pattern": "{PATTERN}", "broker_ports": "9093-9141"}}"#);
            stage.put("listeners/EXTERNAL", &wide);
            for (node, zone) in (1..=brokers).zip(ZONES.iter().cycle()) {
                stage.broker(node, zone);
            }
            let last = stage.settle().await;
            if !last.report.actions.is_empty() {
                return Err(format!("{brokers} brokers were not mapped in half an hour"));
            }
            let model = stage.model().clone();
            Ok((model, stage.now(), stage.nlb()))
        })
    });
    mapping
        .await
        .map_err(|error| format!("map {brokers} brokers: {error}"))?
}
