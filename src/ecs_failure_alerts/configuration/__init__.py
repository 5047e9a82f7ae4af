"""The configuration document: its form, its JSON Schema, and its reader."""

from ._reading import read_configuration
from .schema import schema
from .sections import LOOKUPS, NOTIFIERS, ROUTE, RULE, SECTIONS, TOP, Key
from .values import Configuration, NotifierEntry

__all__ = [
    "LOOKUPS",
    "NOTIFIERS",
    "ROUTE",
    "RULE",
    "SECTIONS",
    "TOP",
    "Configuration",
    "Key",
    "NotifierEntry",
    "read_configuration",
    "schema",
]
