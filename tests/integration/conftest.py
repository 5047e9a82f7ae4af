"""Real components for the tests, each on loopback and stopped at the end."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from integration import relay
from integration.bugsink import Bugsink, BugsinkServer, BugsinkUnavailable, bugsink_server
from integration.components import require, unavailable
from integration.lambda_runtime import LambdaSandbox
from integration.moto_server import Moto, moto_server
from integration.sqs_mapping import Queues


@pytest.fixture
def sandbox() -> Iterator[Callable[..., LambdaSandbox]]:
    """Yield a maker of `LambdaSandbox`; what it makes is closed after the test."""
    require("awslambdaric")
    with contextlib.ExitStack() as stack:

        def make(*args: Any, **options: Any) -> LambdaSandbox:
            return stack.enter_context(LambdaSandbox(*args, **options))

        yield make


@pytest.fixture(scope="session")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    """Yield an AWS of this session's own: a moto server."""
    require("boto3", "moto.server")
    with moto_server(tmp_path_factory.mktemp("moto")) as moto:
        yield moto


@pytest.fixture(scope="session")
def sqs(moto: Moto) -> Iterator[Queues]:
    """Yield queues on the moto server of this session."""
    client = moto.client("sqs")
    yield Queues(client)
    client.close()


@pytest.fixture
def relay_normalize() -> Callable[[dict[str, Any]], tuple[dict[str, Any], list[str]]]:
    """Return Sentry's normaliser: the event as Sentry keeps it, and the problems."""
    require("sentry_relay.processing")
    return relay.relay_normalize


@pytest.fixture(scope="session")
def bugsink_of_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BugsinkServer]:
    """Yield the Bugsink server of this session."""
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(bugsink_server(tmp_path_factory.mktemp("bugsink")))
        except BugsinkUnavailable as error:
            unavailable(str(error))
        yield server


@pytest.fixture
def bugsink(bugsink_of_session: BugsinkServer) -> Bugsink:
    """Return an empty project of the Bugsink server."""
    return bugsink_of_session.new_project()
