"""What is wrong with an event pattern for ECS tasks, though EventBridge may accept it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final, Literal, TypeAlias

from attrs import frozen

from ..exceptions import InvalidPattern
from ..patterns import EventPattern
from ..patterns.rules import Condition, SubRule
from ..tasks.events import DETAIL_TYPE, SOURCE
from ._fields import FIELDS, OPEN_OBJECTS, element_kind, plain

Severity: TypeAlias = Literal["error", "warning"]

#: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
_LONGEST: Final = 2048
_MOST_COMBINATIONS: Final = 1000
#: Strings, to be left alone, or the white space between.
_WHITE_SPACE: Final = re.compile(r'("(?:[^"\\]|\\.)*")|\s+')
#: EventBridge refuses by a measure that it does not publish; three `*word*` on one field pass,
#: four do not.
_MOST_WILDCARDS: Final = 9
_MOST_ASTERISKS: Final = 4
#: What can be the last part of an ARN.
_NAME: Final = re.compile(r"[\w:-]+")
#: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
_NUMERIC_RANGE: Final = 5_000_000_000


@frozen
class Finding:
    """
    One thing that is wrong, or probably wrong, with a pattern.

    Attributes:
        code: What kind of thing; stable, such as ``no-last-status``.
        severity: ``error`` for what EventBridge refuses or what never does what it says,
            ``warning`` for what probably misses or matches too much.
        path: The dotted path of the field; empty for the pattern as a whole.
        message: What it leads to.
        fix: What to write in its place, or None.
    """

    code: str
    severity: Severity
    path: str
    message: str
    fix: str | None = None

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        fix = f"; write {self.fix}" if self.fix else ""
        return f"{self.severity}: {where}{self.message}{fix} [{self.code}]"


def lint(pattern: EventPattern | str | bytes | Mapping[str, Any]) -> list[Finding]:
    """
    Check a pattern for ECS task events.

    Args:
        pattern: A pattern, or its JSON.

    Returns:
        What is wrong, errors first; empty if nothing is. A pattern that EventBridge would
        refuse gives one finding, ``malformed``.
    """
    if not isinstance(pattern, EventPattern):
        try:
            pattern = EventPattern.from_json(pattern)
        except InvalidPattern as error:
            is_scalar = error.message.endswith("must be an object or an array")
            fix = "a list of values, even of one" if is_scalar else None
            return [Finding("malformed", "error", error.path, error.message, fix)]
    found = {finding: None for check in _CHECKS for finding in check(pattern)}
    return sorted(found, key=lambda finding: finding.severity)


def _rules(pattern: EventPattern) -> Sequence[SubRule]:
    return pattern.sub_rules


def _conditions(pattern: EventPattern) -> Iterator[tuple[str, list[Any]]]:
    """Give each path with each of its field lists, as plain JSON."""
    seen: set[tuple[str, Condition]] = set()
    for rule in _rules(pattern):
        for path, condition in rule.conditions.items():
            if (path, condition) not in seen:
                seen.add((path, condition))
                yield path, [plain(operator) for operator in condition.operators]


def _size(pattern: EventPattern) -> Iterator[Finding]:
    size = len(_WHITE_SPACE.sub(r"\1", pattern.to_json()))
    if size > _LONGEST:
        yield Finding(
            "too-long",
            "error",
            "",
            f"{size} characters without white space, where EventBridge's quota is {_LONGEST}",
        )
    if len(_rules(pattern)) > _MOST_COMBINATIONS:
        yield Finding(
            "too-many-combinations",
            "error",
            "",
            f"{len(_rules(pattern))} combinations of $or branches, where EventBridge takes "
            f"{_MOST_COMBINATIONS}",
        )


def _wildcards(pattern: EventPattern) -> Iterator[Finding]:
    scores: dict[str, dict[str, int]] = {}
    for path, elements in _conditions(pattern):
        for text in _wildcard_texts(elements):
            asterisks = text.replace(r"\*", "").count("*")
            scores.setdefault(path, {})[text] = asterisks + text.startswith("*")
            if asterisks > _MOST_ASTERISKS:
                yield Finding(
                    "complex-wildcard",
                    "warning",
                    path,
                    f"a wildcard with {asterisks} asterisks: EventBridge may find it too complex",
                )
    for path, texts in scores.items():
        if sum(texts.values()) > _MOST_WILDCARDS:
            yield Finding(
                "complex-wildcard",
                "warning",
                path,
                f"{len(texts)} wildcards on one field: EventBridge may find them too complex",
                "prefix or suffix where that will do",
            )


def _wildcard_texts(elements: Sequence[Any]) -> Iterator[str]:
    for element in elements:
        inner = element.get("anything-but", element) if isinstance(element, dict) else None
        operand = inner.get("wildcard", ()) if isinstance(inner, dict) else ()
        yield from [operand] if isinstance(operand, str) else operand


def _fields(pattern: EventPattern) -> Iterator[Finding]:
    for path, elements in _conditions(pattern):
        info = FIELDS.get(path)
        if info is None:
            if not path.startswith(OPEN_OBJECTS):
                near = get_close_matches(path, FIELDS, 1, 0.8)
                yield Finding(
                    "unknown-field",
                    "warning",
                    path,
                    "task events have no such field",
                    near[0] if near else None,
                )
            continue
        if info.kind == "object":
            yield Finding(
                "not-a-leaf",
                "error",
                path,
                "holds other fields, so EventBridge takes it as absent whatever is in it",
            )
            continue
        for element in elements:
            kind = element_kind(element)
            if kind not in {info.kind, "any"}:
                yield _wrong_kind(path, info.kind, element)
            elif info.words:
                for word in _literals(element):
                    if word not in info.words:
                        yield _unknown_value(path, word, info.words)
            elif path.endswith("Arn"):
                for word in _literals(element):
                    if not word.startswith("arn:"):
                        yield _no_arn(path, word, element)


def _literals(element: Any) -> list[str]:
    """Give the whole strings that an element accepts or excludes."""
    operand = element.get("anything-but") if isinstance(element, dict) else element
    values = operand if isinstance(operand, list) else [operand]
    return [value for value in values if isinstance(value, str)]


def _unknown_value(path: str, word: str, known: Sequence[str]) -> Finding:
    by_upper = {value.upper(): value for value in known}
    near = get_close_matches(word.upper(), by_upper, 1, 0.5)
    return Finding(
        "unknown-value",
        "warning",
        path,
        f"{json.dumps(word)} is none of the known values: {', '.join(known)}",
        json.dumps(by_upper[near[0]]) if near else None,
    )


def _no_arn(path: str, word: str, element: Any) -> Finding:
    fix: Any = {"suffix": {"detail.clusterArn": f":cluster/{word}"}.get(path, f"/{word}")}
    effect = "never matches"
    if isinstance(element, dict):
        effect, fix = "excludes nothing", {"anything-but": fix}
    said = f"holds ARNs, so {json.dumps(word)} {effect}"
    known = _NAME.fullmatch(word) is not None
    return Finding("no-arn", "error", path, said, json.dumps(fix) if known else None)


def _wrong_kind(path: str, kind: str, element: Any) -> Finding:
    shown = json.dumps(element)
    excludes = isinstance(element, dict) and "anything-but" in element
    effect = "excludes nothing" if excludes else "never matches"
    fix = None
    if kind == "integer" and isinstance(element, str) and element.lstrip("-").isdecimal():
        fix = element
    elif kind == "text" and isinstance(element, int | float) and not isinstance(element, bool):
        fix = json.dumps(str(element))
    holds = {"text": "strings", "integer": "numbers", "boolean": "true or false"}[kind]
    return Finding("wrong-type", "error", path, f"holds {holds}, so {shown} {effect}", fix)


def _anything_but(pattern: EventPattern) -> Iterator[Finding]:
    for path, elements in _conditions(pattern):
        excluded = [
            e["anything-but"] for e in elements if isinstance(e, dict) and "anything-but" in e
        ]
        if len(excluded) > 1:
            alike = {type(value) for value in excluded} in ({str}, {int})
            lists = [value if isinstance(value, list) else [value] for value in excluded]
            if all(
                isinstance(v, str | int) for values in lists for v in values
            ) and set.intersection(*map(set, lists)):
                continue  # what stands in each of them is excluded
            yield Finding(
                "or-ed-anything-but",
                "error",
                path,
                "the elements of a list are alternatives, so several anything-but exclude nothing",
                json.dumps([{"anything-but": excluded}]) if alike else "one anything-but",
            )


def _last_status(pattern: EventPattern) -> Iterator[Finding]:
    about_tasks = [rule for rule in _rules(pattern) if _is_about_tasks(rule)]
    if any(_times_of_a_death(rule) > 1 for rule in about_tasks):
        yield Finding(
            "no-last-status",
            "warning",
            "detail.lastStatus",
            "one death fires up to four times: DEACTIVATING, STOPPING and DEPROVISIONING carry the "
            "stop code and reason before STOPPED does, the later ones exit codes too",
            '"lastStatus": ["STOPPED"]',
        )


def _times_of_a_death(rule: SubRule) -> int:
    condition = rule.conditions.get("detail.lastStatus")
    return sum(
        condition is None or condition.accepts(status)
        for status in ("DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED")
    )


def _is_about_tasks(rule: SubRule) -> bool:
    condition = rule.conditions.get("detail-type")
    return condition is None or condition.accepts(DETAIL_TYPE)


def _envelope(pattern: EventPattern) -> Iterator[Finding]:
    for path, word in (("source", SOURCE), ("detail-type", DETAIL_TYPE)):
        conditions = [rule.conditions.get(path) for rule in _rules(pattern)]
        if any(condition is None for condition in conditions):
            yield Finding(
                "any-" + path,
                "warning",
                path,
                "without it events of others match as well",
                f'"{path}": ["{word}"]',
            )
        elif not any(condition and condition.accepts(word) for condition in conditions):
            yield Finding(
                "no-task-event", "warning", path, f"no ECS task event matches: theirs is {word}"
            )


#: A condition on a container that common failures cannot meet.
_UNMET: Final = (
    (
        "detail.containers.reason",
        "misses-crashes",
        "a program that crashes leaves no reason, so plain crashes never match",
    ),
    (
        "detail.containers.exitCode",
        "misses-failed-starts",
        "a container that could not start has no exit code, so failed starts never match",
    ),
)


def _containers(pattern: EventPattern) -> Iterator[Finding]:
    for path, code, message in _UNMET:
        conditions = [rule.conditions.get(path) for rule in _rules(pattern)]
        if all(condition and not condition.allows_absence for condition in conditions):
            yield Finding(code, "warning", path, message, "a branch of $or without it")


def _operators(pattern: EventPattern) -> Iterator[Finding]:
    for path, elements in _conditions(pattern):
        for element in elements:
            if not isinstance(element, dict):
                continue
            if "exactly" in element:
                yield Finding(
                    "undocumented-operator",
                    "warning",
                    path,
                    "AWS does not document the operator exactly",
                    json.dumps(element["exactly"]),
                )
            numbers = [n for n in element.get("numeric", ()) if not isinstance(n, str)]
            if any(abs(number) > _NUMERIC_RANGE for number in numbers):
                yield Finding(
                    "numeric-range",
                    "warning",
                    path,
                    "AWS documents numeric from -5.0e9 to 5.0e9 only",
                )


def _repeated_paths(pattern: EventPattern) -> Iterator[Finding]:
    repeated = {path: None for rule in _rules(pattern) for path in rule.repeated}
    for path in repeated:
        yield Finding(
            "repeated-path", "warning", path, "is given more than once: only the last one counts"
        )


_CHECKS: Final[tuple[Callable[[EventPattern], Iterator[Finding]], ...]] = (
    _size,
    _wildcards,
    _envelope,
    _fields,
    _anything_but,
    _last_status,
    _containers,
    _operators,
    _repeated_paths,
)
