//! Observe: reads only, and only for a while. A read that fails becomes a gap.

mod gate;
mod shown;

use crate::Scope;
use crate::documents::Document;
use crate::observed::Observed;
use crate::plan::asked;
use cloud::call::Call;
use cloud::calls::{CommandFilter, CommandReads, InstanceFilter, Probes, Reads};
use cloud::eyes::Eyes;
use cloud::pacing::Paced;
use fleet::observed::{Command, Gap, Seen};
use fleet::wishes::parameter_path;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use tokio::time::Instant;

/// How far back our commands are looked for: an inspection is good for an hour, and what was done to a broker
/// matters as long as AWS remembers it (P-58).
fn history(document: Document) -> SignedDuration {
    match document {
        Document::Inspect => SignedDuration::from_hours(2),
        Document::Apply | Document::Stop => SignedDuration::from_hours(30 * 24),
    }
}

/// Reads everything that a plan needs: what AWS says, side by side; then what brokers show; then what our
/// commands said to those brokers that may have to be touched; then the gate, if a broker would be restarted
/// now, and our commands once more. Nine calls, one more for each 20 target groups, one for a secret, two for
/// each broker that does not show what it should, and five for the gate, when nothing needs a second page.
pub async fn observe<A: Reads + CommandReads + Probes>(
    paced: Paced<'_, A>,
    scope: &Scope,
    until: Instant,
) -> Observed {
    let eyes = &Eyes::of_run(paced, until);
    let aws = eyes.aws();
    let cluster = &scope.cluster;
    let path = parameter_path(cluster);
    let of_cluster = InstanceFilter::Cluster(cluster.clone());
    let (parameters, instances, auto_scaling_groups, target_groups, managed) = tokio::join!(
        eyes.pages(Call::GetParametersByPath, |page| aws
            .get_parameters_by_path(&path, page)),
        eyes.pages(Call::DescribeInstances, |page| aws
            .describe_instances(&of_cluster, page)),
        eyes.pages(Call::DescribeAutoScalingGroups, |page| aws
            .describe_auto_scaling_groups(page)),
        eyes.target_groups(cluster),
        eyes.pages(Call::DescribeInstanceInformation, |page| aws
            .describe_instance_information(cluster, page)),
    );
    let now = paced.now();
    let commands = match &now {
        Ok(now) => our_commands(eyes, scope, *now).await,
        Err(gap) => Err(gap.clone()),
    };
    let mut observed = Observed {
        now,
        cluster: cluster.clone(),
        parameters,
        instances,
        auto_scaling_groups,
        target_groups,
        managed,
        commands,
        outputs: BTreeMap::new(),
        shown: Ok(Vec::new()),
        gate: Ok(None),
    };
    let asks = &Eyes { paced, until };
    observed.shown = shown::shown(asks, scope, &observed).await;
    let asked: Vec<_> = asked(&observed).into_iter().collect();
    let outputs = eyes.each(&asked, |(command, instance)| {
        eyes.one(Call::GetCommandInvocation, command.as_str(), || {
            aws.get_command_invocation(command, instance)
        })
    });
    let outputs = outputs.await;
    observed.outputs = asked
        .into_iter()
        .map(|(command, _)| command)
        .zip(outputs)
        .collect();
    observed.gate = gate::gate(asks, scope, &observed).await;
    if let (Ok(Some(_)), Ok(now)) = (&observed.gate, &observed.now) {
        // A command that was sent right before this run is not listed yet when it begins (P-51), and is now.
        observed.commands = our_commands(asks, scope, *now).await;
    }
    observed
}

/// Our newest commands, by each document.
async fn our_commands<A: Reads + CommandReads>(
    eyes: &Eyes<'_, A>,
    scope: &Scope,
    now: Timestamp,
) -> Seen<Vec<Command>> {
    let mut filters = Vec::new();
    for document in Document::ALL {
        let invoked_after = now.checked_sub(history(document)).map_err(|error| Gap {
            read: Call::ListCommands.to_string(),
            reason: error.to_string(),
        })?;
        let document = document.name(&scope.cluster);
        filters.push(CommandFilter {
            document,
            invoked_after,
        });
    }
    let lists = eyes.each(&filters, |filter| {
        eyes.pages(Call::ListCommands, |page| {
            eyes.aws().list_commands(filter, page)
        })
    });
    let mut commands = Vec::new();
    for list in lists.await {
        commands.extend(list?);
    }
    Ok(commands)
}

#[cfg(test)]
mod tests;
