"""What the name of an event says, of a service as of a daemon or a hook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..causes import Cause
from ._notice import Fields


def cause_of(name: str, kind: str | None, causes: Mapping[str, Cause]) -> Cause:
    """Return the cause of an event by its name; of a name that nobody knows by its type."""
    unknown = Cause.SERVICE_OTHER if kind == "ERROR" else Cause.ROUTINE
    return causes.get(name, unknown)


def unknown_name(detail: Fields, name: str) -> dict[str, Any]:  # noqa: ARG001
    """Return what is said of an event whose name nobody knows."""
    return {"discriminator": name, "which": name, "title": name}
