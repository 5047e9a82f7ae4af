"""Real components for the tests, each on loopback and stopped at the end."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ecs_failure_alerts._sentry_inbox import SentryInbox
from integration import relay
from integration.bugsink import Bugsink, BugsinkServer, BugsinkUnavailable, bugsink_server
from integration.components import require, unavailable
from integration.lambda_runtime import REGION, LambdaSandbox
from integration.servers import server
from integration.sqs_mapping import Queues
from ports import LOCALHOST, free_port


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


@pytest.fixture(scope="session")
def sqs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Queues]:
    """Give queues on a moto server of this session."""
    require("boto3", "moto.server")
    import boto3
    from botocore.config import Config

    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", LOCALHOST, "-p", str(port)]
    log = tmp_path_factory.mktemp("moto") / "log"
    with server(command, port=port, ready="/moto-api/data.json", log=log):
        client = boto3.client(
            "sqs",
            endpoint_url=f"http://{LOCALHOST}:{port}",
            region_name=REGION,
            aws_access_key_id="example",
            aws_secret_access_key="example",
            config=Config(proxies={}, retries={"total_max_attempts": 1}),
        )
        yield Queues(client)
        client.close()


@pytest.fixture
def relay_normalize() -> Callable[[dict[str, Any]], tuple[dict[str, Any], list[str]]]:
    """Give Sentry's normaliser: the event as Sentry keeps it, and the problems."""
    require("sentry_relay.processing")
    return relay.relay_normalize


@pytest.fixture(scope="session")
def bugsink_of_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BugsinkServer]:
    """Give the Bugsink server of this session."""
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(bugsink_server(tmp_path_factory.mktemp("bugsink")))
        except BugsinkUnavailable as error:
            unavailable(str(error))
        yield server


@pytest.fixture
def bugsink(bugsink_of_session: BugsinkServer) -> Bugsink:
    """Give an empty project of the Bugsink server."""
    return bugsink_of_session.new_project()
