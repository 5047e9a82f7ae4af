"""
The DSN's key, a proxy's password and the contents of overrides are shown nowhere.

The fault matrix looks for them under each of its faults; here is what lies outside of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ecs_failure_alerts import DeliveryFailed, SettingsError, alerter_from_env
from ecs_failure_alerts.alerts import Alert
from ecs_failure_alerts.testing import SentryInbox
from integration.deliveries import HANDLER, alert_of, assert_no_secret, failed_task, sqs_records
from integration.lambda_runtime import LambdaSandbox
from ports import LOCALHOST, reserved_port

pytestmark = pytest.mark.integration

KEY = "5ec2e75ec2e75ec2e75ec2e75ec2e700"
PASSWORD = "password-of-the-proxy"


@pytest.mark.parametrize(
    "dsn",
    [
        f"https://{KEY}@host",
        f"https://{KEY}@host:port/1",
        f"https://{KEY}@ho st/1",
        f"ftp://{KEY}@host/1",
        f"{KEY}",
        f"https://{KEY}@[::1/1",
        f"https://user:{KEY}@host:99999/1",
    ],
)
def test_a_wrong_dsn_is_named_by_its_variable_alone(
    sandbox: Callable[..., LambdaSandbox], dsn: str
) -> None:
    failed = sandbox(HANDLER, env={"ECS_ALERTS_SENTRY_DSN": dsn}).invoke(failed_task())
    assert failed.error_type in {"SettingsError", "Runtime.Unknown"}
    assert "ECS_ALERTS_SENTRY_DSN" in str(failed.error_message)
    assert_no_secret(failed.log, failed.error, keys=[KEY])


@pytest.mark.parametrize(
    "payload",
    [
        failed_task(containers=[{"exitCode": "abc", "name": 5}], overrides="value-nobody-may-see"),
        failed_task(overrides={"containerOverrides": "argument-nobody-may-see"}),
        {"Records": [{"body": json.dumps(failed_task())[:-3]}]},
        [failed_task(), "value-nobody-may-see"],
        {"hello": "value-nobody-may-see"},
        failed_task(source="com.example", detail_type="argument-of-another"),
    ],
    ids=["wrong types", "wrong overrides", "cut", "text", "no event", "another source"],
)
def test_an_unreadable_payload_is_not_echoed(
    sandbox: Callable[..., LambdaSandbox], inbox: SentryInbox, payload: Any
) -> None:
    done = sandbox(HANDLER, env={"ECS_ALERTS_SENTRY_DSN": inbox.dsn}).invoke(payload)
    assert_no_secret(done.log, done.error, done.result, *inbox.events, keys=[KEY])


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    "proxy",
    [
        pytest.param("http://user:{password}@{host}:{port}", id="refuses"),
        pytest.param("http://user:{password}@{host}:nowhere", id="no port"),
        pytest.param("socks5://user:{password}@{host}:{port}", id="SOCKS"),
        pytest.param("user:{password}@{host}:{port}", id="no scheme"),
    ],
)
def test_the_password_of_a_proxy_is_not_shown(
    sandbox: Callable[..., LambdaSandbox], proxy: str, scheme: str
) -> None:
    """Whatever is wrong with the proxy."""
    with reserved_port() as port:
        url = proxy.format(password=PASSWORD, host=LOCALHOST, port=port)
        env = {
            "ECS_ALERTS_SENTRY_DSN": f"{scheme}://{KEY}@sentry.invalid/1",
            f"{scheme.upper()}_PROXY": url,
            f"{scheme}_proxy": url,
        }
        failed = sandbox(HANDLER, env=env, timeout_seconds=3).invoke(failed_task())
    assert not failed.succeeded
    assert_no_secret(failed.log, failed.error, keys=[KEY, PASSWORD])


def test_the_proxy_of_the_environment_gets_its_own_credentials(
    sandbox: Callable[..., LambdaSandbox],
) -> None:
    with SentryInbox() as proxy:  # it refuses, since the path is another host's
        env = {
            "ECS_ALERTS_SENTRY_DSN": f"http://{KEY}@sentry.invalid/1",
            "http_proxy": f"http://user:{PASSWORD}@{LOCALHOST}:{proxy.port}",
        }
        failed = sandbox(HANDLER, env=env, timeout_seconds=3).invoke(failed_task())
    assert failed.error_type == "DeliveryFailed"
    assert_no_secret(failed.log, failed.error, keys=[KEY, PASSWORD])
    (request,) = proxy.requests
    assert request.path == "http://sentry.invalid/api/1/envelope/"
    assert request.headers["proxy-authorization"].startswith("Basic ")


@pytest.mark.parametrize("fault", [400, 429, 503, "html", "reset", "hang"])
def test_no_error_report_or_part_of_it_shows_a_secret(fault: Any) -> None:
    with SentryInbox(key=KEY) as inbox:
        inbox.answer(fault)
        alerter = alerter_from_env({"ECS_ALERTS_SENTRY_DSN": inbox.dsn})
        report = alerter.process(sqs_records([failed_task(), failed_task()]), timeout=0.6)
    with pytest.raises(DeliveryFailed) as caught:
        report.raise_for_failures()
    error: BaseException | None = caught.value
    shown = [repr(alerter), repr(report), str(report), json.dumps(report.to_dict())]
    shown += [repr(vars(alerter).values()), repr(report.outcomes)]
    errors = [error, *(failure for outcome in report.outcomes for failure in outcome.errors)]
    for start in errors:
        error = start
        while error is not None:
            shown += [repr(error), str(error), repr(error.args)]
            error = error.__cause__ or error.__context__
    assert_no_secret(*shown, keys=[KEY])


def test_no_field_of_an_alert_holds_anything_of_the_overrides() -> None:
    alert: Alert = alert_of(failed_task())
    assert_no_secret(repr(alert), alert.to_dict())


def test_a_wrong_setting_is_told_without_the_dsn_beside_it() -> None:
    env = {
        "ECS_ALERTS_SENTRY_DSN": f"https://{KEY}@host/1",
        "ECS_ALERTS_IGNORE_EXIT_CODES": "x",
    }
    with pytest.raises(SettingsError) as caught:
        alerter_from_env(env)
    assert_no_secret(str(caught.value), repr(caught.value), keys=[KEY])
