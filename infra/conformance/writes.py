"""Questions that need a target group and a listener of their own (scratch.py). They stand in the order in
which they are asked: the last ones take both away."""

from account import CLUSTER_TAG
from aws import Refused, need, rows
from check import Differs, NotAsked, check, refusal_of, taken
from scratch import OURS, differing

GROUPS, LISTENERS = "tests/world/src/model/target_groups.rs", "tests/world/src/model/listeners.rs"
RULES, TARGETS = "tests/world/src/model/target_group_rules.rs", "tests/world/src/model/targets.rs"
ATTRIBUTES, TAGS = "tests/world/src/model/attributes.rs", "tests/world/src/model/tags.rs"
PAST = ", tests/world/src/model/past.rs"

# tests/world/src/model/attributes.rs
DEFAULTS = {
    "deregistration_delay.timeout_seconds": "300",
    "deregistration_delay.connection_termination.enabled": "false",
    "preserve_client_ip.enabled": "true",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
    "target_health_state.unhealthy.connection_termination.enabled": "true",
    "target_health_state.unhealthy.draining_interval_seconds": "0",
    "proxy_protocol_v2.enabled": "false",
    "stickiness.enabled": "false",
    "stickiness.type": "source_ip",
}
IDLE = "tcp.idle_timeout.seconds"


def at_once(asked, what, wanted):
    """What was seen a moment after the making, if it is so."""
    seen = asked.scratch.seen[what]
    if isinstance(seen, Refused) and seen.is_no_answer():
        raise seen
    if isinstance(seen, Refused) or (wanted is not None and seen != wanted):
        raise Differs("a moment later: %s" % (seen if isinstance(seen, Refused) else repr(seen)))
    return "at once"


def set_idle(asked, seconds):
    return asked.aws.call(
        "elbv2", "modify-listener-attributes", "--listener-arn", asked.scratch.listener(), "--attributes", "Key=%s,Value=%s" % (IDLE, seconds)
    )


def expect(refusal, *codes):
    if refusal.code not in codes:
        raise Differs(str(refusal))
    return refusal.code


def compare(seen, wanted):
    other = differing(seen, wanted)
    if other:
        raise Differs(other)


@check("group-found", "a new target group is found by its name at once", "P-44", GROUPS + PAST, "target group")
def ask_group_found(asked):
    return at_once(asked, "group by name", [asked.scratch.group()])


@check("group-tags", "a new target group shows its tags at once", "F44, P-44", TAGS + PAST, "target group")
def ask_group_tags(asked):
    asked.scratch.group()
    return at_once(asked, "group tags", asked.account.cluster)


@check("group-defaults", "a new target group has the attributes of the model", "F8, F14", ATTRIBUTES, "target group")
def ask_group_defaults(asked):
    # A target group whose attributes were set before is no new one.
    if asked.scratch.made.get("changed"):
        raise NotAsked("the attributes were changed before this question: start again")
    seen = asked.scratch.attributes()
    compare(seen, DEFAULTS)
    more = sorted(set(seen) - set(DEFAULTS))
    return "%d attributes%s" % (len(DEFAULTS), ", and of AWS: " + ", ".join(more) if more else "")


@check("attributes-together", "all attributes that we set are taken in one call, both dns_failover `off` included", "F8, F36",
       ATTRIBUTES + ", functions/register-brokers/src/settings.rs", "target group")
def ask_attributes(asked):
    taken(lambda: asked.scratch.set_attributes(OURS))
    compare(asked.scratch.attributes(), OURS)
    return "%d attributes" % len(OURS)


@check("routing-stays-on", "unhealthy_state_routing.….count cannot be `off`", "F8", ATTRIBUTES, "target group")
def ask_routing(asked):
    key = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count"
    return expect(refusal_of(lambda: asked.scratch.set_attributes({key: "off"})), "InvalidConfigurationRequest", "ValidationError")


@check("health-check-range", "a health check each 5 s, with the time-out of 10 s that TCP has, is refused", "F78", RULES, "target group")
def ask_health_check(asked):
    arn = asked.scratch.group()
    # Values outside of the reference's ranges never leave the CLI.
    change = ["--target-group-arn", arn, "--health-check-interval-seconds", "5"]
    return expect(refusal_of(lambda: asked.aws.call("elbv2", "modify-target-group", *change)), "ValidationError", "InvalidConfigurationRequest")


@check("same-group-again", "the same target group again answers the ARN that is there", "F37", RULES, "target group")
def ask_same_group(asked):
    arn = asked.scratch.group()
    again = taken(asked.scratch.create_group)
    if again != arn:
        raise Differs("it answers another one, %s" % again)
    return "the same ARN"


@check("other-settings", "a target group of that name with other settings is refused", "F37", RULES, "target group")
def ask_other_settings(asked):
    asked.scratch.group()
    other = refusal_of(lambda: asked.scratch.create_group("--healthy-threshold-count", "3"))
    return expect(other, "DuplicateTargetGroupName")


