"""What is printed: the list, what will be made, each answer, the sum."""

import textwrap

from scratch import RUN_TAG, TAG

MARKS = {"confirmed": "✓", "differs": "✗", "not asked": "–"}


def tell_list(checks):
    for one in checks:
        print("%s (%s)%s\n    %s\n    %s" % (one.name, one.facts, " needs a %s" % one.needs if one.needs else "", one.sentence, one.place))


def tell_plan(account, scratch, reading, making, leftover):
    print("Cluster %s, stack %s, account %s, Region %s," % (account.cluster, account.stack, account.account, account.region))
    print("as %s." % account.caller)
    print("%d questions need nothing but reading. %d more need something made for them:" % (len(reading), len(making)))
    print("  - target group %s: TCP %s, no target" % (scratch.name, scratch.bind_port))
    if scratch.port:
        print("  - listener on port %d of %s, which leads to it" % (scratch.port, account.load_balancer_path))
    else:
        print("  - no listener: %s" % scratch.why_no_listener)
    print("Both have the tags %s=%s and %s, and are taken away at the end." % (TAG, account.cluster, RUN_TAG))
    if leftover:
        print("An earlier run has left some of that, which is taken away first.")
    print("Nothing else is written.\n", flush=True)


def tell_one(one, outcome, said):
    print("%s %s: %s" % (MARKS[outcome], one.name, said), flush=True)


def tell_sum(checks, state):
    """The differences with their places, then what is open, then the numbers. Answers how many differ."""
    kept = [(one, state.checks.get(one.name, {"outcome": "not asked", "said": "not yet"})) for one in checks]
    differing = [(one, found) for one, found in kept if found["outcome"] == "differs"]
    not_asked = [(one, found) for one, found in kept if found["outcome"] == "not asked"]
    for one, found in differing:
        print("\n%s differs (%s)" % (one.name, one.facts))
        for name, text in (("we assume", one.sentence), ("AWS says", found["said"]), ("to change", one.place)):
            print(wrapped("%s: %s" % (name, text)))
    if not_asked:
        print("\nnot asked")
    for one, found in not_asked:
        print(wrapped("%s: %s" % (one.name, found["said"])))
    confirmed = len(kept) - len(differing) - len(not_asked)
    print("\n%d confirmed, %d differ, %d not asked. Kept in %s" % (confirmed, len(differing), len(not_asked), state.path))
    return len(differing)


def wrapped(text):
    """In lines; names, ARNs and paths stay whole."""
    return textwrap.fill(
        text, 110, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False, break_long_words=False
    )
