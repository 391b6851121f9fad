"""Whether wakes arrive: schedules and rules, the queues' policies, the queues."""

import datetime

from account import FUNCTIONS
from aws import need, rows
from check import Differs, NotAsked, check

PLACE = "infra/template.yaml, tests/world/src/events"
MINUTES = 15


def queues(asked):
    """The names of the stack's queues by logical ID."""
    answer = asked.aws.call("cloudformation", "list-stack-resources", "--stack-name", asked.account.stack_id)
    found = [one for one in rows(answer, "StackResourceSummaries") if one.get("ResourceType") == "AWS::SQS::Queue"]
    return {need(one, "LogicalResourceId"): need(one, "PhysicalResourceId").rsplit("/", 1)[-1] for one in found}


def most(asked, queue, metric):
    """The sum and the highest value of a metric of a queue in the last quarter of an hour; 0 if there is none."""
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    answer = asked.aws.call(
        "cloudwatch", "get-metric-statistics", "--namespace", "AWS/SQS", "--metric-name", metric,
        "--dimensions", "Name=QueueName,Value=" + queue, "--period", "60", "--statistics", "Maximum", "Sum",
        "--start-time", (now - datetime.timedelta(minutes=MINUTES)).isoformat(), "--end-time", now.isoformat(),
    )
    points = rows(answer, "Datapoints")
    return sum(p.get("Sum", 0) for p in points), max([p.get("Maximum", 0) for p in points], default=0)


def queue_of(asked, logical):
    name = queues(asked).get(logical)
    if not name:
        raise NotAsked("the stack has no resource %s: deploy this release first" % logical)
    return name


def ask_sweeps(logical):
    def ask(asked):
        sent, _ = most(asked, queue_of(asked, logical + "Queue"), "NumberOfMessagesSent")
        if not sent:
            raise Differs("nothing was sent to the queue in %d minutes" % MINUTES)
        return "%d messages in %d minutes" % (sent, MINUTES)
    return ask


for one, logical in FUNCTIONS.items():
    check(
        "wakes-of-" + one, "the schedule's sweep, each minute, comes through the policies onto the FIFO queue of %s" % one, "P-4, P-9", PLACE
    )(ask_sweeps(logical))


@check("undelivered", "no wake of a rule or a schedule is turned away from its queue", "P-9", PLACE)
def ask_undelivered(asked):
    _, waiting = most(asked, queue_of(asked, "UndeliveredQueue"), "ApproximateNumberOfMessagesVisible")
    if waiting:
        raise Differs("up to %d wakes lie in the undelivered queue; those of the first minutes after a deployment may be purged" % waiting)
    return "none in %d minutes" % MINUTES
