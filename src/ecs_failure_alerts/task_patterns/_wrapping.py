"""Inputs in place of a pattern: an event, or a rule with the pattern inside."""

from __future__ import annotations

from typing import Final

from ..exceptions import InvalidPattern
from ..patterns.documents import Json, Object, read_pattern, write
from ._findings import Finding

#: The keys of a rule's pattern in CloudFormation, the SDKs, Terraform and the Serverless framework.
_PATTERN_KEYS: Final = ("EventPattern", "eventPattern", "event_pattern", "pattern")
#: CloudFormation's key for the content of a rule.
_PROPERTIES: Final = "Properties"
#: Fields of a pattern. With one of them, a field "pattern" belongs to an event.
_ENVELOPE: Final = frozenset({"source", "detail-type", "detail", "account", "resources", "$or"})
#: Fields of an event that a pattern does not ask for.
_OWN_FIELDS: Final = frozenset({"id", "time"})
#: Keys of lists of events or tasks, and keys of strings in a record or a task.
_EVENT_LISTS: Final = ("Records", "Messages", "tasks", "events")
_OWN_TEXTS: Final = ("taskArn", "TopicArn", "messageId")

AN_EVENT: Final = Finding(
    "event", "error", "", "this is an event, not a pattern: use explain or match"
)


def is_event(value: Json) -> bool:
    """
    Return whether *value* is an event or has events inside, and is no pattern.

    An event has strings where a pattern has lists. Events may be inside an input of a Lambda
    function, or an output of the AWS CLI.
    """
    if isinstance(value, list):
        return bool(value) and all(map(is_event, value))
    if not isinstance(value, Object):
        return False

    fields = dict(value.pairs)
    strings = {name for name, inner in value.pairs if isinstance(inner, str)}
    is_whole = {"source", "detail-type"} <= strings and bool(strings & _OWN_FIELDS)
    is_held = any(_are_objects(fields.get(name)) for name in _EVENT_LISTS)

    return is_whole or is_held or not strings.isdisjoint(_OWN_TEXTS)


def _are_objects(value: Json) -> bool:
    """Return whether *value* is a list of objects that are not operators."""
    members = value if isinstance(value, list) else []
    pairs = [each.pairs for each in members if isinstance(each, Object)]
    return bool(pairs) and all(len(each) > 1 for each in pairs)


def pattern_in_rule(value: Object) -> tuple[str, Json] | None:
    """Return the key of a rule's pattern, and the pattern; None if *value* is not a rule."""
    fields = dict(value.pairs)
    properties = fields.get(_PROPERTIES)
    if isinstance(properties, Object):
        return pattern_in_rule(properties)

    found = ((name, fields[name]) for name in _PATTERN_KEYS if name in fields)
    return next((pair for pair in found if _is_pattern(pair[1])), None)


def _is_pattern(value: Json) -> bool:
    """Return whether *value* can be a pattern: its JSON as a string, or its fields."""
    if isinstance(value, Object):
        return not _ENVELOPE.isdisjoint(name for name, _ in value.pairs)
    return isinstance(value, str)


def unwrap(source: str | bytes) -> str | bytes:
    """
    Return the JSON of the pattern in a rule's JSON.

    Args:
        source: The JSON of a pattern, or of a rule in CloudFormation or in the output of
            ``aws events describe-rule``.

    Returns:
        The JSON of the rule's pattern; *source* itself if it is not a rule.
    """
    try:
        value = read_pattern(source)
    except (InvalidPattern, RecursionError):
        return source

    found = pattern_in_rule(value) if isinstance(value, Object) else None
    if found is None:
        return source
    _, inner = found
    return inner if isinstance(inner, str) else write(inner)
