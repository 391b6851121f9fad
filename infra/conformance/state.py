"""What is known so far, in a JSON file beside: a second call goes on where the first one ended."""

import json
import os
import re
import secrets

from aws import Stop

VERSION = 1
OUTCOMES = ("confirmed", "differs", "not asked")


class State:
    """The file: whose account it is about, the run that has made something, and each check's outcome."""

    def __init__(self, path):
        self.path = path
        self.about, self.run, self.checks = None, secrets.token_hex(4), {}
        self.is_new = not os.path.exists(path)
        if not self.is_new:
            self._read()

    def _read(self):
        way_out = "name another file with --state, or move this one away; it was not changed"
        try:
            with open(self.path, encoding="utf-8") as file:
                kept = json.load(file)
            version, checks = kept["version"], kept["checks"]
            self.about, self.run = kept["about"], kept["run"]
            if not isinstance(self.about, dict) or not re.fullmatch("[0-9a-f]{8}", self.run):
                raise ValueError
            for one in checks.values():
                if one["outcome"] not in OUTCOMES or not isinstance(one["said"], str):
                    raise ValueError
        except OSError as error:
            raise Stop("%s cannot be read (%s): %s" % (self.path, error.strerror, way_out)) from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Stop("%s is no state of this program: %s" % (self.path, way_out)) from None
        if version != VERSION:
            raise Stop("%s is of another version of this program: %s" % (self.path, way_out))
        self.checks = checks

    def belong_to(self, about):
        """Stops if the file is about another cluster, account, Region or load balancer."""
        if self.about not in (None, about):
            other = ", ".join("%s %s" % pair for pair in sorted(self.about.items()) if about.get(pair[0]) != pair[1])
            raise Stop("%s is about another place (%s): name another file with --state" % (self.path, other))
        self.about = about

    def is_answered(self, name):
        """Whether AWS has answered this check; what was not asked is asked again."""
        return self.checks.get(name, {}).get("outcome") in ("confirmed", "differs")

    def note(self, name, outcome, said, at):
        """Writes one outcome down. What AWS has answered before is not lost to a later question that fails."""
        if outcome != "not asked" or not self.is_answered(name):
            self.checks[name] = {"outcome": outcome, "said": said, "at": at}
            self.save()

    def forget(self, names):
        """These are asked again."""
        for name in names:
            self.checks.pop(name, None)

    def save(self):
        """Whole or not at all: a new file takes the old one's place."""
        kept = {"version": VERSION, "about": self.about, "run": self.run, "checks": self.checks}
        new = self.path + ".new"
        try:
            with open(new, "w", encoding="utf-8") as file:
                json.dump(kept, file, indent=1)
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(new, self.path)
        except OSError as error:
            raise Stop("%s cannot be written (%s): name another file with --state" % (self.path, error.strerror)) from None
