"""
The reasons why a call was refused, in words, by the error's code and AWS's sentence.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html and
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_PASS_ROLE: Final = re.compile(
    r"iam:PassRole on resource: arn:[^: ]*:iam::\d*:role/"
    r"(?:\S+/)?([\w+=,.@-]+)"
)
_ACTION: Final = re.compile(r"not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)")

_SESSION: Final = re.compile(r"(:assumed-role/[^/\s]+)/[^\s:,]+")
_USER: Final = re.compile(r"(:(?:federated-)?user/)[^\s:,]+")

#: A part of AWS's sentence, and its meaning.
_SENTENCES: Final = (
    ("is inactive", "the task definition is inactive"),
    ("luster not found", "the cluster does not exist"),
    ("Capacity is unavailable", "AWS has no capacity for it right now"),
    ("limit on the number of", "a limit of the account is reached"),
)

#: The meaning of a code, if AWS's sentence does not tell more.
_CODES: Final[Mapping[str, str]] = {
    "NO_PERMISSIONS": "EventBridge may not run the task",
    "NO_RESOURCE": "what should run does not exist",
    "FAILED_TO_ASSUME_ROLE": "EventBridge cannot assume the target's role",
    "TRANSIENT_ASSUME_ROLE": "EventBridge cannot assume the target's role",
    "THROTTLING": "AWS throttled the calls",
    "TIMEOUT": "the target did not answer in time",
    "CONNECTION_FAILURE": "EventBridge could not reach the target",
    "INTERNAL_ERROR": "EventBridge itself failed",
    "INVALID_JSON": "the input of the target is not valid JSON",
    "RESOURCE_LIMIT_EXCEEDED": "a limit of the account is reached",
    "INVALID_PARAMETER": "a parameter of the run is invalid",
    "ERROR_FROM_TARGET": "Amazon ECS refused it",
    "AccessDenied": "the caller is not allowed to run it",
    "AccessDeniedException": "the schedule's role is not allowed to run it",
    "ClusterNotFoundException": "the cluster does not exist",
    "ThrottlingException": "AWS throttled the call",
    "BlockedException": "the account is blocked by AWS",
    "AWS.Scheduler.InternalServerError": "EventBridge Scheduler itself failed",
}


#: What to do about a refusal, by a part of the error's code.
_HINTS: Final = (
    ("AccessDenied", "Allow the call in the role's policy."),
    ("NO_PERMISSIONS", "Allow ecs:RunTask and iam:PassRole in the role of the target."),
    ("ASSUME_ROLE", "Fix the trust policy of the target's role."),
    ("Throttl", "Spread the runs over time."),
    ("THROTTLING", "Spread the runs over time."),
    ("ServerException", "AWS had a fault: check the AWS Health Dashboard."),
    ("InternalServerError", "AWS had a fault: check the AWS Health Dashboard."),
    ("INTERNAL_ERROR", "AWS had a fault: check the AWS Health Dashboard."),
    ("CONNECTION_FAILURE", "AWS had a fault: check the AWS Health Dashboard."),
    ("RESOURCE_LIMIT_EXCEEDED", "Ask AWS for a higher limit in Service Quotas."),
    ("INVALID_JSON", "Fix the input of the target."),
    ("INVALID_PARAMETER", "Fix the target: its network, its task definition, its input."),
    ("InvalidParameter", "Fix the call: its network, its launch type, its overrides."),
    ("Blocked", "Ask AWS Support why the account is blocked."),
    ("NotFound", "Fix the name of what is missing."),
    ("NO_RESOURCE", "Fix the name of what is missing."),
    ("ClientException", "Fix the task definition or the call."),
)


def refusal_hint(code: str) -> str | None:
    """Return what to do about a refusal with *code*; None if nothing is known."""
    return next((hint for part, hint in _HINTS if part in code), None)


def without_sessions(text: str) -> str:
    """Return *text* without the names of users and of role sessions, because they may be people."""
    return _USER.sub(r"\1...", _SESSION.sub(r"\1", text))


def refusal_words(code: str, message: str | None) -> str:
    """Return why a call was refused, without the names of users and sessions."""
    text = message or ""
    if role := _PASS_ROLE.search(text):
        return f"its role may not pass the role {role[1]}"
    if action := _ACTION.search(text):
        return f"its role may not call {action[1]}"

    words = next((said for part, said in _SENTENCES if part in text), None)
    return words or _CODES.get(code) or f"AWS answered {code}"
