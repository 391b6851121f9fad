"""What AWS let the functions' roles do, as CloudTrail's event history has it (F76): the calls themselves, so
this says which form AWS asks for. Nothing is there until a function has made the call once."""

import collections
import datetime
import json
import re

from aws import DENIED, Unexpected, clean, need, rows
from check import Differs, NotAsked, check

PERMISSION = "tests/world/src/model/permission.rs, infra/template.yaml"
# A call that is let through later than so after its denial was denied for another reason: a permission was missing, and was given.
AGAIN = datetime.timedelta(minutes=5)
# One call: when it was made, whether AWS denied it, its error code or None, its message, what it was about.
Call = collections.namedtuple("Call", "at is_denied code message about")


def calls_of(asked, role, name):
    """The newest calls of this name by this role, the newest first."""
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
        if issuer != role:
            continue
        code, message = told.get("errorCode"), clean(told.get("errorMessage", ""))
        is_denied = str(code).removeprefix("Client.") in DENIED  # EC2 has both spellings
        # A call that was denied may have its resource in the message only.
        about = re.search(r"[^\s\"]+:(targetgroup|listener)/[^\s\"]+", json.dumps(told.get("requestParameters")) + " " + message)
        calls.append(Call(when(told), is_denied, code, message, about and about[0]))
    return calls


def when(told):
    """When CloudTrail has seen an event, in UTC."""
    at = need(told, "eventTime")
    try:
        return datetime.datetime.strptime(at, "%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        raise Unexpected("CloudTrail has an event of %r, which is no time" % clean(at)) from None


def denied_now(name, calls):
    """The newest call was denied."""
    if calls and calls[0].is_denied:
        raise Differs("%s was denied: %s" % (name, calls[0].message))


def denied_at_first(name, calls):
    """A call was denied, and the same one was let through soon after. One that names no resource may be any."""
    denied_now(name, calls)
    for place, denied in enumerate(calls):
        if not denied.is_denied:
            continue
        soon = [call for call in calls[:place] if call.code is None and call.at <= denied.at + AGAIN]
        same = [call for call in soon if denied.about in (None, call.about)]
        if same:
            of = " of %s" % denied.about if denied.about else ""
            raise Differs("%s%s was denied at %sZ, and let through at %sZ" % (name, of, denied.at.isoformat(), same[-1].at.isoformat()))


def done(name, function, calls, sentence, facts, place=PERMISSION, raise_if=denied_now):
    """Confirmed when AWS let the role make each of the calls."""
    def ask(asked):
        role = asked.account.functions[function].role
        never = []
        for call in calls:
            seen = calls_of(asked, role, call)
            raise_if(call, seen)
            if not any(one.code is None for one in seen):
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
    "IAM sees the tags of what was made a second ago", "F76", "tests/world/src/model/unseen_tags.rs, functions/register-brokers/src/execute", denied_at_first,
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
