//! Reads `infra/template.yaml`, so that what is deployed is what the world runs: for each function its
//! settings, queue, dead letters, event source mapping, rules and schedules, what all policies of the stack
//! allow, and the documents of Systems Manager. A property or intrinsic that is not understood is an error with its place,
//! never a guess.

mod alarms;
mod conditions;
mod documents;
mod functions;
mod intrinsics;
mod node;
mod parts;
mod policies;
mod properties;
mod resolve;
mod texts;
mod wakes;

use crate::events::bus::{Bus, BusError, Rule, Target};
use crate::events::pattern::{Pattern, PatternError};
use crate::events::queue_settings::QueueSettings;
use crate::events::schedule::{Schedule, ScheduleError};
use crate::iam::Policies;
use crate::model::{CommandDocument, Settings, Watched, Zone};
use fleet::words::LoadBalancerArn;
use node::Node;
use resolve::Resolver;
use std::collections::BTreeMap;
use std::time::Duration;
pub use texts::Text;

/// The range of the world's VPC, which holds the subnets of every zone.
const VPC_RANGE: &str = "10.0.0.0/16";
/// The stack that is deployed.
const STACK: &str = "stack/kafka-privatelink/01234567-89ab-cdef-0123-456789abcdef";

/// What is wrong with a template, and where: the logical id and the path below it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("template at {place}: {what}")]
pub struct TemplateError {
    /// `RegisterBrokersQueue.Properties.DelaySeconds`.
    pub place: String,
    /// What is wrong.
    pub what: String,
}

/// Everything that makes one function run.
#[derive(Clone, Debug)]
pub struct FunctionStack {
    /// The function.
    pub function: FunctionSettings,
    /// Where its work comes from.
    pub mapping: MappingSettings,
    /// Its queue and that of the dead letters, which comes first.
    pub queues: Vec<QueueWithRedrive>,
    /// Rules that send to its queue.
    pub rules: Vec<RuleSettings>,
    /// Schedules that send to its queue.
    pub schedules: Vec<ScheduleSettings>,
}

/// An `AWS::Serverless::Function`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionSettings {
    /// Its logical id, which is its name in AWS, too.
    pub name: String,
    /// The binary that is its code (`Metadata.BuildProperties.Binary`): what people and tests call it.
    pub binary: String,
    /// `Timeout`.
    pub timeout: Duration,
    /// `MemorySize`.
    pub memory_mib: u32,
    /// The ARN of the role that it runs with.
    pub role: String,
    /// `LoggingConfig.LogGroup`, by its name.
    pub log_group: Option<String>,
    /// Whether `LoggingConfig.LogFormat` is `JSON`.
    pub json_logs: bool,
    /// `Environment.Variables`.
    pub environment: BTreeMap<String, String>,
}

impl FunctionSettings {
    /// Whether this is the function of this logical id or binary.
    pub fn is_named(&self, name: &str) -> bool {
        self.name == name || self.binary == name
    }
}

/// An `AWS::Lambda::EventSourceMapping`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingSettings {
    /// The name of the queue.
    pub queue: String,
    /// Its ARN, as records carry it.
    pub queue_arn: String,
    /// `BatchSize`.
    pub batch_size: usize,
}

/// An `AWS::SQS::Queue`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueWithRedrive {
    /// The queue.
    pub settings: QueueSettings,
    /// The name of the queue that its dead letters go to.
    pub dead_letters: Option<String>,
}

/// One target of an `AWS::Events::Rule`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSettings {
    /// The rule's name, or its logical id.
    pub name: String,
    /// `EventPattern`.
    pub pattern: serde_json::Value,
    /// The queue and message group.
    pub target: Target,
    /// A constant `Input`.
    pub input: Option<String>,
    /// The ARN of the queue of what could not be sent.
    pub undelivered: Option<String>,
}

/// An `AWS::Scheduler::Schedule`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleSettings {
    /// Its logical id.
    pub name: String,
    /// The rate.
    pub every: Duration,
    /// The queue and message group.
    pub target: Target,
    /// `Input`, context attributes included.
    pub input: String,
    /// The ARN of the role that it sends with.
    pub role: Option<String>,
    /// The ARN of the queue of what could not be sent.
    pub undelivered: Option<String>,
}

/// An `AWS::CloudWatch::Alarm`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmSettings {
    /// Its logical id.
    pub id: String,
    /// `AlarmName`, or its logical id.
    pub name: String,
    /// What it watches.
    pub watched: Watched,
    /// `EvaluationPeriods`.
    pub periods: usize,
}

/// Why a stack cannot be run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StackError {
    /// A rule's pattern.
    #[error("rule {rule}: {error}")]
    Pattern {
        /// The rule.
        rule: String,
        /// What is wrong.
        error: PatternError,
    },
    /// A schedule.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// The queues.
    #[error(transparent)]
    Bus(#[from] BusError),
}

/// A template with the parameters it is deployed with.
#[derive(Debug)]
pub struct Template {
    root: yaml_serde::Value,
    given: BTreeMap<String, String>,
}

impl Template {
    /// Reads a template. `given` has the stack's parameters and the pseudo parameters
    /// `AWS::Region`, `AWS::AccountId`, `AWS::Partition` and `AWS::StackId`.
    pub fn parse(text: &str, given: BTreeMap<String, String>) -> Result<Self, TemplateError> {
        let root = yaml_serde::from_str(text).map_err(|error| TemplateError {
            place: "the whole".into(),
            what: error.to_string(),
        })?;
        let template = Self { root, given };
        template.sections()?;
        Ok(template)
    }

