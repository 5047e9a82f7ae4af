"""What to do about values that people write again and again, as another tool would have them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

#: What a value looks like, and what to do about it.
_Hint: TypeAlias = tuple[str, str]

_NAME: Final[Sequence[_Hint]] = (
    (r".*:[0-9]+", "leave out the revision"),
    (r"arn:.*", "write the name, not the ARN"),
)

#: Hints for the value of a key.
_OF_KEYS: Final[Mapping[str, Sequence[_Hint]]] = {
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
_OF_ALL: Final[Sequence[_Hint]] = (
    (r".*\$\{\w+\}.*|\$\w+", "variables are not expanded here"),
    (r"(!|not ).*", 'there is no "not": let a later rule say what is different'),
)

#: Hints for a text that is no TOML; the first that is found counts.
_OF_TEXTS: Final[Sequence[_Hint]] = (
    (r"[\u201c-\u201f\u2018\u2019]", "write straight quotes, as on a keyboard"),
    (r"= *[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4}", "write dates as 2026-12-04"),
)
_YAML: Final = re.compile(r"^\s*(- +)?[\w-]+:(\s|$)")

#: Hints for a table that stands there twice, by its section.
_REPEATED: Final[Mapping[str, str]] = {
    "rules": ": write [[rules]] with two brackets",
    "routes": ": write [[routes]] with two brackets",
    "notifiers": ": give each notifier its own name",
}
_TWICE: Final = re.compile(r"Cannot declare \('(\w+)',(?: '.*')?\) twice")


#: Characters of a value that is looked at.
_LONGEST: Final = 200


def hint(path: str, value: object) -> str:
    """Return what to do about a value that is refused, or an empty text."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        return ""

    key = path.rpartition(".")[2].partition("[")[0]
    for pattern, advice in (*_OF_KEYS.get(key, ()), *_OF_ALL):
        if re.fullmatch(pattern, value):
            return f": {advice}"
    return ""


def syntax_hint(fault: str, line: str) -> str:
    """
    Return what to do about a text that is no TOML, behind a colon; empty if nothing is known.

    Args:
        fault: What tomllib says.
        line: The line of which it says so.
    """
    twice = _TWICE.match(fault)
    if twice:
        return _REPEATED.get(twice[1], ": keep one of them")
    if _YAML.match(line):
        return ": this looks like YAML, so write it as TOML, such as [[rules]]"
    return next((f": {advice}" for sign, advice in _OF_TEXTS if re.search(sign, line)), "")
