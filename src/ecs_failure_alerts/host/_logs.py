"""Libraries' log lines with secrets or AWS's answers, kept out of every log."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Final

from .._locks import Lock

_lock: Final = Lock()


class _Silence(logging.Filter):
    """A filter that drops the records of one thread, and keeps their texts."""

    def __init__(self) -> None:
        super().__init__()
        #: No identifier, because a new thread of a forked process may have that of an old one.
        self.thread = threading.current_thread()
        self.texts: list[str] = []

    def filter(self, record: logging.LogRecord) -> bool:
        if threading.current_thread() is not self.thread:
            return True
        with suppress(Exception):  # a message and arguments that do not fit
            self.texts.append(record.getMessage())
        return False


@contextmanager
def unlogged(*names: str) -> Iterator[list[str]]:
    """
    Keep libraries from logging what this thread does; other threads still log.

    Args:
        names: The loggers; those below them, such as ``urllib3.connectionpool``, are included.

    Yields:
        The texts that were not logged.
    """
    silence = _Silence()
    known = list(logging.root.manager.loggerDict.values())
    loggers = _loggers(names, len(known), *known[-1:])
    with _lock:
        for logger in loggers:  # a thread that is logging keeps the old list
            logger.filters = [*logger.filters, silence]

    try:
        yield silence.texts
    finally:
        with _lock:
            for logger in loggers:
                logger.filters = [known for known in logger.filters if known is not silence]


@lru_cache
def _loggers(names: tuple[str, ...], *_known: object) -> tuple[logging.Logger, ...]:
    """
    Return the loggers of *names* and those below.

    Args:
        names: The names.
        _known: The number of loggers and the last one, so that the cache notices new ones.
    """
    begins = tuple(f"{name}." for name in names)
    below = [name for name in list(logging.root.manager.loggerDict) if name.startswith(begins)]
    return tuple(map(logging.getLogger, (*names, *below)))
