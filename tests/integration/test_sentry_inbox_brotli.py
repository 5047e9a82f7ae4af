"""The loopback Sentry server reads what sentry-sdk sends where Brotli is installed."""

from __future__ import annotations

import pytest
import sentry_sdk

from ecs_failure_alerts.testing import SentryInbox
from integration.components import require

pytestmark = pytest.mark.integration


def test_an_event_that_sentry_sdk_compressed_with_brotli_arrives_whole(inbox: SentryInbox) -> None:
    require("brotli")
    client = sentry_sdk.Client(
        inbox.dsn, default_integrations=False, auto_enabling_integrations=False, release="r"
    )
    client.capture_event({"message": "hello"})
    client.close(timeout=5)
    (event,) = inbox.wait_for(1)
    assert event["message"] == "hello"
    assert inbox.requests[0].headers["content-encoding"] == "br"
