"""
The kinds of values in a document: in words, as JSON Schema, and how each is read.

Every value is checked against the published schema of its kind, so the schema and the reader
cannot disagree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from .._options import LOOKUPS, MOST_LOG_LINES, MOST_LOOKUP_SECONDS
from .._texts import check_regular_expression, unknown
from ..aws import arns
from ..aws.secret_sources import SECRET_SIGNS, SSM_SIGNS, Secret, SsmParameter
from ..causes import LEVELS, Cause, WorkloadType
from ..notifiers.sentry import names
from ..policy import fields
from ..policy.conditions import CONDITIONS
from ._kind import Kind
from ._paths import echo_unless_address

#: The word for no level: such a failure sends no alert.
SILENT: Final = "silent"


def text(words: str, pattern: str, convert: Callable[[str], Any] = str, **traits: Any) -> Kind:
    """Return a kind of string that *pattern* matches as a whole."""
    return Kind(words, {"type": "string", "pattern": f"^({pattern})$"}, convert, **traits)


def choice(what: str, names: tuple[str, ...], **traits: Any) -> Kind:
    """Return a kind of string that is one of *names*; an error calls it *what*."""

    def convert(value: str) -> str:
        if value not in names:
            raise ValueError(unknown(what, value, names))
        return value

    schema = {"type": "string", "enum": list(names)}
    return Kind(f"one of {', '.join(names)}", schema, convert, **traits)


def _level(value: str | None) -> str | None:
    names = (*LEVELS, SILENT)
    if value is not None and value not in names:
        raise ValueError(unknown("level", value, names))
    return None if value == SILENT else value


def _until(value: str) -> date | datetime:
    refusal = f"expected {_UNTIL}, got {echo_unless_address(value)}"
    form = date if len(value) <= _DATE_CHARACTERS else datetime
    try:
        until = form.fromisoformat(value)
    except ValueError:
        raise ValueError(refusal) from None

    if isinstance(until, datetime) and until.tzinfo is None:
        raise ValueError(f"{refusal}: add the zone, Z for UTC or an offset such as +01:00")
    return until


def _reason(value: str) -> str:
    if _USER.search(value):
        message = "expected a reason without a user or a password, got an address with one"
        raise ValueError(f"{message}: leave out what stands before @")
    return value


def _condition(name: str, words: str, pattern: str, **traits: Any) -> Kind:
    """Return the kind of a condition, as the table of all conditions reads it."""

    def convert(value: str) -> str:
        return str(CONDITIONS[name].read(value)[0])

    return text(words, pattern, convert, several=True, **traits)


def _expression(value: str) -> str:
    check_regular_expression(value)
    return value


def _template(value: str) -> str:
    from ..enrichers.log_locations import LogTemplates  # noqa: PLC0415 - for templates only

    return LogTemplates(value, value).group


#: Where a name belongs, an address is a misplaced secret.
_NO_ADDRESS: Final = "(?!.*://)"


def secret_id(key: str) -> Kind:
    """Return the kind of a secret's name or ARN; a JSON secret has the value under *key*."""
    pattern = f"{_NO_ADDRESS}[{SECRET_SIGNS}]+"
    return text("the name or ARN of a secret", pattern, lambda value: Secret(value, key))


#: The user of an address, or the key of a DSN.
_USER: Final = re.compile(r"://[^/\s]*@")

#: Windows has the largest exit codes: unsigned numbers of 32 bits.
_MOST_EXIT_CODE: Final = 2**32 - 1

#: Characters of a date.
_DATE_CHARACTERS: Final = len("2026-12-04")
_UNTIL: Final = "a date such as 2026-12-04 or a time such as 2026-12-04T18:00:00Z"
_TIME: Final = r"[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})"

_GLOB: Final = r"[a-z_.]*\*[a-z_.*]*"
_CAUSES: Final = sorted({name for cause in Cause for name in (cause, cause.partition(".")[0])})

#: The kind of each condition of a rule or route.
CONDITION_KINDS: Final[Mapping[str, Kind]] = {
    "cause": _condition(
        "cause",
        "a cause such as out_of_memory, or a group such as failed_to_start",
        "|".join([*map(re.escape, _CAUSES), _GLOB]),
    ),
    "workload": _condition(
        "workload", "a type of workload such as service", "|".join([*WorkloadType, _GLOB])
    ),
    "cluster": _condition("cluster", "a cluster's name or ARN", fields.CLUSTER),
    "service": _condition("service", "a service's name", fields.NAME),
    "family": _condition("family", "the name of a task definition family", fields.NAME),
    "account": _condition(
        "account",
        'an account in quotes, such as "111122223333"',
        fields.ACCOUNT,
    ),
    "container": _condition("container", "a container's name", fields.NAME),
    "exit_code": Kind(
        "an exit code such as 143",
        {"type": "integer", "minimum": -_MOST_EXIT_CODE, "maximum": _MOST_EXIT_CODE},
        int,
        several=True,
    ),
    "tag": _condition(
        "tag",
        "a tag as KEY=VALUE, such as team=data",
        r"[^=*?\[\]\\]+=[^?\[\]\\]+",
        is_address=True,
    ),
}

