"""The patterns of a command's argument: JSON, a file of it, or a Terraform file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import frozen

from .._json import load_or_none
from ..task_patterns import unwrap
from ._files import read_file
from ._rule_documents import is_document, rules_in
from ._terraform_files import rules_in_terraform


@frozen
class NamedPattern:
    """
    A pattern and its name.

    Attributes:
        name: Its place, such as a file or a rule in it.
        source: Its JSON, as text or parsed.
    """

    name: str
    source: str | bytes | dict[str, Any]


def is_json(text: str) -> bool:
    """Return whether *text* is JSON rather than the name of a file."""
    return text.lstrip().startswith(("{", "["))


def label_of(name: str) -> str:
    """Return what an argument is called: its file, or the pattern."""
    return "the pattern" if is_json(name) else name


def pattern_text(name: str) -> str | bytes:
    """
    Return the JSON of a pattern; for a whole rule, of the pattern inside.

    Raises:
        ValueError: There is no pattern.
    """
    return unwrap(_text(name))


def _text(name: str) -> str | bytes:
    if not name.strip():
        raise ValueError("expected a file with a pattern, or JSON; got an empty name")
    return name if is_json(name) else read_file(name)


def named_patterns(name: str) -> Iterator[NamedPattern]:
    """
    Find the patterns of an argument: one, or those of each rule in a template or a list.

    Raises:
        ValueError: There is no pattern, or the file cannot be read as Terraform.
    """
    if name.endswith(".tf"):
        for place, pattern in rules_in_terraform(name, read_file(name)):
            yield NamedPattern(f"{name}: {place}", pattern)
        return

    label, text = label_of(name), _text(name)
    value = load_or_none(text)  # lint reports what is wrong
    if is_document(value):
        for place, pattern in rules_in(value):
            yield NamedPattern(f"{label}: {place}" if place else label, pattern)
    else:
        yield NamedPattern(label, unwrap(text))
