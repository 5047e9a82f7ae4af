"""A DSN that is read when it is needed: the notifier, and the settings that ask for it."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ecs_failure_alerts import Alert, FailurePolicy, build_alert, diagnose, parse_event
from ecs_failure_alerts._dsn_sources import Secret, SsmParameter
from ecs_failure_alerts.cli import main
from ecs_failure_alerts.exceptions import DeliveryError, SettingsError
from ecs_failure_alerts.notifiers.sentry import SentryNotifier
from ecs_failure_alerts.settings import VARIABLES, alerter_from_env
from ecs_failure_alerts.testing import SentryInbox, task_state_change
from ports import reserved_port

DSN = "https://public@sentry.example/1"
SSM = "ECS_ALERTS_SENTRY_DSN_SSM_PARAMETER"
SECRET = "ECS_ALERTS_SENTRY_DSN_SECRET_ID"


@pytest.fixture
def inbox() -> Iterator[SentryInbox]:
    """Give an open loopback Sentry server."""
    with SentryInbox() as inbox:
        yield inbox


@pytest.fixture
def alert() -> Alert:
    """Give the alert for a task that failed."""
    task = parse_event(task_state_change())
    return build_alert(task, diagnose(task))


class Source:
    """A place that holds a DSN, or raises, and counts its readings."""

    def __init__(self, *held: str | Exception) -> None:
        self.held = list(held)
        self.readings = 0

    def __call__(self) -> str:
        """Give what is next; the last stays."""
        self.readings += 1
        value = self.held[min(self.readings, len(self.held)) - 1]
        if isinstance(value, Exception):
            raise value
        return value


def stale(inbox: SentryInbox) -> str:
    """Give a DSN whose key the inbox refuses with 403."""
    return inbox.dsn.replace("c0ffee", "facade", 1)


def test_reads_once_and_late(inbox: SentryInbox, alert: Alert) -> None:
    """The DSN is read for the first alert, not before, and then kept."""
    source = Source(f" {inbox.dsn}\n")
    notifier = SentryNotifier(source)
    assert (source.readings, notifier.host) == (0, None)
    for _ in range(2):
        assert notifier.notify(alert, timeout=5).id == alert.event_id
    assert (source.readings, notifier.host) == (1, "127.0.0.1")
    assert inbox.accepted(alert.event_id)


def test_rotated_dsn(inbox: SentryInbox, alert: Alert) -> None:
    """A DSN that Sentry no longer knows is read again, and the alert goes out in the same call."""
    source = Source(stale(inbox), inbox.dsn)
    notifier = SentryNotifier(source)
    notifier.notify(alert, timeout=5)
    notifier.notify(alert, timeout=5)
    assert source.readings == 2
    assert [request.status for request in inbox.requests] == [403, 200, 200]


def test_refused_and_unchanged(inbox: SentryInbox, alert: Alert) -> None:
    """A refused DSN that has not changed is not sent to again: Sentry's refusal is the error."""
    source = Source(stale(inbox))
    with pytest.raises(DeliveryError, match="check the DSN") as caught:
        SentryNotifier(source).notify(alert, timeout=5)
    assert (caught.value.status, caught.value.retryable) == (403, False)
    assert source.readings == 2
    assert len(inbox.requests) == 1


def test_renewed_once_per_call(inbox: SentryInbox, alert: Alert) -> None:
    """A new DSN that is refused too ends the call; the next one reads again."""
    other = inbox.dsn.replace("c0ffee", "decade", 1)
    source = Source(stale(inbox), other, inbox.dsn)
    notifier = SentryNotifier(source)
    with pytest.raises(DeliveryError) as caught:
        notifier.notify(alert, timeout=5)
    assert (caught.value.status, source.readings, len(inbox.requests)) == (403, 2, 2)
    assert notifier.notify(alert, timeout=5).id == alert.event_id


@pytest.mark.parametrize("status", [429, 400, 503])
def test_other_answers_read_nothing(inbox: SentryInbox, alert: Alert, status: int) -> None:
    """An answer that says nothing of the DSN does not have it read again."""
    inbox.answer(status)
    source = Source(inbox.dsn)
    with pytest.raises(DeliveryError):
        SentryNotifier(source, attempts=1).notify(alert, timeout=5)
    assert source.readings == 1


