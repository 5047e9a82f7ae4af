"""The names of events about services, daemons and hooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..causes import Cause
from ._notice import Fields


def cause_of(name: str, kind: str | None, causes: Mapping[str, Cause]) -> Cause:
    """Return the cause of an event by its name; by its type if the name is unknown."""
    unknown = Cause.SERVICE_OTHER if kind == "ERROR" else Cause.ROUTINE
    return causes.get(name, unknown)


def unknown_name(detail: Fields, name: str) -> dict[str, Any]:  # noqa: ARG001
    """Return the words for an event with an unknown name."""
    return {"discriminator": name, "which": name, "title": name}
