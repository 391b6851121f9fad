//! The function's role on the stage: the one that `infra/template.yaml` gives it. A stage on which the
//! role forbade something that the function has to do fails in the end, whatever is played on it.

use crate::{CLUSTER, Stage};
use fleet::words::LoadBalancerArn;
use std::sync::{Arc, OnceLock};
use world::iam::{Caller, Policies};
use world::model::Settings;
use world::template::{Template, TemplateError};

const TEMPLATE: &str = include_str!("../infra/template.yaml");

/// The function, with the role that the template gives it in a world like this.
pub(crate) fn register_brokers(settings: &Settings, nlb: &LoadBalancerArn) -> Arc<Caller> {
    type Deployed = (String, Arc<Policies>);
    /// Reading a template takes longer than playing most scenarios.
    static FIRST: OnceLock<(LoadBalancerArn, Deployed)> = OnceLock::new();
    let deploy = || -> Result<Deployed, TemplateError> {
        let template = Template::deployed(TEMPLATE, settings, CLUSTER, nlb)?;
        let role = template.function("RegisterBrokersFunction")?.function.role;
        Ok((role, Arc::new(template.policies()?)))
    };
    let deploy = || deploy().expect("infra/template.yaml");
    let (of, first) = FIRST.get_or_init(|| (nlb.clone(), deploy()));
    let (role, policies) = if of == nlb { first.clone() } else { deploy() };
    Caller::new(&role, policies)
}

impl Drop for Stage {
    fn drop(&mut self) {
        let Ok(model) = self.model.lock() else {
            return;
        };
        let denied = model.caller().map_or(Vec::new(), |caller| caller.denied());
        let mut ours = denied.iter().filter(|request| request.concerns(CLUSTER));
        let forbidden = ours.next().map(ToString::to_string);
        drop(model);
        if !std::thread::panicking() {
            assert_eq!(
                forbidden, None,
                "the role in infra/template.yaml forbids it"
            );
        }
    }
}