def test_unreadable_at_first(inbox: SentryInbox, alert: Alert) -> None:
    """A failed reading is a delivery error that hides what was raised; the next call recovers."""
    source = Source(OSError(f"no route, and {DSN}"), inbox.dsn)
    notifier = SentryNotifier(source)
    with pytest.raises(DeliveryError, match="it raised OSError") as caught:
        notifier.notify(alert, timeout=5)
    assert caught.value.retryable
    assert DSN not in str(caught.value)
    assert notifier.notify(alert, timeout=5).id == alert.event_id


def test_unreadable_when_refused(inbox: SentryInbox, alert: Alert) -> None:
    """Where the second reading fails, the error says both, and that a retry may help."""
    source = Source(stale(inbox), DeliveryError("ssm says Throttling", retryable=True))
    with pytest.raises(DeliveryError, match=r"answered 403: .*; ssm says Throttling") as caught:
        SentryNotifier(source).notify(alert, timeout=5)
    assert (caught.value.status, caught.value.retryable) == (403, True)


@pytest.mark.parametrize("held", ["", "s3cr3t", "https://host/1"])
def test_no_dsn_held(inbox: SentryInbox, alert: Alert, held: str) -> None:
    """What is no DSN is not echoed, and is read again by the next call."""
    source = Source(held, inbox.dsn)
    notifier = SentryNotifier(source)
    with pytest.raises(DeliveryError, match="of no use: expected a Sentry DSN") as caught:
        notifier.notify(alert, timeout=5)
    assert not held or held not in str(caught.value)
    assert notifier.notify(alert, timeout=5).id == alert.event_id


