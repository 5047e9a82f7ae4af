"""The Lambda: one file that is copied, loaded here as a Lambda loads it."""

from __future__ import annotations

import contextlib
import gc
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ecs_failure_alerts import DeliveryFailed, SettingsError
from ecs_failure_alerts.testing import SentryInbox, task_state_change

HANDLER = Path(__file__).parents[1] / "adapters" / "lambda" / "handler.py"

pytestmark = pytest.mark.skipif(
    not HANDLER.is_file(), reason="the Lambda's file is not there: this is no source tree"
)


class Context:
    """What is used of a Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds left."""
        return 3000


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., ModuleType]]:
    """Return a loader of the file, in an environment."""

    def load(**environ: str) -> ModuleType:
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        spec = importlib.util.spec_from_file_location("handler", HANDLER)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    yield load
    gc.unfreeze()


def sqs(*bodies: str) -> dict[str, Any]:
    """Return what SQS hands to a Lambda."""
    return {
        "Records": [
            {"messageId": f"m{number}", "eventSource": "aws:sqs", "body": body}
            for number, body in enumerate(bodies)
        ]
    }


def test_a_success_means_that_the_failure_is_in_sentry(
    inbox: SentryInbox, load: Callable[..., ModuleType]
) -> None:
    handler = load(ECS_ALERTS_SENTRY_DSN=inbox.dsn)
    answer = handler.lambda_handler(task_state_change(), Context())
    assert json.loads(json.dumps(answer))["outcomes"][0]["status"] == "delivered"
    assert len(inbox.events) == 1


@pytest.mark.parametrize(
    "fault", [302, 400, 401, 403, 413, 429, 500, 503, "reset", "close", "html", "wrong_id"]
)
def test_a_fault_raises_and_the_retry_delivers_in_the_same_process(
    inbox: SentryInbox, load: Callable[..., ModuleType], fault: Any
) -> None:
    handler = load(ECS_ALERTS_SENTRY_DSN=inbox.dsn)
    inbox.answer(fault)
    with pytest.raises(DeliveryFailed, match="container_exit"):
        handler.lambda_handler(task_state_change(), Context())
    assert inbox.events == ()
    tried = {request.event_id for request in inbox.requests}
    inbox.answer("ok")
    handler.lambda_handler(task_state_change(), Context())
    assert set(inbox.event_ids) == tried
    assert len(inbox.events) == 1


def test_an_event_without_an_alert_is_a_success_without_a_request(
    inbox: SentryInbox, load: Callable[..., ModuleType]
) -> None:
    handler = load(ECS_ALERTS_SENTRY_DSN=inbox.dsn)
    handler.lambda_handler(task_state_change(stopCode="UserInitiated"), Context())
    assert inbox.requests == ()


@pytest.mark.parametrize("payload", [None, [None], {}, "x", 5, {"Records": [{}]}], ids=repr)
def test_a_payload_that_is_no_event_raises(
    inbox: SentryInbox, load: Callable[..., ModuleType], payload: Any
) -> None:
    with pytest.raises(DeliveryFailed):
        load(ECS_ALERTS_SENTRY_DSN=inbox.dsn).lambda_handler(payload, Context())


def test_a_queue_is_answered_with_exactly_the_records_that_failed(
    inbox: SentryInbox, load: Callable[..., ModuleType]
) -> None:
    handler = load(ECS_ALERTS_SENTRY_DSN=inbox.dsn, ECS_ALERTS_PARTIAL_BATCH="1")
    payload = sqs(json.dumps(task_state_change()), "broken")
    answer = handler.lambda_handler(payload, Context())
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert len(inbox.events) == 1


def test_a_wrong_setting_stops_the_start(load: Callable[..., ModuleType]) -> None:
    """A wrong setting fails when the file is loaded, before any event is taken."""
    with pytest.raises(SettingsError, match="ECS_ALERTS_SENTRY_DSN"):
        load()


def test_what_is_loaded_is_left_out_of_the_search_for_garbage(
    inbox: SentryInbox, load: Callable[..., ModuleType]
) -> None:
    load(ECS_ALERTS_SENTRY_DSN=inbox.dsn)
    assert gc.get_freeze_count() > 0


def test_the_search_for_garbage_is_on_again_once_the_file_is_loaded(
    inbox: SentryInbox, load: Callable[..., ModuleType]
) -> None:
    load(ECS_ALERTS_SENTRY_DSN=inbox.dsn)
    assert gc.isenabled()


def test_the_search_for_garbage_is_on_again_after_a_wrong_setting(
    load: Callable[..., ModuleType],
) -> None:
    with pytest.raises(SettingsError):
        load(ECS_ALERTS_SENTRY_DSN="wrong")
    assert gc.isenabled()


@pytest.mark.parametrize("dsn", [None, "wrong"], ids=["loaded", "wrong setting"])
def test_the_search_for_garbage_stays_off_where_it_was(
    inbox: SentryInbox, load: Callable[..., ModuleType], dsn: str | None
) -> None:
    """Whoever loads the file may have switched it off."""
    gc.disable()
    try:
        with pytest.raises(SettingsError) if dsn else contextlib.nullcontext():
            load(ECS_ALERTS_SENTRY_DSN=dsn or inbox.dsn)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_loading_the_file_sets_up_neither_logging_nor_sentry(inbox: SentryInbox) -> None:
    code = (
        "import runpy, logging, sentry_sdk\n"
        f"runpy.run_path({str(HANDLER)!r})\n"
        "assert not sentry_sdk.get_client().is_active()\n"
        "assert not logging.getLogger().handlers\n"
    )
    command = [sys.executable, "-c", code]
    environ = {"ECS_ALERTS_SENTRY_DSN": inbox.dsn}
    subprocess.run(command, env=environ, check=True, timeout=60)
