"""What a thread makes libraries log is dropped, and nothing else."""

from __future__ import annotations

import logging
import threading

import pytest

from ecs_failure_alerts.host import unlogged

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


def test_a_logger_that_takes_the_place_of_another_is_silenced(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number of loggers is the same as before; so it is where one is made anew."""
    caplog.set_level(logging.DEBUG)
    known = {**logging.root.manager.loggerDict}
    monkeypatch.setattr(logging.root.manager, "loggerDict", known)
    for forgotten in ("some_library_too", "some_library.late"):
        with unlogged("some_library"):
            pass
        del known[forgotten]
        late = logging.getLogger("some_library.late")
        with unlogged("some_library"):
            late.info("secret")
    assert caplog.messages == []


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
