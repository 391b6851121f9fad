//! A fleet that is mapped and serves, behind the HTTP door, and the real binary before it.

use crate::build::Built;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tests::handler::virtually;
use tests::{Stage, TEMPLATE, ZONES};
use world::clock::Clock;
use world::deployment::{Deployment, REGISTER_BROKERS};
use world::lambda::function::Function;
use world::model::{Model, NewLoadBalancer, Settings};
use world::template::FunctionStack;

/// A call to AWS takes about that long.
pub const LATENCY: Duration = Duration::from_millis(20);

/// The function as the template has it, in the account of a stage; nothing wakes it by itself.
pub struct Fleet {
    pub aws: Deployment,
    pub function: Arc<Function>,
}

impl Fleet {
    /// This many brokers, and 20 ms for each call to AWS.
    pub async fn of(built: &Built, brokers: u32) -> Result<Self, String> {
        println!("  mapping {brokers} brokers, on a virtual clock");
        let mapped = std::thread::spawn(move || virtually(async || map(brokers).await));
        let (model, now) = mapped
            .join()
            .map_err(|_| format!("{brokers} brokers were not mapped"))?;
        let aws = deploy(model, Clock::new(now, 1)).await?;
        aws.delay(LATENCY);
        let function = aws.load_function(REGISTER_BROKERS, &built.register_brokers);
        let function = function.map_err(|error| error.to_string())?;
        Ok(Self { aws, function })
    }

    /// Another function of the template instead, which is this binary.
    pub fn load(&mut self, name: &str, binary: &Path) -> Result<(), String> {
        let function = self.aws.load_function(name, binary);
        self.function = function.map_err(|error| error.to_string())?;
        Ok(())
    }

    /// Where the world's HTTP door is.
    pub fn door(&self) -> Result<SocketAddr, String> {
        let url = &self.aws.account().endpoint_url;
        let address = url.strip_prefix("http://");
        let address = address.and_then(|address| address.parse().ok());
        address.ok_or(format!("no address of the AWS door: {url}"))
    }

    /// An error if the door was asked something that it does not know: no figure would be true.
    pub fn sound(&self) -> Result<(), String> {
        match self.aws.surprises().first() {
            Some(first) => Err(format!("the AWS door did not understand: {first}")),
            None => Ok(()),
        }
    }
}

/// What the template says about a function.
pub fn stack<'a>(aws: &'a Deployment, name: &str) -> Result<&'a FunctionStack, String> {
    let stack = aws.stack(name);
    stack.map_err(|error| error.to_string())
}

/// The event of one sweep of a function, as Lambda takes it off the queue now.
pub fn sweep(aws: &Deployment, name: &str) -> Result<Value, String> {
    let now = aws.clock.now().as_millisecond().to_string();
    let stack = stack(aws, name)?;
    let body = stack.schedules.first().map(|sweep| &sweep.input);
    Ok(json!({ "Records": [{
        "messageId": "00000000-0000-4000-8000-000000000001",
        "body": body,
        "attributes": { "SentTimestamp": now, "ApproximateFirstReceiveTimestamp": now },
        "eventSource": "aws:sqs",
        "eventSourceARN": stack.mapping.queue_arn,
        "awsRegion": "us-west-2",
    }] }))
}

/// A minute lies between two sweeps, in which pacing recovers (P-38: 40 calls at once, 8 a second); the
/// log's last lines come in, too.
pub async fn recover() {
    tokio::time::sleep(Duration::from_secs(5)).await;
}

/// The template in an account with nothing but an NLB.
pub async fn empty() -> Result<Deployment, String> {
    let clock = Clock::new(jiff::Timestamp::now(), 1);
    let mut model = Model::new(Settings::default());
    let nlb = model
        .create_load_balancer(clock.now(), NewLoadBalancer::named("kafka"))
        .map_err(|error| error.message)?;
    model
        .create_endpoint_service(clock.now(), &nlb)
        .map_err(|error| error.message)?;
    deploy(model, clock).await
}

async fn deploy(model: Model, clock: Clock) -> Result<Deployment, String> {
    let load_balancer = model.load_balancers().next().ok_or("no NLB")?.arn.clone();
    Deployment::new(TEMPLATE, model, load_balancer, clock)
        .await
        .map_err(|error| error.to_string())
}

async fn map(brokers: u32) -> Stage {
    let stage = Stage::new();
    // One port more than by default: 49 brokers fill the NLB.
    stage.put_broker_ports("9093-9141");
    for (node, zone) in (1..=brokers).zip(ZONES.iter().cycle()) {
        stage.broker(node, zone);
    }
    let last = stage.settle().await;
    assert!(last.report.actions.is_empty(), "half an hour is enough");
    stage
}
