//! The model's door over HTTP: one endpoint for every service, as `AWS_ENDPOINT_URL` makes the SDK
//! use it. It only translates: wire format → one method of the model → wire format. Names and
//! shapes are those that the SDK's own (de)serializers read and write.

mod alarms;
mod auto_scaling;
mod callers;
mod commands;
mod ec2;
mod functions;
mod hold;
mod load_balancing;
mod logs;
mod parameters;
mod query;
mod refusal;
mod reply;
mod scope;
pub(crate) mod serve;
mod xml;

pub use callers::Callers;
pub use functions::Invoker;
pub use hold::Hold;

use crate::clock::Clock;
use crate::iam::Caller;
use crate::model::Model;
use bytes::Bytes;
use http::{Request, Response};
use jiff::Timestamp;
use refusal::Refusal;
use reply::{Content, Protocol, Reply};
use scope::Service;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;

/// Answers AWS requests from a model. Clones are one door.
#[derive(Clone)]
pub struct Door {
    model: Arc<Mutex<Model>>,
    clock: Clock,
    callers: Option<Arc<Callers>>,
    probe: Arc<Mutex<Option<Invoker>>>,
    surprises: Arc<Mutex<Vec<String>>>,
    requests: Arc<AtomicU64>,
}

impl Door {
    /// A door to this model, whose time is this clock's. Whoever asks is not known, and no role is asked.
    pub fn new(model: Arc<Mutex<Model>>, clock: Clock) -> Self {
        Self {
            model,
            clock,
            callers: None,
            probe: Arc::default(),
            surprises: Arc::default(),
            requests: Arc::default(),
        }
    }

    /// A door for these callers only: each may do what its role allows, and is counted by its name.
    pub fn with_callers(self, callers: Callers) -> Self {
        Self {
            callers: Some(Arc::new(callers)),
            ..self
        }
    }

    /// Requests that were not understood: unknown services, actions, parameters, filters, access keys.
    /// A test asserts that there are none. Each one names its caller, if that is known.
    pub fn surprises(&self) -> Vec<String> {
        lock(&self.surprises).clone()
    }

    /// From now on invocations of probe-brokers are answered by this, and not by the model.
    pub fn deploy_probe(&self, code: Invoker) {
        *lock(&self.probe) = Some(code);
    }

