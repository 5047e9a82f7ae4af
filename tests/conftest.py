"""What all tests share: Hypothesis profiles, and a process in which nothing is configured."""

from __future__ import annotations

import gc
import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from command_line import Saver
from ecs_failure_alerts.notifiers import _http
from ecs_failure_alerts.settings import VARIABLES
from ecs_failure_alerts.testing import SentryInbox

settings.register_profile(
    "default",
    deadline=None,
    max_examples=8,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("ci", settings.get_profile("default"), max_examples=50)
#: The same events at every run, so that no line is covered by chance.
settings.register_profile("coverage", settings.get_profile("ci"), derandomize=True)
settings.register_profile("fuzz", settings.get_profile("default"), max_examples=100)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# What pytest and Hypothesis keep lives to the end: by default a sixth of the whole time would go
# into looking through it for garbage.
gc.set_threshold(50_000)

#: The environment that sentry-sdk, urllib and the command read, and what makes each process that a
#: test starts compile the whole package.
_READ = {*VARIABLES, "NO_COLOR", "SSL_CERT_FILE", "PYTHONDONTWRITEBYTECODE"}

_INTEGRATION = Path(__file__).parent / "integration"
_LOGGERS = ("ecs_failure_alerts", "ecs_failure_alerts.alerts")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the integration tests unread where none of them is to run."""
    unread = config.option.markexpr == "not integration" and collection_path == _INTEGRATION
    return unread or None


def pytest_collection_finish() -> None:
    """Spare every search for garbage the tests themselves and what they import."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Look for garbage once: pytest does so ten times, for what is freed step by step."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _nothing_configured() -> Iterator[None]:
    """Run as if nobody had set a DSN, a proxy or anything else."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name in _READ or name.startswith("SENTRY_") or name.lower().endswith("_proxy"):
                patch.delenv(name)
        yield


@pytest.fixture(scope="session", autouse=True)
def _short_pauses() -> Iterator[None]:
    """Wait a little between two attempts to reach Sentry: a hundred tests would wait for long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_http, "BACKOFF_SECONDS", 0.01)
        yield


@pytest.fixture(scope="session", autouse=True)
def _one_authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Trust one authority by default: reading the hundred of certifi takes 10 ms a notifier."""
    import certifi
    import trustme

    bundle = tmp_path_factory.mktemp("authorities") / "bundle.pem"
    trustme.CA().cert_pem.write_to_path(bundle)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(certifi, "where", lambda: str(bundle))
        yield


@pytest.fixture(autouse=True)
def _logger_levels() -> Iterator[None]:
    """Restore the levels of the loggers."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    levels = [logger.level for logger in loggers]
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.fixture
def inbox() -> Iterator[SentryInbox]:
    """Yield an open Sentry server on loopback."""
    with SentryInbox() as inbox:
        yield inbox


@pytest.fixture
def save(tmp_path: Path) -> Saver:
    """Return a function that saves payloads for the command."""
    return Saver(tmp_path)


@pytest.fixture
def threads_left(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """Let the process start one more thread; return the list with an entry for each."""
    start = threading.Thread.start
    left = [None]

    def start_one(self: threading.Thread) -> None:
        if not left:
            raise RuntimeError("can't start new thread")
        left.pop()
        start(self)

    monkeypatch.setattr(threading.Thread, "start", start_one)
    return left
