"""The event pattern of a policy: everything it may alert on, less what is certainly nothing."""

# Theory of operation: the pattern only has to keep a Lambda from being woken for nothing; the
# diagnosis decides. So it may pass too much, and must never drop what would alert. It leaves
# out a stop only where AWS's own code and sentence leave no doubt, the policy is silent about
# it, and no container has a reason (which could say OutOfMemory under any code). It never
# recognises a failure by its wording, since AWS rewords: what is unknown passes.
#
# A pattern can say "some container has ..." but not "every container has ...". A run that
# succeeded is one in which no container has another code than 0 and none lacks a code. The
# latter is said by two fields of one element: containerArn, which every container has, sorts
# before exitCode, so `exists: false` speaks of the element that containerArn chose.

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from .causes import ROUTINE_SCALING, Cause
from .events import DETAIL_TYPE, SOURCE
from .patterns import Element, EventPattern, any_of, anything_but, exists, prefix, suffix, wildcard

if TYPE_CHECKING:
    from .policy import FailurePolicy

_USER: Final = "UserInitiated"
_SCHEDULER: Final = "ServiceSchedulerInitiated"
_SPOT: Final = "SpotInterruption"
_EXITED: Final = "EssentialContainerExited"

_STOPPED_BY_USER: Final = "Task stopped by user"
_SPOT_INTERRUPTED: Final = "Your Spot Task was interrupted."
_EXITED_AS_USUAL: Final = "Essential container in task exited"

_Branch = dict[str, Any]


def failure_pattern(policy: FailurePolicy) -> EventPattern:
    """Give the pattern for `FailurePolicy.event_pattern()`."""
    left_out, branches = [], []
    for stop_code, unless in _certain_stops(policy):
        left_out.append(stop_code)
        branches += [{"stopCode": [stop_code], **branch} for branch in unless]
    detail: _Branch = {"lastStatus": ["STOPPED"]}
    if policy.clusters:
        detail["clusterArn"] = [_cluster(name) for name in policy.clusters]
    if left_out:
        no_code = {"stopCode": [exists(False)]}
        if _USER in left_out:
            no_code["stoppedReason"] = [anything_but(_STOPPED_BY_USER), exists(False)]
        detail["$or"] = any_of(
            {"containers": {"reason": [exists(True)]}},
            {"stopCode": [anything_but(*left_out)]},
            no_code,
            *branches,
        )
    return EventPattern({"source": [SOURCE], "detail-type": [DETAIL_TYPE], "detail": detail})


def _certain_stops(policy: FailurePolicy) -> Iterator[tuple[str, list[_Branch]]]:
    """Give the codes of stops to leave out, each with the conditions under which they pass."""
    if _silent(policy, Cause.USER_STOPPED):
        yield _USER, []
    if _silent(policy, Cause.SCHEDULER_STOPPED):
        yield _SCHEDULER, [_other_sentence(anything_but(prefix(ROUTINE_SCALING)))]
    if _silent(policy, Cause.SPOT_INTERRUPTION):
        yield _SPOT, [_other_sentence(anything_but(_SPOT_INTERRUPTED))]
    if _silent(policy, Cause.CLEAN_EXIT, but="service"):
        yield _EXITED, list(_unclean_exits(policy))


def _unclean_exits(policy: FailurePolicy) -> Iterator[_Branch]:
    yield _other_sentence(anything_but(_EXITED_AS_USUAL))
    if not _silent(policy, Cause.CLEAN_EXIT):
        yield {"group": [prefix("service:")]}
        yield {"startedBy": [prefix("ecs-svc/")]}
    yield {"containers": {"exitCode": [anything_but(0)]}}
    yield {"containers": {"containerArn": [exists(True)], "exitCode": [exists(False)]}}
    yield {"containers": {"containerArn": [exists(False)]}}


def _other_sentence(condition: Element) -> _Branch:
    return {"stoppedReason": [condition, exists(False)]}


def _silent(policy: FailurePolicy, cause: Cause, but: str = "") -> bool:
    """Say whether *cause* alerts for no workload type, *but* for one perhaps."""
    from .policy import WorkloadType

    return not any(policy.level(cause, type_) for type_ in WorkloadType if type_ != but)


def _cluster(name: str) -> Element:
    """Give the condition on ``clusterArn`` for a cluster's ARN or name."""
    if not name.startswith("arn:"):
        return wildcard(f"*:cluster/{name}") if "*" in name else suffix(f":cluster/{name}")
    return wildcard(name) if "*" in name else name
