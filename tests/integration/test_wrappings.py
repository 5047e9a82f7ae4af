"""An event in every form that people hand to a Lambda, through its real runtime."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from ecs_failure_alerts.testing import SentryInbox
from integration.deliveries import HANDLER, SECRETS, failed_task, id_of
from integration.lambda_runtime import LambdaSandbox
from wrapped_events import every_form

pytestmark = pytest.mark.integration


def test_an_event_in_every_form_becomes_its_alert(
    sandbox: Callable[..., LambdaSandbox], inbox: SentryInbox
) -> None:
    """Each form has a task of its own, since an alert is not sent twice."""
    function = sandbox(HANDLER, env={"ECS_ALERTS_SENTRY_DSN": inbox.dsn})
    for form in every_form(failed_task()):
        event = failed_task()
        before = len(inbox.deliveries)

        done = function.invoke(json.dumps(every_form(event)[form]))

        assert done.succeeded, f"{form}: {done.error_message}"
        assert [sent["event_id"] for sent in inbox.deliveries[before:]] == [id_of(event)], form
        assert not any(secret in done.log for secret in SECRETS), form
