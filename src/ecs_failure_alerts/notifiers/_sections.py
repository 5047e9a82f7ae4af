"""The parts of an alert's texts that chats and pagers show one by one."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from ..alerts import NEXT, Alert, named_links

#: Mentions and links in a chat: a name after ``@``, except in an e-mail address; anything in angle
#: brackets; Markdown's ``[text](address)``.
_MENTIONS_AND_LINKS: Final = re.compile(
    r"@(?=_?\*|(?:here|channel|everyone|all|room)\b)|(?<!\w)@(?=\w)|<(?=\S)|\](?=\()",
    re.IGNORECASE,
)

#: The escapes of characters in an address that would be taken for a mention, or for its end.
_IN_ADDRESS: Final = str.maketrans({"@": "%40", "<": "%3C"})
_IN_MARKDOWN: Final = str.maketrans({"(": "%28", ")": "%29"})


def summary_lines(alert: Alert) -> list[str]:
    """Return the lines about what happened."""
    return [line for line in alert.message.splitlines() if not line.startswith(NEXT)]


def next_steps(alert: Alert) -> list[str]:
    """Return the lines about what to do, without the word before them."""
    lines = alert.message.splitlines()
    return [line.removeprefix(NEXT) for line in lines if line.startswith(NEXT)]


def links(alert: Alert) -> list[str]:
    """Return a line for each helpful address."""
    return [f"{n}: {link.translate(_IN_ADDRESS)}" for n, link in named_links(alert).items()]


def markdown_links(alert: Alert) -> list[str]:
    """Return a link in Markdown for each helpful address."""
    return [
        f"[{disarmed(name)}]({link.translate(_IN_ADDRESS | _IN_MARKDOWN)})"
        for name, link in named_links(alert).items()
    ]


def disarmed(text: str) -> str:
    """
    Return *text* so that it mentions nobody in a chat, and its links show their addresses.

    It looks the same, because only invisible characters are inserted.
    """
    return _MENTIONS_AND_LINKS.sub("\\g<0>\N{ZERO WIDTH SPACE}", text)


def stable_id(*parts: str) -> str:
    """Return 32 hex digits, always the same for the same parts."""
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:32]
