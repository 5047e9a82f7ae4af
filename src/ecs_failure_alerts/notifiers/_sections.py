"""An alert's texts, in the parts that chats and pagers show one by one."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from ..alerts import NEXT, Alert

#: What calls people in a chat or makes a link: a name after ``@``, except in an address of
#: e-mail; anything in angle brackets; Markdown's ``[text](address)``.
_CALLS_AND_LINKS: Final = re.compile(
    r"@(?=_?\*|(?:here|channel|everyone|all|room)\b)|(?<!\w)@(?=\w)|<(?=\S)|\](?=\()",
    re.IGNORECASE,
)

#: How an address is written without what would be taken for a call.
_IN_ADDRESS: Final = str.maketrans({"@": "%40", "<": "%3C"})


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
    return [f"{name}: {link.translate(_IN_ADDRESS)}" for name, link in found.items() if link]


def disarmed(text: str) -> str:
    """
    Return *text* so that it calls nobody in a chat, and makes no link but what shows its address.

    It looks the same: a sign that nobody sees parts what would be read together.
    """
    return _CALLS_AND_LINKS.sub("\\g<0>\N{ZERO WIDTH SPACE}", text)


def stable_id(*parts: str) -> str:
    """Return 32 hex digits that the same parts always have."""
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:32]
