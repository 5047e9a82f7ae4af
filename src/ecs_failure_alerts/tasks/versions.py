"""Which values of an environment variable are versions, so that they may leave the account."""

from __future__ import annotations

import re
from typing import Final

from ..redaction import redact

#: Characters of a version at most.
_LONGEST: Final = 100

#: Numbers with dots, a day, a commit of git, or the number of a build. A word for it may stand
#: before it, and the program's name with an ``@``.
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
    """Return *text* where it reads like a version, such as ``1.4.2``; None where it does not."""
    text = text.strip()
    reads_so = len(text) <= _LONGEST and _VERSION.fullmatch(text)
    return text if reads_so and redact(text) == text else None
