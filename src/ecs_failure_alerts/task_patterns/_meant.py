"""The likely meaning of an element that EventBridge refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from ..exceptions import InvalidPattern
from ..patterns.documents import Json, Number, Object
from ..patterns.elements import BY_NAME, read_element

#: People's names for operators, in lower case without hyphens, and EventBridge's names.
_OTHER_NAMES: Final[Mapping[str, str]] = {
    **{name.replace("-", ""): name for name in BY_NAME},
    **dict.fromkeys(("not", "ne", "notequals", "notequal", "except", "!="), "anything-but"),
    **dict.fromkeys(("startswith", "beginswith"), "prefix"),
    "endswith": "suffix",
    **dict.fromkeys(("contains", "like", "glob"), "wildcard"),
    **dict.fromkeys(("regex", "regexp", "matches"), "regex"),
    "exist": "exists",
    "equalsignorecase": "equals-ignore-case",
}
#: The prefix of an operator's name that negates it.
_NEGATION: Final = re.compile(r"(anything-?but|not)[-_]?(?=\w)", re.IGNORECASE)
_NOT_EQUAL: Final = ("!=", "<>")
_NUMBER: Final = re.compile(r"-?\d{1,15}(\.\d{1,15})?")
#: A regular expression that a wildcard can replace.
_PLAIN_REGEX: Final = re.compile(r"\^?(?:[\w\s:/'-]|\.[*+])+\$?")


def meant_elements(value: Json) -> Iterator[Json]:
    """Find the elements that a malformed one may mean; none if nothing is known."""
    pairs = value.pairs if isinstance(value, Object) else ()
    operators = [each for pair in pairs for each in _operators(*pair)]
    candidates = value if isinstance(value, list) else operators

    for candidate in candidates:
        try:
            read_element(candidate)
        except InvalidPattern:
            continue
        yield candidate


def operator_name(name: str) -> str:
    """Return EventBridge's name of an operator, or *name* itself."""
    return _OTHER_NAMES.get(re.sub("[-_ ]", "", name.lower()), name)


def _operators(name: str, operand: Json) -> Iterator[Json]:
    """Find the operators that may be meant, each with an operand that it takes."""
    if name == "numeric" and isinstance(operand, list) and operand and operand[0] in _NOT_EQUAL:
        yield Object([("anything-but", [_as_number(value) for value in operand[1:]])])
        return

    meant = operator_name(name)
    if meant not in BY_NAME and (contrary := _NEGATION.match(name)):
        inner = operator_name(name[contrary.end() :])
        yield Object([("anything-but", Object([(inner, operand)]))])
    elif meant == "regex":
        yield from _wildcard_of(operand)
    elif isinstance(operand, list) and meant not in {"anything-but", "numeric"}:
        yield from (Object([(meant, _operand(meant, each))]) for each in operand)
    else:
        yield Object([(meant, _operand(meant, operand))])


def _operand(name: str, operand: Json) -> Json:
    """Return an operand of the type that the operator takes."""
    if name == "exists" and isinstance(operand, str) and operand.lower() in {"true", "false"}:
        return operand.lower() == "true"
    if name == "wildcard" and isinstance(operand, str) and "*" not in operand:
        return f"*{operand}*"
    if name == "numeric" and isinstance(operand, list):
        return [_as_number(value) for value in operand]
    if name == "anything-but" and isinstance(operand, list):
        return _of_one_type(operand)
    return operand


def _as_number(value: Json) -> Json:
    is_number = isinstance(value, str) and _NUMBER.fullmatch(value)
    return Number(str(value)) if is_number else value


def _wildcard_of(operand: Json) -> Iterator[Json]:
    """Find the wildcard for a regular expression, because that may match anywhere in a text."""
    if isinstance(operand, str) and _PLAIN_REGEX.fullmatch(operand):
        start, end = not operand.startswith("^"), not operand.endswith("$")
        text = re.sub(r"\.[*+]", "*", operand.strip("^$"))
        yield Object([("wildcard", re.sub(r"\*+", "*", f"{'*' * start}{text}{'*' * end}"))])


def _of_one_type(operand: list[Json]) -> Json:
    """Return what ``anything-but`` excludes, without what it cannot exclude."""
    numbers = [value for value in operand if isinstance(value, Number)]
    return list(numbers) or [value for value in operand if isinstance(value, str)]
