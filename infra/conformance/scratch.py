"""The one target group and the one listener that questions are put to, from their making to their end.

They are known by a tag that comes in the request that makes them, so whatever ends this program at
whatever point, the next run finds them and takes them away. Nothing else is ever written to."""

import datetime
import hashlib
import re
import time

from account import CLUSTER_TAG
from aws import PASSING, Refused, Stop, clean, need, rows
from check import NotAsked

TAG = "kafka-privatelink:conformance"  # whose they are: the cluster
RUN_TAG = "kafka-privatelink:conformance-run"  # which run made them, and when
MOST_LISTENERS = 50  # F1

# functions/register-brokers/src/settings.rs, those of a broker's target group
OURS = {
    "preserve_client_ip.enabled": "false",
    "load_balancing.cross_zone.enabled": "true",
    "deregistration_delay.timeout_seconds": "30",
    "deregistration_delay.connection_termination.enabled": "true",
    "target_group_health.dns_failover.minimum_healthy_targets.count": "off",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
}

# The listener gets the highest port of these that no listener group and no span of the stack has a use for.
HIGHEST_PORT, LOWEST_PORT = 64999, 60000
BUSY_MINUTES = 30  # for so long only --clean takes away what another run made
# A delete that AWS refuses, because the listener is still being deleted, is tried so often, so many seconds apart.
TRIES, PAUSE = 6, 2


