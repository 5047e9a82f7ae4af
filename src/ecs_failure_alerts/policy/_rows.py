"""The rows that the fields of a policy add to its table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Final

from .._globs import SplitGlobs, has_any, split
from ..causes import TASK_CAUSES, Cause, WorkloadType, causes_named, workloads_named
from .cases import Case
from .conditions import CONDITIONS
from .table import DEFAULT_OF, Kind, Row, candidates, words

if TYPE_CHECKING:
    from ._policy import FailurePolicy

_EVERY_KIND: Final = frozenset(DEFAULT_OF)


def rows_of(policy: FailurePolicy) -> tuple[Row, ...]:
    """Build the rows of *policy*; a later one counts more."""
    levels = tuple(_levels(policy))
    return (*levels, *_ignored(policy), *_scopes(policy), *_rules(policy, levels))


def _levels(policy: FailurePolicy) -> Iterator[Row]:
    for (cause, type_), level in policy.levels.items():
        causes, types = causes_named(cause), workloads_named(type_)
        yield Row("levels", words(cause, types), level, _kinds(causes, types))


def _ignored(policy: FailurePolicy) -> Iterator[Row]:
    types, codes = policy.ignore_workloads, policy.ignore_exit_codes

    if types:
        tasks = f"tasks of workload {_any(types)}"
        yield Row("ignore_workloads", tasks, None, _kinds(TASK_CAUSES, types))
    if codes:
        what = f"cause {Cause.CONTAINER_EXIT}, exit_code {_any(map(str, sorted(codes)))}"
        kinds = _kinds([Cause.CONTAINER_EXIT], WorkloadType)
        yield Row(
            "ignore_exit_codes", what, None, kinds, partial(CONDITIONS["exit_code"].fits, codes)
        )


def _scopes(policy: FailurePolicy) -> Iterator[Row]:
    clusters, services, families = policy.clusters, policy.services, policy.families
    if clusters:
        elsewhere = partial(_is_elsewhere, CONDITIONS["cluster"].resolve(clusters))
        yield Row("clusters", f"all but cluster {_any(clusters)}", None, _EVERY_KIND, elsewhere)

    named = [
        *([("services", f"service {_any(services)}")] if services else []),
        *([("families", f"family {_any(families)}")] if families else []),
    ]
    if named:
        fields, what = zip(*named, strict=True)
        another = partial(_is_another, split(services), split(families))
        yield Row(", ".join(fields), f"all but {_any(what)}", None, _EVERY_KIND, another)


def _rules(policy: FailurePolicy, levels: tuple[Row, ...]) -> Iterator[Row]:
    if not policy.rules:
        return
    failures = frozenset(
        kind
        for kind, row in DEFAULT_OF.items()
        if row.level or next(candidates(levels, kind)).level
    )

    for index, rule in enumerate(policy.rules):
        kinds = _kinds(rule.causes, rule.workloads) if rule.cause or rule.workload else _EVERY_KIND
        if rule.level is not None and not rule.cause:
            kinds = failures.intersection(kinds)

        test = None if rule.is_certain else rule.fits
        yield Row(f"rules[{index}]", str(rule), rule.level, kinds, test, rule)


def _kinds(causes: Iterable[Cause], types: Iterable[WorkloadType]) -> frozenset[Kind]:
    return frozenset(product(causes, types))


def _any(values: Iterable[str]) -> str:
    return " or ".join(values)


def _is_elsewhere(clusters: object, case: Case) -> bool:
    """Return whether *case* is in another cluster. A notice without a cluster is not."""
    if case.cluster is None and case.cluster_arn is None:
        return case.cause in TASK_CAUSES
    return not CONDITIONS["cluster"].fits(clusters, case)


def _is_another(services: SplitGlobs, families: SplitGlobs, case: Case) -> bool:
    """Return whether *case* is of another service and family. A notice without either is not."""
    if case.service is None and case.family is None:
        return case.cause in TASK_CAUSES
    return not (has_any(case.service, services) or has_any(case.family, families))
