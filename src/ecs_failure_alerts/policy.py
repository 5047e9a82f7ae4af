"""What alerts, at what level, and what is left out: plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from . import _policy_fields
from ._globs import is_arn, matches_any
from ._policy_fields import ANY, NEVER_ALERTING
from .causes import CAUSES, LEVELS, TASK_CAUSES, Cause, Level, WorkloadType, causes_named
from .diagnosis import Workload

if TYPE_CHECKING:
    from .patterns import EventPattern

__all__ = [
    "IGNORE_CONTAINERS",
    "LEVELS",
    "SIDE_CONTAINERS",
    "Case",
    "Decision",
    "FailurePolicy",
    "Level",
    "WorkloadType",
    "decide",
]

#: GuardDuty puts a container with a random name into Fargate tasks.
#: https://docs.aws.amazon.com/guardduty/latest/ug/how-runtime-monitoring-works-ecs-fargate.html
IGNORE_CONTAINERS: Final = ("aws-guardduty-agent-*",)

#: Containers that serve the others: log routers, meshes, agents.
SIDE_CONTAINERS: Final = (
    "*otel-collector*",
    "otel*",
    "*-otel*",
    "*_otel*",
    "*opentelemetry*",
    "*cloudwatch-agent*",
    "*cwagent*",
    "*datadog*",
    "*newrelic*",
    "ecs-service-connect-*",
    "envoy*",
    "*firelens*",
    "*fluent-bit*",
    "*fluentbit*",
    "*fluentd*",
    "*log_router*",
    "*log-router*",
    "*sidecar*",
    "*side-car*",
    "xray*",
    "consul-dataplane*",
    "consul-ecs-*",
    "consul-client*",
)


@frozen(slots=False, hash=False)
class FailurePolicy:
    """
    What counts as a failure.

    In every list of names ``*`` stands for any characters. Case counts, but not in the names of
    side and main containers.

    Attributes:
        levels: What differs from the defaults: (cause, workload type) to a level, or to None
            for silence. Either half may be ``*``; a cause may be a group such as
            ``failed_to_start``. The last entry that fits wins, so
            ``{("spot_interruption", "service"): "warning"}`` adds Spot for services, and
            ``{("*", "batch"): None}`` silences AWS Batch. ``not_stopped`` never alerts.
        ignore_containers: Containers taken as if they were not in the event, in place of
            `IGNORE_CONTAINERS`.
        side_containers: Containers that serve the others, in place of `SIDE_CONTAINERS`. They are
            at fault by a reason; by an exit code only where it explains how the others ended.
            Where one of these two lists has every container of a task, it does not apply to
            that task.
        main_containers: The containers to judge by their exit codes. Where a task has one of
            them, no other is, and side_containers do not apply. Empty: all but the side
            containers.
        ignore_exit_codes: A container_exit whose culprits all have such a code never alerts.
        ignore_workloads: The types of workload (``batch``, ``service``, ``scheduled``,
            ``standalone``) whose tasks never alert, whatever levels says. What AWS tells of
            them otherwise still does: with ``batch``, a job that failed for good.
        clusters: The clusters to alert on, by name or ARN; empty for all.
        services: The services to alert on, by name.
        families: The task definition families to alert on, by name. Where services or families
            are given, a task alerts if its service or its family is among them.

    Raises:
        ValueError: A cause, workload type or level that does not exist, a name that is empty
            or holds ``?``, brackets or a backslash, or what can be no cluster, service
            or family.
        TypeError: A single string where several names belong, or an exit code that is not an
            integer.
    """

    levels: Mapping[tuple[str, str], Level | None] = field(
        factory=dict, converter=_policy_fields.levels
    )
    ignore_containers: tuple[str, ...] = field(
        default=IGNORE_CONTAINERS, converter=_policy_fields.globs
    )
    side_containers: tuple[str, ...] = field(
        default=SIDE_CONTAINERS, converter=_policy_fields.globs
    )
    main_containers: tuple[str, ...] = field(default=(), converter=_policy_fields.globs)
    ignore_exit_codes: frozenset[int] = field(
        default=frozenset(), converter=_policy_fields.exit_codes
    )
    ignore_workloads: tuple[WorkloadType, ...] = field(
        default=(), converter=_policy_fields.task_workloads
    )
    clusters: tuple[str, ...] = field(default=(), converter=_policy_fields.clusters)
    services: tuple[str, ...] = field(default=(), converter=_policy_fields.names)
    families: tuple[str, ...] = field(default=(), converter=_policy_fields.names)
    _table: Mapping[tuple[Cause, WorkloadType], Level | None] = field(
        init=False, repr=False, eq=False
    )

    @_table.default
    def _resolved(self) -> Mapping[tuple[Cause, WorkloadType], Level | None]:
        table = {
            (cause, type_): level
            for cause, entry in CAUSES.items()
            for type_, level in entry.levels.items()
        }
        for (cause_name, type_name), level in self.levels.items():
            for cause in causes_named(cause_name):
                for type_ in WorkloadType if type_name == ANY else [WorkloadType(type_name)]:
                    table[cause, type_] = None if cause in NEVER_ALERTING else level

        silent = {(cause, type_): None for cause in TASK_CAUSES for type_ in self.ignore_workloads}
        return table | silent

    def event_pattern(self) -> EventPattern:
        """
        Build the EventBridge pattern that passes what the policy may alert on, and little else.

        It passes only tasks that have stopped. It leaves out what is certain by AWS's codes
        and exact sentences; what it cannot express (families, services, exit codes, side
        containers) is left in, and the diagnosis decides. An event in which some containers have
        a ``containerArn`` and others do not, which AWS does not send, may be left out.

        Returns:
            The pattern; for the default policy within EventBridge's 2,048 characters.
        """
        from .tasks.pattern import failure_pattern  # noqa: PLC0415 - it needs this module

        return failure_pattern(self)

    def level(self, cause: Cause, workload_type: WorkloadType) -> Level | None:
        """
        Return the level of an alert.

        Args:
            cause: Why the run failed.
            workload_type: What kind of workload it was.

        Returns:
            The level, or None for silence.
        """
        return self._table[cause, workload_type]


@frozen(slots=False, eq=False, repr=False)
class Case:
    """
    What a decision depends on, whatever kind of event it comes from.

    Attributes:
        cause: Why the run failed.
        workload: What it was part of.
        cluster_arn: The cluster.
        cluster: The cluster's name.
        service: The service's name; None where there is none.
        family: The task definition family; None where it is not known.
        exit_codes: Those of the containers at fault.
        undecided: Whether the event leaves open if it was a failure at all.
        at_most: The highest level that this one deserves; None where the cause's own holds.
    """

    cause: Cause
    workload: Workload
    cluster_arn: str | None = None
    cluster: str | None = None
    service: str | None = None
    family: str | None = None
    exit_codes: frozenset[int | None] = frozenset()
    undecided: bool = False
    at_most: Level | None = None


@frozen(slots=False, eq=False, repr=False)
class Decision:
    """
    Whether there is an alert, and why.

    Attributes:
        level: The alert's level; None for no alert.
        reason: Why, in a few words.
    """

    level: Level | None
    reason: str


def decide(case: Case, policy: FailurePolicy) -> Decision:
    """Decide whether *case* is a failure that *policy* asks to be told of, and how loudly."""
    cause, type_ = case.cause, case.workload.type
    level = policy.level(cause, type_)

    if level is None:
        return Decision(None, f"no alert: {cause} of a {type_} workload is silent")
    if policy.clusters and not _is_among(case, policy.clusters):
        return Decision(None, "no alert: the cluster is not one of the policy's")
    if (policy.services or policy.families) and not (
        matches_any(case.service, policy.services) or matches_any(case.family, policy.families)
    ):
        return Decision(None, "no alert: neither service nor family is one of the policy's")
    if (
        cause is Cause.CONTAINER_EXIT
        and case.exit_codes
        and case.exit_codes <= policy.ignore_exit_codes
    ):
        return Decision(None, "no alert: the policy ignores the exit code")

    at_most, why = ("warning", ", undecided,") if case.undecided else (case.at_most, "")
    level = max(level, at_most or level, key=LEVELS.index)  # LEVELS goes from high to low

    return Decision(level, f"alert: {cause} of a {type_} workload{why} is {level}")


def _is_among(case: Case, clusters: tuple[str, ...]) -> bool:
    """Return whether the case's cluster is named, by its ARN or its name."""
    arns = [glob for glob in clusters if is_arn(glob)]
    names = [glob for glob in clusters if not is_arn(glob)]

    return matches_any(case.cluster_arn, arns) or matches_any(case.cluster, names)
