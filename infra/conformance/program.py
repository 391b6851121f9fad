"""From the command line to the sum: what is to be made is said first, what was made is taken away last."""

import argparse
import datetime
import os
import signal
import sys

import check
import delivery  # the order of these is the order of the questions
import reads
import roles
import trail
import writes
from account import Account
from aws import SHAPES, Aws, Failed, Refused, Stop, Unexpected
from scratch import TAG, Scratch
from state import State
from told import tell_list, tell_plan, tell_sum, tell_one

ALL_WELL, SOMETHING_DIFFERS, STOPPED, INTERRUPTED = 0, 1, 2, 130


class Asked:
    """What a question needs: AWS, the account, and what was made for questions."""

    def __init__(self, aws, account, scratch):
        self.aws, self.account, self.scratch = aws, account, scratch


def arguments(words):
    known = argparse.ArgumentParser(
        prog="infra/conformance/run", allow_abbrev=False,
        description="Confirms in a real account what the local model of AWS assumes, and says what differs. "
        "Start it again, and it goes on where it ended.",
    )
    known.add_argument("cluster", nargs="?", help="the stack's ClusterName")
    known.add_argument("--stack", help="the stack, if several serve the cluster")
    known.add_argument("--region", help="the Region, if it is not the AWS CLI's own")
    known.add_argument("--state", metavar="FILE", help="what is known so far (default: conformance-<cluster>.json, here)")
    word = known.add_mutually_exclusive_group()
    word.add_argument("--yes", action="store_true", help="make the target group and the listener that some questions need, and take them away")
    word.add_argument("--read-only", action="store_true", help="ask only what needs nothing made")
    word.add_argument("--clean", action="store_true", help="take away what a broken run has left, and ask nothing")
    word.add_argument("--list", action="store_true", help="show every question, with its facts and its place in the model; needs no AWS")
    known.add_argument("--again", metavar="NAME", action="append", default=[], help="ask this one again, or `all`")
    return known, known.parse_args(words)


def main(words):
    """Runs the program; answers its exit code."""
    known, chosen = arguments(words)
    if chosen.list:
        tell_list(check.ORDER)
        return ALL_WELL
    if not chosen.cluster:
        known.error("name the cluster: infra/conformance/run orders --read-only")
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")
    # A terminal that goes away, as CloudShell's does, is no reason to leave anything behind.
    for one in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(one) != signal.SIG_IGN:  # as nohup has it
            signal.signal(one, lambda *_: interrupt())
    try:
        return run(chosen)
    except (Stop, Failed, Refused, Unexpected) as why:
        print("\nstopped: %s." % str(why).rstrip("."), file=sys.stderr)
        return STOPPED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads what is printed
        return STOPPED
    except KeyboardInterrupt:
        print("\ninterrupted. Start it again with the same words: it goes on where it ended.", file=sys.stderr)
        return INTERRUPTED


def interrupt():
    raise KeyboardInterrupt


def run(chosen):
    names = [one.name for one in check.ORDER]
    unknown = [name for name in chosen.again if name not in names + ["all"]]
    if unknown:
        raise Stop("there is no question %r; --list shows them" % unknown[0])
    aws = Aws(chosen.region)
    aws.check_version()
    state = State(chosen.state or "conformance-%s.json" % chosen.cluster.replace("/", "_"))
    account = look(aws, chosen)
    state.belong_to(account.about())
    state.forget(names if "all" in chosen.again else chosen.again)
    scratch = Scratch(aws, account, state.run)
    if chosen.clean:
        return clean_up(scratch)
    open_ones = [one for one in check.ORDER if not state.is_answered(one.name)]
    reading = [one for one in open_ones if not one.needs]
    making = [one for one in open_ones if one.needs]
    if making and not chosen.read_only:
        leftover = any(scratch.stop_if_busy())
        scratch.choose_port()
        tell_plan(account, scratch, reading, making, leftover)
        if not chosen.yes:
            raise Stop("nothing was made and nothing was asked. Add --yes to go on, or --read-only to make nothing")
    # From here on the file says which run it is, whatever happens.
    state.save()
    asked = Asked(aws, account, scratch)
    for one in reading:
        put(one, asked, state)
    if making and not chosen.read_only:
        with_scratch(making, asked, state)
    for one in making if chosen.read_only else []:
        state.note(one.name, "not asked", "it needs a %s made for it, and --read-only makes nothing" % one.needs, now())
    return SOMETHING_DIFFERS if tell_sum(check.ORDER, state) else ALL_WELL


def look(aws, chosen):
    try:
        return Account(aws, chosen.cluster, chosen.stack)
    except SHAPES as shape:
        raise Stop("an answer about the stack is of another shape than AWS's reference says (%r); nothing was asked" % shape) from None


def put(one, asked, state):
    """One question, and what is known of it from now on."""
    outcome, said = one.answer(asked)
    state.note(one.name, outcome, said, now())
    tell_one(one, outcome, said)


def with_scratch(making, asked, state):
    """Whatever happens, what was made is taken away; what an earlier run left is taken away first."""
    asked.scratch.stop_if_busy()
    try:
        for gone in asked.scratch.remove():
            print("taken away, from an earlier run: %s" % gone)
        for one in making:
            put(one, asked, state)
    finally:
        try:
            gone = asked.scratch.remove()
        except (Stop, Failed, Refused, Unexpected, KeyboardInterrupt) as why:
            print(
                "\nwhat was made could not be taken away (%s). It has the tag %s=%s, and goes with:\n    infra/conformance/run %s --clean"
                % (str(why) or "interrupted", TAG, asked.account.cluster, asked.account.cluster), file=sys.stderr,
            )
            raise
        for one in gone:
            print("taken away: %s" % one)


def clean_up(scratch):
    gone = scratch.remove()
    for one in gone:
        print("taken away: %s" % one)
    if not gone:
        print("nothing with the tag %s=%s is there" % (TAG, scratch.account.cluster))
    return ALL_WELL


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
