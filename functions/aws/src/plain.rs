//! Services of which we make one call each: in AWS JSON, signed by the SDK's own runtime. Their SDKs would bring some
//! hundred calls more, and CloudWatch's a protocol of its own.

use crate::clients::AnswerHooks;
use crate::connector::http_client;
use crate::error;
use aws_config::SdkConfig;
use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_sdk_ssm::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::AuthSchemeOptionResolverParams;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::error::metadata::ErrorMetadata;
use aws_types::SigningName;
use aws_types::region::SigningRegion;
use cloud::call::Call;
use cloud::calls::Answer;
use cloud::error::CallError;
use serde_json::Value;

/// A service that speaks AWS JSON.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Service {
    /// Its name in a signature, and in the name of its endpoint.
    pub(crate) name: &'static str,
    /// What stands before the action in `X-Amz-Target`.
    pub(crate) target: &'static str,
    /// The version of AWS JSON.
    pub(crate) json: &'static str,
}

/// One service, whose actions are called by name.
#[derive(Clone, Debug)]
pub(crate) struct Plain(Operation<Asked, String, ErrorMetadata>);

/// An action, and what it is asked.
#[derive(Debug)]
struct Asked {
    action: &'static str,
    body: String,
}

impl Plain {
    pub(crate) async fn new(service: Service, config: &SdkConfig, hooks: &AnswerHooks) -> Self {
        let region = config.region().map(ToString::to_string).unwrap_or_default();
        let endpoint = config.endpoint_url().map(str::to_owned);
        let endpoint = match endpoint {
            Some(endpoint) => endpoint,
            None => endpoint_of(service.name, &region).await,
        };
        let operation = Operation::builder()
            .service_name(service.name)
            .operation_name(service.target)
            .behavior_version(BehaviorVersion::latest())
            .http_client(http_client())
            .endpoint_url(&endpoint)
            .no_retry()
            .timeout_config(hooks.timeouts.clone())
            .interceptor(hooks.dates.clone())
            .runtime_plugin(signed(service.name, region, config))
            .serializer(move |asked| request(service, &asked))
            .deserializer(answer)
            .build();
        Self(operation)
    }

    /// The answer of an action.
    pub(crate) async fn call(
        &self,
        call: Call,
        action: &'static str,
        asked: &Value,
    ) -> Answer<Value> {
        let body = asked.to_string();
        let asked = Asked { action, body };
        let answer = self.0.invoke(asked).await.map_err(error::of(call))?;
        serde_json::from_str(&answer)
            .map_err(|error| CallError::unanswered(call, format!("an answer that is cut: {error}")))
    }
}

/// Where a service is asked: beside Systems Manager, whose place the SDK knows in every partition; empty if it knows
/// none in this Region, so that a call says what is wrong.
async fn endpoint_of(service: &str, region: &str) -> String {
    let asked = Params::builder().region(region).build();
    let resolver = DefaultResolver::new();
    let Ok(asked) = asked else {
        return String::new();
    };
    let beside = resolver.resolve_endpoint(&asked).await;
    let beside = beside.map(|it| it.url().to_owned()).unwrap_or_default();
    beside.replacen("//ssm.", &format!("//{service}."), 1)
}

/// Signature Version 4, with the credentials of the environment.
fn signed(service: &'static str, region: String, config: &SdkConfig) -> StaticRuntimePlugin {
    let mut layer = Layer::new("signature");
    layer.store_put(SigningName::from_static(service));
    layer.store_put(SigningRegion::from(aws_types::region::Region::new(region)));
    layer.store_put(SigV4OperationSigningConfig::default());
    layer.store_put(AuthSchemeOptionResolverParams::new(()));
    let components = RuntimeComponentsBuilder::new("signature")
        .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![
            SCHEME_ID,
        ])))
        .with_auth_scheme(SigV4AuthScheme::new())
        .with_identity_cache(Some(IdentityCache::no_cache()));
    let components = match config.credentials_provider() {
        Some(provider) => components.with_identity_resolver(SCHEME_ID, provider),
        None => components,
    };
    StaticRuntimePlugin::new()
        .with_config(layer.freeze())
        .with_runtime_components(components)
}

fn request(service: Service, asked: &Asked) -> Result<HttpRequest, BoxError> {
    let mut request = HttpRequest::new(SdkBody::from(asked.body.as_str()));
    request.set_method("POST")?;
    request.set_uri("/")?;
    let target = format!("{}.{}", service.target, asked.action);
    let headers = request.headers_mut();
    headers.try_insert("x-amz-target", target)?;
    let kind = format!("application/x-amz-json-{}", service.json);
    headers.try_insert("content-type", kind)?;
    Ok(request)
}

fn answer(response: &HttpResponse) -> Result<String, OrchestratorError<ErrorMetadata>> {
    let body = String::from_utf8_lossy(response.body().bytes().unwrap_or_default());
    if response.status().is_success() {
        return Ok(body.into_owned());
    }
    // `__type` may have a namespace before the code.
    let said: Value = serde_json::from_str(&body).unwrap_or_default();
    let text = |key: &str| said.get(key).and_then(Value::as_str);
    let kind = text("__type").unwrap_or_default();
    let code = kind.rsplit_once('#').map_or(kind, |(_, code)| code);
    let message = text("message").or(text("Message")).unwrap_or_default();
    let mut error = ErrorMetadata::builder().message(message);
    if !code.is_empty() {
        error = error.code(code);
    }
    Err(OrchestratorError::operation(error.build()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_service_is_asked_in_the_region_and_partition_that_the_sdk_knows() {
        for region in ["us-west-2", "cn-north-1", "us-gov-west-1"] {
            let ssm = endpoint_of("ssm", region).await;
            assert!(ssm.starts_with("https://ssm."), "{ssm}");
            let beside = ssm.replace("//ssm.", "//monitoring.");
            assert_eq!(endpoint_of("monitoring", region).await, beside);
        }
    }
}
