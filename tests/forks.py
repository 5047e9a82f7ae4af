"""Checks in a forked process."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Final

import pytest

#: For modules with forks; Python warns of the fork of a process with threads.
FORKS: Final = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no forks"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]


def in_fork(check: Callable[[], bool]) -> bool:
    """Return what *check* returns in a forked process; False if it takes ten seconds."""
    process = os.fork()
    if not process:
        signal.alarm(10)
        try:
            passed = check()
        except BaseException:  # noqa: BLE001 - the tests of the parent must not go on here
            passed = False
        os._exit(0 if passed else 1)
    _, status = os.waitpid(process, 0)
    return status == 0
