"""Matches of a pattern that wake somebody although nothing failed, or more than once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..patterns.compiled import Condition
from ..tasks.events import DETAIL_TYPE, SOURCE
from ..tasks.fields import STATUSES
from ._checks import Found, Rule, Subject
from ._endings import DEPLOYMENTS, EARLY_STATES, EXITED, GOOD_ENDS, MANUAL_STOPS, SCHEDULER, USER
from ._subject import is_about_spot

_STATUS: Final = "detail.lastStatus"
_EXIT_CODE: Final = "detail.containers.exitCode"
_CODE: Final = "detail.stopCode"

#: The states of a task that is stopping; they repeat its stop code and reason.
_LAST_STATES: Final = STATUSES[STATUSES.index("DEACTIVATING") :]

#: The states of a task that is starting.
_FIRST_STATES: Final = STATUSES[: STATUSES.index("DEACTIVATING")]
#: The fields that tell how a task ended.
_ENDS: Final = (_CODE, _EXIT_CODE, "detail.stoppedReason", "detail.containers.reason")

_WAIT: Final = 'write "lastStatus": ["STOPPED"]'


def _any_source(subject: Subject) -> Iterator[Found]:
    for rule in subject.rules:
        detail_type = rule.conditions.get("detail-type")
        if "source" not in rule.conditions and not (detail_type and detail_type.texts):
            yield Found(
                "source",
                "without it events of other sources match too",
                f'write "source": ["{SOURCE}"]',
            )
            return


def _any_detail_type(subject: Subject) -> Iterator[Found]:
    if None in subject.conditions("detail-type"):
        yield Found(
            "detail-type",
            "without it other events of ECS, such as those of services, can match too",
            f'write "detail-type": ["{DETAIL_TYPE}"]',
        )


def _repeats(subject: Subject) -> Iterator[Found]:
    statuses = subject.conditions(_STATUS)
    if is_about_spot(subject.rules) or not any(map(_repeats_a_failure, statuses)):
        return

    yield Found(
        _STATUS,
        "one failure fires up to four times: DEACTIVATING, STOPPING and DEPROVISIONING have the "
        "stop code and reason before STOPPED, the later ones exit codes too",
        _WAIT,
    )


def _repeats_a_failure(condition: Condition | None) -> bool:
    return sum(condition is None or condition.accepts(state) for state in _LAST_STATES) > 1


def _never_stopped(subject: Subject) -> Iterator[Found]:
    conditions = [condition for condition in subject.conditions(_STATUS) if condition]
    if is_about_spot(subject.rules):
        return  # the warning comes before the task stops

    everywhere = len(conditions) == len(subject.rules)
    if everywhere and not any(condition.accepts("STOPPED") for condition in conditions):
        yield Found(
            _STATUS,
            "matches only before a task has stopped, when most failures are not known yet",
            _WAIT,
        )


def _spot_warning(subject: Subject) -> Iterator[Found]:
    if is_about_spot(subject.rules) and any(map(_repeats_a_failure, subject.conditions(_STATUS))):
        yield Found(
            _STATUS,
            "one interruption fires several times; the first one is the two-minute warning, while "
            "the task still runs",
            'for one event per interruption write "lastStatus": ["STOPPED"]; keep it as it is to '
            "act on the warning",
        )


def _planned_stops(subject: Subject) -> Iterator[Found]:
    woken = subject.coverage.wakes_for.keys() & {DEPLOYMENTS, MANUAL_STOPS}

    for rule in subject.rules:
        code = rule.conditions.get(_CODE)
        lets = [word for word in (SCHEDULER, USER) if code is None or code.accepts(word)]
        if woken and lets and _EXIT_CODE in rule.conditions:
            yield Found(
                _EXIT_CODE,
                "after a planned stop no exit code means failure: a deployment, a scale-in or a "
                "manual stop leaves 137, 143 or 1",
                'also ask for "stopCode": ["EssentialContainerExited"], and add branches of $or '
                "for failed starts and health checks",
            )
            return


def _routine_stops(subject: Subject) -> Iterator[Found]:
    woken = [
        kind
        for kind in subject.coverage.wakes_for
        if kind in {DEPLOYMENTS, MANUAL_STOPS, GOOD_ENDS}
    ]
    paths = [path for path in _ENDS if any(subject.conditions(path))]

    if woken and paths and _EXIT_CODE not in paths and subject.coverage.caught:
        yield Found(
            paths[0],
            f"{' and '.join(woken)} match too, but are no failures: the rule's target must tell "
            "them apart",
        )


def _any_exit_code(subject: Subject) -> Iterator[Found]:
    for condition in subject.conditions(_EXIT_CODE):
        if condition and condition.accepts(0) and GOOD_ENDS in subject.coverage.wakes_for:
            yield Found(
                _EXIT_CODE,
                "accepts exit code 0, the code of jobs that succeed",
                'write {"anything-but": 0}',
            )
            return


def _good_ends(subject: Subject) -> Iterator[Found]:
    by_code = any(code and EXITED in code.texts for code in subject.conditions(_CODE))
    by_exit = any(subject.conditions(_EXIT_CODE))
    if by_code and not by_exit and GOOD_ENDS in subject.coverage.wakes_for:
        yield Found(
            _CODE,
            "EssentialContainerExited comes with exit code 0 too, the code of jobs that succeed",
            'also ask for "containers": {"exitCode": [{"anything-but": 0}]}',
        )


def _early(subject: Subject) -> Iterator[Found]:
    wanted = subject.conditions("detail.desiredStatus")
    early = None in subject.conditions(_STATUS) and EARLY_STATES in subject.coverage.wakes_for
    if all(wanted) and early:
        yield Found(
            "detail.desiredStatus",
            "desiredStatus STOPPED holds as soon as a stop is decided, not once it is done",
            _WAIT,
        )


def _starts(subject: Subject) -> Iterator[Found]:
    conditions = [condition for condition in subject.conditions(_STATUS) if condition]
    begun = [state for state in _FIRST_STATES if any(c.accepts(state) for c in conditions)]
    if begun and any(condition.accepts("STOPPED") for condition in conditions):
        yield Found(_STATUS, f"{', '.join(begun)} comes for every task that starts", _WAIT)


def _every_stop(subject: Subject) -> Iterator[Found]:
    ends = any(any(subject.conditions(path)) for path in _ENDS)
    if not ends and MANUAL_STOPS in subject.coverage.wakes_for:
        yield Found("", "every stop matches: the rule's target must tell failures apart")


NOISE: Final = (
    Rule("any-source", "warning", _any_source),
    Rule("any-detail-type", "warning", _any_detail_type),
    Rule("no-last-status", "warning", _repeats),
    Rule("desired-status", "warning", _early),
    Rule("never-stopped", "warning", _never_stopped),
    Rule("matches-starts", "warning", _starts),
    Rule("every-stop", "info", _every_stop),
    Rule("routine-stops", "info", _routine_stops),
    Rule("spot-warning", "info", _spot_warning),
    Rule("planned-stops", "warning", _planned_stops),
    Rule("any-exit-code", "warning", _any_exit_code),
    Rule("good-ends", "warning", _good_ends),
)