@check("other-tags", "the same target group again with one tag more answers the ARN that is there, and changes no tag", "F37", RULES, "target group")
def ask_other_tags(asked):
    arn = asked.scratch.group()
    more = asked.scratch.made_with + ["Key=kafka-privatelink:conformance-more,Value=1"]
    again = taken(lambda: asked.scratch.create_group(tags=more))
    if again != arn:
        raise Differs("it answers another one, %s" % again)
    if "kafka-privatelink:conformance-more" in asked.account.tags([arn])[arn]:
        raise Differs("it adds the tag")
    return "the same ARN and the same tags"


def a_broker(asked):
    found = asked.account.brokers()
    if not found:
        raise NotAsked("no instance that runs has the tag %s=%s" % (CLUSTER_TAG, asked.account.cluster))
    return "Id=%s,Port=%s" % (need(found[0], "InstanceId"), asked.scratch.bind_port)


@check("unused", "a target that is not registered is `unused`", "P-40", "tests/world/src/model/health.rs", "target group")
def ask_unused(asked):
    answer = asked.aws.call(
        "elbv2", "describe-target-health", "--target-group-arn", asked.scratch.group(), "--targets", a_broker(asked)
    )
    state = need(answer, "TargetHealthDescriptions", 0, "TargetHealth", "State")
    if state != "unused":
        raise Differs("it is %s" % state)
    return need(answer, "TargetHealthDescriptions", 0, "TargetHealth", "Reason")


@check("deregister-nothing", "to deregister a target that is not registered is no error", "F15", TARGETS, "target group")
def ask_deregister(asked):
    words = ["--target-group-arn", asked.scratch.group(), "--targets", a_broker(asked)]
    taken(lambda: asked.aws.call("elbv2", "deregister-targets", *words))
    return "no error"


@check("listener-attributes", "the attributes of a listener can be set a moment after it was made", "F9, P-44",
       LISTENERS + ", functions/register-brokers/src/execute", "listener")
def ask_listener_attributes(asked):
    asked.scratch.listener()
    return at_once(asked, "listener attributes", None)


@check("listener-found", "a new listener is among those of its NLB at once", "P-44", LISTENERS + PAST, "listener")
def ask_listener_found(asked):
    asked.scratch.listener()
    return at_once(asked, "listener found", True)


@check("listener-tags", "a new listener shows its tags at once", "F44, P-44", TAGS + PAST, "listener")
def ask_listener_tags(asked):
    asked.scratch.listener()
    return at_once(asked, "listener tags", asked.account.cluster)


@check("tags-of-two-kinds", "DescribeTags refuses a listener and a target group in one call", "F78",
       TAGS + ", functions/cloud/src/calls/elbv2.rs", "listener")
def ask_two_kinds(asked):
    both = [asked.scratch.listener(), asked.scratch.group()]
    return refusal_of(lambda: asked.aws.call("elbv2", "describe-tags", "--resource-arns", *both)).code


@check("same-listener-again", "the same listener again answers the ARN that is there", "F78", LISTENERS, "listener")
def ask_same_listener(asked):
    arn = asked.scratch.listener()
    again = taken(asked.scratch.create_listener)
    if again != arn:
        raise Differs("it answers another one, %s" % again)
    return "the same ARN"


@check("idle-timeout", "the idle time-out of a listener may be 60 to 6,000 s, and not 59", "F9", ATTRIBUTES, "listener")
def ask_idle(asked):
    asked.scratch.listener()
    for seconds in (60, 6000, 660):
        taken(lambda: set_idle(asked, seconds))
    return "59 s: " + refusal_of(lambda: set_idle(asked, 59)).code


@check("group-shows-nlb", "a target group shows the load balancer that leads to it", "F78", GROUPS, "listener")
def ask_group_shows_nlb(asked):
    asked.scratch.listener()
    found = rows(asked.aws.call("elbv2", "describe-target-groups", "--names", asked.scratch.name), "TargetGroups")
    seen = need(found, 0, "LoadBalancerArns")
    if seen != [asked.account.load_balancer_arn]:
        raise Differs("LoadBalancerArns is %s" % seen)
    return "LoadBalancerArns"


@check("group-in-use", "a target group that a listener leads to cannot be deleted", "F78", GROUPS, "listener")
def ask_group_in_use(asked):
    asked.scratch.listener()
    words = ["--target-group-arn", asked.scratch.group()]
    try:
        return expect(refusal_of(lambda: asked.aws.call("elbv2", "delete-target-group", *words)), "ResourceInUse")
    except Differs:
        asked.scratch.forget_if_gone()
        raise


@check("listener-gone", "a listener that is gone is ListenerNotFound when it is deleted again", "F78", LISTENERS, "listener")
def ask_listener_gone(asked):
    arn = asked.scratch.listener()
    words = ["--listener-arn", arn]
    asked.aws.call("elbv2", "delete-listener", *words)
    asked.scratch.made.pop("listener")
    return expect(refusal_of(lambda: asked.aws.call("elbv2", "delete-listener", *words)), "ListenerNotFound")


@check("group-gone", "a target group that is gone is no error when it is deleted again", "F78", GROUPS, "target group")
def ask_group_gone(asked):
    arn = asked.scratch.group()
    asked.scratch.remove()
    taken(lambda: asked.aws.call("elbv2", "delete-target-group", "--target-group-arn", arn))
    return "no error"
