"""The DSN in Systems Manager and Secrets Manager, as the Lambda reads it there."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ecs_failure_alerts.aws.secret_sources import Secret, SsmParameter
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
    """Return an AWS that this very process talks to."""
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
def test_a_parameter_is_read_encrypted_or_not(aws: Moto, kind: str) -> None:
    assert SsmParameter(put_parameter(aws, DSN, kind))() == DSN


@pytest.mark.parametrize("value", [DSN, json.dumps({"dsn": DSN, "note": "of the team"})])
def test_a_secret_is_the_dsn_or_an_object_that_holds_it(aws: Moto, value: str) -> None:
    assert Secret(put_secret(aws, value))() == DSN


@pytest.mark.parametrize("value", ['{"DSN": "hidden"}', '{"dsn"', "{hidden"])
def test_an_object_without_the_key_is_an_error_that_shows_no_value(aws: Moto, value: str) -> None:
    """It names the key."""
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
def test_a_refusal_of_aws_is_told_by_its_code_and_worth_a_retry(
    aws: Moto, read: Callable[[], str], said: str
) -> None:
    with pytest.raises(DeliveryError) as caught:
        read()
    assert str(caught.value) == said
    assert caught.value.retryable


@pytest.mark.parametrize("read", [SsmParameter("/dsn"), Secret("dsn")], ids=["ssm", "secret"])
def test_an_aws_that_cannot_be_reached_is_worth_a_retry(
    aws: Moto, read: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with reserved_port() as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        with pytest.raises(DeliveryError, match="failed with EndpointConnectionError") as caught:
            read()
    assert caught.value.retryable


@pytest.mark.parametrize("kind", ["parameter", "secret"])
def test_the_lambda_outlives_a_lost_aws_and_follows_a_rotated_dsn(
    kind: str,
    aws: Moto,
    inbox: SentryInbox,
    sandbox: Callable[..., LambdaSandbox],
    tmp_path: Path,
) -> None:
    # Read again at once, and not after a minute.
    patch = "from ecs_failure_alerts.notifiers import _clients\n_clients.RENEWAL_SECONDS = 0\n"
    handler = tmp_path / "handler.py"
    handler.write_text(patch + HANDLER.read_text())
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
    function = sandbox(handler, env=env)

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


def test_without_the_parameter_only_an_alert_fails(
    aws: Moto, inbox: SentryInbox, sandbox: Callable[..., LambdaSandbox]
) -> None:
    function = sandbox(HANDLER, env={**aws.env, SSM: "/absent"})
    assert function.invoke(task_state_change(stopCode="UserInitiated")).succeeded
    failed = function.invoke(task_state_change())
    assert failed.error_type == "DeliveryFailed"
    assert "ssm:GetParameter on /absent failed with ParameterNotFound" in str(failed.error_message)
