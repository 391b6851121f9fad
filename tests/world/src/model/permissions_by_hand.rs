//! A person's edits of permissions, and Terraform's: with tags or without, and in forms that are AWS's.

use super::{ApiError, Model, principal};
use fleet::observed::PrincipalType;
use fleet::tags::Tags;
use fleet::words::EndpointServiceId;
use jiff::Timestamp;

impl Model {
    /// Puts a permission there with these tags, whatever its principal is: as a person does, Terraform,
    /// or AWS itself, which may show forms that it takes from nobody here.
    pub fn allow_by_hand(
        &mut self,
        now: Timestamp,
        service: &EndpointServiceId,
        principal: &str,
        tags: Tags,
    ) -> Result<(), ApiError> {
        self.advance(now);
        let kind = principal::kind(principal, &self.settings.partition);
        let kind = kind.unwrap_or_else(|_| PrincipalType::Unknown(String::new()));
        self.insert_permission(service, principal, kind, tags)?;
        self.changed();
        Ok(())
    }

    /// Changes the tags of the permission of this principal.
    pub fn retag_permission(
        &mut self,
        now: Timestamp,
        service: &EndpointServiceId,
        principal: &str,
        edit: impl FnOnce(&mut Tags),
    ) -> Result<(), ApiError> {
        self.advance(now);
        let record = self.endpoint_service_mut(service)?;
        let mut all = record.permissions.values_mut();
        let found = all.find(|permission| permission.principal == principal);
        let missing = || ApiError::refused("InvalidPrincipal", format!("no {principal}"));
        edit(&mut found.ok_or_else(missing)?.tags);
        self.changed();
        Ok(())
    }
}
