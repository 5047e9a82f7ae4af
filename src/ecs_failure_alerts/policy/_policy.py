"""The policy: what alerts and at what level, as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from .._arguments import naming_each
from .._texts import clean
from .._values import Value
from ..causes import LEVELS, Cause, Level, WorkloadType
from . import fields
from .cases import Case
from .table import DEFAULTS, Row, candidates

if TYPE_CHECKING:
    from ..patterns import EventPattern
    from .rules import Rule

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


#: The fields that add rows to the table.
_FIELDS_WITH_ROWS: Final = (
    *("levels", "ignore_workloads", "ignore_exit_codes"),
    *("clusters", "services", "families", "rules"),
)


def _rules(value: Iterable[Rule]) -> tuple[Rule, ...]:
    if value == ():
        return ()
    from .rules import rules  # noqa: PLC0415 - most functions have none

    return rules(value)


@frozen(slots=False, eq=False, repr=False, field_transformer=naming_each)
class FailurePolicy(Value):
    """
    What counts as a failure.

    In every list of names ``*`` stands for any characters. Case matters, except in the names of
    side and main containers.

    Attributes:
        levels: Changes to the defaults: (cause, workload type) to a level, or to None for silence.
            Either half may be ``*``; a cause may be a group such as ``failed_to_start``. The last
            entry that fits wins, so ``{("spot_interruption", "service"): "warning"}`` adds Spot
            for services, and ``{("*", "batch"): None}`` silences AWS Batch. ``not_stopped`` never
            alerts.
        ignore_containers: Containers to ignore, in place of `IGNORE_CONTAINERS`.
        side_containers: Containers that serve the others, in place of `SIDE_CONTAINERS`. They are
            at fault if AWS gives a reason for them. Their exit codes count only if they explain
            how the other containers ended. This list and ignore_containers do not apply to a
            task all of whose containers they name.
        main_containers: The containers to judge by their exit codes. If a task has one of them,
            no other container is judged so, and side_containers do not apply. Empty: all but the
            side containers.
        ignore_exit_codes: A container_exit whose culprits all have such a code never alerts.
        ignore_workloads: The types of workload (``batch``, ``service``, ``scheduled``,
            ``standalone``) whose tasks never alert, whatever levels says. Other events about them
            still do: with ``batch``, a job that failed for good.
        clusters: The clusters to alert on, by name or ARN; empty for all.
        services: The services to alert on, by name.
        families: The task definition families to alert on, by name. If services or families are
            given, a task alerts if its service or its family is among them.
        rules: Exceptions to all of the above: the last rule that fits decides. A rule with a level
            also applies to clusters, services and families that are not listed. Without a cause it
            is for failures alone: for what alerts by default or by levels. With the cause ``*`` it
            is for successful runs and routine stops too.

    Raises:
        ValueError: A cause, workload type or level does not exist; a name is empty, or has ``?``,
            brackets or a backslash in it; or no cluster, service or family can have the name.
        TypeError: A single string came in place of several names, or an exit code is not an
            integer. Every error names the attribute.
    """

    levels: Mapping[tuple[str, str], Level | None] = field(factory=dict, converter=fields.levels)
    ignore_containers: tuple[str, ...] = field(default=IGNORE_CONTAINERS, converter=fields.globs)
    side_containers: tuple[str, ...] = field(default=SIDE_CONTAINERS, converter=fields.globs)
    main_containers: tuple[str, ...] = field(default=(), converter=fields.globs)
    ignore_exit_codes: frozenset[int] = field(default=frozenset(), converter=fields.exit_codes)
    ignore_workloads: tuple[WorkloadType, ...] = field(default=(), converter=fields.task_workloads)
    clusters: tuple[str, ...] = field(default=(), converter=fields.clusters)
    services: tuple[str, ...] = field(default=(), converter=fields.names)
    families: tuple[str, ...] = field(default=(), converter=fields.names)
    rules: tuple[Rule, ...] = field(default=(), converter=_rules)
    _rows: tuple[Row, ...] = field(init=False, repr=False, eq=False)

    def __hash__(self) -> int:
        return object.__hash__(self)  # mappings have no hash

    @_rows.default
    def _own_rows(self) -> tuple[Row, ...]:
        if not any(getattr(self, name) for name in _FIELDS_WITH_ROWS):
            return ()
        from ._rows import rows_of  # noqa: PLC0415 - most functions have the defaults alone

        return rows_of(self)

    def table(self) -> tuple[Row, ...]:
        """
        Return the whole policy as one table. The last row that fits decides.

        Returns:
            The rows of every policy (``default``), then those of levels, ignore_workloads,
            ignore_exit_codes, clusters, services and families, and rules.
        """
        return (*DEFAULTS, *self._rows)

    @property
    def own_rows(self) -> tuple[Row, ...]:
        """The rows that this policy adds to those of every policy."""
        return self._rows

    def find_row(self, case: Case) -> Row:
        """Return the row of the table that decides *case*."""
        rows = candidates(self._rows, (case.cause, case.workload.type))
        return next(row for row in rows if row.test is None or row.test(case))

    def event_pattern(self) -> EventPattern:
        """
        Build the EventBridge pattern that passes what the policy may alert on, and little else.

        It passes only stopped tasks. It leaves out what AWS's codes and exact sentences prove to
        be no failure. It passes what it cannot express (families, services, exit codes, side
        containers, the end of a rule), and the diagnosis decides. It may leave out an event in
        which only some containers have a ``containerArn``; AWS sends no such event.

        Returns:
            The pattern; for the default policy within EventBridge's 2,048 characters.
        """
        from ..tasks.pattern import failure_pattern  # noqa: PLC0415 - it needs this module

        return failure_pattern(self)

    def level(self, cause: Cause, workload_type: WorkloadType) -> Level | None:
        """
        Return the level of an alert of which only the cause and the type of workload are known.

        Args:
            cause: Why the run failed.
            workload_type: What kind of workload it was.

        Returns:
            The level, or None for silence.
        """
        *_, row = candidates(self._rows, (cause, workload_type))
        return row.level

    def may_alert(self, cause: Cause, workload_type: WorkloadType) -> bool:
        """Return whether any failure of this cause and type of workload alerts."""
        return any(row.level for row in candidates(self._rows, (cause, workload_type)))


@frozen(slots=False, eq=False, repr=False)
class Decision:
    """
    Whether there is an alert, and why.

    Attributes:
        level: The alert's level; None for no alert.
        reason: Why, in a few words.
        row: The row of the policy's table that decided.
    """

    level: Level | None
    reason: str
    row: Row

    @property
    def rule_note(self) -> str:
        """The rule that set the level, and why: ``Error by rules[1]: no capacity to spare``."""
        if self.level is None or self.row.rule is None:
            return ""
        why = f": {self.row.why}" if self.row.why else ""
        return f"{self.level.capitalize()} by {self.row.name}{why}"


def decide(case: Case, policy: FailurePolicy) -> Decision:
    """Decide whether *case* alerts by *policy*, and at what level."""
    row = policy.find_row(case)
    what = f"{case.cause} of a {case.workload.type} workload"
    by = _named(row) + _unsettled(case, policy, row)
    if row.level is None:
        return Decision(None, f"no alert: {what} is silent{by}", row)

    at_most, why = ("warning", ", undecided,") if case.undecided else (case.at_most, "")
    level = max(row.level, at_most or row.level, key=LEVELS.index)  # they go from high to low

    return Decision(level, f"alert: {what}{why} is {level}{by}", row)


#: Characters of a row's conditions in a decision at most.
_MOST_CHARACTERS: Final = 200


def _named(row: Row) -> str:
    """Name the row that decided and its reason; return an empty text for a default."""
    if row.name == "default":
        return ""
    why = f": {row.why}" if row.why else ""
    return f" by {row.name} ({clean(row.conditions, _MOST_CHARACTERS)}){why}"


def _unsettled(case: Case, policy: FailurePolicy, decided: Row) -> str:
    """Name the rules that might have decided, if the event had an account and a time."""
    if case.account is not None and case.time is not None:
        return ""
    rows = candidates(policy.own_rows, (case.cause, case.workload.type))
    later = takewhile(lambda row: row is not decided, rows)
    found = {row.name: row.rule.missing(case) for row in later if row.rule}

    said = [
        f"{name} does not fit an event without {' and '.join(m)}" for name, m in found.items() if m
    ]
    return "".join(f"; {each}" for each in said)
