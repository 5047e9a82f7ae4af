"""Advice about common mistakes, such as a value in the form of another tool."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

#: The form of a value as a regular expression, and what to do about it.
_Hint: TypeAlias = tuple[str, str]

_NAME: Final[Sequence[_Hint]] = (
    (r".*:[0-9]+", "leave out the revision"),
    (r"arn:.*", "write the name, not the ARN"),
)

#: Hints for the values of a key.
_KEY_HINTS: Final[Mapping[str, Sequence[_Hint]]] = {
    "family": _NAME,
    "service": _NAME[1:],
    "type": (
        (r"(?i)slack", "for Slack use sns or apprise"),
        (r"(?i)(ms)?teams", "for Teams use sns or apprise"),
        (r"(?i)(pagerduty|opsgenie|discord|telegram|e?mail)", "use apprise"),
    ),
    "exit_code": (
        (r"-?[0-9]+", "write it without quotes"),
        (r"[0-9]+ *(-|[.]{2}) *[0-9]+", "list the codes, such as [137, 143]"),
        (r"[0-9]+( *, *[0-9]+)+", "list the codes, such as [137, 143]"),
    ),
    "until": (
        (r"[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{4}", "write dates as 2026-12-04"),
        (r"[0-9-]{10}[T ][0-9:]+ ?[A-Za-z]{2,}", "write the offset, such as +01:00"),
    ),
}

#: Hints for any value.
_VALUE_HINTS: Final[Sequence[_Hint]] = (
    (r".*\$\{\w+\}.*|\$\w+", "variables are not expanded here"),
    (r"(!|not ).*", 'there is no "not": add a later rule for the exception'),
)

#: Hints for a line that is not TOML; the first that fits counts.
_TOML_HINTS: Final[Sequence[_Hint]] = (
    (r"[\u201c-\u201f\u2018\u2019]", "write straight quotes, as on a keyboard"),
    (r"= *[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4}", "write dates as 2026-12-04"),
)
#: Hints for a line with a missing value.
_NO_VALUE_HINTS: Final[Sequence[_Hint]] = (
    (r"[\[,]\s*$", "close the list with ]"),
    (r"=\s*$", "write a value after the ="),
)
_YAML: Final = re.compile(r"^\s*(- +)?[\w-]+:(\s|$)")

#: Hints for a table that is declared twice, by its section.
_REPEATED: Final[Mapping[str, str]] = {
    "rules": ": write [[rules]] with two brackets",
    "routes": ": write [[routes]] with two brackets",
    "notifiers": ": give each notifier its own name",
}
_TWICE: Final = re.compile(r"Cannot declare \('(\w+)',(?: '.*')?\) twice")

#: Characters of a value at most, for a hint to be looked for.
_MOST_CHARACTERS: Final = 200


def hint(path: str, value: object) -> str:
    """Return what to do about a refused value, after a colon; empty if nothing is known."""
    if not isinstance(value, str) or len(value) > _MOST_CHARACTERS:
        return ""

    key = path.rpartition(".")[2].partition("[")[0]
    for pattern, advice in (*_KEY_HINTS.get(key, ()), *_VALUE_HINTS):
        if re.fullmatch(pattern, value):
            return f": {advice}"
    return ""


def syntax_hint(fault: str, line: str) -> str:
    """
    Return what to do about a line that is not TOML, after a colon; empty if nothing is known.

    Args:
        fault: What tomllib says.
        line: The line at fault.
    """
    twice = _TWICE.match(fault)
    if twice:
        return _REPEATED.get(twice[1], ": keep one of them")
    if _YAML.match(line):
        return ": this looks like YAML, so write it as TOML, such as [[rules]]"
    hints = (*_TOML_HINTS, *(_NO_VALUE_HINTS if fault == "Invalid value" else ()))
    return next((f": {advice}" for sign, advice in hints if re.search(sign, line)), "")
