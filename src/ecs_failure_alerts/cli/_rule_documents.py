"""The patterns in a document of rules: a template, a list of rules or a list of patterns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from .._json import load_or_none

#: The keys of a rule's pattern in CloudFormation, the SDKs, Terraform and SAM.
_PATTERN_KEYS: Final = ("EventPattern", "eventPattern", "event_pattern", "Pattern", "pattern")
#: Keys that have a list in a pattern, and a string in an event.
_LIST_KEYS: Final = ("source", "detail-type")
#: A reference in a string of Terraform; in CloudFormation it is an object.
_REFERENCE: Final = re.compile(r"\$\{[^{}]*\}")
_ANY_ARN: Final = "arn:aws:ecs:eu-central-1:123456789012:x"

#: Keys of documents with rules: of the AWS CLI, CloudFormation, Terraform and a single rule.
_RULE_KEYS: Final = frozenset({"Rules", "Resources", "resource", "resource_changes", "Properties"})

#: Beside one of these, Terraform's plan has only the same rules again, or old ones.
_NEWEST: Final = ("planned_values", "after")


def is_document(value: Any) -> bool:
    """Return whether *value* is a document of rules rather than one pattern or an event."""
    if isinstance(value, list):
        return any(_pattern_of(member) is not None for member in value)
    if not isinstance(value, dict):
        return False

    is_rule = any(_pattern_of(value.get(name)) is not None for name in _PATTERN_KEYS)
    is_state = isinstance(value.get("resources"), list) and "source" not in value
    return is_rule or is_state or not _RULE_KEYS.isdisjoint(value)


def rules_in(value: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """
    Find the patterns in a document of rules.

    It can be a template of CloudFormation or CDK, Terraform's JSON, the output of
    ``aws events list-rules`` or ``describe-rule``, or a list of patterns.

    Args:
        value: The document, as `json.loads()` returns it.
        place: The path of *value*; empty for the whole document.

    Yields:
        The place of each rule, and the known part of its pattern.
    """
    if isinstance(value, list):
        for index, member in enumerate(value):
            yield from rules_in(member, f"{place}[{index}]")
        return
    if not isinstance(value, dict):
        return

    patterns = map(_pattern_of, (value, *(value.get(name) for name in _PATTERN_KEYS)))
    pattern = next(filter(None, patterns), None)
    if pattern is not None:
        yield str(value.get("Name") or place.removesuffix("Properties").removesuffix(".")), pattern
        return

    newest = [key for key in _NEWEST if key in value]
    for key in newest or value:
        yield from rules_in(value[key], f"{place}.{key}" if place else key)


def _pattern_of(value: Any) -> dict[str, Any] | None:
    """Return the known part of a pattern, or of its JSON; None if *value* is neither."""
    if isinstance(value, str):
        value = load_or_none(value)
    if not isinstance(value, Mapping) or not any(
        isinstance(value.get(n), list) for n in _LIST_KEYS
    ):
        return None

    known = known_values(value)
    return known if isinstance(known, dict) else None


def known_values(value: Any, name: str = "") -> Any:
    """
    Return the part of a value that is known before it is deployed; None if nothing is.

    Args:
        value: A value in a template; parts of it may be references.
        name: The name of its field. A reference in the field of an ARN counts as an ARN.
    """
    if isinstance(value, dict):
        if len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref")):
            return _referred(value, name)
        inner = {key.strip('"'): known_values(each, key.strip('"')) for key, each in value.items()}
        return {key: each for key, each in inner.items() if each is not None} or None
    if isinstance(value, list):
        members = (known_values(each, name) for each in value)
        return [each for each in members if each is not None] or None

    if not isinstance(value, str):
        return value
    return _of_reference(name) if _REFERENCE.fullmatch(value) else _REFERENCE.sub("x", value)


def _referred(value: dict[str, Any], name: str) -> str | None:
    """Return the known part of an intrinsic function of CloudFormation."""
    text = value.get("Fn::Sub")
    return known_values(text, name) if isinstance(text, str) else _of_reference(name)


def _of_reference(name: str) -> str | None:
    return _ANY_ARN if name.endswith("Arn") or name == "resources" else None
