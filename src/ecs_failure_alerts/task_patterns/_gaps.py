"""The reasons why a pattern misses failures: conditions that a kind of failure cannot meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from attrs import frozen

from ._checks import Found, Rule, Subject
from ._endings import (
    CRASHES,
    EXITED,
    FAILED_STARTS,
    HEALTH_CHECKS,
    HIDDEN_MEMORY,
    INTERRUPTIONS,
    KILLS,
    LOST_CODES,
    NOT_STARTED,
    SCHEDULER,
    SERVICE_ENDS,
)
from ._scope import holds, in_scope, is_name
from ._subject import is_about_spot

_CODE: Final = "detail.stopCode"
_REASON: Final = "detail.stoppedReason"
_EXIT_CODE: Final = "detail.containers.exitCode"
_CONTAINER_REASON: Final = "detail.containers.reason"

_HEALTH_BRANCH: Final = (
    'add a branch of $or: {"stopCode": ["ServiceSchedulerInitiated"], '
    '"stoppedReason": [{"wildcard": "*health checks*"}]}'
)
_START_BRANCH: Final = 'add a branch of $or: {"stopCode": ["TaskFailedToStart"]}'
_MEMORY_BRANCH: Final = (
    'add a branch of $or: {"containers": {"reason": [{"prefix": "OutOfMemory"}]}}'
)
_EXIT_BRANCH: Final = (
    'add a branch of $or: {"stopCode": ["EssentialContainerExited"], '
    '"containers": {"exitCode": [{"anything-but": 0}]}}'
)


@frozen
class _Gap:
    """
    A condition that a kind of failure cannot meet.

    Attributes:
        code: The code of the finding.
        kind: The failures that are missed.
        path: The condition that they do not meet.
        message: Why not.
        fix: What to do.
        left_out: The value that the condition must leave out for this row; None for any.
    """

    code: str
    kind: str
    path: str
    message: str
    fix: str
    left_out: str | None = None

    def is_in(self, subject: Subject) -> bool:
        """Return whether the pattern really leaves out the row's value."""
        conditions = subject.conditions(self.path)
        return self.left_out is None or not any(
            condition is None or condition.accepts(self.left_out) for condition in conditions
        )


_GAPS: Final = (
    _Gap(
        "misses-crashes",
        CRASHES,
        _CODE,
        "EssentialContainerExited is left out, so every crash is missed",
        _EXIT_BRANCH,
        EXITED,
    ),
    _Gap(
        "misses-crashes",
        CRASHES,
        _CONTAINER_REASON,
        "a program that crashes leaves no reason, so plain crashes are missed",
        _EXIT_BRANCH,
    ),
    _Gap(
        "misses-crashes",
        CRASHES,
        _REASON,
        'AWS reports a crash only as "Essential container in task exited", so crashes are missed',
        _EXIT_BRANCH,
    ),
    _Gap(
        "misses-exit-codes",
        CRASHES,
        _EXIT_CODE,
        "other exit codes than these are failures too",
        'write {"anything-but": 0}',
    ),
    _Gap(
        "misses-exit-codes",
        KILLS,
        _EXIT_CODE,
        "137 without a reason is a failure too, unless the scheduler or a person stopped the task",
        'write {"anything-but": 0}, and leave planned stops out by their stopCode',
    ),
    _Gap(
        "misses-lost-codes",
        LOST_CODES,
        _EXIT_CODE,
        "a container whose end nobody saw has no exit code, so such ends are missed",
        'add a branch of $or: {"stopCode": ["EssentialContainerExited"], '
        '"containers": {"exitCode": [{"exists": false}]}}',
    ),
    _Gap(
        "misses-failed-starts",
        FAILED_STARTS,
        _EXIT_CODE,
        "most containers that could not start have no exit code, so their failed starts are missed",
        _START_BRANCH,
    ),
    _Gap(
        "misses-failed-starts",
        FAILED_STARTS,
        _CODE,
        "TaskFailedToStart is left out, so failed starts are missed",
        _START_BRANCH,
        NOT_STARTED,
    ),
    _Gap(
        "misses-failed-starts",
        FAILED_STARTS,
        _REASON,
        "failed starts have many wordings, which differ between Fargate and EC2 and change",
        _START_BRANCH,
    ),
    _Gap(
        "misses-failed-starts",
        FAILED_STARTS,
        _CONTAINER_REASON,
        "on Fargate most failed starts have their text in stoppedReason, not in a container",
        _START_BRANCH,
    ),
    _Gap(
        "misses-health-checks",
        HEALTH_CHECKS,
        _CODE,
        "failed health checks come under ServiceSchedulerInitiated, so leaving it out loses them",
        _HEALTH_BRANCH,
        SCHEDULER,
    ),
    _Gap(
        "misses-health-checks",
        HEALTH_CHECKS,
        _EXIT_CODE,
        "a container that is stopped for its health check can end with exit code 0",
        _HEALTH_BRANCH,
    ),
    _Gap(
        "misses-health-checks",
        HEALTH_CHECKS,
        _REASON,
        "failed health checks have other sentences",
        _HEALTH_BRANCH,
    ),
    _Gap(
        "misses-health-checks",
        HEALTH_CHECKS,
        _CONTAINER_REASON,
        "a container that fails its health check has no reason, but the task has one",
        _HEALTH_BRANCH,
    ),
    _Gap(
        "misses-out-of-memory",
        HIDDEN_MEMORY,
        _EXIT_CODE,
        "if the kernel kills a child process, the container can end with exit code 0: only its "
        "reason tells",
        _MEMORY_BRANCH,
    ),
    _Gap(
        "misses-service-ends",
        SERVICE_ENDS,
        _EXIT_CODE,
        "a service should keep running: it has stopped even if it ends with exit code 0",
        'add a branch of $or: {"stopCode": ["EssentialContainerExited"], '
        '"group": [{"prefix": "service:"}]}',
    ),
    _Gap(
        "misses-interruptions",
        INTERRUPTIONS,
        _CODE,
        "a job that loses its Spot capacity or its host does not run again by itself",
        'add "SpotInterruption", "TerminationNotice" and "InfrastructureHealth"',
    ),
)


