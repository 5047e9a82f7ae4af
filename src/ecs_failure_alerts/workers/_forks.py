"""What a forked process begins anew."""

from __future__ import annotations

import os
from collections.abc import Callable


def call_in_forks(begin: Callable[[], None]) -> None:
    """
    Have *begin* called in each process that is forked from this one.

    A fork has none of its parent's other threads. A lock that one of them held would never be free.
    """
    if hasattr(os, "register_at_fork"):  # pragma: no branch - on Windows there are no forks
        os.register_at_fork(after_in_child=begin)
