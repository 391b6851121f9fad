//! The functions' roles on the stage, and the documents of their commands: those of `infra/template.yaml`. A stage on which a
//! role forbade something that its function has to do fails in the end, whatever is played on it.

use crate::{CLUSTER, Stage};
use fleet::words::LoadBalancerArn;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use world::iam::{Caller, Policies};
use world::model::{CommandDocument, Settings};
use world::template::{Template, TemplateError};

const TEMPLATE: &str = include_str!("../infra/template.yaml");

/// Each function that is woken, by the name of its binary.
pub(crate) type Callers = BTreeMap<String, Arc<Caller>>;

/// Name and role of each function, all policies, and all documents.
type Deployed = (Vec<(String, String)>, Arc<Policies>, Vec<CommandDocument>);

/// The functions, with the roles that the template gives them in a world like this, and the documents.
pub(crate) fn deploy(
    settings: &Settings,
    nlb: &LoadBalancerArn,
) -> (Callers, Vec<CommandDocument>) {
    /// Reading a template takes longer than playing most scenarios.
    static FIRST: OnceLock<(LoadBalancerArn, Deployed)> = OnceLock::new();
    let read = || deployed(settings, nlb).expect("infra/template.yaml");
    let (of, first) = FIRST.get_or_init(|| (nlb.clone(), read()));
    let (roles, policies, documents) = if of == nlb { first.clone() } else { read() };
    let callers = roles.into_iter().map(|(name, role)| {
        let caller = Caller::new(&name, &role, Arc::clone(&policies));
        (name, caller)
    });
    (callers.collect(), documents)
}

fn deployed(settings: &Settings, nlb: &LoadBalancerArn) -> Result<Deployed, TemplateError> {
    let template = Template::deployed(TEMPLATE, settings, CLUSTER, nlb)?;
    let functions = template.functions()?.into_iter();
    let roles = functions.map(|stack| (stack.function.binary, stack.function.role));
    let policies = Arc::new(template.policies()?);
    Ok((roles.collect(), policies, template.documents()?))
}

impl Stage {
    /// A function as it calls on this stage, by the name of its binary: its role, and all that it asked
    /// for.
    pub fn caller(&self, function: &str) -> Arc<Caller> {
        let caller = self.callers.get(function);
        Arc::clone(caller.expect("a function that infra/template.yaml wakes"))
    }

    /// Every function that is woken, as it calls on this stage.
    pub fn callers(&self) -> impl Iterator<Item = &Arc<Caller>> {
        self.callers.values()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        for (function, caller) in &self.callers {
            let forbidden = caller.forbidden(CLUSTER);
            let forbidden = forbidden.first().map(ToString::to_string);
            assert_eq!(
                forbidden, None,
                "{function}: its role in infra/template.yaml forbids it"
            );
        }
    }
}
