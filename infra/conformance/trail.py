"""What AWS let the functions' roles do, as CloudTrail's event history has it (F76): the calls themselves, so
this says which form AWS asks for. Nothing is there until a function has made the call once."""

import json

from aws import clean, need, rows
from check import Differs, NotAsked, check

DENIED = ("AccessDenied", "AccessDeniedException", "Client.UnauthorizedOperation", "UnauthorizedOperation")
PERMISSION = "tests/world/src/model/permission.rs, infra/template.yaml"


def calls_of(asked, role, name):
    """(error code or None, message) of the newest calls of this name by this role."""
    answer = asked.aws.call(
        "cloudtrail", "lookup-events", "--lookup-attributes", "AttributeKey=EventName,AttributeValue=" + name, "--max-items", "200"
    )
    calls = []
    for event in rows(answer, "Events"):
        try:
            told = json.loads(need(event, "CloudTrailEvent"))
        except ValueError:
            continue  # one event that CloudTrail cut tells nothing of the others
        issuer = told.get("userIdentity", {}).get("sessionContext", {}).get("sessionIssuer", {}).get("arn")
        if issuer == role:
            calls.append((told.get("errorCode"), clean(told.get("errorMessage", ""))))
    return calls


def done(name, function, calls, sentence, facts, place=PERMISSION):
    """Confirmed when AWS let the role make each of the calls, and differs when it denied the newest of one."""
    def ask(asked):
        role = asked.account.functions[function].role
        never = []
        for call in calls:
            seen = calls_of(asked, role, call)
            if seen and seen[0][0] in DENIED:
                raise Differs("%s was denied: %s" % (call, seen[0][1]))
            if not any(code is None for code, _ in seen):
                never.append(call)
        if never:
            raise NotAsked("CloudTrail has no %s of %s in the newest 200 of 90 days; ask again when one was made" % (", ".join(never), function))
        return "CloudTrail has %s" % ", ".join(calls)

    check(name, sentence, facts, place)(ask)


done(
    "did-create-groups", "register-brokers", ["CreateTargetGroup"],
    "what is asked in the role's name to make a target group is what the role allows", "F44, F76",
)
done(
    "did-register", "register-brokers", ["RegisterTargets", "DeregisterTargets"],
    "RegisterTargets asks for the target group and four reads of EC2 only", "F44, F76",
)
done(
    "did-create-listeners", "register-brokers", ["CreateListener"],
    "AddTags of a new listener is asked on the listener or on its load balancer, with CreateAction", "F44, F76",
)
done(
    "did-see-new-tags", "register-brokers", ["ModifyTargetGroupAttributes", "ModifyListenerAttributes"],
    "IAM sees the tags of what was made a second ago", "F76", "tests/world/src/model/unseen_tags.rs, functions/register-brokers/src/execute",
)
done(
    "did-complete-hooks", "register-brokers", ["CompleteLifecycleAction"], "CompleteLifecycleAction is authorised on the group, by its tag",
    "F56, F76",
)
done(
    "did-allow-principals", "sync-principals", ["ModifyVpcEndpointServicePermissions", "CreateTags"],
    "principals are allowed on the service by its tag, and a permission without tags is tagged", "F43, F76",
)
done(
    "did-accept", "sync-principals", ["AcceptVpcEndpointConnections"], "a connection is accepted on the service, by its tag", "F76",
)
done(
    "did-send-commands", "push-listeners", ["SendCommand"],
    "SendCommand is authorised on the document and on the instance, by ssm:resourceTag", "F49, F76",
)