def test_threads_share_a_reading(inbox: SentryInbox, alert: Alert) -> None:
    """Alerts that are sent at once wait for one reading."""

    def read() -> str:
        readings.append(1)
        time.sleep(0.2)
        return inbox.dsn

    readings: list[int] = []
    notifier = SentryNotifier(read)
    threads = [threading.Thread(target=notifier.notify, args=[alert]) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(readings) == 1
    assert len(inbox.deliveries) == 5


@pytest.mark.parametrize("stale_first", [False, True], ids=["unreadable", "refused"])
def test_threads_share_a_failure(inbox: SentryInbox, alert: Alert, stale_first: bool) -> None:
    """Alerts that wait for a reading that helps nobody do not each read again."""
    all_here = threading.Barrier(5)

    def read() -> str:
        readings.append(1)
        if stale_first:
            return stale(inbox)
        time.sleep(0.3)
        raise OSError

    def send() -> None:
        all_here.wait(10)
        with pytest.raises(DeliveryError) as caught:
            notifier.notify(alert)
        errors.append(str(caught.value))

    readings: list[int] = []
    errors: list[str] = []
    notifier = SentryNotifier(read)
    threads = [threading.Thread(target=send) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(errors) == 5
    assert len(set(errors)) == 1
    assert len(readings) < 5


def test_no_longer_than_the_time_left(inbox: SentryInbox, alert: Alert) -> None:
    """An alert does not wait longer than its time for a reading that another has begun."""
    begun, go_on = threading.Event(), threading.Event()

    def read() -> str:
        begun.set()
        go_on.wait(10)
        return inbox.dsn

    notifier = SentryNotifier(read)
    first = threading.Thread(target=notifier.notify, args=[alert])
    first.start()
    try:
        assert begun.wait(5)
        with pytest.raises(DeliveryError, match="no time left to read the DSN") as caught:
            notifier.notify(alert, timeout=0.1)
    finally:
        go_on.set()
        first.join(10)
    assert caught.value.retryable
    assert inbox.accepted(alert.event_id)


@pytest.mark.parametrize(
    ("environ", "beside"),
    [
        ({"ECS_ALERTS_SENTRY_DSN": DSN, SSM: "/dsn"}, SSM),
        ({"ECS_ALERTS_SENTRY_DSN": DSN, SECRET: "dsn"}, SECRET),
        ({SSM: "/dsn", SECRET: "dsn"}, SECRET),
    ],
)
def test_two_sources(environ: dict[str, str], beside: str) -> None:
    """Two of our own variables for the DSN are a mistake that names both and no value."""
    with pytest.raises(SettingsError, match="set only one") as caught:
        alerter_from_env(environ)
    assert caught.value.variable in environ
    assert beside in str(caught.value)
    assert DSN not in str(caught.value)


@pytest.mark.parametrize("environ", [{}, {SSM: " ", "SENTRY_DSN": ""}])
def test_no_source(environ: dict[str, str]) -> None:
    """Without a DSN the error names every variable that could give it."""
    with pytest.raises(SettingsError) as caught:
        alerter_from_env(environ)
    for variable in ("ECS_ALERTS_SENTRY_DSN", SSM, SECRET, "SENTRY_DSN"):
        assert variable in str(caught.value)


@pytest.mark.parametrize("variable", [SSM, SECRET])
def test_dsn_where_its_name_belongs(variable: str) -> None:
    """A DSN in the place of a name is refused before AWS is asked, and not echoed."""
    with pytest.raises(SettingsError, match="got what looks like a DSN") as caught:
        alerter_from_env({variable: DSN})
    assert caught.value.variable == variable
    assert DSN not in str(caught.value)


@pytest.mark.parametrize("variable", [SSM, SECRET])
def test_boto3_is_needed(variable: str, run_without_boto3: Callable[[str], str]) -> None:
    """Where boto3 is missing, the start says so and names the variable."""
    assert f"{variable}: expected boto3" in run_without_boto3(variable)


@pytest.fixture
def run_without_boto3() -> Callable[[str], str]:
    """Give a function that starts an alerter where boto3 cannot be found, and gives its error."""
    program = """if True:
        import sys
        sys.modules["boto3"] = None
        from ecs_failure_alerts.settings import alerter_from_env
        try:
            alerter_from_env({sys.argv[1]: "name"})
        except ModuleNotFoundError as error:
            print(error)
    """

    def run(variable: str) -> str:
        command = [sys.executable, "-c", program, variable]
        return subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=30
        ).stdout

    return run


def test_every_source_is_documented() -> None:
    """The list of variables has the two sources."""
    assert {SSM, SECRET} <= set(VARIABLES)


class _Aws(BaseHTTPRequestHandler):
    """Answers as AWS's JSON services do, with what the server holds."""

    server: _AwsServer

    def do_POST(self) -> None:
        """Note the request and answer it."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.headers["X-Amz-Target"], body))
        # Credential=KEY/DATE/REGION/SERVICE/aws4_request
        self.server.regions.append(self.headers["Authorization"].split("/")[2])
        logging.getLogger("botocore.parsers").debug("of another thread")
        status, answer = self.server.held
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *args: object) -> None:
        """Print nothing."""


class _AwsServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Aws)
        self.held: tuple[int, dict[str, Any]] = (200, {})
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.regions: list[str] = []


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[_AwsServer]:
    """Give a loopback server that boto3 takes for AWS."""
    pytest.importorskip("boto3")
    with _AwsServer() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_address[1]}")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
        yield server
        server.shutdown()


def test_parameter(aws: _AwsServer) -> None:
    """A parameter is read by its name, decrypted."""
    aws.held = 200, {"Parameter": {"Name": "/dsn", "Value": DSN}}
    assert SsmParameter("/dsn")() == DSN
    assert aws.asked == [("AmazonSSM.GetParameter", {"Name": "/dsn", "WithDecryption": True})]


@pytest.mark.parametrize(
    ("read", "region"),
    [
        (SsmParameter("/dsn"), "eu-central-1"),
        (SsmParameter("/dsn:3"), "eu-central-1"),
        (SsmParameter("arn:aws:ssm:us-east-1:123456789012:parameter/dsn"), "us-east-1"),
        (Secret("dsn"), "eu-central-1"),
        (Secret("arn:aws:secretsmanager:us-east-1:123456789012:secret:dsn-AbCdEf"), "us-east-1"),
    ],
    ids=["parameter", "version", "arn of a parameter", "secret", "arn of a secret"],
)
def test_region(aws: _AwsServer, read: Callable[[], str], region: str) -> None:
    """What has an ARN is read in the Region that the ARN names, a name in the function's own."""
    aws.held = 200, {"Parameter": {"Value": DSN}, "SecretString": DSN}
    assert read() == DSN
    assert aws.regions == [region]


@pytest.mark.parametrize("name", ["arn", "arn:aws:ssm", "arn:aws:ssm::1:x", "arn:aws:ssm:?:1:x"])
def test_no_arn(aws: _AwsServer, name: str) -> None:
    """What only begins like an ARN is a delivery error, or AWS's to judge."""
    aws.held = 400, {"__type": "ValidationException"}
    with pytest.raises(
        DeliveryError, match=r"failed with (ValidationException|InvalidRegionError)$"
    ):
        SsmParameter(name)()


@pytest.mark.parametrize("read", [SsmParameter("/dsn"), Secret("dsn")], ids=["ssm", "secret"])
def test_not_logged(
    aws: _AwsServer, read: Callable[[], str], caplog: pytest.LogCaptureFixture
) -> None:
    """The DSN is in no log line, whatever level is on; what other threads log is."""
    aws.held = 200, {"Parameter": {"Value": DSN}, "SecretString": DSN}
    caplog.set_level(logging.DEBUG)
    parsers = logging.getLogger("botocore.parsers")
    filters = list(parsers.filters)
    assert read() == DSN
    assert "GetParameter" in caplog.text or "GetSecretValue" in caplog.text
    assert "of another thread" in caplog.text
    assert DSN not in caplog.text
    assert parsers.filters == filters


@pytest.mark.parametrize(
    ("held", "dsn"),
    [
        pytest.param({"SecretString": DSN}, DSN, id="plain"),
        pytest.param({"SecretString": f' {{"dsn": "{DSN}", "x": 1}}'}, DSN, id="object"),
        pytest.param({"SecretBinary": "AAAA"}, "", id="binary"),
    ],
)
def test_secret(aws: _AwsServer, held: dict[str, str], dsn: str) -> None:
    """A secret is the DSN, or an object that has it; one of bytes has none."""
    aws.held = 200, held
    assert Secret("alerts")() == dsn
    assert aws.asked == [("secretsmanager.GetSecretValue", {"SecretId": "alerts"})]


@pytest.mark.parametrize("held", ['{"other": "s3cr3t"}', '{"dsn": s3cr3t'])
def test_secret_without_a_dsn(aws: _AwsServer, held: str) -> None:
    """An object without the key is a mistake that no retry mends; it is not echoed."""
    aws.held = 200, {"SecretString": held}
    with pytest.raises(DeliveryError, match="a JSON object without dsn") as caught:
        Secret("alerts")()
    assert not caught.value.retryable
    assert "s3cr3t" not in str(caught.value)


def test_aws_refuses(aws: _AwsServer) -> None:
    """A refusal is told by AWS's code alone."""
    aws.held = 400, {"__type": "AccessDeniedException", "message": "arn:aws:iam::1:user/s3cr3t"}
    with pytest.raises(
        DeliveryError, match=r"ssm:GetParameter on /dsn failed with AccessDeniedException$"
    ) as caught:
        SsmParameter("/dsn")()
    assert caught.value.retryable


def test_aws_is_not_there(aws: _AwsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where AWS cannot be reached, boto3's error is named."""
    with reserved_port() as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        with pytest.raises(DeliveryError, match="failed with EndpointConnectionError") as caught:
            Secret("alerts")()
    assert caught.value.retryable


def test_command_sends_by_a_parameter(
    aws: _AwsServer, inbox: SentryInbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The command reads the DSN where the function has it."""
    aws.held = 200, {"Parameter": {"Value": inbox.dsn}}
    monkeypatch.setenv(SSM, "/dsn")
    (file := tmp_path / "event.json").write_text(json.dumps(task_state_change()))
    assert main(["send", str(file)]) == 0
    assert len(inbox.events) == 1


def test_dsn_of_a_parameter(aws: _AwsServer, inbox: SentryInbox) -> None:
    """An alerter whose DSN is in a parameter reads it for the first alert and delivers."""
    aws.held = 200, {"Parameter": {"Value": inbox.dsn}}
    alerter = alerter_from_env({SSM: "/dsn"}, policy=FailurePolicy(ignore_exit_codes=[1]))
    alerter.process(task_state_change())
    assert (aws.asked, inbox.requests) == ([], ())
    alerter.process(task_state_change(containers=[{"exitCode": 2}]))
    assert len(inbox.deliveries) == len(aws.asked) == 1
