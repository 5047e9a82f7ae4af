"""
The conditions of rules and routes: which cases they are for.

A condition is one row of `CONDITIONS`: how it is read, and which cases it fits. A new condition
takes a row, an attribute of `Conditions`, and an attribute of `Case` to compare with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, Final, Self

from attrs import evolve, field, frozen

from .._arguments import naming_each
from .._globs import SplitGlobs, has_any, is_arn, split
from ..causes import Cause, WorkloadType, causes_named, workloads_named
from ._values import (
    ABSENT,
    accounts,
    cause_names,
    clusters,
    containers,
    exit_codes,
    names,
    tags,
    workloads,
)
from .cases import Case, tag_key


def _fits_cause(found: frozenset[Cause], case: Case) -> bool:
    return case.cause in found


def _fits_workload(found: frozenset[WorkloadType], case: Case) -> bool:
    return case.workload.type in found


def _fits_cluster(found: tuple[SplitGlobs, SplitGlobs], case: Case) -> bool:
    names, arns = found
    return has_any(case.cluster, names) or has_any(case.cluster_arn, arns)


def _fits_service(globs: SplitGlobs, case: Case) -> bool:
    return has_any(case.service, globs)


def _fits_family(globs: SplitGlobs, case: Case) -> bool:
    return has_any(case.family, globs)


def _fits_account(globs: SplitGlobs, case: Case) -> bool:
    return has_any(case.account, globs)


def _fits_container(globs: SplitGlobs, case: Case) -> bool:
    return bool(case.containers) and all(has_any(name, globs) for name in case.containers)


def _fits_exit_code(codes: frozenset[int], case: Case) -> bool:
    return bool(case.exit_codes) and case.exit_codes <= codes


def _fits_tag(found: tuple[tuple[str, SplitGlobs], ...], case: Case) -> bool:
    return any(has_any(case.tags.get(key), globs) for key, globs in found)


def _all_causes(given: Iterable[str]) -> frozenset[Cause]:
    return frozenset(cause for name in given for cause in causes_named(name))


def _all_workloads(given: Iterable[str]) -> frozenset[WorkloadType]:
    return frozenset(type_ for name in given for type_ in workloads_named(name))


def _names_and_arns(given: Iterable[str]) -> tuple[SplitGlobs, SplitGlobs]:
    globs = tuple(given)
    return split(g for g in globs if not is_arn(g)), split(g for g in globs if is_arn(g))


def _by_key(given: Iterable[str]) -> tuple[tuple[str, SplitGlobs], ...]:
    pairs = (tag.partition("=") for tag in given)
    return tuple((tag_key(key), split((value,))) for key, _, value in pairs)


@frozen(slots=False, eq=False, repr=False)
class Condition:
    """
    One kind of condition.

    Attributes:
        read: Turns one value or several, as a person writes them, into what `Conditions` keeps.
            Raises ``ValueError`` or ``TypeError``.
        fits: Returns whether a case has one of the values. A value unknown to the case never fits.
        resolve: Turns what `Conditions` keeps into what *fits* compares with.
    """

    read: Callable[[Any], tuple[Any, ...]]
    fits: Callable[[Any, Case], bool]
    resolve: Callable[[Any], Any] = split


#: Every condition, by its name in rules, routes and the configuration.
CONDITIONS: Final[Mapping[str, Condition]] = {
    "cause": Condition(cause_names, _fits_cause, _all_causes),
    "workload": Condition(workloads, _fits_workload, _all_workloads),
    "cluster": Condition(clusters, _fits_cluster, _names_and_arns),
    "service": Condition(names, _fits_service),
    "family": Condition(names, _fits_family),
    "account": Condition(accounts, _fits_account),
    "container": Condition(containers, _fits_container),
    "exit_code": Condition(exit_codes, _fits_exit_code, frozenset),
    "tag": Condition(tags, _fits_tag, _by_key),
}


@frozen(slots=False, kw_only=True, field_transformer=naming_each)
class Conditions:
    """
    The cases that a rule or route is for.

    Each condition takes one value or several: any of them may fit. All given conditions must fit;
    without any, everything does. In strings ``*`` stands for any characters, and case matters. What
    a case does not have, such as the service of a job, never fits.

    Attributes:
        cause: Causes, such as ``user_stopped``, or groups, such as ``failed_to_start``.
        workload: Types of workload: batch, service, scheduled, standalone, daemon, workflow or
            instance.
        cluster: Clusters, by name or ARN.
        service: Services, by name.
        family: Task definition families.
        account: Accounts, as strings of 12 digits.
        container: Containers. At least one must be at fault, and all at fault must be among these.
        exit_code: Exit codes. At least one container must be at fault, and all at fault must have
            ended with one of these.
        tag: Tags as ``KEY=VALUE``. Tags that need a look-up fit once they are found.

    Raises:
        ValueError: A cause or workload type does not exist, a tag has no ``=``, or AWS would not
            allow a name.
        TypeError: A value is not a string, or an exit code is not an integer. Every error names
            the condition.
    """

    cause: tuple[str, ...] = field(default=ABSENT, converter=cause_names)
    workload: tuple[str, ...] = field(default=ABSENT, converter=workloads)
    cluster: tuple[str, ...] = field(default=ABSENT, converter=clusters)
    service: tuple[str, ...] = field(default=ABSENT, converter=names)
    family: tuple[str, ...] = field(default=ABSENT, converter=names)
    account: tuple[str, ...] = field(default=ABSENT, converter=accounts)
    container: tuple[str, ...] = field(default=ABSENT, converter=containers)
    exit_code: tuple[int, ...] = field(default=ABSENT, converter=exit_codes)
    tag: tuple[str, ...] = field(default=ABSENT, converter=tags)

    _checks: tuple[tuple[Callable[[Any, Case], bool], Any], ...] = field(
        init=False, repr=False, eq=False
    )

    @_checks.default
    def _resolved(self) -> tuple[tuple[Callable[[Any, Case], bool], Any], ...]:
        known = ((CONDITIONS[name], value) for name, value in self.given.items())
        return tuple((condition.fits, condition.resolve(value)) for condition, value in known)

    @property
    def given(self) -> dict[str, tuple[Any, ...]]:
        """The values of each given condition, by its name."""
        values = {name: getattr(self, name) for name in CONDITIONS}
        return {name: value for name, value in values.items() if value}

    @property
    def causes(self) -> frozenset[Cause]:
        """Every cause that may fit."""
        return _all_causes(self.cause) if self.cause else frozenset(Cause)

    @property
    def workloads(self) -> frozenset[WorkloadType]:
        """Every type of workload that may fit."""
        return _all_workloads(self.workload) if self.workload else frozenset(WorkloadType)

    @property
    def tag_keys(self) -> tuple[str, ...]:
        """The keys of the tags; a look-up has to find them."""
        return tuple(dict.fromkeys(tag.partition("=")[0] for tag in self.tag))

    @cached_property
    def without_tags(self) -> Self:
        """The same conditions without tags: what may fit once the tags are known."""
        return evolve(self, tag=ABSENT)

    def fits(self, case: Case) -> bool:
        """Return whether *case* fits every given condition."""
        return all(fits(value, case) for fits, value in self._checks)

    def __str__(self) -> str:
        """Return the conditions as a person reads them: ``family importer, exit_code 143``."""
        given = self.given.items()
        return ", ".join(f"{name} {' or '.join(map(str, v))}" for name, v in given) or "everything"
