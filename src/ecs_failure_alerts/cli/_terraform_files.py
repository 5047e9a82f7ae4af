"""The patterns in a file of Terraform's language, as far as they stand there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from ._rules import known_values

_PATTERN: Final = "event_pattern"
_JSONENCODE: Final = re.compile(r"\$\{jsonencode\((.*)\)\}", re.DOTALL)
#: A file beside the one that names it.
_FILE: Final = re.compile(r'\$\{file\("(?:\$\{path\.module\}/)?([^"$]+)"\)\}')
#: Strings, to be left alone, or a reference that stands for a whole value.
_BARE_REFERENCE: Final = re.compile(r'("(?:[^"\\]|\\.)*")|\$\{[^{}]*\}')


def rules_in_terraform(name: str, text: str | bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    """
    Find the patterns of the rules in a file, whether of resources or of modules.

    Args:
        name: The file.
        text: What is in it.

    Yields:
        The place of each rule, and its pattern as far as it is known.

    Raises:
        ValueError: The file cannot be read, or some patterns do not stand in it; the others have
            been found by then.
    """
    try:
        import hcl2  # noqa: PLC0415 - only who lints Terraform files needs it
        from lark.exceptions import LarkError  # noqa: PLC0415 - comes with it
    except ModuleNotFoundError:
        raise ValueError(f"{name}: expected python-hcl2 for Terraform files: install it") from None

    options = hcl2.SerializationOptions(strip_string_quotes=True, preserve_heredocs=False)
    unknown = []
    try:
        decoded = text if isinstance(text, str) else text.decode("utf-8-sig")
        parsed = hcl2.loads(decoded, serialization_options=options)
        blocks = {kind: parsed[kind] for kind in ("resource", "module") if kind in parsed}

        for place, value in _rules(blocks, ""):
            pattern = _pattern_of(value, Path(name).parent)
            if pattern is not None:
                yield place, pattern
            else:
                unknown.append(place)
    except (LarkError, UnicodeDecodeError):
        raise ValueError(f"{name}: expected Terraform's language: see terraform validate") from None

    if unknown:
        raise ValueError(
            f"{name}: {', '.join(unknown)}: expected JSON or jsonencode({{...}}): give its JSON "
            "instead"
        )


def _rules(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Find the rules, each with its place and the expression of its pattern."""
    if isinstance(value, list):
        for member in value:
            yield from _rules(member, place)
    elif isinstance(value, dict) and isinstance(value.get(_PATTERN), str):
        yield place.removeprefix("resource."), value[_PATTERN]
    elif isinstance(value, dict):
        for key, inner in value.items():
            name = key.strip('"')
            yield from _rules(inner, f"{place}.{name}" if place else name)


def _pattern_of(value: str, folder: Path) -> dict[str, Any] | None:
    """Return the pattern of an expression, as far as it is known; None where it is not."""
    import hcl2  # noqa: PLC0415

    if match := _JSONENCODE.fullmatch(value):
        options = hcl2.SerializationOptions(strip_string_quotes=True, explicit_blocks=False)
        parsed = hcl2.loads(f"pattern = {match[1]}\n", serialization_options=options)["pattern"]
    else:
        parsed = _parsed(value, folder)

    known = known_values(parsed)
    return known if isinstance(known, dict) else None


def _parsed(value: str, folder: Path) -> Any:
    """Parse the JSON in an expression or in the file that it names; None if there is none."""
    try:
        if match := _FILE.fullmatch(value):
            return json.loads((folder / match[1]).read_text("utf-8-sig"))
        text = value.replace("\\n", "\n").replace('\\"', '"')
        return json.loads(_BARE_REFERENCE.sub(lambda found: found[1] or "null", text))
    except (OSError, ValueError):
        return None
