"""What a thread makes libraries log is dropped, and nothing else."""

from __future__ import annotations

import logging
import threading

import pytest

from ecs_failure_alerts._quiet_logs import unlogged

BELOW = logging.getLogger("some_library.below")
BESIDE = logging.getLogger("some_library_too")


def test_the_thread_logs_nothing_and_its_texts_are_kept(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with unlogged("some_library", "of_nobody") as texts:
        BELOW.debug("%s", "secret")
        BELOW.info("%d", "no number")
        BESIDE.info("beside")
    BELOW.info("after")
    assert caplog.messages == ["beside", "after"]
    assert texts == ["secret"]
    assert BELOW.filters == []


def test_another_thread_logs_as_ever(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with unlogged("some_library"):
        thread = threading.Thread(target=BELOW.info, args=["of another thread"])
        thread.start()
        thread.join()
    assert caplog.messages == ["of another thread"]


def test_silences_of_several_threads_do_not_end_each_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with unlogged("some_library"):
        with unlogged("some_library"):
            BELOW.info("inner")
        BELOW.info("outer")
    assert caplog.messages == []
