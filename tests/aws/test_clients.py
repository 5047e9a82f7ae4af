"""The one caller of AWS: whom it asks, as whom, and what it keeps to itself."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from typing import Any, Final

import pytest

from aws_stub import ROLE_KEY, ROLE_TOKEN, AwsStub, aws_stub, refused
from ecs_failure_alerts.aws.clients import SECRET_LIMITS, AwsClients
from ecs_failure_alerts.aws.sessions import Limits
from ecs_failure_alerts.exceptions import AwsError
from rows import each

ACTION: Final = "ecs:DescribeTaskDefinition"
ARN: Final = "arn:aws:ecs:us-east-1:111122223333:task-definition/etl:7"
ROLE: Final = "arn:aws:iam::111122223333:role/alerts"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsStub]:
    """Yield a loopback server that the AWS SDK takes for AWS."""
    with aws_stub(monkeypatch) as server:
        yield server


def ask(clients: AwsClients, arn: str = ARN) -> dict[str, Any]:
    """Ask for a task definition."""
    return clients.call(ACTION, arn, taskDefinition=arn)


def refusal(clients: AwsClients, arn: str = ARN) -> str:
    """Return how it is told that AWS refused."""
    with pytest.raises(AwsError) as caught:
        ask(clients, arn)
    return str(caught.value)


def test_a_client_that_was_prepared_asks_in_the_region_of_the_arn(aws: AwsStub) -> None:
    clients = AwsClients()
    clients.prepare("ecs", "us-east-1")
    assert aws.asked == []
    aws.held = 200, {"taskDefinition": {"cpu": "256"}}
    assert ask(clients)["taskDefinition"] == {"cpu": "256"}
    assert aws.regions == ["us-east-1"]
    assert aws.asked == [
        ("AmazonEC2ContainerServiceV20141113.DescribeTaskDefinition", {"taskDefinition": ARN})
    ]


def test_the_region_is_that_of_the_command_line_of_aws(
    aws: AwsStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS_REGION wins over AWS_DEFAULT_REGION."""
    ask(AwsClients(), "etl")
    monkeypatch.setenv("AWS_REGION", "eu-west-3")
    ask(AwsClients(), "etl")
    assert aws.regions == ["eu-central-1", "eu-west-3"]


