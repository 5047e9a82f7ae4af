"""An alert's texts, in the parts that chats and pagers show one by one."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from ..alerts import NEXT, Alert

#: What calls people in a chat: everybody in a channel, or who stands behind an id.
_CALL: Final = re.compile(r"@(?=here\b|channel\b|everyone\b|all\b)|<(?=[@!#])", re.IGNORECASE)


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


def without_calls(text: str) -> str:
    """Return *text* with a sign that nobody sees in what would call people in a chat."""
    return _CALL.sub("\\g<0>\N{ZERO WIDTH SPACE}", text)


def stable_id(*parts: str) -> str:
    """Return 32 hex digits that the same parts always have."""
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:32]
