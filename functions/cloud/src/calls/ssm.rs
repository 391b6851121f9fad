//! The calls of Systems Manager, reading.

use super::{Answer, Page, PageToken};
use fleet::observed::Parameter;
use fleet::words::ParameterName;
use std::future::Future;

/// What is read of the Parameter Store of Systems Manager.
pub trait SsmReads: Sync {
    /// SSM `GetParametersByPath`, recursive, not decrypted; pages of 10.
    fn get_parameters_by_path(
        &self,
        path: &str,
        page: Option<PageToken>,
    ) -> impl Future<Output = Answer<Page<Parameter>>> + Send;

    /// SSM `GetParameter`, decrypted: a secret. Never printed.
    fn get_parameter(&self, name: &ParameterName) -> impl Future<Output = Answer<String>> + Send;
}