def test_a_client_that_cannot_be_made_fails_only_the_requests_that_need_it(aws: AwsStub) -> None:
    """A function must start all the same: its alerts go out without look-ups."""
    clients = AwsClients()
    clients.prepare("ecs", "no region?")
    assert refusal(clients, ARN.replace("us-east-1", "no region?")).endswith("InvalidRegionError")
    assert ask(clients)["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_a_missing_boto3_is_told_while_the_process_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(ModuleNotFoundError, match="pip install boto3"):
        AwsClients().prepare("ecs")


def test_no_connection_outlives_its_request(aws: AwsStub) -> None:
    """Lambda may freeze the process, and the other end forgets."""
    clients = AwsClients()
    for _ in range(3):
        ask(clients)
    assert aws.connections == 3


def test_requests_at_once_do_not_close_each_others_connections(aws: AwsStub) -> None:
    clients, errors = AwsClients(), []
    clients.prepare("ecs", "us-east-1")

    def work() -> None:
        try:
            for _ in range(5):
                ask(clients)
        except AwsError as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert errors == []
    assert len(aws.asked) == 30


def test_a_resource_of_another_account_is_asked_for_with_its_role(aws: AwsStub) -> None:
    """The role is assumed once for all services."""
    clients = AwsClients([ROLE])
    for _ in range(2):
        ask(clients)
    clients.call(
        "logs:GetLogEvents",
        "arn:aws:logs:eu-west-1:111122223333:log-group:a",
        logGroupName="a",
        logStreamName="b",
    )
    assert aws.keys == ["testing", ROLE_KEY, ROLE_KEY, ROLE_KEY]
    assert aws.asked[0][1]["RoleSessionName"] == "ecs-failure-alerts"
    assert aws.asked[0][1]["RoleArn"] == ROLE


def test_what_a_role_takes_is_made_while_the_process_starts(
    aws: AwsStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No client is left to be made in an invocation, for a renewal neither."""
    clients = AwsClients([ROLE])
    clients.prepare("ecs", "us-east-1")
    assert aws.asked == []

    session = pytest.importorskip("botocore.session")
    monkeypatch.delattr(session.Session, "create_client")
    ask(clients)
    assert aws.keys == ["testing", ROLE_KEY]


def test_a_resource_of_an_account_without_role_is_asked_for_as_oneself(aws: AwsStub) -> None:
    """No ARN of a role is ever made of what an event says."""
    ask(AwsClients([ROLE]), ARN.replace("111122223333", "444455556666"))
    assert aws.keys == ["testing"]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("AccessDeniedException", "failed with AccessDeniedException"),
        ("x" * 100, f"failed with {'x' * 61}..."),
        ("a\nb", "failed with a b"),
    ],
)
def test_a_refusal_names_the_action_the_resource_and_the_code(
    aws: AwsStub, code: str, said: str
) -> None:
    """What else AWS says may name users."""
    aws.held = refused(code)
    assert refusal(AwsClients()) == f"{ACTION} on {ARN} {said}"


def test_a_role_that_may_not_be_assumed_is_named(aws: AwsStub) -> None:
    aws.answers["AssumeRole"] = refused("AccessDenied")
    assert refusal(AwsClients([ROLE])) == f"sts:AssumeRole on {ROLE} failed with AccessDenied"


def test_a_connection_that_breaks_is_told_and_not_tried_again(aws: AwsStub) -> None:
    aws.held = "reset"
    assert refusal(AwsClients()).endswith("failed with ConnectionClosedError")
    assert len(aws.asked) == 1


def test_after_too_many_requests_aws_is_left_alone_for_a_while(aws: AwsStub) -> None:
    """Another Region has a limit of its own."""
    aws.held = refused("ThrottlingException")
    clients = AwsClients()
    for _ in range(3):
        assert refusal(clients).endswith("failed with ThrottlingException")
    assert len(aws.asked) == 1
    refusal(clients, ARN.replace("us-east-1", "eu-west-1"))
    assert len(aws.asked) == 2


def test_a_role_that_cannot_be_had_is_not_asked_for_again_at_once(aws: AwsStub) -> None:
    """The pause is for the action that somebody asked for, whichever was refused."""
    aws.answers["AssumeRole"] = refused("ThrottlingException")
    clients = AwsClients([ROLE])
    arn = ARN.replace(ARN.split(":")[4], ROLE.split(":")[4])
    for _ in range(3):
        assert "ThrottlingException" in refusal(clients, arn)
    assert len(aws.asked) == 1


def test_for_a_dsn_there_is_no_pause(aws: AwsStub) -> None:
    """Without it no alert goes out."""
    aws.held = refused("ThrottlingException")
    clients = AwsClients(limits=SECRET_LIMITS)
    refusal(clients)
    asked = len(aws.asked)
    refusal(clients)
    assert len(aws.asked) > asked


def test_after_a_while_aws_is_asked_again(aws: AwsStub) -> None:
    aws.held = refused("ThrottlingException")
    clients = AwsClients(limits=Limits(connect_seconds=1.0, read_seconds=1.0, attempts=1))
    refusal(clients)
    aws.held = 200, {"taskDefinition": {"cpu": "256"}}
    assert ask(clients)["taskDefinition"] == {"cpu": "256"}


@each(
    ("roles", "said"),
    [
        (["s3cr3t"], "expected the ARN of a role"),
        (["arn:aws:iam::1:role/a"], "expected the ARN of a role"),
        (["arn:aws:iam::111122223333:user/a"], "expected the ARN of a role"),
        ([ROLE, ROLE + "2"], "expected one role for each account, got two for 111122223333"),
    ],
)
def test_a_list_of_roles_that_is_of_no_use_is_refused(roles: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        AwsClients(roles)


@pytest.mark.parametrize("status", [200, 400])
def test_no_log_line_at_any_level_holds_what_aws_answers(
    aws: AwsStub, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    """Neither an answer, nor the credentials of a role, nor whom a refusal names."""
    caplog.set_level(logging.DEBUG)
    filters = {name: list(logging.getLogger(name).filters) for name in _aws_loggers()}
    clients = AwsClients([ROLE])
    aws.held = (200, {"taskDefinition": {"family": "s3cr3t"}}) if status == 200 else refused("No")
    if status == 400:
        aws.answers["AssumeRole"] = refused("No")
        refusal(clients)
    else:
        ask(clients)
    assert "of another thread" in caplog.text
    assert "s3cr3t" not in caplog.text
    assert ROLE_TOKEN not in caplog.text
    assert {name: logging.getLogger(name).filters for name in _aws_loggers()} == filters


def _aws_loggers() -> list[str]:
    return [name for name in logging.root.manager.loggerDict if name.startswith("botocore")]


@pytest.mark.parametrize("answer", ["reset", (400, {"__type": "s3cr3t-no", "message": "s3cr3t"})])
def test_no_frame_of_an_error_holds_what_aws_answered(aws: AwsStub, answer: Any) -> None:
    """Error trackers take the local variables along."""
    aws.held = answer
    with pytest.raises(AwsError) as caught:
        ask(AwsClients())
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    frames = [frame for frame in _frames(caught.value) if "ecs_failure_alerts" in frame[0]]
    assert frames
    assert not any(isinstance(value, Exception) for _, held in frames for value in held.values())


def _frames(error: BaseException) -> Iterator[tuple[str, dict[str, Any]]]:
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame.f_code.co_filename, trace.tb_frame.f_locals
        trace = trace.tb_next


def test_the_sdk_is_not_loaded_before_a_client_is_made() -> None:
    import subprocess

    code = (
        "import sys; from ecs_failure_alerts.aws.clients import AwsClients; AwsClients(); "
        "print('botocore' in sys.modules)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30
    )
    assert answer.stdout == "False\n"
