"""In a Lambda that has a Sentry of its own, neither side sees anything of the other."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ecs_failure_alerts.testing import SentryInbox
from integration.deliveries import alert_of, assert_no_secret, failed_task, sqs_records
from integration.lambda_runtime import LambdaSandbox
from integration.moto_server import Moto

pytestmark = pytest.mark.integration

HOST_KEY = "4057000000004057000000004057000a"
KEY = "5ec2e75ec2e75ec2e75ec2e75ec2e700"

#: An existing function with everything that could leak in either direction.
HOST = """
    import logging, os, random
    import sentry_sdk
    from sentry_sdk.integrations.aws_lambda import AwsLambdaIntegration
    from ecs_failure_alerts import alerter_from_env

    def drop_what_is_not_ours(event, hint):
        return event if "HostError" in str(event) or event.get("message") else None

    sentry_sdk.init(
        os.environ["HOST_DSN"],
        integrations=[AwsLambdaIntegration()],
        before_send=drop_what_is_not_ours,
        release="host-release",
        environment="host-environment",
        server_name="host-server",
        traces_sample_rate=1.0,
        enable_logs=True,
        send_default_pii=True,
        include_local_variables=False,  # else the host itself takes its variables along
    )
    sentry_sdk.set_tag("host-tag", "host-value")
    sentry_sdk.set_user({"id": "host-user"})
    sentry_sdk.set_context("host-context", {"host": "value"})
    sentry_sdk.get_global_scope().set_tag("host-global", "host-value")
    sentry_sdk.get_global_scope().add_event_processor(lambda event, hint: None if not
        drop_what_is_not_ours(event, hint) else event)

    ALERTER = alerter_from_env(os.environ)
    logging.getLogger().setLevel(os.environ.get("LOG_LEVEL", "WARNING"))

    class HostError(Exception):
        pass

    def lambda_handler(event, context):
        sentry_sdk.add_breadcrumb(message="host-breadcrumb")
        answer = ALERTER.handle(event, context)
        if os.environ.get("FAIL"):
            raise HostError("host-message")
        sentry_sdk.capture_message("host-message")
        return answer
"""


@pytest.fixture
def host() -> Iterator[SentryInbox]:
    """Yield the Sentry of the function itself."""
    with SentryInbox(key=HOST_KEY, project="7") as inbox:
        yield inbox


@pytest.fixture
def own() -> Iterator[SentryInbox]:
    """Yield the Sentry that the alerts go to."""
    with SentryInbox(key=KEY) as inbox:
        yield inbox


@pytest.fixture
def function(
    sandbox: Callable[..., LambdaSandbox], tmp_path: Path, host: SentryInbox, own: SentryInbox
) -> Callable[..., LambdaSandbox]:
    """Return a maker of the function, with further settings."""
    (tmp_path / "handler.py").write_text(textwrap.dedent(HOST))

    def make(timeout: float = 5, **settings: str) -> LambdaSandbox:
        env = {"HOST_DSN": host.dsn, "ECS_ALERTS_SENTRY_DSN": own.dsn, **settings}
        return sandbox(tmp_path, env=env, timeout_seconds=timeout)

    return make


def _sent(inbox: SentryInbox) -> str:
    """Return everything that reached an inbox, headers included."""
    requests = [
        [request.path, dict(request.headers), [item.payload for item in request.items]]
        for request in inbox.requests
    ]
    return json.dumps(requests, default=str)


def _titles(inbox: SentryInbox) -> list[str]:
    return sorted(str(_title(event)) for event in inbox.events)


def _title(event: dict[str, Any]) -> Any:
    errors = event.get("exception", {}).get("values")
    return errors[0]["type"] if errors else event.get("message") or event.get("logentry")


@pytest.mark.parametrize("fail", [False, True])
@pytest.mark.parametrize("count", [1, 3])
def test_alerts_and_the_hosts_own_errors_do_not_cross_over(
    function: Callable[..., LambdaSandbox],
    host: SentryInbox,
    own: SentryInbox,
    count: int,
    fail: bool,
) -> None:
    events = [failed_task() for _ in range(count)]
    payload = sqs_records(events) if count > 1 else events[0]
    done = function(**({"FAIL": "1"} if fail else {})).invoke(payload)
    assert done.succeeded is not fail, done.error
    assert set(own.event_ids) == {alert_of(event).event_id for event in events}
    host.wait_for(1)
    assert _titles(host) == ["HostError" if fail else "host-message"]
    _assert_apart(host, own, events)


@pytest.mark.parametrize("level", ["WARNING", "DEBUG"])
def test_reading_the_dsn_from_aws_is_seen_by_neither_sentry_nor_log(
    function: Callable[..., LambdaSandbox],
    host: SentryInbox,
    own: SentryInbox,
    moto: Moto,
    level: str,
) -> None:
    name = "/sentry/dsn-beside-a-host"
    moto.client("ssm").put_parameter(Name=name, Value=own.dsn, Type="SecureString", Overwrite=True)
    source = {"ECS_ALERTS_SENTRY_DSN": "", "ECS_ALERTS_SENTRY_DSN_SSM_PARAMETER": name}
    event = failed_task()
    done = function(timeout=20, LOG_LEVEL=level, **moto.env, **source).invoke(event)
    assert done.succeeded, done.error
    assert own.event_ids == (alert_of(event).event_id,)
    host.wait_for(1)
    assert _titles(host) == ["host-message"]
    _assert_apart(host, own, [event])
    for trace in ("ssm", "GetParameter", "credentials"):
        assert trace not in _sent(host)
    assert KEY not in done.log


def test_a_failed_delivery_is_an_error_of_the_function(
    function: Callable[..., LambdaSandbox], host: SentryInbox, own: SentryInbox
) -> None:
    """The host's Sentry gets it as such."""
    own.answer(503)
    event = failed_task()
    done = function().invoke(event)
    assert done.error_type == "DeliveryFailed"
    (error,) = host.wait_for(1)
    assert _title(error) == "DeliveryFailed"
    assert_no_secret(_sent(host), keys=[KEY])
    assert own.events == ()


def test_partial_answer_tells_the_host_nothing(
    function: Callable[..., LambdaSandbox], host: SentryInbox, own: SentryInbox
) -> None:
    """Records that have to come again are no error of the function."""
    own.answer(503)
    done = function(ECS_ALERTS_PARTIAL_BATCH="1").invoke(sqs_records([failed_task()] * 2))
    assert len(done.result["batchItemFailures"]) == 2
    host.wait_for(1)
    assert _titles(host) == ["host-message"]


def test_with_both_sentrys_hanging_the_function_ends_in_time(
    function: Callable[..., LambdaSandbox], host: SentryInbox, own: SentryInbox
) -> None:
    """The alert arrives on the retry."""
    own.answer("hang", times=1)
    host.answer("hang")
    event, small = failed_task(), function(timeout=6)
    failed = small.invoke(event)
    assert failed.error_type == "DeliveryFailed"
    assert not failed.timed_out
    host.answer("ok")
    assert small.invoke(event).succeeded
    assert own.event_ids == (alert_of(event).event_id,)


def _assert_apart(host: SentryInbox, own: SentryInbox, events: list[dict[str, Any]]) -> None:
    ours, theirs = _sent(own), _sent(host)
    assert "host-" not in ours
    assert HOST_KEY not in ours
    assert str(own.port) not in theirs
    assert KEY not in theirs
    for event in events:
        assert alert_of(event).event_id not in theirs
    assert "nightly-report" not in theirs
    assert_no_secret(ours, theirs.replace(KEY, ""))
