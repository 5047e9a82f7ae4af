"""The limits of EventBridge for every pattern."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Final

from ._checks import Found, Rule, Subject
from ._elements import affixes

#: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
_MAX_CHARACTERS: Final = 2048
_MAX_COMBINATIONS: Final = 1000
#: A string, which stays as it is; or white space.
_WHITE_SPACE: Final = re.compile(r'("(?:[^"\\]|\\.)*")|\s+')
#: EventBridge refuses by a measure that it does not publish; three `*word*` on one field pass,
#: four do not.
_MAX_WILDCARD_SCORE: Final = 9
_MAX_ASTERISKS: Final = 4
#: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
_MAX_NUMBER: Final = 5_000_000_000


def _length(subject: Subject) -> Iterator[Found]:
    length = len(_WHITE_SPACE.sub(r"\1", subject.pattern.to_json()))
    if length > _MAX_CHARACTERS:
        yield Found(
            "",
            f"{length} characters without white space, but EventBridge's quota is "
            f"{_MAX_CHARACTERS}",
            f"split it into {math.ceil(length / _MAX_CHARACTERS)} or more rules, or ask AWS for a "
            "higher quota",
        )


def _combinations(subject: Subject) -> Iterator[Found]:
    number = len(subject.pattern.sub_rules)
    if number > _MAX_COMBINATIONS:
        yield Found(
            "",
            f"{number} combinations of $or branches, but EventBridge takes {_MAX_COMBINATIONS}",
            "split it into several rules",
        )


def _wildcards(subject: Subject) -> Iterator[Found]:
    scores: dict[str, dict[str, int]] = {}

    for field in subject.fields:
        for text in (text for element in field.elements for text in affixes(element, "wildcard")):
            asterisks = text.replace(r"\*", "").count("*")
            scores.setdefault(field.path, {})[text] = asterisks + text.startswith("*")
            if asterisks > _MAX_ASTERISKS:
                yield Found(
                    field.path,
                    f"a wildcard with {asterisks} asterisks: EventBridge may find it too complex",
                    "use fewer asterisks",
                )

    for path, texts in scores.items():
        if sum(texts.values()) > _MAX_WILDCARD_SCORE:
            yield Found(
                path,
                f"{len(texts)} wildcards on one field: EventBridge may find them too complex",
                "use prefix or suffix if that is enough",
            )


def _exactly(subject: Subject) -> Iterator[Found]:
    for field in subject.fields:
        for element in field.elements:
            if isinstance(element, dict) and "exactly" in element:
                text = json.dumps(element["exactly"])
                yield Found(
                    field.path, "AWS does not document the operator exactly", f"write {text}"
                )


def _numeric(subject: Subject) -> Iterator[Found]:
    for field in subject.fields:
        for element in field.elements:
            terms = element.get("numeric", ()) if isinstance(element, dict) else ()
            if any(abs(term) > _MAX_NUMBER for term in terms if not isinstance(term, str)):
                yield Found(
                    field.path,
                    "AWS documents numeric from -5.0e9 to 5.0e9 only",
                    "list the numbers, or use a smaller range",
                )


def _repeated(subject: Subject) -> Iterator[Found]:
    for path in {path: None for rule in subject.pattern.sub_rules for path in rule.repeated}:
        yield Found(
            path, "is given more than once: only the last one counts", "put all into one list"
        )


LIMITS: Final = (
    Rule("too-long", "error", _length, "all"),
    Rule("too-many-combinations", "error", _combinations, "all"),
    Rule("complex-wildcard", "warning", _wildcards, "all"),
    Rule("undocumented-operator", "warning", _exactly, "all"),
    Rule("numeric-range", "warning", _numeric, "all"),
    Rule("repeated-path", "warning", _repeated, "all"),
)
