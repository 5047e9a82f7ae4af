"""Parsers of variables: each turns a string into a value, or raises what was expected."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, TypeAlias

from .._options import LOOKUPS
from .._texts import check_regular_expression, echo, unknown
from ..causes import Cause, Level, causes_named

if TYPE_CHECKING:
    from ..aws.clients import AwsClients

Levels: TypeAlias = dict[tuple[str, str], Level | None]

#: Characters of a tag's key at most:
#: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html
_MOST_KEY_CHARACTERS: Final = 128


def entries(text: str) -> tuple[str, ...]:
    """Split a list at its commas, without blanks and empty entries."""
    return tuple(entry for part in text.split(",") if (entry := part.strip()))


def containers(text: str) -> tuple[str, ...]:
    """Read a list of containers; a blank inside a name would make it fit none."""
    names = entries(text)
    for name in names:
        if len(name.split()) > 1:
            raise ValueError(
                f"expected containers separated by commas, got {echo(name)}: write them as app,web"
            )
    return names


def added_to(defaults: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
    """Return a parser of containers that are added to *defaults*."""
    return lambda text: (*defaults, *containers(text))


def exit_codes(text: str) -> list[int]:
    """Read a list of integers."""
    codes = entries(text)
    for entry in codes:
        if not re.fullmatch("-?[0-9]{1,10}", entry):  # int() takes 1_000 and digits of any script
            raise ValueError(
                f"expected integers separated by commas, got {echo(entry)}: write them as 1,143"
            )
    return [int(code) for code in codes]


def silenced(entries: Iterable[str]) -> Levels:
    """
    Return levels that silence these causes.

    Args:
        entries: Causes, or groups of causes such as ``failed_to_start``.

    Raises:
        ValueError: An entry is neither a cause nor a group of causes, or it is ``*``.
    """
    levels: Levels = {}
    for entry in entries:
        if entry == "*":
            raise ValueError(
                "expected causes, got '*', which would silence every alert: "
                f"name some of {', '.join(Cause)}"
            )
        causes_named(entry)
        levels[entry, "*"] = None

    return levels


def switch(text: str) -> bool:
    """Read a switch, on or off."""
    is_on = {"1": True, "true": True, "0": False, "false": False}.get(text.lower())
    if is_on is None:
        raise ValueError(f"expected 1, true, 0 or false, got {echo(text)}")
    return is_on


def ssm_parameter(text: str) -> Callable[[], str]:
    """Return the SSM parameter that holds a DSN. It is read later."""
    from ..aws.secret_sources import SSM_SIGNS, SsmParameter  # noqa: PLC0415 - for a DSN in AWS

    return SsmParameter(_name_in_aws(text, SSM_SIGNS))


def secret(text: str) -> Callable[[], str]:
    """Return the secret that holds a DSN. It is read later."""
    from ..aws.secret_sources import SECRET_SIGNS, Secret  # noqa: PLC0415 - for a DSN in AWS

    return Secret(_name_in_aws(text, SECRET_SIGNS))


def _name_in_aws(text: str, signs: str) -> str:
    """Check a name in AWS, made of *signs*, and that boto3 is installed."""
    from ..aws.clients import require_boto3  # noqa: PLC0415 - for a DSN in AWS only

    if not re.fullmatch(f"[{signs}]+", text):
        raise ValueError(f"expected a name or ARN of the characters {signs}, got {echo(text)}")
    require_boto3()
    return text


def document(text: str) -> str:
    """Check that *text* may be a configuration, not the place of one."""
    if re.fullmatch(r"[^\s={[][^\s={]*", text):
        got = "what looks like a DSN" if "://" in text else f"{echo(text)}, which looks like a file"
        raise ValueError(f"expected the configuration itself, as TOML or JSON; got {got}")
    return text


def lookups(text: str) -> frozenset[str]:
    """Check the names of look-ups, and that boto3 is installed."""
    from ..aws.clients import require_boto3  # noqa: PLC0415 - for look-ups only

    wanted = entries(text)
    for name in wanted:
        if name not in LOOKUPS:
            raise ValueError(unknown("look-up", name, LOOKUPS))
    require_boto3()

    return frozenset(wanted)


def tag_keys(text: str) -> tuple[str, ...]:
    """Check the keys of tags and labels."""
    keys = entries(text)
    for key in keys:
        if len(key) > _MOST_KEY_CHARACTERS or not key.isprintable():
            raise ValueError(
                f"expected keys of at most {_MOST_KEY_CHARACTERS} characters, got {echo(key)}: "
                "write them as team,owner"
            )
    return keys


def integer(least: int, most: int) -> Callable[[str], int]:
    """Return a parser of integers from *least* to *most*."""

    def parse(text: str) -> int:
        if not re.fullmatch("[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise ValueError(f"expected an integer from {least} to {most}, got {echo(text)}")
        return int(text)

    return parse


def seconds(most: float) -> Callable[[str], float]:
    """Return a parser of seconds, more than 0 and at most *most*."""

    def parse(text: str) -> float:
        if not re.fullmatch("[0-9]{1,9}([.][0-9]{1,9})?", text) or not 0 < float(text) <= most:
            raise ValueError(f"expected more than 0 and at most {most:g} seconds, got {echo(text)}")
        return float(text)

    return parse


def regular_expression(text: str) -> tuple[str]:
    """Check a regular expression; return it as a tuple of one."""
    check_regular_expression(text)
    return (text,)


def clients(text: str) -> AwsClients:
    """Build the AWS clients that assume the roles of a list."""
    from ..aws.clients import AwsClients  # noqa: PLC0415 - for look-ups only

    return AwsClients(entries(text))


def template(text: str) -> str:
    """Check a template for the names of log groups or streams."""
    from ..enrichers.log_locations import LogTemplates  # noqa: PLC0415 - for templates only

    return LogTemplates(text, text).group
