"""The event pattern of a policy: all events, except those that certainly cause no alert."""

# Theory of operation: the pattern only keeps a Lambda from being woken for nothing; the
# diagnosis decides. So it may pass too much, but must never drop an event that would alert. It
# leaves out a stop only if AWS's own code and sentence leave no doubt, the policy is silent about
# it, and no container has a reason (which could say OutOfMemory under any code). It never
# recognises a failure by its wording, because AWS rewords its texts: unknown wordings pass.
#
# A pattern can say "some container has ..." but not "every container has ...". In a run that
# succeeded, no container has another code than 0 and none lacks a code. The latter takes two
# fields of one element: containerArn, which AWS gives every container (or, in trimmed events,
# none), sorts before exitCode, so `exists: false` is about the element that containerArn chose.
# An event in which only some containers have one is not covered.

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final, TypeAlias

from .._globs import is_arn
from ..causes import TASK_CAUSES, TASK_WORKLOADS, Cause, WorkloadType
from ..patterns import Element, EventPattern, any_of, anything_but, exists, prefix, suffix, wildcard
from ..policy import FailurePolicy
from .events import DETAIL_TYPE, SOURCE
from .signs import ROUTINE_SCALING

_USER: Final = "UserInitiated"
_SCHEDULER: Final = "ServiceSchedulerInitiated"
_SPOT: Final = "SpotInterruption"
_EXITED: Final = "EssentialContainerExited"

_STOPPED_BY_USER: Final = "Task stopped by user"
_SPOT_INTERRUPTED: Final = "Your Spot Task was interrupted."
_EXITED_AS_USUAL: Final = "Essential container in task exited"

_NOT_SERVICE: Final = (WorkloadType.BATCH, WorkloadType.SCHEDULED, WorkloadType.STANDALONE)

_Branch: TypeAlias = dict[str, Any]


def failure_pattern(policy: FailurePolicy) -> EventPattern:
    """Build the pattern for `FailurePolicy.event_pattern()`."""
    left_out: list[str] = []
    passes: list[_Branch] = [{"containers": {"reason": [exists(True)]}}]

    for stop_code, unless in _certain_stops(policy):
        left_out.append(stop_code)
        passes += [{"stopCode": [stop_code], **branch} for branch in unless]

    detail: _Branch = {"lastStatus": ["STOPPED"]}
    if clusters := clusters_of(policy, TASK_CAUSES):
        detail["clusterArn"] = [cluster_condition(name) for name in clusters]
    if left_out:
        detail["$or"] = any_of(
            {"stopCode": [anything_but(*left_out)]}, _without_code(left_out), *passes
        )

    return EventPattern({"source": [SOURCE], "detail-type": [DETAIL_TYPE], "detail": detail})


def _certain_stops(policy: FailurePolicy) -> Iterator[tuple[str, list[_Branch]]]:
    """Find the stop codes to leave out, each with the conditions under which its events pass."""
    if _silent(policy, Cause.USER_STOPPED):
        yield _USER, []
    if _silent(policy, Cause.SCHEDULER_STOPPED):
        yield _SCHEDULER, [_other_sentence(anything_but(prefix(ROUTINE_SCALING)))]
    if _silent(policy, Cause.SPOT_INTERRUPTION, but=_NOT_SERVICE) and not _may_name_batch(policy):
        yield _SPOT, list(_spot_interruptions(policy))
    if _silent(policy, Cause.CLEAN_EXIT, but=(WorkloadType.SERVICE,)):
        yield _EXITED, list(_unclean_exits(policy))


def _unclean_exits(policy: FailurePolicy) -> Iterator[_Branch]:
    yield _other_sentence(anything_but(_EXITED_AS_USUAL))
    if not _silent(policy, Cause.CLEAN_EXIT):
        yield {"group": [prefix("service:")]}
        yield {"startedBy": [prefix("ecs-svc/")]}
    yield {"containers": {"exitCode": [anything_but(0)]}}
    yield {"containers": {"containerArn": [exists(True)], "exitCode": [exists(False)]}}
    yield {"containers": {"containerArn": [exists(False)]}}


def _spot_interruptions(policy: FailurePolicy) -> Iterator[_Branch]:
    yield _other_sentence(anything_but(_SPOT_INTERRUPTED))
    if not _silent(policy, Cause.SPOT_INTERRUPTION):
        yield {"group": [anything_but(prefix("service:")), exists(False)]}
        # These could still make it a task of AWS Batch:
        yield {"overrides": {"containerOverrides": {"environment": {"name": [exists(True)]}}}}
        if not clusters_of(policy, TASK_CAUSES):
            batch = [wildcard("*AWSBatch-*"), wildcard("*_Batch_*")]
            yield {"group": [prefix("service:")], "clusterArn": batch}


def _may_name_batch(policy: FailurePolicy) -> bool:
    """Return whether some of the policy's clusters may belong to AWS Batch."""
    clusters = clusters_of(policy, TASK_CAUSES)
    return any("*" in name or "Batch" in name for name in clusters)


def _without_code(left_out: Sequence[str]) -> _Branch:
    """Return the condition for an event without stopCode to pass."""
    sentences = {_USER: _STOPPED_BY_USER, _SCHEDULER: ROUTINE_SCALING}
    certain = [prefix(sentences[code]) for code in left_out if code in sentences]
    branch: _Branch = {"stopCode": [exists(False)]}
    return branch | ({"stoppedReason": [anything_but(*certain), exists(False)]} if certain else {})


def _other_sentence(condition: Element) -> _Branch:
    return {"stoppedReason": [condition]}


def _silent(policy: FailurePolicy, cause: Cause, but: tuple[WorkloadType, ...] = ()) -> bool:
    """Return whether *cause* never alerts, except perhaps for the workload types in *but*."""
    return not any(policy.may_alert(cause, type_) for type_ in TASK_WORKLOADS if type_ not in but)


def clusters_of(policy: FailurePolicy, causes: Collection[Cause]) -> tuple[str, ...]:
    """Return the only clusters in which *policy* alerts on *causes*; empty for all."""
    raising = [rule for rule in policy.rules if rule.level and rule.causes.intersection(causes)]
    if not policy.clusters or not all(rule.cluster for rule in raising):
        return ()

    more = (name for rule in raising for name in rule.cluster)
    return tuple(dict.fromkeys((*policy.clusters, *more)))


def cluster_condition(name: str) -> Element:
    """Return the condition on ``clusterArn`` for a cluster's ARN or name."""
    if not is_arn(name):
        return wildcard(f"*:cluster/{name}") if "*" in name else suffix(f":cluster/{name}")
    return wildcard(name) if "*" in name else name