LEVEL: Final = Kind(
    f"one of {', '.join((*LEVELS, SILENT))}",
    {"type": ["string", "null"], "enum": [*LEVELS, SILENT, None]},
    _level,
)
MIN_LEVEL: Final = choice("level", LEVELS)
UNTIL: Final = text(_UNTIL, f"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}({_TIME})?", _until)
WHY: Final = Kind(
    "a string of at most 200 characters",
    {"type": "string", "maxLength": 200, "pattern": r"^((?![\s\S]*://[^/\s]*@)[\s\S]*)$"},
    _reason,
    is_address=True,
)

CONTAINERS: Final = text("a container's name", r"[^?\[\]\\\s]+", several=True)

SWITCH: Final = Kind("true or false", {"type": "boolean"})
ONLY_TRUE: Final = Kind("true, or the key left out", {"type": "boolean", "enum": [True]})

NOTIFIER: Final = text("the name of a notifier (letters, digits, - and _)", "[A-Za-z0-9_-]{1,64}")
_ALWAYS: Final[Mapping[str, Any]] = {"is_address": True, "reveals": bool}

DSN: Final = text(
    "a DSN such as https://PUBLIC_KEY@HOST/PROJECT_ID",
    r"https?://[^\s/@]+@[^\s/]+/(\S*/)?[0-9]+",
    **_ALWAYS,
)
URL: Final = text("a URL such as https://example.com/hook", r"https?://\S+", **_ALWAYS)
APPRISE_URL: Final = text(
    "a URL of Apprise such as slack://TOKEN/CHANNEL", r"[A-Za-z][A-Za-z0-9+.-]*://\S+", **_ALWAYS
)
SIGNING_KEY: Final = text("a key such as whsec_ followed by base64", r"\S.*", **_ALWAYS)
SSM_PARAMETER: Final = text(
    "the name or ARN of an SSM parameter", f"{_NO_ADDRESS}[{SSM_SIGNS}]+", SsmParameter
)
TOPIC_ARN: Final = text("the ARN of an SNS topic", arns.TOPIC)
FORMAT: Final = choice("format", ("chat", "json"))
LOGGER: Final = text("the name of a logger", r"[A-Za-z0-9_.-]{1,200}")

ENVIRONMENT: Final = text(
    names.ENVIRONMENT,
    r"(?!([Nn][Oo][Nn][Ee]|\.\.?)$)(?=.*\S)[^/\\\x00-\x1f\x7f]{1,64}",
    names.environment,
)
RELEASE: Final = text(
    names.RELEASE,
    r"(?!([Ll][Aa][Tt][Ee][Ss][Tt]|\.\.?)$)(?=.*\S)[^/\\\x00-\x1f\x7f]{1,200}",
    names.release,
)
TAG: Final = text("a tag of the alerts such as ecs.image_tag", "[A-Za-z0-9_.:-]{1,200}")
RELEASE_SOURCE: Final = text(
    "a tag of the alerts such as ecs.image_tag, or a variable that holds a version such as "
    "env:APP_VERSION",
    "[A-Za-z0-9_.:-]{1,200}",
    names.release_source,
)

LOOKUP: Final = choice("look-up", LOOKUPS, several=True)
SECONDS: Final = Kind(
    f"more than 0 and at most {MOST_LOOKUP_SECONDS:g} seconds",
    {"type": "number", "exclusiveMinimum": 0, "maximum": int(MOST_LOOKUP_SECONDS)},
    float,
)
LOG_LINES: Final = Kind(
    f"an integer from 1 to {MOST_LOG_LINES}",
    {"type": "integer", "minimum": 1, "maximum": MOST_LOG_LINES},
    int,
)
ROLE: Final = text("the ARN of a role", arns.ROLE, several=True)
EXPRESSION: Final = Kind(
    "a regular expression", {"type": "string"}, _expression, several=True, is_address=True
)
TEMPLATE: Final = Kind("a template such as /ecs/{family}", {"type": "string"}, _template)
TAG_KEY: Final = text("the key of a tag, such as team", r"[^\r\n]{1,128}", several=True)
