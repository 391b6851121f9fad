//! The alarms of a template, as far as the world measures what they watch: metrics that functions write, and the targets
//! of the load balancer. Those on queues, on Lambda and on the load balancer's ports watch what nobody measures here.

use super::node::Node;
use super::properties::number_or;
use super::resolve::Resolver;
use super::{AlarmSettings, Template, TemplateError};
use crate::model::{Comparison, Expression, MetricAlarm, MetricId, Missing, Statistic, Watched};
use std::collections::BTreeMap;

/// What of an alarm is understood.
const ALARM: [&str; 15] = [
    "AlarmName",
    "AlarmDescription",
    "AlarmActions",
    "Namespace",
    "MetricName",
    "Statistic",
    "Dimensions",
    "Metrics",
    "Period",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "Threshold",
    "ComparisonOperator",
    "TreatMissingData",
    "Tags",
];
/// Namespaces of AWS whose metrics nobody measures here.
const UNMEASURED: [&str; 3] = ["AWS/SQS", "AWS/Lambda", "AWS/NetworkELB"];
/// What the query for unhealthy targets begins with.
const UNHEALTHY: &str = "SELECT MAX(UnHealthyHostCount) FROM SCHEMA(\"AWS/NetworkELB\"";

impl Template {
    /// The alarms whose conditions hold.
    pub fn alarms(&self) -> Result<Vec<AlarmSettings>, TemplateError> {
        let (resources, resolver) = self.sections()?;
        let mut all = Vec::new();
        for (id, resource) in resources.entries()? {
            if resolver.text(&resource.need("Type")?)? != "AWS::CloudWatch::Alarm" {
                continue;
            }
            resource.only(&["Type", "Condition", "Properties"])?;
            if let Some(condition) = resource.get("Condition")
                && !resolver.condition(&condition)?
            {
                continue;
            }
            all.push(alarm(id, &resource.need("Properties")?, &resolver)?);
        }
        Ok(all)
    }
}

fn alarm(
    id: &str,
    properties: &Node<'_>,
    resolver: &Resolver<'_>,
) -> Result<AlarmSettings, TemplateError> {
    properties.only(&ALARM)?;
    let name = match properties.get("AlarmName") {
        Some(name) => resolver.text(&name)?,
        None => id.to_owned(),
    };
    let periods = resolver.number(&properties.need("EvaluationPeriods")?)? as usize;
    let watched = watched(properties, resolver, periods)?;
    let id = id.to_owned();
    Ok(AlarmSettings {
        id,
        name,
        watched,
        periods,
    })
}

fn watched(
    properties: &Node<'_>,
    resolver: &Resolver<'_>,
    periods: usize,
) -> Result<Watched, TemplateError> {
    let (expression, period) = match properties.get("Metrics") {
        Some(metrics) => match math(&metrics, resolver)? {
            Some(math) => math,
            None => return Ok(Watched::UnhealthyTargets),
        },
        None => {
            let namespace = resolver.text(&properties.need("Namespace")?)?;
            if UNMEASURED.contains(&namespace.as_str()) {
                return Ok(Watched::ByHand);
            }
            let metric = metric(properties, resolver)?;
            let statistic = statistic(&properties.need("Statistic")?, resolver)?;
            let period = resolver.number(&properties.need("Period")?)?;
            (Expression::Metric(metric, statistic), period)
        }
    };
    let needed = number_or(properties, resolver, "DatapointsToAlarm", periods as u32)?;
    let missing = properties.need("TreatMissingData")?;
    let comparison = properties.need("ComparisonOperator")?;
    Ok(Watched::Metrics(MetricAlarm {
        expression,
        period_seconds: period,
        evaluation_periods: periods,
        datapoints_to_alarm: needed as usize,
        threshold: resolver.number(&properties.need("Threshold")?)?.into(),
        comparison: match resolver.text(&comparison)?.as_str() {
            "GreaterThanThreshold" => Comparison::Greater,
            "GreaterThanOrEqualToThreshold" => Comparison::GreaterOrEqual,
            _ => return Err(comparison.wrong("this comparison is not known here")),
        },
        missing: match resolver.text(&missing)?.as_str() {
            "breaching" => Missing::Breaching,
            "notBreaching" => Missing::NotBreaching,
            "ignore" => Missing::Ignore,
            _ => return Err(missing.wrong("this treatment is not known here")),
        },
    }))
}

/// The difference of two metrics, and its period; none if it asks for unhealthy targets.
fn math(
    metrics: &Node<'_>,
    resolver: &Resolver<'_>,
) -> Result<Option<(Expression, u32)>, TemplateError> {
    let (mut expression, mut of) = (None, BTreeMap::new());
    for query in metrics.items()? {
        query.only(&[
            "Id",
            "Expression",
            "Label",
            "ReturnData",
            "MetricStat",
            "Period",
        ])?;
        let Some(stat) = query.get("MetricStat") else {
            let text = query.need("Expression")?;
            if expression.replace(resolver.text(&text)?).is_some() {
                return Err(text.wrong("one expression is known here"));
            }
            continue;
        };
        stat.only(&["Stat", "Period", "Metric"])?;
        let named = stat.need("Metric")?;
        named.only(&["Namespace", "MetricName", "Dimensions"])?;
        let id = resolver.text(&query.need("Id")?)?;
        let period = resolver.number(&stat.need("Period")?)?;
        let statistic = statistic(&stat.need("Stat")?, resolver)?;
        of.insert(id, ((metric(&named, resolver)?, statistic), period));
    }
    let text = expression.ok_or_else(|| metrics.wrong("an expression is wanted"))?;
    if text.starts_with(UNHEALTHY) && of.is_empty() {
        return Ok(None);
    }
    let unknown = || metrics.wrong(format!("the expression {text} is not known here"));
    let (one, other) = text.split_once(" - ").ok_or_else(unknown)?;
    let ((one, period), (other, too)) = (
        of.get(one).cloned().ok_or_else(unknown)?,
        of.get(other).cloned().ok_or_else(unknown)?,
    );
    match period == too && of.len() == 2 {
        true => Ok(Some((Expression::Difference([one, other]), period))),
        false => Err(unknown()),
    }
}

fn metric(node: &Node<'_>, resolver: &Resolver<'_>) -> Result<MetricId, TemplateError> {
    let mut dimensions = BTreeMap::new();
    for dimension in node.need("Dimensions")?.items()? {
        dimension.only(&["Name", "Value"])?;
        let text = |key| resolver.text(&dimension.need(key)?);
        dimensions.insert(text("Name")?, text("Value")?);
    }
    Ok(MetricId {
        namespace: resolver.text(&node.need("Namespace")?)?,
        name: resolver.text(&node.need("MetricName")?)?,
        dimensions,
    })
}

fn statistic(node: &Node<'_>, resolver: &Resolver<'_>) -> Result<Statistic, TemplateError> {
    match resolver.text(node)?.as_str() {
        "Minimum" => Ok(Statistic::Minimum),
        "Maximum" => Ok(Statistic::Maximum),
        _ => Err(node.wrong("this statistic is not known here")),
    }
}
