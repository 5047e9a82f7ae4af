"""Real components for the tests, each on loopback and stopped at the end."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ecs_failure_alerts._sentry_inbox import SentryInbox
from integration.components import require
from integration.lambda_runtime import LambdaSandbox


@pytest.fixture
def inbox() -> Iterator[SentryInbox]:
    """Give an open loopback Sentry server."""
    with SentryInbox() as inbox:
        yield inbox


@pytest.fixture
def sandbox() -> Iterator[Callable[..., LambdaSandbox]]:
    """Give a maker of `LambdaSandbox`; what it makes is closed after the test."""
    require("awslambdaric")
    with contextlib.ExitStack() as stack:

        def make(*args: Any, **options: Any) -> LambdaSandbox:
            return stack.enter_context(LambdaSandbox(*args, **options))

        yield make
