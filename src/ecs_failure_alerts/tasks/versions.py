"""The values of an environment variable that look like versions, so they may leave the account."""

from __future__ import annotations

import re
from typing import Final

from ..redaction import redact

#: The most characters of a version.
_VERSION_CHARACTERS: Final = 100

#: Numbers with dots, a day, a git commit, or a build number. A word such as ``release`` may come
#: first, and before it the program's name with an ``@``.
_VERSION: Final = re.compile(
    r"""
    (?: [A-Za-z][A-Za-z0-9_.-]{0,63} @ )?
    (?: (?: release | version | build | rel | ver | v | r | b ) [_.-]? )?
    (?: [0-9]{1,8} (?: \. [0-9]{1,8} ){1,3} (?: [A-Za-z][A-Za-z0-9]{0,19} )?
        (?: [-+._] [A-Za-z0-9]{1,20} ){0,5}
      | [0-9]{4} - [0-9]{2} - [0-9]{2} (?: [T_.-] [0-9]{1,8} Z? )?
      | (?= [a-f]* [0-9] ) (?: [0-9a-f]{7,12} | [0-9a-f]{40} )
      | [0-9]{1,14}
    )
    """,
    re.VERBOSE,
)


def read_version(text: str) -> str | None:
    """Return *text* if it looks like a version, such as ``1.4.2``, or else None."""
    text = text.strip()
    reads_so = len(text) <= _VERSION_CHARACTERS and _VERSION.fullmatch(text)
    return text if reads_so and redact(text) == text else None
