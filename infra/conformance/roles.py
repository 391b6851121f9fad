"""Questions about the functions' own roles.

A Lambda function's role lets nobody else take it on, and that stays so. AWS tells of it all the same:
- the function itself is asked for its plan, which reads under its role and writes nothing;
- `SimulatePrincipalPolicy` answers for the role's own policies. It makes no call, and knows no tags, so
  what each call asks for is said here, as tests/world/src/model/permission.rs has it: the answer is
  whether the role allows that, not whether AWS asks for that (F75);
- CloudTrail tells what AWS let the role do, and what not: trail.py."""

import json
import os
import tempfile

from account import CLUSTER_TAG, FUNCTIONS
from aws import Unexpected, clean, need, rows
from check import Differs, NotAsked, check

PERMISSIONS = "infra/template.yaml, tests/world/src/model/permission.rs"
ELB, EC2, SSM = "elasticloadbalancing:", "ec2:", "ssm:"
REQUEST, RESOURCE = "aws:RequestTag/" + CLUSTER_TAG, "aws:ResourceTag/" + CLUSTER_TAG
NEW_GROUP, GROUP = "targetgroup/kpl-00000000-1/*", "targetgroup/kpl-00000000-1/0000000000000000"


def plan_of(asked, name):
    """What `{"action":"plan"}` answers."""
    handle, out = tempfile.mkstemp(prefix="conformance-plan-")
    os.close(handle)
    try:
        told = asked.aws.call(
            "lambda", "invoke", "--function-name", asked.account.functions[name].name,
            "--cli-binary-format", "raw-in-base64-out", "--payload", '{"action":"plan"}', out,
        )
        with open(out, encoding="utf-8") as file:
            answer = file.read()
    finally:
        os.unlink(out)
    if told.get("FunctionError"):
        raise Unexpected("%s ended with %s: %s" % (name, told["FunctionError"], clean(answer[:200])))
    try:
        return need(json.loads(answer), "plan")
    except ValueError:
        raise Unexpected("%s answered no JSON: %s" % (name, clean(answer[:80]))) from None


def ask_plan(name):
    def ask(asked):
        gaps = rows(plan_of(asked, name), "gaps")
        told = ["%s: %s" % (gap.get("read"), gap.get("reason")) for gap in gaps]
        denied = [one for one in told if "permission missing" in one]
        if denied:
            raise Differs(clean("; ".join(denied)))
        if told:
            raise NotAsked("something could not be read, for another reason than a permission: " + clean("; ".join(told)))
        return "its plan has no gap"
    return ask


for one in FUNCTIONS:
    check(
        "reads-of-" + one, "the role of %s may read all that the function reads, in the form in which AWS asks" % one, "F44",
        PERMISSIONS + ", functions/%s/src" % one,
    )(ask_plan(one))


def simulate(asked, role, actions, resources, context):
    """Each (action, resource) with AWS's decision, and whether an organization's policy was against it."""
    entries = [
        {"ContextKeyName": key, "ContextKeyValues": value if isinstance(value, list) else [value],
         "ContextKeyType": "stringList" if isinstance(value, list) else "string"}
        for key, value in context.items()
    ]
    words = ["--policy-source-arn", role, "--action-names", *actions, "--resource-arns", *resources]
    if entries:
        words += ["--context-entries", json.dumps(entries)]
    found = rows(asked.aws.call("iam", "simulate-principal-policy", *words), "EvaluationResults")
    decisions = {}
    for one in found:
        key = (need(one, "EvalActionName"), one.get("EvalResourceName", "*"))
        organization = one.get("OrganizationsDecisionDetail", {}).get("AllowedByOrganizations", True)
        decisions[key] = (need(one, "EvalDecision"), organization)
    if len(decisions) != len(actions) * len(resources):
        raise Unexpected("SimulatePrincipalPolicy answers %d of %d questions" % (len(decisions), len(actions) * len(resources)))
    return decisions


def may(name, function, actions, resources, context, sentence, facts="F44, F75"):
    """With this context the role allows all; with the tags' values of another cluster, nothing."""
    def ask(asked):
        role = asked.account.functions[function].role
        full = [fill(asked, one) for one in resources]
        with_tags = {key: fill(asked, value) for key, value in context.items()}
        for (action, resource), (decision, organization) in simulate(asked, role, actions, full, with_tags).items():
            if decision != "allowed" and not organization:
                raise NotAsked("a policy of the organization denies %s on %s" % (action, resource))
            if decision != "allowed":
                raise Differs("%s on %s is %s" % (action, resource, decision))
        fenced = [key for key, value in context.items() if value == "<cluster>"]
        if not fenced:
            return "%d allowed" % (len(actions) * len(full))
        others = dict(with_tags, **{key: asked.account.cluster + "-of-somebody-else" for key in fenced})
        for (action, resource), (decision, _) in simulate(asked, role, actions, full, others).items():
            if decision == "allowed":
                raise Differs("%s on %s is allowed with the tag of another cluster, too" % (action, resource))
        return "%d allowed, and denied with another cluster's tag" % (len(actions) * len(full))

    check(name, sentence, facts, PERMISSIONS)(ask)


def fill(asked, text):
    """A resource or a value with what stands in it for this account."""
    if isinstance(text, list):
        return text
    account = asked.account
    if text == "<load balancer>":
        return account.load_balancer_arn
    text = text.replace("<cluster>", account.cluster).replace("<load balancer path>", account.load_balancer_path)
    service, _, resource = text.partition("|")
    return account.arn(service, resource) if resource else text


