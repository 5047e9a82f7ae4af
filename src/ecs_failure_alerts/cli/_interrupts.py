"""Signals that end a process: only the first counts, to leave time to save the rest."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from ._meter import Meter

#: The signals; not every system has all of them.
_SIGNALS: Final = ("SIGINT", "SIGTERM", "SIGHUP")


@contextmanager
def telling_of_interruption(meter: Meter, tell: Callable[[], str]) -> Iterator[None]:
    """
    Let a `KeyboardInterrupt` say how far the command has come.

    Args:
        meter: The progress, which is cleared.
        tell: Returns what the command has done.
    """
    try:
        yield
    except KeyboardInterrupt:
        meter.clear()
        raise KeyboardInterrupt(f"interrupted after {tell()}") from None


@contextmanager
def interrupted_once() -> Iterator[None]:
    """
    Turn the first signal that ends a process into `KeyboardInterrupt`, and ignore all others.

    So events that were not delivered are saved, even if somebody is impatient. Signals that were
    ignored, as under nohup, stay ignored.
    """
    ended = False

    def end(*_: object) -> None:
        nonlocal ended
        if not ended:
            ended = True
            raise KeyboardInterrupt

    before = {}
    if threading.current_thread() is threading.main_thread():
        for name in _SIGNALS:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, end)

    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)
