"""An alert's texts, in the parts that chats and pagers show one by one."""

from __future__ import annotations

from ..alerts import NEXT, Alert


def summary_lines(alert: Alert) -> list[str]:
    """Return the lines that say what happened."""
    return [line for line in alert.message.splitlines() if not line.startswith(NEXT)]


def next_steps(alert: Alert) -> list[str]:
    """Return the lines that say what to do, without the word in front of them."""
    lines = alert.message.splitlines()
    return [line.removeprefix(NEXT) for line in lines if line.startswith(NEXT)]


def links(alert: Alert) -> list[str]:
    """Return a line for each address that helps."""
    found = {"AWS console": alert.url, **alert.links}
    return [f"{name}: {link}" for name, link in found.items() if link]