class Scratch:
    """What is made, when the first question needs it."""

    def __init__(self, aws, account, run):
        self.aws, self.account, self.run = aws, account, run
        mark = hashlib.sha256((account.load_balancer_arn + " " + account.cluster).encode()).hexdigest()[:8]
        self.name = "kafka-privatelink-try-" + mark  # not kpl-: the functions read past it
        self.bind_port = account.parameters.get("FirstBindPort") or "39092"
        self.made, self.seen = {}, {}
        self.made_with = self.tags()
        self.port, self.why_no_listener = None, ""

    # -- leftovers ------------------------------------------------------------------------------------

    def found(self):
        """(ARNs of our listeners, our target group's ARN or None, run tags). Stop if one looks like ours and is not."""
        listeners = self.account.listeners()
        arns = [need(one, "ListenerArn") for one in listeners]
        tags = self._tags(arns)
        groups = self._groups()
        ours = [one for one in listeners if tags.get(one["ListenerArn"], {}).get(TAG) == self.account.cluster]
        group_arn = need(groups[0], "TargetGroupArn") if groups else None
        group_tags = self._tags([group_arn]).get(group_arn, {}) if groups else {}
        # What this run made a moment ago is ours, also while its tags are not shown yet (P-44).
        if groups and group_arn != self.made.get("group") and group_tags.get(TAG) != self.account.cluster:
            raise Stop(
                "there is a target group %s without our tag (%s=%s), which is somebody else's: rename or delete it"
                % (self.name, TAG, self.account.cluster)
            )
        for one in ours:
            leads_to = [action.get("TargetGroupArn") for action in one.get("DefaultActions", [])]
            is_ours = len(leads_to) == 1 and ":targetgroup/%s/" % self.name in str(leads_to[0])
            if CLUSTER_TAG in tags[one["ListenerArn"]] or not is_ours:
                raise Stop(
                    "listener %s on port %s has our tag %s, and does not lead to %s only: somebody changed it. "
                    "Look at it, and delete it by hand" % (one["ListenerArn"], one.get("Port"), TAG, self.name)
                )
        runs = {tags[one["ListenerArn"]].get(RUN_TAG, "") for one in ours}
        return [one["ListenerArn"] for one in ours], group_arn, runs | ({group_tags.get(RUN_TAG, "")} if groups else set())

    def stop_if_busy(self):
        """Another run may be at work: Stop if what it made is young."""
        listeners, group, runs = self.found()
        for tag in sorted(runs):
            run, _, began = tag.partition(" ")
            if run != self.run and age_in_minutes(began) < BUSY_MINUTES:
                raise Stop(
                    "another run, which began %s, has made %s and may still be at work. Wait for its end. "
                    "If it was broken off, take that away with --clean" % (began, "a listener and a target group" if listeners else "a target group")
                )
        return listeners, group

    def remove(self):
        """Takes away what is ours, wherever it comes from; says what that was."""
        listeners, group, _ = self.found()
        # What was made a moment ago may not be listed yet (P-44).
        listeners = sorted({*listeners, *[arn for arn in [self.made.get("listener")] if arn]})
        group = group or self.made.get("group")
        gone = []
        for arn in listeners:
            self._delete(lambda: self.aws.call("elbv2", "delete-listener", "--listener-arn", arn), "ListenerNotFound")
            gone.append("listener " + arn)
        if group:
            self._delete(lambda: self.aws.call("elbv2", "delete-target-group", "--target-group-arn", group), "TargetGroupNotFound")
            gone.append("target group " + group)
        self.made.clear()
        return gone

    def forget_if_gone(self):
        """After a delete that AWS should have refused."""
        _, group, _ = self.found()
        if not group:
            self.made.clear()

    def _delete(self, call, gone_already):
        for left in reversed(range(TRIES)):
            try:
                return call()
            except Refused as refusal:
                if refusal.code == gone_already:
                    return None
                if refusal.code not in PASSING | {"ResourceInUse"} or not left:
                    raise
            time.sleep(PAUSE)

    def _groups(self):
        try:
            return rows(self.aws.call("elbv2", "describe-target-groups", "--names", self.name), "TargetGroups")
        except Refused as refusal:
            if refusal.code == "TargetGroupNotFound":
                return []
            raise

    def _tags(self, arns):
        """Listeners come and go while the functions work: one that is gone is read past."""
        try:
            return self.account.tags(arns)
        except Refused as refusal:
            if refusal.code not in ("ListenerNotFound", "TargetGroupNotFound"):
                raise
        found = {}
        for arn in arns:
            try:
                found.update(self.account.tags([arn]))
            except Refused as refusal:
                if refusal.code not in ("ListenerNotFound", "TargetGroupNotFound"):
                    raise
        return found

    # -- what is to be made ---------------------------------------------------------------------------

    def choose_port(self):
        """A port that no listener has and no listener group may get. Without one, `why_no_listener` says why."""
        listeners = self.account.listeners()
        if len(listeners) >= MOST_LISTENERS - 1:
            self.why_no_listener = "the NLB has %d listeners, and the last of %d is left for a broker" % (len(listeners), MOST_LISTENERS)
            return
        taken = {need(one, "Port") for one in listeners} | self._spoken_for()
        free = (port for port in range(HIGHEST_PORT, LOWEST_PORT - 1, -1) if port not in taken)
        self.port = next(free, None)
        if self.port is None:
            self.why_no_listener = "no port from %d to %d is free on the NLB" % (LOWEST_PORT, HIGHEST_PORT)

    def _spoken_for(self):
        """Every number and every range of numbers in the listener groups' parameters, and the stack's spans."""
        path = "/kafka-privatelink/%s/listeners" % self.account.cluster
        answer = self.aws.call("ssm", "get-parameters-by-path", "--recursive", "--path", path)
        texts = [need(one, "Value") for one in rows(answer, "Parameters")]
        spans = self.account.parameters
        texts += ["%s-%s" % (spans.get("First" + end, ""), spans.get("Last" + end, "")) for end in ("Port", "BindPort")]
        taken = set()
        for first, last in re.findall(r"(?<![0-9])([0-9]{1,5})(?:\s*-\s*([0-9]{1,5}))?(?![0-9])", "\n".join(texts)):
            taken.update(range(int(first), min(int(last or first), 65535) + 1))
        return taken

    def tags(self):
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        return ["Key=%s,Value=%s" % (TAG, self.account.cluster), "Key=%s,Value=%s %s" % (RUN_TAG, self.run, now)]

    def create_group(self, *more, tags=None):
        """CreateTargetGroup as register-brokers makes its own; `more` says what is different."""
        words = {
            "--name": self.name, "--protocol": "TCP", "--port": self.bind_port, "--vpc-id": self.account.vpc, "--target-type": "instance",
            "--health-check-protocol": "TCP", "--health-check-port": "traffic-port", "--health-check-interval-seconds": "10",
            "--healthy-threshold-count": "2", "--unhealthy-threshold-count": "2",
        }
        words.update(zip(more[::2], more[1::2]))
        flat = [word for pair in words.items() for word in pair]
        answer = self.aws.call("elbv2", "create-target-group", *flat, "--tags", *(tags or self.made_with))
        return need(answer, "TargetGroups", 0, "TargetGroupArn")

    def create_listener(self):
        answer = self.aws.call(
            "elbv2", "create-listener", "--load-balancer-arn", self.account.load_balancer_arn, "--protocol", "TCP",
            "--port", str(self.port), "--default-actions", "Type=forward,TargetGroupArn=" + self.group(), "--tags", *self.made_with,
        )
        return need(answer, "Listeners", 0, "ListenerArn")

    def group(self):
        """The target group's ARN; made when first asked for, and looked at at once."""
        if "group" not in self.made:
            self.made_with = self.tags()
            arn = self.made["group"] = self.create_group()
            self.seen["group by name"] = self._at_once(lambda: [one.get("TargetGroupArn") for one in self._groups()])
            self.seen["group tags"] = self._at_once(lambda: self.account.tags([arn])[arn].get(TAG))
        return self.made["group"]

    def attributes(self):
        """The attributes of the target group."""
        answer = self.aws.call("elbv2", "describe-target-group-attributes", "--target-group-arn", self.group())
        return {need(one, "Key"): one.get("Value") for one in rows(answer, "Attributes")}

    def set_attributes(self, values):
        """Sets these of the target group."""
        pairs, arn = ["Key=%s,Value=%s" % pair for pair in values.items()], self.group()
        self.made["changed"] = True
        self.aws.call("elbv2", "modify-target-group-attributes", "--target-group-arn", arn, "--attributes", *pairs)

    def fail_open(self):
        """Sets the target group as a broker's is: empty behind a listener, it fails open, and takes no zone out of DNS (F6, F36)."""
        try:
            self.set_attributes(OURS)
            other = differing(self.attributes(), OURS)
        except Refused as refusal:
            if refusal.is_no_answer():
                raise
            other = str(refusal)
        if other:
            raise NotAsked("no listener was made, since it would lead to a target group that is not set as a broker's is: " + other)

    def listener(self):
        """The listener's ARN; made when first asked for, and looked at at once."""
        if self.port is None:
            raise NotAsked(self.why_no_listener)
        if "listener" not in self.made:
            self.fail_open()
            arn = self.made["listener"] = self.create_listener()
            # What register-brokers does a moment after it has made one.
            change = ["--listener-arn", arn, "--attributes", "Key=tcp.idle_timeout.seconds,Value=660"]
            self.seen["listener attributes"] = self._at_once(lambda: self.aws.call("elbv2", "modify-listener-attributes", *change))
            self.seen["listener found"] = self._at_once(lambda: arn in [one.get("ListenerArn") for one in self.account.listeners()])
            self.seen["listener tags"] = self._at_once(lambda: self.account.tags([arn])[arn].get(TAG))
        return self.made["listener"]

    def _at_once(self, call):
        """What a call said a moment after the making; a refusal is an answer, too."""
        try:
            return call()
        except Refused as refusal:
            # Whose permission is missing, or what is busy, is told where the question is put.
            return refusal
        except KeyError as missing:
            return "nothing of %s" % clean(missing)


def differing(seen, wanted):
    """Which of the wanted attributes are not so; "" if all are."""
    other = ["%s is %s, not %s" % (key, seen.get(key, "not there"), value) for key, value in wanted.items() if seen.get(key) != value]
    return "; ".join(other)


def age_in_minutes(began):
    try:
        then = datetime.datetime.strptime(began, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)
    except ValueError:
        return 0  # a tag that is not ours to judge: as if it were young
    return (datetime.datetime.now(datetime.timezone.utc) - then).total_seconds() / 60
