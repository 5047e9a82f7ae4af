"""Being ended by a signal once, and with time to save what is left."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

#: Not every system has all of them.
_SIGNALS: Final = ("SIGINT", "SIGTERM", "SIGHUP")


@contextmanager
def interrupted_once() -> Iterator[None]:
    """
    Turn the first signal that ends a process into `KeyboardInterrupt`, and let no other end it.

    So what was not delivered is saved, however impatient somebody is. Signals that are ignored,
    as under nohup, stay so.
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
