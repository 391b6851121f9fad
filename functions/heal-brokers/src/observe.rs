//! Observe: reads only, and only for a while. A read that fails becomes a gap.

use crate::Scope;
use crate::observed::{HoldingsAnswer, Observed, Ward};
use crate::plan::{HISTORY, asked, ill_since, is_on, silent, would_replace};
use cloud::call::Call;
use cloud::calls::{AlarmReads, CommandReads, InstanceFilter, Probes, Reads};
use cloud::eyes::Eyes;
use cloud::pacing::Paced;
use fleet::brokers::Brokers;
use fleet::documents::Document;
use fleet::observed::{Gap, Seen};
use fleet::shown::AdminAnswer;
use fleet::wishes::parameter_path;
use fleet::words::CommandId;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use tokio::time::Instant;

/// Reads what a plan needs. Two calls if no alarm of the cluster is on and nothing of ours is under way. Else nine
/// more, one for each 20 target groups, one for a secret and one if there are Spot Instances; and if a broker does not answer one for status checks,
/// one for commands if these fail, one for each of its ports, one for each Auto Scaling group, and up to eight for what commands said.
pub async fn observe<A: Reads + AlarmReads + CommandReads + Probes>(
    paced: Paced<'_, A>,
    scope: &Scope,
    until: Instant,
) -> Observed {
    let eyes = &Eyes::of_run(paced, until);
    let aws = eyes.aws();
    let cluster = &scope.cluster;
    let (alarms, tagged) = tokio::join!(
        eyes.pages(Call::DescribeAlarms, |page| aws.describe_alarms(page)),
        eyes.pages(Call::GetResources, |page| aws.get_resources(cluster, page)),
    );
    let mut observed = Observed {
        now: paced.now(),
        cluster: cluster.clone(),
        alarms,
        tagged,
        ward: None,
    };
    if is_on(&observed) {
        let asks = &Eyes { paced, until };
        visit(eyes, asks, scope, &mut observed).await;
    }
    observed
}

/// Looks at the brokers.
async fn visit<A: Reads + CommandReads + Probes>(
    eyes: &Eyes<'_, A>,
    asks: &Eyes<'_, A>,
    scope: &Scope,
    observed: &mut Observed,
) {
    let aws = eyes.aws();
    let cluster = &scope.cluster;
    let path = parameter_path(cluster);
    let of_cluster = InstanceFilter::Cluster(cluster.clone());
    let (parameters, instances, auto_scaling_groups, target_groups, commands) = tokio::join!(
        eyes.pages(Call::GetParametersByPath, |page| aws
            .get_parameters_by_path(&path, page)),
        eyes.pages(Call::DescribeInstances, |page| aws
            .describe_instances(&of_cluster, page)),
        eyes.pages(Call::DescribeAutoScalingGroups, |page| aws
            .describe_auto_scaling_groups(page)),
        eyes.target_groups(cluster),
        eyes.commands(cluster, &observed.now, |_| HISTORY),
    );
    let mut ward = Ward {
        parameters,
        spot_requests: eyes.spot_requests(&instances).await,
        instances,
        auto_scaling_groups,
        target_groups,
        commands,
        shown: Ok(Vec::new()),
        statuses: Ok(Vec::new()),
        health: BTreeMap::new(),
        activities: BTreeMap::new(),
        outputs: BTreeMap::new(),
        holdings: Ok(None),
    };
    ward.shown = shown(asks, scope, &observed.now, &ward).await;
    observed.ward = Some(ward);
    let silent = silent(observed);
    let call = Call::DescribeInstanceStatus;
    if let (false, Some(ward)) = (silent.instances.is_empty(), &mut observed.ward) {
        let ask = || aws.describe_instance_status(&silent.instances);
        ward.statuses = eyes.one(call, "", ask).await;
    }
    earlier(eyes, scope, observed).await;
    let asked: Vec<_> = asked(observed).into_iter().collect();
    let (health, activities, outputs) = tokio::join!(
        eyes.each(&silent.ports, |arn| {
            eyes.one(Call::DescribeTargetHealth, arn.as_str(), || {
                aws.describe_target_health(arn)
            })
        }),
        eyes.each(&silent.groups, |group| {
            eyes.pages(Call::DescribeScalingActivities, |page| {
                aws.describe_scaling_activities(group, page)
            })
        }),
        eyes.each(&asked, |(command, instance)| {
            eyes.one(Call::GetCommandInvocation, command.as_str(), || {
                aws.get_command_invocation(command, instance)
            })
        }),
    );
    if let Some(ward) = &mut observed.ward {
        ward.health = silent.ports.into_iter().zip(health).collect();
        ward.activities = silent.groups.into_iter().zip(activities).collect();
        let asked = asked.into_iter().map(|(command, _)| command);
        ward.outputs = asked.zip(outputs).collect();
    }
    let holdings = holdings(asks, scope, observed).await;
    if let Some(ward) = &mut observed.ward {
        ward.holdings = holdings;
    }
}

