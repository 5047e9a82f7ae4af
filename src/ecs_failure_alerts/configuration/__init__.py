"""The configuration document: its form, its JSON Schema, and its reader."""

from ._findings import find_ended, find_missing_parts
from ._reading import read_configuration
from .schema import schema
from .sections import LOOKUPS, NOTIFIERS, ROUTE, RULE, SECTIONS, SENTRY, TOP, Key
from .values import Configuration, NotifierEntry, release_variables

__all__ = [
    "LOOKUPS",
    "NOTIFIERS",
    "ROUTE",
    "RULE",
    "SECTIONS",
    "SENTRY",
    "TOP",
    "Configuration",
    "Key",
    "NotifierEntry",
    "find_ended",
    "find_missing_parts",
    "read_configuration",
    "release_variables",
    "schema",
]