    /// Answers one request; an in-process connector calls this without any socket.
    pub async fn answer(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let now = self.clock.now();
        let mut reply = Reply {
            request_id: format!("00000000-0000-4000-8000-{number:012x}"),
            date: lock(&self.model).date(now),
        };
        let json = request.headers().contains_key("x-amz-target");
        let credential = match scope::credential(request.headers()) {
            Ok(credential) => credential,
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
        let service = credential.service;
        let protocol = protocol_of(service);
        let caller = match callers::caller(self.callers.as_deref(), &credential) {
            Ok(caller) => caller,
            Err(refusal) => {
                self.note(&format!("key {}", credential.access_key), &refusal);
                return reply.refusal(protocol, &refusal);
            }
        };
        let translated = match service {
            Service::Functions => {
                let invoked = self.invoke(caller, now, request).await;
                // The code may have taken long: an answer has the date at which it is given.
                reply.date = lock(&self.model).date(self.clock.now());
                invoked
            }
            Service::LoadBalancing
            | Service::AutoScaling
            | Service::Ec2
            | Service::Parameters
            | Service::Monitoring
            | Service::Tagging
            | Service::Logs => {
                let mut model = lock(&self.model);
                model.called_by(caller, |model| translate(model, service, now, request))
            }
        };
        match translated {
            Ok((action, content)) => reply.content(protocol, &action, content),
            Err((action, refusal)) => {
                let by = caller.map_or(String::new(), |caller| format!("{}: ", caller.name));
                self.note(&format!("{by}{protocol:?} {action}"), &refusal);
                reply.refusal(protocol, &refusal)
            }
        }
    }

    /// The name of whoever asks, if that is known.
    fn name_of_caller(&self, request: &Request<Bytes>) -> Option<&str> {
        let credential = scope::credential(request.headers()).ok()?;
        let caller = callers::caller(self.callers.as_deref(), &credential).ok()?;
        caller.map(|caller| &*caller.name)
    }

    async fn invoke(
        &self,
        caller: Option<&Arc<Caller>>,
        now: Timestamp,
        request: &Request<Bytes>,
    ) -> Translated {
        let action = || "Invoke".to_owned();
        let code = lock(&self.probe).clone();
        let answer = functions::answer(&self.model, caller, code, now, request).await;
        answer
            .map(|invoked| (action(), Content::Function(invoked)))
            .map_err(|refusal| (action(), refusal))
    }

    fn note(&self, what: &str, refusal: &Refusal) {
        if refusal.is_surprise() {
            lock(&self.surprises).push(format!("{what}: {}", refusal.message()));
        }
    }
}

fn translate(
    model: &mut Model,
    service: Service,
    now: Timestamp,
    request: &Request<Bytes>,
) -> Translated {
    if service == Service::Parameters {
        let action = parameters::action(request.headers()).map_err(|r| (String::new(), r))?;
        return parameters::answer(model, now, &action, request.body())
            .map(|content| (action.clone(), Content::Json(content)))
            .map_err(|refusal| (action, refusal));
    }
    if let Service::Monitoring | Service::Tagging = service {
        let action = alarms::action(request.headers()).map_err(|r| (String::new(), r))?;
        return alarms::answer(model, now, &action, request.body())
            .map(|content| (action.clone(), Content::Json(content)))
            .map_err(|refusal| (action, refusal));
    }
    if service == Service::Logs {
        let action = logs::action(request.headers()).map_err(|r| (String::new(), r))?;
        return logs::answer(model, now, request.body())
            .map(|content| (action.clone(), Content::Json(content)))
            .map_err(|refusal| (action, refusal));
    }
    let protocol = protocol_of(service);
    let (action, asked) = query::read(request.body(), protocol.version())
        .map_err(|refusal| (String::new(), refusal))?;
    let answer = match service {
        Service::LoadBalancing => load_balancing::answer(model, now, &action, asked),
        Service::AutoScaling => auto_scaling::answer(model, now, &action, asked),
        Service::Ec2 => ec2::answer(model, now, &action, asked),
        Service::Parameters
        | Service::Functions
        | Service::Monitoring
        | Service::Tagging
        | Service::Logs => Err(Refusal::unknown_action(&action)),
    };
    match answer {
        Ok(xml) => Ok((action, Content::Xml(xml))),
        Err(refusal) => Err((action, refusal)),
    }
}

/// The action, and what is answered to it.
type Translated = Result<(String, Content), (String, Refusal)>;

/// A door with a listener.
pub struct HttpDoor {
    door: Door,
    holds: hold::Holds,
    latency: Arc<Mutex<Duration>>,
    hang_ups: Arc<AtomicU64>,
    served: serve::Served,
}

impl HttpDoor {
    /// Serves on a listener until dropped.
    pub fn serve(listener: TcpListener, door: Door) -> std::io::Result<Self> {
        let holds = hold::Holds::default();
        let latency = Arc::new(Mutex::new(Duration::ZERO));
        let hang_ups = Arc::<AtomicU64>::default();
        let answering = (
            door.clone(),
            holds.clone(),
            Arc::clone(&latency),
            Arc::clone(&hang_ups),
        );
        let served = serve::serve(listener, move |request| {
            let (door, holds, latency, hang_ups) = answering.clone();
            async move {
                let fewer = |left: u64| left.checked_sub(1);
                let order = Ordering::Relaxed;
                if hang_ups.fetch_update(order, order, fewer).is_ok() {
                    return None;
                }
                let latency = *lock(&latency);
                if !latency.is_zero() {
                    tokio::time::sleep(latency).await;
                }
                if !holds.admit(&request).await {
                    return None;
                }
                let answer = door.answer(&request).await;
                holds.pass(&request, door.name_of_caller(&request)).await;
                Some(answer)
            }
        })?;
        Ok(Self {
            door,
            holds,
            latency,
            hang_ups,
            served,
        })
    }

    /// From now on each call takes that much longer, in real time.
    pub fn delay(&self, latency: Duration) {
        *lock(&self.latency) = latency;
    }

    /// The connections of the next so many requests are closed when the request is there, and
    /// nothing is done for it: a server closes a connection that was idle for about as long as the
    /// function was frozen (hyper's issue 2136, rusoto's 1686).
    pub fn hang_up(&self, times: u64) {
        self.hang_ups.store(times, Ordering::Relaxed);
    }

    /// From now on a caller's requests for this action, or all of them, are done and not answered, until
    /// the hold is dropped; the caller by its name.
    pub fn hold(&self, by: &str, action: Option<&str>) -> Hold {
        self.holds.hold(by, action)
    }

    /// The same for one call of a caller: its first one from now on, its second one, and so on.
    pub fn hold_call(&self, by: &str, number: usize) -> Hold {
        self.holds.hold_call(by, number)
    }

    /// From now on requests for this action are not carried out; until the hold is dropped, nobody hears of that.
    pub fn hold_before(&self, action: &str) -> Hold {
        self.holds.hold_before(action)
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
        Service::Parameters | Service::Monitoring | Service::Tagging | Service::Logs => {
            Protocol::Json
        }
        Service::Functions => Protocol::Rest,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
