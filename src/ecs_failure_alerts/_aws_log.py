"""What botocore logs at level DEBUG: answers and tokens of AWS, that no log may hold."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

#: The loggers that write answers, signed requests, and what refused credentials said.
_LOGGERS: Final = (
    "botocore.auth",
    "botocore.credentials",
    "botocore.endpoint",
    "botocore.parsers",
)


class _Silence(logging.Filter):
    """A filter that drops the records of some threads."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()
        self.threads: Counter[int] = Counter()

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002
        return threading.get_ident() not in self.threads


_silence: Final = _Silence()


@contextmanager
def answers_not_logged() -> Iterator[None]:
    """Keep botocore from logging what this thread sends and gets."""
    thread = threading.get_ident()
    with _silence.lock:
        _silence.threads[thread] += 1
        _set_filters(present=True)

    try:
        yield
    finally:
        with _silence.lock:
            _silence.threads -= Counter([thread])
            _set_filters(present=bool(_silence.threads))


def _set_filters(*, present: bool) -> None:
    """Enter the filter, or take it out; a thread that logs meanwhile goes on with the old list."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        others = [known for known in logger.filters if known is not _silence]
        logger.filters = [*others, _silence] if present else others
