"""The rules of lint: each has a code, a severity and a function that finds the fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Literal, TypeAlias

from attrs import define, frozen

from ..patterns import EventPattern
from ..patterns.compiled import Condition, SubRule
from ._coverage import Coverage, coverage
from ._findings import Finding, Severity
from ._subject import Field, fields_of, task_rules


@define(slots=False)
class Subject:
    """
    What rules look at.

    Attributes:
        pattern: The pattern, which EventBridge would take.
    """

    pattern: EventPattern

    @cached_property
    def rules(self) -> Sequence[SubRule]:
        """The combinations of conditions that are about ECS tasks."""
        return task_rules(self.pattern)

    @cached_property
    def fields(self) -> Sequence[Field]:
        """Each path with each of its different field lists."""
        return tuple(fields_of(self.pattern.sub_rules))

    @cached_property
    def task_fields(self) -> Sequence[Field]:
        """The same of the combinations that are about ECS tasks."""
        return tuple(fields_of(self.rules))

    @cached_property
    def coverage(self) -> Coverage:
        """The failures that the pattern misses, and the non-failures that it passes."""
        return coverage(self.pattern)

    @property
    def takes_nothing(self) -> bool:
        """Whether a pattern about ECS tasks matches none of the typical events."""
        covered = self.coverage
        return covered.about_tasks and not covered.caught and not covered.woken

    def conditions(self, path: str) -> list[Condition | None]:
        """Return the condition that each combination puts on *path*, or None."""
        return [rule.conditions.get(path) for rule in self.rules]


@frozen
class Found:
    """
    What a rule has found.

    Attributes:
        path: The dotted path of the field; empty for the pattern as a whole.
        message: What it leads to.
        fix: What to do about it, in words.
    """

    path: str
    message: str
    fix: str | None = None


#: The patterns that a rule is for: all, those about ECS tasks, or those about anything else.
Scope: TypeAlias = Literal["all", "tasks", "others"]


@frozen
class Rule:
    """
    A kind of fault.

    Attributes:
        code: The name of the kind.
        severity: Its severity.
        find: The function that finds it.
        scope: The patterns that it is for.
    """

    code: str
    severity: Severity
    find: Callable[[Subject], Iterator[Found]]
    scope: Scope = "tasks"

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """Find every fault of this kind."""
        if self.scope != "all" and (self.scope == "tasks") != bool(subject.rules):
            return
        for found in self.find(subject):
            yield Finding(self.code, self.severity, found.path, found.message, found.fix)