/// Inspections from right before an instance fell ill are looked for, too, however long ago that was.
async fn earlier<A: Reads + CommandReads>(
    eyes: &Eyes<'_, A>,
    scope: &Scope,
    observed: &mut Observed,
) {
    let moments: Vec<Timestamp> = ill_since(observed).into_iter().collect();
    let lists = eyes.each(&moments, |moment| {
        eyes.commands_before(&scope.cluster, Document::Inspect, *moment, HISTORY)
    });
    for list in lists.await {
        let Some(ward) = &mut observed.ward else {
            return;
        };
        match (&mut ward.commands, list) {
            (Ok(commands), Ok(list)) => {
                let known: BTreeSet<CommandId> = commands.iter().map(|it| it.id.clone()).collect();
                let list = list.into_iter().filter(|it| !known.contains(&it.id));
                commands.extend(list);
            }
            (commands @ Ok(_), Err(gap)) => *commands = Err(gap),
            (Err(_), _) => {}
        }
    }
}

/// What each running broker shows; a gap if that cannot be asked.
async fn shown<A: Reads + Probes>(
    eyes: &Eyes<'_, A>,
    scope: &Scope,
    now: &Seen<Timestamp>,
    ward: &Ward,
) -> Seen<Vec<AdminAnswer>> {
    let brokers = brokers(scope, now, ward)?;
    let (cluster, probe) = (&scope.cluster, &scope.probe);
    eyes.shown(cluster, probe, &ward.parameters, brokers.each_live())
        .await
}

/// What the other brokers have of the one that would be replaced; none if none would be.
async fn holdings<A: Reads + Probes>(
    eyes: &Eyes<'_, A>,
    scope: &Scope,
    observed: &Observed,
) -> Seen<Option<HoldingsAnswer>> {
    let (Some(node), Some(ward)) = (would_replace(observed), &observed.ward) else {
        return Ok(None);
    };
    let brokers = brokers(scope, &observed.now, ward)?;
    let (cluster, probe) = (&scope.cluster, &scope.probe);
    let holdings = eyes.holdings(cluster, probe, &ward.parameters, brokers.each_live(), node);
    let holdings = holdings.await?;
    Ok(Some(HoldingsAnswer { node, holdings }))
}

/// Who is a broker; a gap as long as it is not known which brokers there are.
fn brokers(scope: &Scope, now: &Seen<Timestamp>, ward: &Ward) -> Seen<Brokers> {
    let now = *now.as_ref().map_err(Gap::clone)?;
    let instances = ward.instances.as_ref().map_err(Gap::clone)?;
    let groups = ward.auto_scaling_groups.as_ref().map_err(Gap::clone)?;
    ward.spot_requests.as_ref().map_err(Gap::clone)?;
    Ok(Brokers::of(&scope.cluster, instances, groups).without(&ward.interrupted(now)))
}
