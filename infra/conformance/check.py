"""What a check is, and how one is asked."""

from aws import SHAPES, Failed, Refused, Unexpected, clean

ORDER = []  # every check, as the modules define them


class Differs(Exception):
    """AWS does something else than the model. The text says what AWS does."""


class NotAsked(Exception):
    """The question could not be put. The text says why, and what would help."""


class Check:
    """One assumption of the model: what we assume, in which facts and places it stands, how AWS is asked."""

    def __init__(self, name, sentence, facts, place, ask, needs):
        self.name, self.sentence, self.facts, self.place = name, sentence, facts, place
        self.ask, self.needs = ask, needs

    def answer(self, asked):
        """(outcome, what AWS said): `confirmed`, `differs` or `not asked`. Stop goes through."""
        try:
            return "confirmed", self.ask(asked)
        except Differs as difference:
            return "differs", str(difference)
        except (NotAsked, Unexpected, Failed) as why:
            return "not asked", str(why)
        except Refused as refusal:
            if refusal.is_denied():
                return "not asked", "%s. Allow %s to who runs this" % (refusal, refusal.operation)
            return "not asked", "%s, which is no answer to this question. Start again" % refusal
        except SHAPES as shape:
            return "not asked", "an answer is of another shape than AWS's reference says (%s)" % clean(repr(shape))


def check(name, sentence, facts, place, needs=None):
    """Puts the function below it on the list. `needs`: what must have been made for it, if anything."""
    def put(ask):
        ORDER.append(Check(name, sentence, facts, place, ask, needs))
        return ask
    return put


def taken(call):
    """The answer of a call that AWS should take; Differs if it refuses."""
    try:
        return call()
    except Refused as refusal:
        if refusal.is_no_answer():
            raise
        raise Differs(str(refusal)) from None


def refusal_of(call):
    """The refusal of a call that AWS should not take; Differs if it does."""
    try:
        call()
    except Refused as refusal:
        if refusal.is_no_answer():
            raise
        return refusal
    raise Differs("AWS takes it")