def _find(subject: Subject, code: str) -> Iterator[Found]:
    """Find the first condition that makes the pattern miss such failures."""
    if is_about_spot(subject.rules):
        return  # it is only about one thing on purpose

    blocked = _blocked(subject)
    gaps = (gap for gap in _GAPS if gap.code == code)
    for gap in gaps:
        if gap.path in blocked.get(gap.kind, ()) and gap.is_in(subject):
            yield Found(gap.path, gap.message, gap.fix)
            return


def _other_conditions(subject: Subject) -> Iterator[Found]:
    """Find the other conditions that make the pattern miss failures."""
    lost: dict[str, list[str]] = {}
    if not is_about_spot(subject.rules):
        for kind, paths in _blocked(subject).items():
            for path in sorted(paths - _COVERED_PATHS):
                lost.setdefault(path, []).append(kind)

    for path, kinds in lost.items():
        named = f"{', '.join(kinds[:_MOST_KINDS])}{' and others' * (len(kinds) > _MOST_KINDS)}"
        yield Found(
            path,
            f"events about {named} do not have such a value, so these are missed",
            "leave it out, or put it into a branch of $or",
        )


def _blocked(subject: Subject) -> Mapping[str, set[str]]:
    """Return the paths of the conditions that make the pattern miss each kind of failure."""
    blocked: dict[str, set[str]] = {}
    for event in subject.coverage.missed:
        named = in_scope(event.event, subject.rules) or [event.event]
        unmet = [
            {
                path
                for path, condition in rule.conditions.items()
                if not is_name(path) and not holds(condition, named[0], path)
            }
            for rule in subject.rules
        ]

        fewest = min(map(len, unmet))
        for paths in unmet:
            if len(paths) == fewest:
                blocked.setdefault(event.kind, set()).update(paths)

    return blocked


def _spot_alone(subject: Subject) -> Iterator[Found]:
    if is_about_spot(subject.rules) and subject.coverage.missed:
        yield Found(_CODE, "a rule about interruptions only: other failures need another rule")


#: Fields that the rows above, and those about noise, are about.
_COVERED_PATHS: Final = frozenset(
    {_CODE, _REASON, _EXIT_CODE, _CONTAINER_REASON, "detail.lastStatus", "detail.desiredStatus"}
)
#: Kinds of failures that a finding names at most.
_MOST_KINDS: Final = 2
#: Codes about failures that a rule may leave out on purpose.
_MILD: Final = frozenset({"misses-interruptions", "misses-service-ends"})

GAPS: Final = (
    *(
        Rule(code, "info" if code in _MILD else "warning", partial(_find, code=code))
        for code in dict.fromkeys(gap.code for gap in _GAPS)
    ),
    Rule("misses-failures", "warning", _other_conditions),
    Rule("spot-alone", "info", _spot_alone),
)
