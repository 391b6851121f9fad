//! The calls of Lambda.

use super::Answer;
use fleet::words::FunctionName;
use std::future::Future;

/// The way to probe-brokers, which changes nothing.
pub trait Probes: Sync {
    /// Lambda `Invoke`, and its answer. A function that failed is an error of kind `Refused` with
    /// its error type as code.
    fn invoke(
        &self,
        function: &FunctionName,
        payload: &str,
    ) -> impl Future<Output = Answer<String>> + Send;
}