def elb(actions):
    return [ELB + action for action in actions.split()]


LISTENER = "elasticloadbalancing|listener/<load balancer path>/"
may(
    "may-create-groups", "register-brokers", elb("CreateTargetGroup"), ["elasticloadbalancing|" + NEW_GROUP], {REQUEST: "<cluster>"},
    "a target group is made on targetgroup/<name>/*, by its tag",
)
may(
    "may-tag-new-groups", "register-brokers", elb("AddTags"), ["elasticloadbalancing|" + NEW_GROUP],
    {REQUEST: "<cluster>", ELB + "CreateAction": "CreateTargetGroup"}, "its tags are authorised as AddTags, with CreateAction",
)
may(
    "may-change-groups", "register-brokers",
    elb("ModifyTargetGroup ModifyTargetGroupAttributes RegisterTargets DeregisterTargets DeleteTargetGroup"),
    ["elasticloadbalancing|" + GROUP], {RESOURCE: "<cluster>"}, "a target group of ours is changed by its tag",
)
may(
    "may-note-on-groups", "register-brokers", elb("AddTags RemoveTags"), ["elasticloadbalancing|" + GROUP],
    {RESOURCE: "<cluster>", "aws:TagKeys": ["kafka-privatelink:vacant-since"]}, "a time is noted on a group of ours",
)
may(
    "may-read-for-elb", "register-brokers",
    [EC2 + a for a in "DescribeInstances DescribeInternetGateways DescribeSubnets DescribeVpcs".split()], ["*"], {},
    "what ELB reads of EC2 in the role's name is allowed on *",
)
may(
    "may-create-listeners", "register-brokers", elb("CreateListener"), ["<load balancer>"], {REQUEST: "<cluster>"},
    "a listener is made on its load balancer, by its tag",
)
may(
    "may-tag-new-listeners", "register-brokers", elb("AddTags"), [LISTENER + "*", "<load balancer>"],
    {REQUEST: "<cluster>", ELB + "CreateAction": "CreateListener"}, "its tags are authorised on the listener and on the load balancer",
)
may(
    "may-change-listeners", "register-brokers", elb("ModifyListener ModifyListenerAttributes DeleteListener"),
    [LISTENER + "0000000000000000"], {RESOURCE: "<cluster>"}, "a listener of ours is changed by its tag",
)
may(
    "may-complete-hooks", "register-brokers", ["autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat"],
    ["autoscaling|autoScalingGroup:00000000-0000-4000-8000-000000000000:autoScalingGroupName/broker-1"], {RESOURCE: "<cluster>"},
    "an instance goes on by its group's tag", "F56, F75",
)
may(
    "may-read-secrets", "register-brokers", [SSM + "GetParameter"],
    ["ssm|parameter/kafka-privatelink/<cluster>/secrets/probe", "ssm|parameter/aws/reference/secretsmanager/kafka-privatelink/<cluster>/probe"],
    {}, "a secret is read by its name, or by a reference",
)
may(
    "may-follow-references", "register-brokers", ["secretsmanager:GetSecretValue"],
    ["secretsmanager|secret:kafka-privatelink/<cluster>/probe-AbCdEf"], {}, "a reference is followed in the role's name",
)
may(
    "may-write-handover", "register-brokers", [SSM + "PutParameter"], ["ssm|parameter/kafka-privatelink/<cluster>/handover/EXTERNAL"], {},
    "the hand-over is written by its name",
)
may(
    "may-allow-principals", "sync-principals",
    [EC2 + a for a in "ModifyVpcEndpointServicePermissions AcceptVpcEndpointConnections RejectVpcEndpointConnections "
     "DescribeVpcEndpointServicePermissions".split()],
    ["ec2|vpc-endpoint-service/vpce-svc-00000000000000000"], {RESOURCE: "<cluster>"}, "principals are allowed by the service's tag",
)
may(
    "may-tag-permissions", "sync-principals", [EC2 + "CreateTags"],
    ["ec2|vpc-endpoint-service-permission/vpce-svc-perm-00000000000000000"],
    {REQUEST: "<cluster>", "aws:TagKeys": [CLUSTER_TAG]}, "a permission without tags is tagged", "F43, F75",
)
may(
    "may-send-documents", "push-listeners", [SSM + "SendCommand"],
    ["ssm|document/kafka-privatelink-<cluster>-" + one for one in ("inspect", "apply", "stop")], {},
    "a command is authorised on its document", "F49, F75",
)
may(
    "may-send-to-brokers", "push-listeners", [SSM + "SendCommand"], ["ec2|instance/i-00000000000000000"],
    {"ssm:resourceTag/" + CLUSTER_TAG: "<cluster>"}, "and on its instance, by that one's tag", "F49, F75",
)
may(
    "may-reboot-brokers", "heal-brokers", [EC2 + "RebootInstances"], ["ec2|instance/i-00000000000000000"], {RESOURCE: "<cluster>"},
    "an instance is rebooted by its tag", "F75",
)
may(
    "may-replace-brokers", "heal-brokers", ["autoscaling:SetInstanceHealth"],
    ["autoscaling|autoScalingGroup:00000000-0000-4000-8000-000000000000:autoScalingGroupName/broker-1"], {RESOURCE: "<cluster>"},
    "an instance is called unhealthy by its group's tag", "F75",
)
