"""The patterns in a Terraform file, as far as the file itself has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from .._json import load_or_none
from ._rule_documents import known_values

_PATTERN: Final = "event_pattern"
_JSONENCODE: Final = re.compile(r"\$\{jsonencode\((.*)\)\}", re.DOTALL)
#: A file in the same folder as the one that names it.
_FILE: Final = re.compile(r'\$\{file\("(?:\$\{path\.module\}/)?([^"$]+)"\)\}')
#: A string, which stays as it is; or a reference in place of a whole value.
_BARE_REFERENCE: Final = re.compile(r'("(?:[^"\\]|\\.)*")|\$\{[^{}]*\}')


def rules_in_terraform(name: str, text: str | bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    """
    Find the patterns of the rules in a file, in resources and in modules.

    Args:
        name: The name of the file.
        text: Its content.

    Yields:
        The place of each rule, and the known part of its pattern.

    Raises:
        ValueError: The file cannot be read, or some patterns are not in it. The others have been
            yielded by then.
    """
    try:
        import hcl2  # noqa: PLC0415 - for Terraform files only
        from lark.exceptions import LarkError  # noqa: PLC0415 - comes with it
    except ModuleNotFoundError:
        raise ValueError(
            f"{name}: expected python-hcl2 for Terraform files, got none: install it"
        ) from None

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
            f"{name}: {', '.join(unknown)}: expected JSON or jsonencode({{...}}), got what only "
            "Terraform can work out: pass the output of terraform show -json PLAN instead"
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
    """Return the known part of the pattern of an expression; None if nothing is known."""
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
    if match := _FILE.fullmatch(value):
        try:
            return load_or_none((folder / match[1]).read_bytes())
        except (OSError, ValueError):  # no such file, or not the name of one
            return None
    text = value.replace("\\n", "\n").replace('\\"', '"')
    return load_or_none(_BARE_REFERENCE.sub(lambda found: found[1] or "null", text))
