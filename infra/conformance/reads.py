"""Questions that need nothing but reading."""

import re

from account import CLUSTER_TAG
from aws import Refused, Unexpected, clean, need, rows
from check import Differs, NotAsked, check

# tests/world/src/model/limits.rs and listeners.rs
LIMITS = {
    "listeners-per-network-load-balancer": 50,
    "target-groups": 3000,
    "targets-per-network-load-balancer": 3000,
    "targets-per-availability-zone-per-network-load-balancer": 500,
}
# functions/fleet/src/observed/lifecycle_hook.rs, `instance_in`
INSTANCE_ID = re.compile(r"(?<![0-9A-Za-z-])i-[0-9A-Fa-f]+(?![0-9A-Za-z-])")


def limits(asked):
    found = rows(asked.aws.call("elbv2", "describe-account-limits"), "Limits")
    return {need(limit, "Name"): limit.get("Max") for limit in found}


@check("limits", "an NLB has 50 listeners, and 500 targets in a zone", "F1, F79", "tests/world/src/model/limits.rs")
def ask_limits(asked):
    seen = limits(asked)
    missing = [name for name in LIMITS if name not in seen]
    if missing:
        raise Unexpected("DescribeAccountLimits does not name %s" % ", ".join(missing))
    # A quota that AWS raised for this account is a larger one of the same kind. That of listeners it never raises.
    if seen["listeners-per-network-load-balancer"] != "50":
        raise Differs("listeners-per-network-load-balancer is %s" % seen["listeners-per-network-load-balancer"])
    lower = ["%s is %s" % (name, seen[name]) for name, least in LIMITS.items() if int(seen[name]) < least]
    if lower:
        raise Differs(", ".join(lower))
    return ", ".join("%s %s" % (name, seen[name]) for name in LIMITS)


@check("one-target-group", "a listener of an NLB forwards to one target group", "F3, F79", "tests/world/src/model/listeners.rs")
def ask_one_target_group(asked):
    most = limits(asked).get("target-groups-per-action-on-network-load-balancer")
    if most is None:
        raise NotAsked("DescribeAccountLimits does not name target-groups-per-action-on-network-load-balancer")
    if most != "1":
        raise Differs("target-groups-per-action-on-network-load-balancer is %s" % most)
    return "one in an action"


@check(
    "inbound-rules", "the NLB says whether its inbound rules hold for PrivateLink", "F13",
    "tests/world/src/model/load_balancer.rs, functions/sync-principals/src/access.rs",
)
def ask_inbound_rules(asked):
    found = asked.account.load_balancer
    if not found.get("SecurityGroups"):
        raise NotAsked("the NLB has no security group")
    said = found.get("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic")
    if said not in ("on", "off"):
        raise Differs("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic is %s" % (said or "not there"))
    return said


def nodes(asked):
    text = "ELB " + asked.account.load_balancer_path
    answer = asked.aws.call("ec2", "describe-network-interfaces", "--filters", "Name=description,Values=" + text)
    return rows(answer, "NetworkInterfaces")


@check(
    "nodes-by-description", "each zone's node is an interface described `ELB net/<name>/<id>`, made by AWS", "F48",
    "tests/world/src/model/network_interfaces.rs",
)
def ask_nodes(asked):
    zones = {need(zone, "ZoneName") for zone in rows(asked.account.load_balancer, "AvailabilityZones")}
    found = nodes(asked)
    seen = {node.get("AvailabilityZone") for node in found}
    if seen != zones:
        raise Differs("the NLB has %s, and the interfaces stand in %s" % (sorted(zones), sorted(map(str, seen))))
    for node in found:
        kind, managed = node.get("InterfaceType"), node.get("RequesterManaged")
        if kind != "network_load_balancer" or managed is not True:
            raise Differs("InterfaceType is %s and RequesterManaged %s" % (kind, managed))
    return "%d interfaces" % len(found)


