//! The five ways in which AWS answers: envelopes, errors, headers.

use super::refusal::Refusal;
use super::xml::Xml;
use crate::model::Invoked;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::{Value, json};

/// How a service speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// AWS query of Elastic Load Balancing.
    LoadBalancing,
    /// AWS query of Auto Scaling.
    AutoScaling,
    /// EC2 query.
    Ec2,
    /// AWS JSON 1.1 of Systems Manager.
    Json,
    /// REST JSON of Lambda.
    Rest,
}

/// What an action answers.
pub(super) enum Content {
    /// What stands inside the result element.
    Xml(Xml),
    /// The body.
    Json(Value),
    /// What a function answered.
    Function(Invoked),
}

impl Protocol {
    /// `Version` of the query API.
    pub(super) fn version(self) -> &'static str {
        match self {
            Self::LoadBalancing => "2015-12-01",
            Self::AutoScaling => "2011-01-01",
            Self::Ec2 => "2016-11-15",
            Self::Json => "1.1",
            Self::Rest => "2015-03-31",
        }
    }

    fn namespace(self) -> &'static str {
        match self {
            Self::LoadBalancing => "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
            Self::AutoScaling => "http://autoscaling.amazonaws.com/doc/2011-01-01/",
            Self::Ec2 => "http://ec2.amazonaws.com/doc/2016-11-15/",
            Self::Json | Self::Rest => "",
        }
    }

    /// The code for parameters that a service does not take (common errors of each API reference).
    fn bad_parameter(self) -> &'static str {
        match self {
            Self::LoadBalancing | Self::AutoScaling => "ValidationError",
            Self::Ec2 => "UnknownParameter",
            Self::Json => "ValidationException",
            Self::Rest => "InvalidParameterValueException",
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::LoadBalancing | Self::AutoScaling => "text/xml",
            Self::Ec2 => "text/xml;charset=UTF-8",
            Self::Json => "application/x-amz-json-1.1",
            Self::Rest => "application/json",
        }
    }
}

/// What every answer carries.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) request_id: String,
    pub(super) date: Timestamp,
}

impl Reply {
    /// An answer to an action.
    pub(super) fn content(
        &self,
        protocol: Protocol,
        action: &str,
        content: Content,
    ) -> Response<Bytes> {
        let response = format!("{action}Response");
        let body = match content {
            Content::Json(value) => value.to_string().into_bytes(),
            Content::Function(invoked) => return self.of_function(protocol, invoked),
            Content::Xml(inner) if protocol == Protocol::Ec2 => {
                Xml::document(&response, protocol.namespace(), |xml| {
                    xml.text("requestId", &self.request_id);
                    xml.append(inner);
                })
            }
            Content::Xml(inner) => Xml::document(&response, protocol.namespace(), |xml| {
                xml.structure(&format!("{action}Result"), |xml| xml.append(inner));
                xml.structure("ResponseMetadata", |xml| {
                    xml.text("RequestId", &self.request_id);
                });
            }),
        };
        self.response(StatusCode::OK, protocol, body)
    }

    /// A function that failed is a success of Lambda's (API reference, Invoke).
    fn of_function(&self, protocol: Protocol, invoked: Invoked) -> Response<Bytes> {
        let (body, failed) = match invoked {
            Invoked::Answered(answer) => (answer, false),
            Invoked::Failed(kind, message) => {
                let report = json!({"errorType": kind, "errorMessage": message});
                (report.to_string(), true)
            }
        };
        let mut response = self.response(StatusCode::OK, protocol, body.into_bytes());
        let headers = response.headers_mut();
        headers.insert(
            "x-amz-executed-version",
            HeaderValue::from_static("$LATEST"),
        );
        if failed {
            headers.insert(
                "x-amz-function-error",
                HeaderValue::from_static("Unhandled"),
            );
        }
        response
    }

    /// An error.
    pub(super) fn refusal(&self, protocol: Protocol, refusal: &Refusal) -> Response<Bytes> {
        let code = refusal.code(protocol.bad_parameter());
        let message = refusal.message();
        let body = match protocol {
            Protocol::Json => json!({"__type": code, "message": message})
                .to_string()
                .into_bytes(),
            // Its code stands in a header.
            Protocol::Rest => json!({"Type": "User", "Message": message})
                .to_string()
                .into_bytes(),
            Protocol::Ec2 => {
                let mut xml = Xml::new();
                xml.structure("Response", |xml| {
                    xml.list("Errors", "Error", [()], |xml, ()| {
                        xml.text("Code", code);
                        xml.text("Message", message);
                    });
                    xml.text("RequestID", &self.request_id);
                });
                xml.into_bytes()
            }
            Protocol::LoadBalancing | Protocol::AutoScaling => {
                Xml::document("ErrorResponse", protocol.namespace(), |xml| {
                    xml.structure("Error", |xml| {
                        let fault = if refusal.status() < 500 {
                            "Sender"
                        } else {
                            "Receiver"
                        };
                        xml.text("Type", fault);
                        xml.text("Code", code);
                        xml.text("Message", message);
                    });
                    xml.text("RequestId", &self.request_id);
                })
            }
        };
        let status =
            StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = self.response(status, protocol, body);
        if protocol == Protocol::Rest {
            let code = HeaderValue::from_static(code);
            response.headers_mut().insert("x-amzn-errortype", code);
        }
        response
    }

    fn response(&self, status: StatusCode, protocol: Protocol, body: Vec<u8>) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(protocol.content_type()),
        );
        // AWS time: the only clock of an activation.
        let date = DateTimePrinter::new()
            .timestamp_to_rfc9110_string(&self.date)
            .ok()
            .and_then(|date| HeaderValue::try_from(date).ok());
        if let Some(date) = date {
            headers.insert(header::DATE, date);
        }
        if let Ok(id) = HeaderValue::try_from(&self.request_id) {
            headers.insert("x-amzn-requestid", id);
        }
        response
    }
}
