"""The one way to AWS: the AWS CLI, version 2, one process for each call."""

import json
import os
import re
import subprocess

PATIENCE = 120  # seconds for one call, the CLI's own repetitions included

# The words of every version 2, with or without "aws: [ERROR]: " before them (F77).
REFUSAL = re.compile(
    r"An error occurred \((?P<code>[^)\s]+)\) when calling the (?P<operation>\w+) operation[^:]*:"
    r"\s*(?P<message>.*)"
)
DENIED = {
    "AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation",
}
# AWS is busy or ill: no answer to any question.
PASSING = {
    "InternalError", "InternalFailure", "InternalServiceError", "RequestLimitExceeded", "RequestTimeout", "ServiceException",
    "ServiceUnavailable", "ServiceUnavailableException", "Throttling", "ThrottlingException", "TooManyRequestsException",
    "Unavailable",
}
BAD_CREDENTIALS = {
    "AuthFailure", "ExpiredToken", "ExpiredTokenException", "IncompleteSignature",
    "InvalidAccessKeyId", "InvalidClientTokenId", "OptInRequired", "RequestExpired",
    "SignatureDoesNotMatch", "UnrecognizedClientException",
}
INSTALL = "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"


class Stop(Exception):
    """Nothing more can be asked. The text names what is wrong, and the way out."""


class Refused(Exception):
    """AWS's own refusal of one call: its code, its message and the operation."""

    def __init__(self, code, operation, message):
        super().__init__("%s answered %s: %s" % (operation, code, clean(message)))
        self.code, self.operation = code, operation

    def is_denied(self):
        """Whether a permission is missing, and not something else."""
        return self.code in DENIED

    def is_no_answer(self):
        """Whether it says nothing of what was asked: a permission is missing, or AWS is busy."""
        return self.is_denied() or self.code in PASSING or self.code.isdigit()


class Unexpected(Exception):
    """An answer that lacks what AWS's reference says is there."""


class Failed(Exception):
    """One call that had no answer from AWS, or none that can be read; others may have one."""


# What Python says of an answer whose parts are of another kind than AWS's reference says.
SHAPES = (AttributeError, IndexError, KeyError, TypeError, ValueError)


class Aws:
    """The CLI, in one Region or in the one that it is configured for."""

    def __init__(self, region=None):
        self.region = region
        self.environment = dict(
            os.environ, AWS_PAGER="", AWS_CLI_AUTO_PROMPT="off", PYTHONIOENCODING="utf-8"
        )

    def check_version(self):
        """Stops unless there is an AWS CLI of version 2."""
        done = self._run(["--version"])
        said = (done.stdout + done.stderr).strip()
        found = re.match(r"aws-cli/(\d+)\.", said)
        if not found:
            raise Stop("`aws --version` says %r, which is no AWS CLI: install version 2, see %s" % (said[:80], INSTALL))
        if int(found.group(1)) < 2:
            raise Stop("`aws` is %s, and this needs version 2: install it, see %s" % (said.split(" ")[0], INSTALL))

    def call(self, service, operation, *words):
        """The answer as JSON; {} if the call has none. Raises Refused, Failed or Stop."""
        done = self._run(self._command(service, operation, words))
        self._raise_on_failure(done, service, operation)
        if not done.stdout.strip():
            return {}
        try:
            answer = json.loads(done.stdout)
        except ValueError:
            raise Failed(
                "`aws %s %s` answered no JSON but %r: is `aws` a wrapper or an alias? Nothing was decided from it"
                % (service, operation, done.stdout[:60])
            ) from None
        if not isinstance(answer, dict):
            raise Failed("`aws %s %s` answered JSON of another kind than an object: %r" % (service, operation, done.stdout[:60]))
        return answer

    def headers(self, service, operation, *words):
        """The headers of the last answer of a call, as `--debug` shows them (F77)."""
        done = self._run(self._command(service, operation, words) + ["--debug"])
        self._raise_on_failure(done, service, operation)
        shown = re.findall(r"Response headers: (.*)", done.stderr)
        if not shown:
            raise Unexpected("`aws %s %s --debug` shows no line \"Response headers\"" % (service, operation))
        return shown[-1]

    def configured_region(self):
        """What the CLI takes if nobody names a Region; for sentences only."""
        if self.region:
            return self.region
        done = self._run(["configure", "get", "region"])
        return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or done.stdout.strip()

    def _command(self, service, operation, words):
        command = [service, operation, *words, "--output", "json", "--no-cli-pager", "--cli-connect-timeout", "10"]
        return command + (["--region", self.region] if self.region else [])

    def _run(self, words):
        try:
            return subprocess.run(
                ["aws", *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                encoding="utf-8", errors="replace", env=self.environment, timeout=PATIENCE,
            )
        except FileNotFoundError:
            raise Stop("there is no `aws` on PATH: install the AWS CLI, version 2, see %s" % INSTALL) from None
        except PermissionError:
            raise Stop("the `aws` on PATH cannot be run: install the AWS CLI, version 2, see %s" % INSTALL) from None
        except subprocess.TimeoutExpired:
            raise Failed(
                "`aws %s` had no answer after %d s: look at the network, and start again with the same command"
                % (" ".join(words[:2]), PATIENCE)
            ) from None

    def _raise_on_failure(self, done, service, operation):
        if done.returncode == 0:
            return
        refusal = REFUSAL.search(done.stderr)
        if refusal and refusal["code"] in BAD_CREDENTIALS:
            raise Stop(
                "AWS does not take the credentials (%s: %s): log in again, or set the Region and the clock right"
                % (refusal["code"], clean(refusal["message"]))
            )
        if refusal:
            raise Refused(refusal["code"], refusal["operation"], refusal["message"])
        last = clean(" ".join(done.stderr.split())[-300:]) or "nothing on stderr"
        if done.returncode == 253:
            raise Stop("the AWS CLI is not configured: it needs credentials and a Region (--region). It said: %s" % last)
        why = "the AWS CLI could not make the call: look at the network and the Region's name"
        if done.returncode == 252:
            why = "this version of the AWS CLI does not know the call: update it"
        raise Failed("`aws %s %s` ended with code %d, and %s. It said: %s" % (service, operation, done.returncode, why, last))


def clean(text):
    """Foreign text for a terminal: one line, no control characters."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(text).strip())


def need(answer, *path):
    """What stands in an answer at this path. Raises Unexpected with the path if it is not there."""
    found = answer
    for step in path:
        try:
            found = found[step]
        except (KeyError, IndexError, TypeError):
            told = ".".join(str(part) for part in path)
            raise Unexpected("the answer has no %s" % told) from None
    return found


def rows(answer, key):
    """A list of objects of an answer. Raises Unexpected if it is none."""
    found = need(answer, key)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Unexpected("%s of the answer is no list of objects" % key)
    return found


def tags_of(listed):
    """AWS's list of keys and values as a dictionary."""
    return {need(tag, "Key"): tag.get("Value", "") for tag in listed or []}
