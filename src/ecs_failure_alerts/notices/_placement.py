"""
The reasons why ECS could not place a task: AWS's codes and sentences, each as one short word.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html and
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
"""

from __future__ import annotations

import re
from typing import Final

_CODE: Final = re.compile(r"\A(RESOURCE:[A-Z0-9_]+|[A-Z_]{3,40}\Z)")

#: What is missing, by the code.
_CODES: Final = {
    "RESOURCE:FARGATE": "AWS has no Fargate capacity for it right now",
    "RESOURCE:CPU": "no instance has enough CPU left",
    "RESOURCE:MEMORY": "no instance has enough memory left",
    "RESOURCE:PORTS": "no instance has a free port that the task needs",
    "RESOURCE:GPU": "no instance has a GPU left",
    "RESOURCE:ENI": "no instance can take another network interface",
    "AGENT": "the ECS agent of the instance does not answer",
    "ATTRIBUTE": "no instance has an attribute that the task definition requires",
    "LOCATION": "no instance is in a zone that the task may use",
    "MEMBEROF": "no instance meets the placement constraint",
    "EMPTY": "the cluster has no instance",
    "INACTIVE": "the instance is no longer active",
    "MISSING": "what the call names does not exist",
}

#: A part of AWS's sentence, with a short word for the group and words for a person.
_SENTENCES: Final = (
    ("Capacity is unavailable", "capacity_unavailable", "AWS has no capacity for it right now"),
    ("limit on the number of", "limit_reached", "a limit of the account is reached"),
    ("No Container Instances were found", "EMPTY", "the cluster has no instance"),
    ("does not meet|no container instance met", "no_match", "no instance meets its requirements"),
    ("MemberOf placement constraint", "MEMBEROF", "no instance meets the placement constraint"),
    ("unable to assume the role", "role", "ECS cannot assume a role"),
)


#: What to do about what is missing, by the code.
_HINTS: Final = {
    "RESOURCE:FARGATE": "Wait, or allow more Availability Zones.",
    "capacity_unavailable": "Wait, or allow more Availability Zones or instance types.",
    "limit_reached": "Ask AWS for a higher limit in Service Quotas, or stop what is not needed.",
    "RESOURCE:CPU": "Add instances or larger ones, or ask for less CPU in the task definition.",
    "RESOURCE:MEMORY": (
        "Add instances or larger ones, or ask for less memory in the task definition."
    ),
    "RESOURCE:PORTS": "Use a dynamic host port (0) or awsvpc, or add instances.",
    "RESOURCE:GPU": "Add instances with a free GPU.",
    "RESOURCE:ENI": "Add instances, or switch awsvpcTrunking on for the account.",
    "AGENT": "Restart the instance's ECS agent, or replace the instance.",
    "ATTRIBUTE": "Add instances that have the attribute, or fix the task definition.",
    "MEMBEROF": "Compare the placement constraints with the attributes of the instances.",
    "EMPTY": "Add instances to the cluster.",
    "role": "Fix the role's trust policy: it must allow ecs-tasks.amazonaws.com.",
}


#: What else to do about ``RESOURCE:FARGATE``, unless the event names other capacity providers.
_ON_SPOT: Final = "If it may run on FARGATE_SPOT alone, allow FARGATE too."


def placement_hint(reason: str | None, providers: str = "") -> str | None:
    """
    Return what to do about *reason*; None if the cause's own hint must do.

    Args:
        reason: AWS's code or sentence.
        providers: The capacity providers that ECS tried, if the event names any.
    """
    code = placement_code(reason)
    hint = _HINTS.get(code or "")
    is_spot = code == "RESOURCE:FARGATE" and (not providers or "FARGATE_SPOT" in providers)

    return f"{hint} {_ON_SPOT}" if is_spot else hint


def placement_code(reason: str | None) -> str | None:
    """Return the code of *reason*, or a short word for its sentence; None without a reason."""
    if reason is None:
        return None
    for text, word, _ in _SENTENCES:
        if re.search(text, reason):
            return word

    found = _CODE.match(reason)
    return found[1] if found else "other"


def placement_words(reason: str | None) -> str:
    """Return *reason* in words for a person."""
    if reason is None:
        return "the event does not tell what is missing"
    for text, _, said in _SENTENCES:
        if re.search(text, reason):
            return said

    code = placement_code(reason)
    return f"{_CODES[code]} ({code})" if code in _CODES else reason
