"""The DSN in Systems Manager and Secrets Manager, as the Lambda reads it there."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ecs_failure_alerts._dsn_sources import Secret, SsmParameter
from ecs_failure_alerts.exceptions import DeliveryError
from ecs_failure_alerts.testing import SentryInbox, task_state_change
from integration.lambda_runtime import LambdaSandbox
from integration.moto_server import Moto
from ports import reserved_port

pytestmark = pytest.mark.integration

HANDLER = Path(__file__).parents[2] / "adapters" / "lambda" / "handler.py"
SSM = "ECS_ALERTS_SENTRY_DSN_SSM_PARAMETER"
SECRET = "ECS_ALERTS_SENTRY_DSN_SECRET_ID"
DSN = "https://public@sentry.example/1"


@pytest.fixture
def aws(moto: Moto, monkeypatch: pytest.MonkeyPatch) -> Moto:
    """Give an AWS that this very process talks to."""
    for name, value in moto.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", moto.env["AWS_REGION"])
    return moto


def put_parameter(aws: Moto, value: str, kind: str = "SecureString") -> str:
    """Keep *value* in a new parameter; give the parameter's name."""
    name = f"/sentry/{uuid.uuid4()}/dsn"
    aws.client("ssm").put_parameter(Name=name, Value=value, Type=kind)
    return name


def put_secret(aws: Moto, value: str) -> str:
    """Keep *value* in a new secret; give the secret's ARN."""
    client = aws.client("secretsmanager")
    return str(client.create_secret(Name=f"sentry-{uuid.uuid4()}", SecretString=value)["ARN"])


@pytest.mark.parametrize("kind", ["String", "SecureString"])
def test_parameter(aws: Moto, kind: str) -> None:
    """A parameter is read in plain, whether AWS keeps it encrypted or not."""
    assert SsmParameter(put_parameter(aws, DSN, kind))() == DSN


@pytest.mark.parametrize("value", [DSN, json.dumps({"dsn": DSN, "note": "of the team"})])
def test_secret(aws: Moto, value: str) -> None:
    """A secret is the DSN, or an object that has it as dsn."""
    assert Secret(put_secret(aws, value))() == DSN


@pytest.mark.parametrize("value", ['{"DSN": "hidden"}', '{"dsn"', "{hidden"])
def test_secret_of_another_form(aws: Moto, value: str) -> None:
    """An object without the key is an error that names the key and shows no value."""
    with pytest.raises(DeliveryError, match="a JSON object without dsn") as caught:
        Secret(put_secret(aws, value))()
    assert "hidden" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (SsmParameter("/absent"), "ssm:GetParameter on /absent failed with ParameterNotFound"),
        (
            Secret("absent"),
            "secretsmanager:GetSecretValue on absent failed with ResourceNotFoundException",
        ),
    ],
    ids=["ssm", "secret"],
)
def test_refused(aws: Moto, read: Callable[[], str], said: str) -> None:
    """What AWS refuses is an error with its code alone, worth a retry."""
    with pytest.raises(DeliveryError) as caught:
        read()
    assert str(caught.value) == f"the DSN cannot be read: {said}"
    assert caught.value.retryable


@pytest.mark.parametrize("read", [SsmParameter("/dsn"), Secret("dsn")], ids=["ssm", "secret"])
def test_unreachable(aws: Moto, read: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a way to AWS it is an error of the same kind."""
    with reserved_port() as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        with pytest.raises(DeliveryError, match="failed with EndpointConnectionError") as caught:
            read()
    assert caught.value.retryable


@pytest.mark.parametrize("kind", ["parameter", "secret"])
def test_lambda(
    kind: str, aws: Moto, inbox: SentryInbox, sandbox: Callable[..., LambdaSandbox]
) -> None:
    """The Lambda starts without AWS's answer, survives its loss, and follows a rotated DSN."""
    stale = inbox.dsn.replace("c0ffee", "facade", 1)
    held: dict[str, Any]
    if kind == "parameter":
        held = {"name": put_parameter(aws, stale)}
        variable = SSM
    else:
        held = {"name": put_secret(aws, json.dumps({"dsn": stale}))}
        variable = SECRET
    # The host's own SENTRY_DSN is no conflict, and is not used.
    env = {**aws.env, variable: held["name"], "SENTRY_DSN": DSN}
    function = sandbox(HANDLER, env=env)

    refused = function.invoke(task_state_change())
    assert refused.error_type == "DeliveryFailed"
    assert "answered 403" in str(refused.error_message)
    assert inbox.events == ()

    if kind == "parameter":
        aws.client("ssm").put_parameter(Name=held["name"], Value=inbox.dsn, Overwrite=True)
    else:
        aws.client("secretsmanager").put_secret_value(
            SecretId=held["name"], SecretString=json.dumps({"dsn": inbox.dsn})
        )
    done = function.invoke(task_state_change())
    assert (done.succeeded, done.cold) == (True, False)
    assert done.result["outcomes"][0]["event_id"] in inbox.event_ids
    assert inbox.dsn not in refused.log + done.log


def test_lambda_without_the_parameter(
    aws: Moto, inbox: SentryInbox, sandbox: Callable[..., LambdaSandbox]
) -> None:
    """Where the parameter is missing the invocation fails, and an event without alert does not."""
    function = sandbox(HANDLER, env={**aws.env, SSM: "/absent"})
    assert function.invoke(task_state_change(stopCode="UserInitiated")).succeeded
    failed = function.invoke(task_state_change())
    assert failed.error_type == "DeliveryFailed"
    assert "ssm:GetParameter on /absent failed with ParameterNotFound" in str(failed.error_message)
