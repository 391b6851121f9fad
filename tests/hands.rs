//! What people do by hand on the stage.

use crate::{CLUSTER, PATTERN, Stage};
use fleet::observed::ParameterKind;
use fleet::tags::Tags;
use fleet::words::{InstanceId, ListenerArn, ParameterName, Port};
use jiff::Timestamp;
use world::model::Model;

impl Stage {
    /// Edits the model as a person would.
    pub fn edit<T>(&self, edit: impl FnOnce(&mut Model, Timestamp) -> T) -> T {
        let now = self.now();
        let mut model = self.model();
        self.versions.note(now, &model);
        model.by_hand(|model| edit(model, now))
    }

    /// Writes a parameter of the cluster.
    pub fn put(&self, name: &str, value: &str) {
        let name = ParameterName::new(format!("/kafka-privatelink/{CLUSTER}/{name}"));
        self.edit(|model, now| model.put_parameter(now, &name, value))
            .expect("a parameter");
    }

    /// Writes a parameter of the cluster, of another type; one that is there is deleted first.
    pub fn put_of(&self, kind: &ParameterKind, name: &str, value: &str) {
        let name = ParameterName::new(format!("/kafka-privatelink/{CLUSTER}/{name}"));
        self.edit(|model, now| {
            if model.parameter(name.as_str()).is_some() {
                model.delete_parameter(now, name.as_str())?;
            }
            model.put_parameter_of(now, &name, kind, value)
        })
        .expect("a parameter");
    }

    /// Another NLB is made, and the function is told to work on it.
    pub fn another_load_balancer(&mut self, name: &str) {
        let nlb = self.edit(|model, now| {
            let new = world::model::NewLoadBalancer::named(name);
            let nlb = model.create_load_balancer(now, new).expect("an NLB");
            crate::share(model, now, &nlb);
            nlb
        });
        let (callers, _) = crate::role::deploy(self.model().settings(), &nlb);
        self.callers = callers;
        self.restart();
        self.scope.load_balancer = nlb;
    }

    /// Writes the parameter of EXTERNAL with these ports for its brokers.
    pub fn put_broker_ports(&self, range: &str) {
        let value = format!(r#"{{"pattern": "{PATTERN}", "broker_ports": "{range}"}}"#);
        self.put("listeners/EXTERNAL", &value);
    }

    /// Writes a secret: a `SecureString`, or one of Secrets Manager by its reference.
    pub fn put_secret(&self, name: &str, text: &str) {
        self.edit(|model, now| model.put_secret(now, &name.into(), text))
            .expect("a secret");
    }

    /// Deletes a parameter of the cluster.
    pub fn delete(&self, name: &str) {
        let name = format!("/kafka-privatelink/{CLUSTER}/{name}");
        self.edit(|model, now| model.delete_parameter(now, &name))
            .expect("deleted");
    }

    /// Puts an instance into the target group of a port, by a port of its own if one is told (F15).
    pub fn register(&self, instance: &InstanceId, port: u16, own: Option<u16>) {
        let group = self.group(port);
        let target = (instance.clone(), own.and_then(Port::new));
        self.edit(|model, now| model.register_targets(now, &group, &[target]))
            .expect("registered");
    }

    /// Takes an instance out of the target group of a port.
    pub fn deregister(&self, instance: &InstanceId, port: u16) {
        let group = self.group(port);
        let target = (instance.clone(), Port::new(39092));
        self.edit(|model, now| model.deregister_targets(now, &group, &[target]))
            .expect("deregistered");
    }

    /// Sets a port's attributes and health check to what they should not be.
    pub fn unsettle(&self, port: u16) {
        let (group, listener) = (self.group(port), self.listener(port));
        let set = |key: &str, value: &str| [(key.to_owned(), value.to_owned())].into();
        let mut check = register_brokers::settings::health_check();
        check.interval_seconds = 30;
        let edited = self.edit(|model, now| {
            let cross = set("load_balancing.cross_zone.enabled", "false");
            model.modify_target_group_attributes(now, &group, &cross)?;
            let idle = set("tcp.idle_timeout.seconds", "350");
            model.modify_listener_attributes(now, &listener, &idle)?;
            model.modify_target_group(now, &group, &check)
        });
        edited.expect("edited");
    }

    /// Lets the listener on a port forward to the target group of another.
    pub fn repoint(&self, port: u16, to: u16) {
        let (listener, group) = (self.listener(port), self.group(to));
        self.edit(|model, now| model.modify_listener(now, &listener, &group))
            .expect("repointed");
    }

    /// Deletes the listener on a port.
    pub fn delete_listener(&self, port: u16) {
        let listener = self.listener(port);
        self.edit(|model, now| model.delete_listener(now, &listener))
            .expect("deleted");
    }

    /// Deletes the target group of a port, which nothing forwards to.
    pub fn delete_group(&self, port: u16) {
        let group = self.group(port);
        self.edit(|model, now| model.delete_target_group(now, &group))
            .expect("deleted");
    }

    /// A foreign target group with a foreign listener on a port of the NLB.
    pub fn foreign_listener(&self, port: u16) -> ListenerArn {
        let nlb = self.scope.load_balancer.clone();
        self.edit(|model, now| {
            let group = cloud::calls::NewTargetGroup {
                name: format!("theirs-{port}").as_str().into(),
                vpc: model.settings().vpc.clone(),
                port: Port::new(8443).expect("a port"),
                health_check: register_brokers::settings::health_check(),
                tags: Tags::new(),
            };
            let group = model.create_target_group(now, &group).expect("a group");
            let port = Port::new(port).expect("a port");
            model
                .create_listener(now, &nlb, port, &group, &Tags::new())
                .expect("a listener")
        })
    }
}
