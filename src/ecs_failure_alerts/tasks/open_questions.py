"""What the event of a stopped task leaves open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ..causes import Cause
from .containers import has_own_code, join_ends, was_killed, was_never_pulled
from .exit_codes import SIGKILL, describe_exit_code
from .findings import Finding
from .wording import (
    Condition,
    another_ended_well,
    may_have_answered_a_stop,
    on_fargate,
)

#: The health check of a container, and that of a load balancer if it says what response it got.
_CONTAINER_CHECK: Final = r"(?i)container health check"
_RESPONSE: Final = r"(?i)with these codes: \[|reason Request timed out"

#: What follows the exit code of a container that does not decide the cause.
_NO_ORDER: Final = "the event does not say whether that was before the others ended"
_NOT_ESSENTIAL: Final = "that did not stop the task, because it is not essential"


def _may_have_been_stopped(finding: Finding) -> bool:
    """Return whether ECS may have stopped the container, because another one ended first."""
    alone = len(finding.containers.counted) == 1
    ended_alone = alone and finding.task.stop_code == "EssentialContainerExited"
    return not (ended_alone or finding.ended_first)


#: Who may have sent SIGKILL, and when.
_KILLERS: Final[tuple[tuple[str, Condition], ...]] = (
    ("a memory limit", lambda _: True),
    ("memory pressure on the host", lambda finding: not on_fargate(finding)),
    ("a stop timeout", _may_have_been_stopped),
)


def find_open_questions(finding: Finding) -> Iterator[str]:
    """Find what the event leaves open, in sentences."""
    if finding.cause is Cause.HEALTH_CHECK and not re.search(_RESPONSE, finding.text):
        got = "output" if re.search(_CONTAINER_CHECK, finding.text) else "response"
        yield f"The event does not say what {got} the health check got."

    if finding.cause is Cause.CONTAINER_EXIT:
        yield from _find_open_questions_of_exit(finding)
    if finding.cause in {Cause.CONTAINER_EXIT, Cause.CLEAN_EXIT}:
        yield from _describe_other_ends(finding)


def _find_open_questions_of_exit(finding: Finding) -> Iterator[str]:
    kills = {c.exit_code for c in finding.culprits if was_killed(c)}

    if SIGKILL in kills:
        killers = ", ".join(name for name, possible in _KILLERS if possible(finding))
        yield (
            f"The event does not say who sent the signal: {killers} and a kill by hand look the "
            "same."
        )
    elif kills:
        yield "The event does not say who sent the signal."

    if not finding.containers.counted:
        yield "The event lists no containers."
    if any(c.exit_code is None and not was_never_pulled(c) for c in finding.culprits):
        yield "ECS reported no exit code."
    if another_ended_well(finding):
        yield "The event does not say which one ended first."
    elif may_have_answered_a_stop(finding):
        yield (
            "Another container exited with 0. If that one ended first, the code may be no more "
            "than an answer to the SIGTERM that follows (npm gives 1, Go gives 2)."
        )


def _describe_other_ends(finding: Finding) -> Iterator[str]:
    """Describe the containers whose exit codes do not decide the cause."""
    at_fault = {id(container) for container in finding.culprits}
    others = [c for c in finding.containers.others if has_own_code(c) and id(c) not in at_fault]
    helpers = [c for c in others if finding.essential and c.name not in finding.essential]

    for containers, what in (
        ([c for c in others if c not in helpers], _NO_ORDER),
        (helpers, _NOT_ESSENTIAL),
    ):
        ends = join_ends(
            f"container {c.name} ended with {describe_exit_code(c.exit_code)}" for c in containers
        )
        if ends:
            yield f"{ends[0].upper()}{ends[1:]}; {what}."
