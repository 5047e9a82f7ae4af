"""Sentry's own normaliser: what becomes of an event on its way into Sentry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

MONTH = 30 * 86400


def relay_normalize(event: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """
    Normalise an event as Sentry's Relay does.

    Args:
        event: The payload as it was sent.

    Returns:
        The event as Sentry keeps it, and every value that was invalid, removed or trimmed.
    """
    from sentry_relay.processing import StoreNormalizer

    normalizer = StoreNormalizer(
        project_id=1,
        client="sentry.python/2.20.0",
        protocol_version="7",
        max_secs_in_future=60,
        max_secs_in_past=MONTH,
        enable_trimming=True,
        remove_other=True,
    )
    result = normalizer.normalize_event(event)
    problems = [
        f"{error.get('name', '')}: {error.get('type')} {error.get('reason') or ''}".rstrip()
        for error in result.get("errors") or ()
    ]
    return result, [*problems, *_remarks(result.get("_meta") or {}, ())]


def relay_scrub(event: dict[str, Any]) -> dict[str, Any]:
    """
    Normalise an event, and scrub it as a Sentry project does that nobody has configured.

    Args:
        event: The payload as it was sent.

    Returns:
        The event as Sentry keeps it.
    """
    from sentry_relay.processing import convert_datascrubbing_config, pii_strip_event

    defaults = {
        "scrubData": True,
        "scrubDefaults": True,
        "scrubIpAddresses": True,
        "sensitiveFields": [],
        "excludeFields": [],
    }
    normal, _ = relay_normalize(event)

    scrubbed: dict[str, Any] = pii_strip_event(convert_datascrubbing_config(defaults), normal)
    return scrubbed


def _remarks(meta: Any, path: tuple[str, ...]) -> Iterator[str]:
    """Find what was trimmed or removed; errors are in the event's own list already."""
    for key, inner in meta.items():
        if key == "":
            if inner.get("rem") or "len" in inner:
                yield f"{'.'.join(path)}: trimmed or removed {inner.get('rem')}"
        elif isinstance(inner, dict):
            yield from _remarks(inner, (*path, key))
