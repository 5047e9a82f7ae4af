"""The patterns that a command is given: JSON as it stands, a file of it, or a Terraform file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from attrs import frozen

from ..task_patterns import unwrap
from ._files import read_file
from ._rules import is_document, known_values, rules_in

_JSONENCODE: Final = re.compile(r"\$\{jsonencode\((.*)\)\}", re.DOTALL)
_RULE: Final = "aws_cloudwatch_event_rule"


@frozen
class NamedPattern:
    """
    A pattern and how to name it.

    Attributes:
        name: Where it stands.
        source: Its JSON, as text or parsed.
    """

    name: str
    source: str | bytes | dict[str, Any]


def is_json(text: str) -> bool:
    """Return whether *text* is JSON rather than the name of a file."""
    return text.lstrip().startswith(("{", "["))


def _decoded(text: str | bytes) -> str:
    return text if isinstance(text, str) else text.decode("utf-8-sig")


def pattern_text(name: str) -> str | bytes:
    """
    Return the JSON of a pattern; of a whole rule, that of the pattern inside.

    Raises:
        ValueError: There is none.
    """
    if not name.strip():
        raise ValueError("the pattern is empty: expected a file, or JSON")
    return unwrap(name if is_json(name) else read_file(name))


def named_patterns(name: str) -> Iterator[NamedPattern]:
    """
    Find the patterns of an argument: one, or those of each rule in a template or a list.

    Raises:
        ValueError: There is none, or the file cannot be read as Terraform.
    """
    if name.endswith(".tf"):
        yield from _terraform_patterns(name, read_file(name))
        return

    label, text = ("the pattern", name) if is_json(name) else (name, read_file(name))
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None  # the lint tells what is wrong

    if is_document(value):
        for place, pattern in rules_in(value):
            yield NamedPattern(f"{label}: {place}" if place else label, pattern)
    else:
        yield NamedPattern(label, pattern_text(name))


def _terraform_patterns(name: str, text: str | bytes) -> Iterator[NamedPattern]:
    try:
        import hcl2  # noqa: PLC0415 - only who lints Terraform files needs it
        from lark.exceptions import LarkError  # noqa: PLC0415 - comes with it
    except ModuleNotFoundError:
        raise ValueError(f"{name}: expected python-hcl2 for Terraform files: install it") from None

    options = hcl2.SerializationOptions(strip_string_quotes=True, preserve_heredocs=False)
    try:
        parsed = hcl2.loads(_decoded(text), serialization_options=options)
        for resource in parsed.get("resource", ()):
            for label, rule in resource.get(_RULE, {}).items():
                place = f"{name}: {_RULE}.{label}"
                if "event_pattern" in rule:
                    yield NamedPattern(place, _pattern_of(place, rule["event_pattern"]))
    except (LarkError, UnicodeDecodeError):
        raise ValueError(f"{name}: expected Terraform's language: see terraform validate") from None


def _pattern_of(place: str, value: str) -> str | dict[str, Any]:
    """Return the pattern of a rule, as far as it stands in the file."""
    import hcl2  # noqa: PLC0415

    if match := _JSONENCODE.fullmatch(value):
        options = hcl2.SerializationOptions(strip_string_quotes=True, explicit_blocks=False)
        parsed = hcl2.loads(f"pattern = {match[1]}\n", serialization_options=options)["pattern"]
    else:
        try:
            parsed = json.loads(value.replace("\\n", "\n").replace('\\"', '"'))
        except ValueError:
            parsed = None

    known = known_values(parsed)
    if not isinstance(known, dict):
        raise ValueError(f"{place}: expected JSON or jsonencode({{...}}): give its JSON instead")
    return known
