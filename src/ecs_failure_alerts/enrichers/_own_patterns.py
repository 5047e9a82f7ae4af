"""
The user's own patterns of secrets, tried where they can do no harm.

A regular expression may take ages for one line, and nothing in this process would stop it: not
another thread, since Python matches without letting go. So a process of its own does it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from typing import Final

from .._deadline import Deadline
from .._texts import cut

#: Seconds that the patterns may take for all lines.
_SECONDS: Final = 1.0

#: What stands in the place of what a pattern has found.
_MARK: Final = "[redacted: own pattern]"

_PROGRAM: Final = """\
import json, re, sys
patterns, mark, lines = json.load(sys.stdin)
for pattern in patterns:
    found = re.compile(pattern)
    lines = [found.sub(lambda match: mark if match[0] else "", line) for line in lines]
json.dump(lines, sys.stdout)
"""


class OwnPatterns:
    """
    Further patterns of secrets, beside `redaction.SHAPES`.

    Args:
        patterns: Regular expressions; all that one matches is redacted.

    Raises:
        ValueError: One is no regular expression.
    """

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        self._patterns = list(patterns)
        for pattern in self._patterns:
            _check(pattern)

    def redact(self, lines: Sequence[str], deadline: Deadline) -> list[str]:
        """
        Return *lines* without what the patterns match.

        Args:
            lines: The lines.
            deadline: When to give up.

        Raises:
            TimeoutError: The patterns took too long, or their process ended otherwise.
        """
        if not self._patterns or not lines:
            return list(lines)
        task = json.dumps([self._patterns, _MARK, list(lines)])

        try:
            ended = subprocess.run(  # noqa: S603 - Python itself
                [sys.executable, "-I", "-S", "-c", _PROGRAM],
                input=task,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                timeout=deadline.cap(_SECONDS),
                check=True,
            )
        except (OSError, subprocess.SubprocessError):
            raise TimeoutError("own patterns took too long, or did not end well") from None

        redacted: list[str] = json.loads(ended.stdout)
        return redacted


def _check(pattern: str) -> None:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(
            f"expected a regular expression, got one with a fault: {cut(str(error), 80)}"
        ) from None
