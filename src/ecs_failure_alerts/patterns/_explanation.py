"""An explanation: why an event matches a pattern, or why not, as values and as text."""

from __future__ import annotations

from textwrap import wrap

from attrs import frozen

from .._texts import cut

_MAX_CONDITION_CHARACTERS = 60
_MAX_LINE_CHARACTERS = 70
_MAX_VALUES = 3
_MAX_BRANCHES = 10
_MAX_FINDINGS = 20


@frozen
class ConditionExplanation:
    """
    What became of one condition.

    Attributes:
        path: The dotted path.
        condition: The field list, as JSON.
        holds: Whether the condition can be satisfied, if not together with the others. The
            event does not match if one condition does not hold.
        values: Places and values of the event that decided, such as
            ``('detail.containers[0].exitCode', '137')``. The values are shortened.
        reason: Why it does not hold, in words; or that it holds because the field is absent.
    """

    path: str
    condition: str
    holds: bool
    values: tuple[tuple[str, str], ...]
    reason: str = ""

    def __str__(self) -> str:
        mark = "ok" if self.holds else "NO"
        lines = [f"{mark}  {self.path}: {cut(self.condition, _MAX_CONDITION_CHARACTERS)}"]

        if self.reason:
            indent = "    "
            lines += wrap(
                self.reason, _MAX_LINE_CHARACTERS, initial_indent=indent, subsequent_indent=indent
            )

        lines += [f"    {place} = {value}" for place, value in self.values[:_MAX_VALUES]]
        if len(self.values) > _MAX_VALUES:
            lines.append(f"    and {len(self.values) - _MAX_VALUES} more")

        return "\n".join(lines)


@frozen
class BranchExplanation:
    """
    The result for one combination of ``$or`` branches, or for a whole pattern without ``$or``.

    Attributes:
        branches: The branches, such as ``detail.$or[1]``.
        matches: Whether all of its conditions hold together.
        findings: The result for each condition; empty if arrays have too many combinations
            to find out.
    """

    branches: tuple[str, ...]
    matches: bool
    findings: tuple[ConditionExplanation, ...]

    def __str__(self) -> str:
        shown = self.findings
        if len(shown) > _MAX_FINDINGS:
            shown = tuple(sorted(shown, key=lambda finding: finding.holds))[:_MAX_FINDINGS]

        lines = [str(finding) for finding in shown]
        if len(shown) < len(self.findings):
            lines.append(f"and {len(self.findings) - len(shown)} more conditions")
        findings = "\n".join(lines) or "too many combinations of array elements"
        if not self.branches:
            return findings

        verdict = "matches" if self.matches else "does not match"
        return f"{' with '.join(self.branches)} {verdict}:\n" + _indent(findings)


@frozen
class Explanation:
    """
    Why an event matches a pattern, or why not.

    Attributes:
        matches: The verdict of `EventPattern.matches`.
        branches: One explanation for each combination of ``$or`` branches.
    """

    matches: bool
    branches: tuple[BranchExplanation, ...]

    def __str__(self) -> str:
        verdict = "The event matches." if self.matches else "The event does not match."
        shown = [branch for branch in self.branches if branch.matches] or sorted(
            self.branches, key=lambda branch: sum(not finding.holds for finding in branch.findings)
        )

        lines = [verdict, *(_indent(str(branch)) for branch in shown[:_MAX_BRANCHES])]
        if len(shown) > _MAX_BRANCHES:
            lines.append(f"  and {len(shown) - _MAX_BRANCHES} more combinations of $or branches")

        return "\n".join(lines)


def _indent(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