    /// The template as it is deployed in a world, for this cluster and load balancer.
    pub fn deployed(
        text: &str,
        settings: &Settings,
        cluster: &str,
        load_balancer: &LoadBalancerArn,
    ) -> Result<Self, TemplateError> {
        let subnets: Vec<String> = settings.zones.iter().map(Zone::subnet).collect();
        let given = [
            ("ClusterName", cluster),
            ("LoadBalancerArn", load_balancer.as_str()),
            ("VpcId", settings.vpc.as_str()),
            ("ProbeSubnetIds", &subnets.join(",")),
            ("AddressRanges", VPC_RANGE),
            // Room for two listener groups.
            ("LastPort", "9240"),
            ("LastBindPort", "39093"),
            ("AWS::Region", &settings.region),
            ("AWS::AccountId", &settings.account),
            ("AWS::Partition", &settings.partition),
            ("AWS::StackId", &settings.arn("cloudformation", STACK)),
        ];
        let given = given.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self::parse(text, given.into())
    }

    /// A function by its logical id or the name of its binary, whatever makes it run.
    pub fn function_settings(&self, name: &str) -> Result<FunctionSettings, TemplateError> {
        let (resources, resolver) = self.sections()?;
        functions::settings(&resources, &resolver, name)
    }

    /// What makes a function run from its queue, by its logical id or the name of its binary.
    pub fn function(&self, name: &str) -> Result<FunctionStack, TemplateError> {
        let (resources, resolver) = self.sections()?;
        let function = functions::settings(&resources, &resolver, name)?;
        parts::function_stack(&resources, &resolver, function)
    }

    /// Every function that an event source mapping wakes, in the order of the template. The others are
    /// invoked.
    pub fn functions(&self) -> Result<Vec<FunctionStack>, TemplateError> {
        let (resources, resolver) = self.sections()?;
        functions::woken(&resources, &resolver)
    }

    /// Every other function: it is invoked.
    pub fn asked(&self) -> Result<Vec<FunctionSettings>, TemplateError> {
        let (resources, resolver) = self.sections()?;
        functions::asked(&resources, &resolver)
    }

    /// The documents that commands can run.
    pub fn documents(&self) -> Result<Vec<CommandDocument>, TemplateError> {
        let (resources, resolver) = self.sections()?;
        documents::documents(&resources, &resolver)
    }

    /// What every role, queue and trust policy of the stack allows.
    pub fn policies(&self) -> Result<Policies, TemplateError> {
        let (resources, resolver) = self.sections()?;
        policies::policies(&resources, &resolver)
    }

    /// What the stack's parameters are refused for: the descriptions of the assertions in `Rules` that
    /// do not hold.
    pub fn refusals(&self) -> Result<Vec<String>, TemplateError> {
        let (_, resolver) = self.sections()?;
        let Some(rules) = Node::root(&self.root).get("Rules") else {
            return Ok(Vec::new());
        };
        let mut refusals = Vec::new();
        for (_, rule) in rules.entries()? {
            rule.only(&["Assertions"])?;
            for assertion in rule.need("Assertions")?.items()? {
                assertion.only(&["Assert", "AssertDescription"])?;
                if !resolver.holds(&assertion.need("Assert")?)? {
                    refusals.push(resolver.text(&assertion.need("AssertDescription")?)?);
                }
            }
        }
        Ok(refusals)
    }

    /// The value of an output; none if its condition does not hold.
    pub fn output(&self, name: &str) -> Result<Option<String>, TemplateError> {
        let (_, resolver) = self.sections()?;
        let output = Node::root(&self.root).need("Outputs")?.need(name)?;
        output.only(&["Description", "Condition", "Value"])?;
        if let Some(condition) = output.get("Condition")
            && !resolver.condition(&condition)?
        {
            return Ok(None);
        }
        resolver.text(&output.need("Value")?).map(Some)
    }

    /// The resources and what references resolve to; refuses sections that change their meaning.
    fn sections(&self) -> Result<(Node<'_>, Resolver<'_>), TemplateError> {
        let root = Node::root(&self.root);
        root.only(&[
            "AWSTemplateFormatVersion",
            "Transform",
            "Mappings",
            "Description",
            "Metadata",
            "Parameters",
            "Rules",
            "Conditions",
            "Resources",
            "Outputs",
        ])?;
        let resources = root.need("Resources")?;
        let conditions = root.get("Conditions");
        let resolver = Resolver::new(root.get("Parameters"), conditions, &resources, &self.given)?;
        Ok((resources, resolver))
    }
}

impl FunctionStack {
    /// The bus with these queues, rules and schedules.
    pub fn bus(&self) -> Result<Bus, StackError> {
        let mut bus = Bus::default();
        self.add_to(&mut bus)?;
        Ok(bus)
    }

    /// Puts these queues, rules and schedules beside those that are on the bus.
    pub fn add_to(&self, bus: &mut Bus) -> Result<(), StackError> {
        for queue in &self.queues {
            bus.add_queue(queue.settings.clone(), queue.dead_letters.as_deref())?;
        }
        for rule in &self.rules {
            let pattern = Pattern::new(&rule.pattern).map_err(|error| StackError::Pattern {
                rule: rule.name.clone(),
                error,
            })?;
            bus.add_rule(Rule {
                name: rule.name.clone(),
                pattern,
                target: rule.target.clone(),
                input: rule.input.clone(),
            })?;
        }
        for schedule in &self.schedules {
            bus.add_schedule(
                Schedule::new(&schedule.name, schedule.every, &schedule.input)?,
                schedule.target.clone(),
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
