//! The model's door over HTTP: one endpoint for every service, as `AWS_ENDPOINT_URL` makes the SDK
//! use it. It only translates: wire format → one method of the model → wire format. Names and
//! shapes are those that the SDK's own (de)serializers read and write.

mod auto_scaling;
mod ec2;
mod hold;
mod load_balancing;
mod parameters;
mod query;
mod refusal;
mod reply;
mod scope;
pub(crate) mod serve;
mod xml;

pub use hold::Hold;

use crate::clock::Clock;
use crate::model::Model;
use bytes::Bytes;
use http::{Request, Response};
use refusal::Refusal;
use reply::{Content, Protocol, Reply};
use scope::Service;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

/// Answers AWS requests from a model. Clones are one door.
#[derive(Clone, Debug)]
pub struct Door {
    model: Arc<Mutex<Model>>,
    clock: Clock,
    surprises: Arc<Mutex<Vec<String>>>,
    requests: Arc<AtomicU64>,
}

impl Door {
    /// A door to this model, whose time is this clock's.
    pub fn new(model: Arc<Mutex<Model>>, clock: Clock) -> Self {
        Self {
            model,
            clock,
            surprises: Arc::default(),
            requests: Arc::default(),
        }
    }

    /// Requests that were not understood: unknown services, actions, parameters, filters. A test
    /// asserts that there are none.
    pub fn surprises(&self) -> Vec<String> {
        lock(&self.surprises).clone()
    }

    /// Answers one request; an in-process connector calls this without any socket.
    pub fn answer(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let now = self.clock.now();
        let reply = Reply {
            request_id: format!("00000000-0000-4000-8000-{number:012x}"),
            now,
        };
        let json = request.headers().contains_key("x-amz-target");
        let service = match scope::service(request.headers()) {
            Ok(service) => service,
            Err(refusal) => {
                let protocol = if json {
                    Protocol::Json
                } else {
                    Protocol::LoadBalancing
                };
                self.note("a request", &refusal);
                return reply.refusal(protocol, &refusal);
            }
        };
        let protocol = protocol_of(service);
        match self.translate(service, request) {
            Ok((action, content)) => reply.content(protocol, &action, content),
            Err((action, refusal)) => {
                self.note(&format!("{protocol:?} {action}"), &refusal);
                reply.refusal(protocol, &refusal)
            }
        }
    }

    fn translate(
        &self,
        service: Service,
        request: &Request<Bytes>,
    ) -> Result<(String, Content), (String, Refusal)> {
        let now = self.clock.now();
        let mut model = lock(&self.model);
        if service == Service::Parameters {
            let action = parameters::action(request.headers()).map_err(|r| (String::new(), r))?;
            return parameters::answer(&mut model, now, &action, request.body())
                .map(|content| (action.clone(), Content::Json(content)))
                .map_err(|refusal| (action, refusal));
        }
        let protocol = protocol_of(service);
        let (action, asked) = query::read(request.body(), protocol.version())
            .map_err(|refusal| (String::new(), refusal))?;
        let answer = match service {
            Service::LoadBalancing => load_balancing::answer(&mut model, now, &action, asked),
            Service::AutoScaling => auto_scaling::answer(&mut model, now, &action, asked),
            Service::Ec2 => ec2::answer(&mut model, now, &action, asked),
            Service::Parameters => Err(Refusal::unknown_action(&action)),
        };
        match answer {
            Ok(xml) => Ok((action, Content::Xml(xml))),
            Err(refusal) => Err((action, refusal)),
        }
    }

    fn note(&self, what: &str, refusal: &Refusal) {
        if refusal.is_surprise() {
            lock(&self.surprises).push(format!("{what}: {}", refusal.message()));
        }
    }
}

/// A door with a listener.
#[derive(Debug)]
pub struct HttpDoor {
    door: Door,
    holds: hold::Holds,
    served: serve::Served,
}

impl HttpDoor {
    /// Serves on a listener until dropped.
    pub fn serve(listener: TcpListener, door: Door) -> std::io::Result<Self> {
        let holds = hold::Holds::default();
        let answering = (door.clone(), holds.clone());
        let served = serve::serve(listener, move |request| {
            let (door, holds) = answering.clone();
            async move {
                let answer = door.answer(&request);
                holds.pass(&request).await;
                answer
            }
        })?;
        Ok(Self {
            door,
            holds,
            served,
        })
    }

    /// From now on requests for this action, or all of them, are done and not answered, until the
    /// hold is dropped.
    pub fn hold(&self, action: Option<&str>) -> Hold {
        self.holds.hold(action)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.served.address()
    }

    /// The value of `AWS_ENDPOINT_URL`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// The door, with its surprises.
    pub fn door(&self) -> &Door {
        &self.door
    }
}

fn protocol_of(service: Service) -> Protocol {
    match service {
        Service::LoadBalancing => Protocol::LoadBalancing,
        Service::AutoScaling => Protocol::AutoScaling,
        Service::Ec2 => Protocol::Ec2,
        Service::Parameters => Protocol::Json,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
