"""
The user's own patterns of secrets, run where they can do no harm.

A regular expression may take very long for one line, and no thread of this process could stop it,
because Python holds its global lock during a match. So another process runs it.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from typing import Final

from .._deadline import Deadline
from .._locks import Lock
from .._texts import check_regular_expression

#: Seconds that the patterns may take for all lines, once their process has started.
_SECONDS: Final = 1.0

#: Seconds that the process may take in addition, to start and to end.
_START_SECONDS: Final = 5.0

#: The text in place of what a pattern has found.
_MARK: Final = "[redacted: own pattern]"

#: An alarm ends the process even in the middle of a match. Windows has no alarms.
_PROGRAM: Final = """\
import json, re, signal, sys
seconds, patterns, mark, lines = json.load(sys.stdin)
if hasattr(signal, "setitimer"):
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
for pattern in patterns:
    found = re.compile(pattern)
    lines = [found.sub(lambda match: mark if match[0] else "", line) for line in lines]
json.dump(lines, sys.stdout)
"""


class OwnPatterns:
    """
    Patterns of secrets in addition to those of `redaction`.

    Args:
        patterns: Regular expressions; whatever they match is redacted.

    Raises:
        ValueError: A pattern is not a regular expression.
    """

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        self._patterns = list(patterns)
        self._one_at_a_time = Lock()
        for pattern in self._patterns:
            check_regular_expression(pattern)

    def redact(self, lines: Sequence[str], deadline: Deadline) -> list[str]:
        """
        Return *lines* without what the patterns match.

        Only one process at a time runs them, however many threads ask.

        Args:
            lines: The lines.
            deadline: When to give up.

        Raises:
            TimeoutError: The patterns took too long for these lines or for earlier ones.
            ChildProcessError: The process could not be started, or failed.
        """
        if not self._patterns or not lines:
            return list(lines)
        task = json.dumps([_SECONDS, self._patterns, _MARK, list(lines)])

        left = deadline.left()
        if not self._one_at_a_time.acquire(timeout=-1 if left is None else left):
            raise TimeoutError("own patterns took too long for other lines")
        try:
            answer = _run(task, deadline.cap(_START_SECONDS + _SECONDS))
        finally:
            self._one_at_a_time.release()

        redacted: list[str] = json.loads(answer)
        return redacted


def _run(task: str, seconds: float) -> str:
    """Return the answer of the process to *task*. No error shows its input."""
    try:
        ended = subprocess.run(  # noqa: S603 - Python itself
            [sys.executable, "-I", "-S", "-c", _PROGRAM],
            input=task,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError("own patterns took too long") from None
    except OSError as error:
        raise ChildProcessError(f"no process could be started: {type(error).__name__}") from None

    if ended.returncode == -getattr(signal, "SIGALRM", 0):
        raise TimeoutError("own patterns took too long")
    if ended.returncode:
        raise ChildProcessError(f"the process ended with {ended.returncode}")
    return ended.stdout
