//! What the fake writes down when it is told who may connect. It changes nothing.

use super::Fake;
use super::writes::pairs;
use crate::call::Call;
use crate::calls::{Answer, PrincipalWrites, Unsuccessful};
use fleet::tags::Tags;
use fleet::words::{EndpointServiceId, ServicePermissionId, VpcEndpointId};

fn texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    texts.into_iter().collect::<Vec<_>>().join(" ")
}

impl PrincipalWrites for Fake {
    async fn allow_principals(
        &self,
        service: &EndpointServiceId,
        principals: &[String],
    ) -> Answer<Vec<(String, ServicePermissionId)>> {
        let of = format!("{service} +{}", principals.join(" +"));
        let permission = |principal: &String| {
            let id = ServicePermissionId::new(format!("vpce-svc-perm-{principal}"));
            (principal.clone(), id)
        };
        let added = principals.iter().map(permission).collect();
        let call = Call::ModifyVpcEndpointServicePermissions;
        self.answer(call, of, added).await
    }

    async fn disallow_principals(
        &self,
        service: &EndpointServiceId,
        principals: &[String],
    ) -> Answer<()> {
        let of = format!("{service} -{}", principals.join(" -"));
        let call = Call::ModifyVpcEndpointServicePermissions;
        self.answer(call, of, ()).await
    }

    async fn tag_permissions(
        &self,
        permissions: &[ServicePermissionId],
        tags: &Tags,
    ) -> Answer<()> {
        let permissions = texts(permissions.iter().map(ServicePermissionId::as_str));
        let of = format!("{permissions}: {}", pairs(tags));
        self.answer(Call::CreateTags, of, ()).await
    }

    async fn accept_connections(
        &self,
        service: &EndpointServiceId,
        endpoints: &[VpcEndpointId],
    ) -> Answer<Vec<Unsuccessful>> {
        let endpoints = texts(endpoints.iter().map(VpcEndpointId::as_str));
        let (of, not) = (format!("{service}: {endpoints}"), self.unsuccessful.clone());
        self.answer(Call::AcceptVpcEndpointConnections, of, not)
            .await
    }

    async fn reject_connections(
        &self,
        service: &EndpointServiceId,
        endpoints: &[VpcEndpointId],
    ) -> Answer<Vec<Unsuccessful>> {
        let endpoints = texts(endpoints.iter().map(VpcEndpointId::as_str));
        let (of, not) = (format!("{service}: {endpoints}"), self.unsuccessful.clone());
        self.answer(Call::RejectVpcEndpointConnections, of, not)
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::Ec2Reads;
    use fleet::observed::{ConnectionState, EndpointConnection, IngressRule, IngressSource};
    use fleet::observed::{PrincipalType, ServicePermission};

    #[tokio::test(start_paused = true)]
    async fn it_shows_what_it_was_given_and_writes_down_what_it_is_told() {
        let fake = Fake {
            permissions: vec![ServicePermission {
                id: "vpce-svc-perm-1".into(),
                principal: "*".to_owned(),
                kind: PrincipalType::All,
                tags: Tags::new(),
            }],
            connections: vec![EndpointConnection {
                endpoint: "vpce-1".into(),
                owner: "111122223333".into(),
                state: ConnectionState::PendingAcceptance,
                created: None,
                region: None,
            }],
            rules: ["sg-1", "sg-2"]
                .map(|group| IngressRule {
                    group: group.into(),
                    protocol: "-1".to_owned(),
                    from_port: None,
                    to_port: None,
                    source: IngressSource::Unknown,
                })
                .into(),
            unsuccessful: vec![Unsuccessful {
                endpoint: "vpce-1".into(),
                code: "InvalidState".to_owned(),
                message: "no".to_owned(),
            }],
            ..Fake::default()
        };
        let service = "vpce-svc-1".into();
        let permissions = fake.describe_service_permissions(&service, None).await;
        assert_eq!(permissions.unwrap().items, fake.permissions);
        let connections = fake.describe_endpoint_connections(&service, None).await;
        assert_eq!(connections.unwrap().items, fake.connections);
        let second = ["sg-2".into()];
        let rules = fake.describe_security_group_rules(&second, None);
        assert_eq!(rules.await.unwrap().items, fake.rules[1..]);
        let who = ["a".to_owned(), "b".to_owned()];
        let added = fake.allow_principals(&service, &who).await.unwrap();
        assert_eq!(added[1], ("b".to_owned(), "vpce-svc-perm-b".into()));
        let tags = [("k".to_owned(), "v".to_owned())].into();
        let ids = added.into_iter().map(|(_, id)| id).collect::<Vec<_>>();
        fake.tag_permissions(&ids, &tags).await.unwrap();
        fake.disallow_principals(&service, &who).await.unwrap();
        let ends = ["vpce-1".into()];
        let not = fake.accept_connections(&service, &ends).await.unwrap();
        assert_eq!(not[0].to_string(), "vpce-1: InvalidState: no");
        fake.reject_connections(&service, &ends).await.unwrap();
        assert_eq!(
            fake.written(),
            [
                "ModifyVpcEndpointServicePermissions vpce-svc-1 +a +b",
                "CreateTags vpce-svc-perm-a vpce-svc-perm-b: k=v",
                "ModifyVpcEndpointServicePermissions vpce-svc-1 -a -b",
                "AcceptVpcEndpointConnections vpce-svc-1: vpce-1",
                "RejectVpcEndpointConnections vpce-svc-1: vpce-1",
            ]
        );
    }
}
