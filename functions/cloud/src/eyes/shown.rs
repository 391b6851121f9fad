//! What brokers show: each is asked on its admin listener, by way of probe-brokers.

use super::{Eyes, unprobed};
use crate::calls::{Probes, Reads};
use fleet::admin::Admin;
use fleet::brokers::Broker;
use fleet::observed::{Gap, Parameter, Seen};
use fleet::shown::{AdminAnswer, AdminInquiry, AdminPayload, AdminQuestion};
use fleet::wishes::parameter_path;
use fleet::words::{ClusterName, FunctionName, ParameterName};

/// What probe-brokers answers.
const WHAT: &str = "what brokers show";

impl<A: Reads + Probes> Eyes<'_, A> {
    /// What each of these brokers shows whose instance runs; a gap if that cannot be asked. With nobody to
    /// ask, probe-brokers is not called.
    pub async fn shown(
        &self,
        cluster: &ClusterName,
        probe: &FunctionName,
        parameters: &Seen<Vec<Parameter>>,
        brokers: impl Iterator<Item = &Broker>,
    ) -> Seen<Vec<AdminAnswer>> {
        let inquiry = self
            .admin_inquiry(cluster, probe, parameters, brokers, WHAT)
            .await;
        let Some(admin) = inquiry? else {
            return Ok(Vec::new());
        };
        let asked = AdminPayload { admin };
        let answers: Vec<AdminAnswer> = self.probe(WHAT, probe, &asked).await?;
        let questions = &asked.admin.questions;
        let same = answers.iter().map(|it| &it.question).eq(questions);
        match same {
            true => Ok(answers),
            false => Err(unprobed(
                WHAT,
                probe,
                format!(
                    "it answered {} of {} questions, or others; deploy both functions from one release",
                    answers.len(),
                    questions.len()
                ),
            )),
        }
    }

    /// Which of these brokers can be asked on the admin listener, since their instance runs, and how they are
    /// spoken to; none if there is nobody to ask. `what` is to be asked.
    pub async fn admin_inquiry(
        &self,
        cluster: &ClusterName,
        probe: &FunctionName,
        parameters: &Seen<Vec<Parameter>>,
        brokers: impl Iterator<Item = &Broker>,
        what: &str,
    ) -> Seen<Option<AdminInquiry>> {
        let (admin, parameter) = admin(cluster, parameters)?;
        let questions: Vec<_> = brokers
            .filter_map(|broker| question(broker, &admin))
            .collect();
        if questions.is_empty() {
            return Ok(None);
        }
        let secret = match &admin.secret {
            None => None,
            Some(name) => {
                let secret = self
                    .secret("the admin listener", name, admin.protocol)
                    .await;
                Some(secret.map_err(|why| unprobed(what, probe, why))?)
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
}

/// The admin listener, and the parameter that says it. One that is refused is a gap: nobody knows whom to ask.
fn admin(cluster: &ClusterName, parameters: &Seen<Vec<Parameter>>) -> Seen<(Admin, ParameterName)> {
    let name = format!("{}/admin", parameter_path(cluster));
    let parameters = parameters.as_ref().map_err(Gap::clone)?;
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
