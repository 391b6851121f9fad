//! What the brokers show: every running one is asked on its admin listener, by way of probe-brokers.

use crate::Scope;
use crate::admin::Admin;
use crate::observed::Observed;
use cloud::calls::{Probes, Reads};
use cloud::eyes::{Eyes, unprobed};
use fleet::brokers::{Broker, Brokers, Presence};
use fleet::observed::{Gap, Seen};
use fleet::shown::{AdminAnswer, AdminInquiry, AdminPayload, AdminQuestion};
use fleet::wishes::parameter_path;
use fleet::words::ParameterName;

/// What probe-brokers answers.
const WHAT: &str = "what brokers show";

/// What each running broker shows; a gap if that cannot be asked. Nobody is asked as long as it is not known
/// which brokers there are.
pub(super) async fn shown<A: Reads + Probes>(
    eyes: &Eyes<'_, A>,
    scope: &Scope,
    observed: &Observed,
) -> Seen<Vec<AdminAnswer>> {
    let Some(admin) = inquiry(eyes, scope, observed, WHAT).await? else {
        return Ok(Vec::new());
    };
    let asked = AdminPayload { admin };
    let answers: Vec<AdminAnswer> = eyes.probe(WHAT, &scope.probe, &asked).await?;
    let questions = &asked.admin.questions;
    let same = answers.iter().map(|it| &it.question).eq(questions);
    match same {
        true => Ok(answers),
        false => Err(unprobed(
            WHAT,
            &scope.probe,
            format!(
                "it answered {} of {} questions, or others; deploy both functions from one release",
                answers.len(),
                questions.len()
            ),
        )),
    }
}

/// Which brokers can be asked, and how they are spoken to; none if there is nobody to ask. `what` is asked for.
pub(super) async fn inquiry<A: Reads + Probes>(
    eyes: &Eyes<'_, A>,
    scope: &Scope,
    observed: &Observed,
    what: &'static str,
) -> Seen<Option<AdminInquiry>> {
    let instances = observed.instances.as_ref().map_err(Gap::clone)?;
    let groups = observed.auto_scaling_groups.as_ref().map_err(Gap::clone)?;
    let (admin, parameter) = admin(observed)?;
    let brokers = Brokers::of(&scope.cluster, instances, groups);
    let live = brokers
        .nodes()
        .filter_map(|node| match brokers.presence(node) {
            Presence::Live(broker) => question(broker, &admin),
            Presence::Twins(_)
            | Presence::Leaving(_)
            | Presence::Released(_)
            | Presence::Absent => None,
        });
    let questions: Vec<AdminQuestion> = live.collect();
    if questions.is_empty() {
        return Ok(None);
    }
    let secret = match &admin.secret {
        None => None,
        Some(name) => {
            let secret = eyes
                .secret("the admin listener", name, admin.protocol)
                .await;
            Some(secret.map_err(|why| unprobed(what, &scope.probe, why))?)
        }
    };
    Ok(Some(AdminInquiry {
        protocol: admin.protocol,
        secret,
        secret_from: admin.secret,
        parameter,
        questions,
    }))
}

/// The admin listener, and the parameter that says it. One that is refused is a gap: nobody knows whom to ask.
fn admin(observed: &Observed) -> Seen<(Admin, ParameterName)> {
    let name = format!("{}/admin", parameter_path(&observed.cluster));
    let parameters = observed.parameters.as_ref().map_err(Gap::clone)?;
    let refused = |reason: String| Gap {
        read: format!("parameter {name}"),
        reason,
    };
    let admin = match parameters.iter().find(|it| it.name == name) {
        Some(found) => Admin::read(found).map_err(|refusals| refused(refusals.to_string()))?,
        None => Admin::of_document().ok_or_else(|| refused("it has no port".to_owned()))?,
    };
    Ok((admin, ParameterName::new(name)))
}

/// The question to a broker whose instance runs.
fn question(broker: &Broker, admin: &Admin) -> Option<AdminQuestion> {
    let address = broker.private_ip.filter(|_| broker.is_running())?;
    Some(AdminQuestion {
        broker: broker.node,
        instance: broker.instance.clone(),
        address,
        port: admin.port,
    })
}
