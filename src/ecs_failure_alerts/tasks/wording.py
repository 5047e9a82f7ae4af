"""A row of the tables that choose a summary and a hint by the evidence."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Final, TypeAlias

from attrs import frozen

from ..causes import Cause, causes_named
from .exit_codes import SIGKILL
from .findings import READ_CHARACTERS, Finding
from .signs import BARE_SENTENCE

#: What has to hold of a finding.
Condition: TypeAlias = Callable[[Finding], bool]


def _always(_: Finding) -> bool:
    return True


@frozen(slots=False, eq=False, repr=False)
class Wording:
    """
    The words for a cause when the evidence says more than the cause alone.

    Attributes:
        causes: The causes that it is about.
        evidence: The evidence in words, as the page on alerts shows it.
        hint: What to do next; it names nothing that the evidence rules out. ``{role}`` is the
            role that ECS itself uses, ``{rerun}`` a sentence about running the task again.
        summary: One sentence in place of the cause's own; None keeps that one. ``{who}`` is the
            workload, ``{which}`` the containers at fault and how each ended, and ``{because}``
            the same after a colon, or nothing. ``{names}`` names these containers only;
            ``{of}`` and ``{for_}`` put "of" or "for" in front, or are empty. ``{ended_well}``
            names the containers that ended with 0, ``{beside}`` says that there is one, and
            ``{outcome}`` that the work may then be done. ``{ended}`` tells how those at fault
            ended, ``{waited}`` names those that waited in vain, and ``{awaited}`` those that
            they waited for. ``{image}`` names an image that could not be pulled, ``{limit}``
            tells the memory limits, ``{codes}`` are a health check's status codes, and
            ``{quote}`` is ECS's text.
        says: A regular expression that must match ECS's text.
        when: A further condition.
        for_service: The hint for a task of a service, which nobody runs again by hand; None for
            the same hint.
    """

    causes: tuple[Cause, ...]
    evidence: str
    hint: str
    summary: str | None = None
    says: str | None = None
    when: Condition = _always
    for_service: str | None = None

    def fits(self, finding: Finding) -> bool:
        """Return whether the evidence is there."""
        said = self.says is None or _compiled(self.says).search(finding.text)
        return bool(said) and self.when(finding)


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE | re.DOTALL)


STARTS: Final = causes_named("failed_to_start")

#: Codes with which npm and Go programs, among others, answer a SIGTERM.
_ANSWERS_TO_SIGTERM: Final = frozenset({1, 2})


def any_of(*texts: str) -> str:
    """Return the expression that finds any of *texts*."""
    return "|".join(texts)


def both(first: str, second: str) -> str:
    """Return the expression that finds both in either order, in one search from the start."""
    return rf"\A(?=.*?(?:{first}))(?=.*?(?:{second}))"


def on_fargate(finding: Finding) -> bool:
    """Return whether the task ran on Fargate."""
    task = finding.task
    return task.launch_type == "FARGATE" or (task.capacity_provider_name or "").startswith(
        "FARGATE"
    )


def on_an_instance(finding: Finding) -> bool:
    """Return whether the task ran on a container instance, which somebody can look at."""
    return finding.task.launch_type in {"EC2", "EXTERNAL", "MANAGED_INSTANCES"}


def undecided(finding: Finding) -> bool:
    """Return whether the work may have been completed."""
    return finding.undecided


def _ended_well(finding: Finding) -> bool:
    """Return whether a main container ended with 0."""
    return any(c.exit_code == 0 for _, c in finding.containers.main)


def another_ended_well(finding: Finding) -> bool:
    """Return whether it is undecided because a main container ended with 0."""
    return finding.undecided and _ended_well(finding)


def may_have_answered_a_stop(finding: Finding) -> bool:
    """Return whether the codes may be answers to the stop that follows a container's end with 0."""
    codes = {c.exit_code for c in finding.culprits}
    answers = bool(codes) and codes <= _ANSWERS_TO_SIGTERM and finding.at_most is None
    return answers and _ended_well(finding)


def of_a_service(finding: Finding) -> bool:
    """Return whether the task is one of a service."""
    return finding.is_service


def of_no_service(finding: Finding) -> bool:
    """Return whether the task is none of a service."""
    return not finding.is_service


def ended_with(*codes: int | None) -> Condition:
    """Return the condition that all containers at fault ended with one of *codes*."""

    def condition(finding: Finding) -> bool:
        return bool(finding.culprits) and all(c.exit_code in codes for c in finding.culprits)

    return condition


def killed(finding: Finding) -> bool:
    """Return whether a container at fault ended with 137, and no reason says why."""
    return any(c.exit_code == SIGKILL and not c.reason for c in finding.culprits)


def blames_a_side_container(finding: Finding) -> bool:
    """Return whether a container that serves the others is at fault."""
    side = [c for _, c in finding.containers.side]
    return any(c in side for c in finding.culprits)


def has_a_reason(finding: Finding) -> bool:
    """Return whether ECS gives a reason for a container at fault."""
    return any(c.reason for c in finding.culprits)


def find_sentences(finding: Finding) -> list[str]:
    """Find what ECS says beyond its bare sentences: stoppedReason, else the reasons, sorted."""
    first = finding.task.stopped_reason or ""
    reasons = sorted(c.reason for c in finding.culprits if c.reason)
    said = (text[:READ_CHARACTERS] for text in (first, *reasons))

    return [text for text in said if not re.fullmatch(BARE_SENTENCE, text)]


def says_something(finding: Finding) -> bool:
    """Return whether ECS says more than its bare sentences."""
    return bool(find_sentences(finding))
