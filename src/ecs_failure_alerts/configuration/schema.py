"""The JSON Schema of the document, from the same tables as its reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from . import kinds
from ._kind import Kind
from .sections import (
    DROP,
    LOOKUPS,
    NOT_BESIDE_DROP,
    NOTIFIERS,
    ROUTE,
    RULE,
    SECTIONS,
    SENTRY,
    TOP,
    TYPE,
    TYPES,
    Key,
    notifier_keys,
)

Schema: TypeAlias = dict[str, Any]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema() -> Schema:
    """
    Return the JSON Schema (draft 2020-12) of a configuration document.

    The schema describes the form. It does not require what the environment may set, such as the DSN
    of ``[notifiers.sentry]``. What depends on the whole document, such as whether a route's
    notifier exists, is checked when the document is read.
    """
    sections: dict[str, Schema] = {
        "rules": {"type": "array", "items": _table(RULE)},
        "notifiers": {
            "type": "object",
            "propertyNames": dict(kinds.NOTIFIER.schema),
            "additionalProperties": _notifier(),
            "allOf": [{"properties": {SENTRY: True}, "additionalProperties": _WITH_DSN}],
        },
        "routes": {
            "type": "array",
            "items": {**_table(ROUTE), "oneOf": _ROUTE_FORMS},
            "anyOf": [{"maxItems": 0}, {"contains": {"required": ["notifier"]}}],
        },
        "lookups": _table(LOOKUPS),
    }

    document = _table(TOP)
    document["properties"] |= {
        name: {"description": meaning, **sections[name]} for name, meaning in SECTIONS.items()
    }
    document["properties"]["$schema"] = True  # a key for editors
    return {
        "$schema": _DIALECT,
        "title": "Configuration of ecs-failure-alerts",
        **document,
        "minProperties": 1,
    }


#: A route has a notifier, or drops.
_ROUTE_FORMS: Final = [
    {"required": ["notifier"], "not": {"required": [DROP]}},
    {
        "required": [DROP],
        "not": {"anyOf": [{"required": [key]} for key in NOT_BESIDE_DROP]},
    },
]

#: The DSN, which the environment may set for the notifier called ``sentry`` and for no other.
_DSN: Final = "dsn"
_WITH_DSN: Final = {
    "if": {"properties": {TYPE: {"const": SENTRY}}, "required": [TYPE]},
    "then": {"anyOf": [{"required": [k.name]} for k in NOTIFIERS[SENTRY] if k.argument == _DSN]},
}


def _notifier() -> Schema:
    """Return the schema of a notifier: its type decides which keys it may have."""
    types = {
        "type": "object",
        "required": [TYPE],
        "properties": {TYPE: dict(TYPES.schema)},
    }
    rows = [
        {
            "if": {"properties": {TYPE: {"const": type_}}},
            "then": _table(notifier_keys(SENTRY, type_, [_DSN]), also=(TYPE,)),
        }
        for type_ in NOTIFIERS
    ]

    return {**types, "allOf": rows}


def _table(keys: Sequence[Key], also: Iterable[str] = ()) -> Schema:
    """Return the schema of a table with *keys*, and *also* keys that are described elsewhere."""
    properties = {key.name: {"description": key.meaning, **_value(key.kind)} for key in keys}
    table: Schema = {
        "type": "object",
        "properties": {**dict.fromkeys(also, True), **properties},
        "additionalProperties": False,
    }

    required = [key.name for key in keys if key.required and _is_alone(key, keys)]
    if required:
        table["required"] = required
    choices = [_choice(names, needed=needed) for names, needed in _choices(keys).items()]
    if choices:
        table["allOf"] = choices
    return table


def _is_alone(key: Key, keys: Iterable[Key]) -> bool:
    return sum(other.argument == key.argument for other in keys) == 1


def _choices(keys: Sequence[Key]) -> Mapping[tuple[str, ...], bool]:
    """Return each group of keys that exclude each other, and whether one is required."""
    return {
        tuple(other.name for other in keys if other.argument == key.argument): key.required
        for key in keys
        if not _is_alone(key, keys)
    }


def _choice(names: Sequence[str], *, needed: bool) -> Schema:
    rows: list[Schema] = [{"required": [name]} for name in names]
    none = [] if needed else [{"not": {"anyOf": rows}}]
    return {"oneOf": [*rows, *none]}


def _value(kind: Kind) -> Schema:
    """Return the schema of a value, or also of a list if the kind allows several."""
    one = dict(kind.schema)
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]} if kind.several else one