def all_have(found, path, what):
    """Differs with what has none at this path."""
    def lacks(one):
        try:
            return not need(one, *path)
        except Unexpected:
            return True
    without = [clean(one.get(what, "?")) for one in found if lacks(one)]
    if without:
        raise Differs("%s is not there of %s" % (".".join(path), ", ".join(without)))


@check(
    "zone-ids-of-nodes", "DescribeNetworkInterfaces shows the AZ ID of each node", "F19, F48",
    "tests/world/src/model/network_interfaces.rs, functions/aws/src/ec2/nodes.rs",
)
def ask_zone_ids_of_nodes(asked):
    found = nodes(asked)
    if not found:
        raise NotAsked("no interface has the description (see nodes-by-description)")
    all_have(found, ["AvailabilityZoneId"], "NetworkInterfaceId")
    return ", ".join(sorted(node["AvailabilityZoneId"] for node in found))


@check(
    "zone-ids-of-instances", "DescribeInstances shows the AZ ID of each broker", "F19",
    "tests/world/src/model/ec2.rs, functions/aws/src/ec2/instance.rs",
)
def ask_zone_ids_of_instances(asked):
    found = asked.account.brokers()
    if not found:
        raise NotAsked("no instance that runs has the tag %s=%s" % (CLUSTER_TAG, asked.account.cluster))
    all_have(found, ["Placement", "AvailabilityZoneId"], "InstanceId")
    return "%d instances" % len(found)


def the_services(asked):
    found = asked.account.services()
    if not found:
        raise NotAsked("no endpoint service stands on the NLB yet")
    return found


@check(
    "zone-ids-of-service", "DescribeVpcEndpointServiceConfigurations shows AZ IDs", "F19",
    "tests/world/src/model/endpoint_services.rs, functions/aws/src/ec2/service.rs",
)
def ask_zone_ids_of_service(asked):
    found = the_services(asked)
    all_have(found, ["AvailabilityZoneIds"], "ServiceId")
    return ", ".join(found[0]["AvailabilityZoneIds"])


@check("one-service", "an NLB stands behind one endpoint service at most", "F18", "tests/world/src/model/endpoint_services.rs")
def ask_one_service(asked):
    found = the_services(asked)
    if len(found) > 1:
        raise Differs("%d services stand on it: %s" % (len(found), ", ".join(need(one, "ServiceId") for one in found)))
    return need(found[0], "ServiceId")


@check(
    "permissions-have-ids", "a permission of an endpoint service has an ID of its own", "F43",
    "tests/world/src/model/service_permissions.rs",
)
def ask_permissions(asked):
    service = need(the_services(asked)[0], "ServiceId")
    answer = asked.aws.call("ec2", "describe-vpc-endpoint-service-permissions", "--service-id", service)
    found = rows(answer, "AllowedPrincipals")
    if not found:
        raise NotAsked("nobody is allowed on %s yet" % service)
    all_have(found, ["ServicePermissionId"], "Principal")
    return "%d permissions" % len(found)


@check(
    "parameters-below", "GetParametersByPath of a path without a slash at its end shows what is below it, at any depth", "F44",
    "tests/world/src/model/parameters.rs",
)
def ask_parameters(asked):
    path = "/kafka-privatelink/" + asked.account.cluster

    def below(path):
        answer = asked.aws.call("ssm", "get-parameters-by-path", "--recursive", "--path", path)
        return {need(one, "Name") for one in rows(answer, "Parameters")}

    found = below(path)
    if not found:
        raise NotAsked("there is no parameter below %s yet" % path)
    beside = sorted(clean(name) for name in found if not name.startswith(path + "/"))
    if beside:
        raise Differs("it shows %s, too" % ", ".join(beside))
    if not any("/" in name[len(path) + 1:] for name in found):
        raise NotAsked("no parameter stands deeper than %s/<name> yet" % path)
    return "%d parameters" % len(found)


@check("date-header", "every answer has a Date header", "F77", "functions/aws/src/date.rs, tests/world/src/doors")
def ask_dates(asked):
    arn = asked.account.load_balancer_arn
    calls = {
        "Elastic Load Balancing": ["elbv2", "describe-load-balancers", "--load-balancer-arns", arn],
        "EC2": ["ec2", "describe-vpcs", "--vpc-ids", asked.account.vpc],
        "Auto Scaling": ["autoscaling", "describe-auto-scaling-groups", "--max-items", "1"],
        "Systems Manager": ["ssm", "get-parameters-by-path", "--path", "/kafka-privatelink/" + asked.account.cluster],
    }
    for service, words in calls.items():
        if "'date':" not in asked.aws.headers(*words).lower():
            raise Differs("an answer of %s has none" % service)
    return ", ".join(calls)


@check(
    "activities-name-instances", "the description of a scaling activity names its instance", "F55",
    "tests/world/src/model/activities.rs",
)
def ask_activities(asked):
    wanted = "Name=tag:%s,Values=%s" % (CLUSTER_TAG, asked.account.cluster)
    groups = rows(asked.aws.call("autoscaling", "describe-auto-scaling-groups", "--filters", wanted), "AutoScalingGroups")
    for group in groups:
        name = need(group, "AutoScalingGroupName")
        answer = asked.aws.call("autoscaling", "describe-scaling-activities", "--auto-scaling-group-name", name, "--max-items", "20")
        ended = [one for one in rows(answer, "Activities") if one.get("StatusCode") == "Successful"]
        # Others are about the group's load balancers.
        ended = [one for one in ended if "EC2 instance" in need(one, "Description")]
        for one in ended:
            if not INSTANCE_ID.search(one["Description"]):
                raise Differs("a description is %r" % clean(one["Description"])[:80])
        if ended:
            return "%d activities of %s" % (len(ended), clean(name))
    raise NotAsked("no Auto Scaling group with the cluster's tag has ended an activity")


@check(
    "agents", "Systems Manager tells of each broker's agent whether it is Online, and its version as four numbers", "P-49, P-57",
    "tests/world/src/model/agents.rs",
)
def ask_agents(asked):
    brokers = {need(one, "InstanceId") for one in asked.account.brokers()}
    if not brokers:
        raise NotAsked("no broker runs")
    found = rows(asked.aws.call("ssm", "describe-instance-information"), "InstanceInformationList")
    ours = [one for one in found if one.get("InstanceId") in brokers]
    if not ours:
        raise NotAsked("Systems Manager knows none of the brokers (infra/README.md: SSM Agent, instance profile)")
    for one in ours:
        if need(one, "PingStatus") not in ("Online", "ConnectionLost", "Inactive"):
            raise Differs("PingStatus of %s is %s" % (one["InstanceId"], one["PingStatus"]))
        version = need(one, "AgentVersion").split(".")
        if not all(part.isdigit() for part in version) or len(version) != 4:
            raise Differs("AgentVersion of %s is %s, not four numbers" % (one["InstanceId"], one["AgentVersion"]))
    return "%d of %d brokers" % (len(ours), len(brokers))


@check(
    "inspections", "on a host the script knows its instance, gets its payload by the environment, and ends with 0", "P-49, P-50",
    "infra/host/inspect.sh, tests/world/src/model/commands.rs",
)
def ask_inspections(asked):
    document = "kafka-privatelink-%s-inspect" % asked.account.cluster
    try:
        answer = asked.aws.call("ssm", "list-commands", "--filters", "key=DocumentName,value=" + document, "--max-items", "50")
    except Refused as refusal:
        if refusal.is_denied():
            raise
        raise NotAsked("%s; push-listeners has sent no inspection yet, perhaps" % refusal) from None
    ended = [one for one in rows(answer, "Commands") if one.get("Status") in ("Success", "Failed")]
    if not ended:
        raise NotAsked("push-listeners has sent no inspection in 30 days that came to an end")
    well = [one for one in ended if one["Status"] == "Success"]
    if not well:
        raise Differs("all of %d inspections failed: aws ssm list-command-invocations --details --command-id %s" % (len(ended), ended[0].get("CommandId")))
    return "%d of %d inspections" % (len(well), len(ended))
