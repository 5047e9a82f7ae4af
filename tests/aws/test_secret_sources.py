"""A secret that is read when it is needed: the notifier, and the settings that ask for it."""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aws_stub import AwsStub, aws_stub
from ecs_failure_alerts import (
    Alert,
    FailureAlerter,
    FailurePolicy,
    build_alert,
    diagnose,
    parse_event,
)
from ecs_failure_alerts.aws.secret_sources import Secret, SsmParameter
from ecs_failure_alerts.cli import main
from ecs_failure_alerts.exceptions import DeliveryError, SettingsError
from ecs_failure_alerts.notifiers import Notifier, _clients
from ecs_failure_alerts.notifiers._clients import RenewedClient
from ecs_failure_alerts.notifiers.apprise import AppriseNotifier
from ecs_failure_alerts.notifiers.sentry import SentryNotifier
from ecs_failure_alerts.notifiers.webhook import WebhookNotifier
from ecs_failure_alerts.settings import VARIABLES, alerter_from_env
from ecs_failure_alerts.testing import SentryInbox, task_state_change
from ports import reserved_port
from rows import each
from waits import wait_until

DSN = "https://public@sentry.example/1"
SSM = "ECS_ALERTS_SENTRY_DSN_SSM_PARAMETER"
SECRET = "ECS_ALERTS_SENTRY_DSN_SECRET_ID"


@pytest.fixture
def alert() -> Alert:
    """Return the alert for a task that failed."""
    task = parse_event(task_state_change())
    return build_alert(task, diagnose(task))


class Source:
    """A place that holds a DSN, or raises, and counts its readings."""

    def __init__(self, *held: str | Exception) -> None:
        self.held = list(held)
        self.readings = 0

    def __call__(self) -> str:
        """Return what is next; the last stays."""
        self.readings += 1
        value = self.held[min(self.readings, len(self.held)) - 1]
        if isinstance(value, Exception):
            raise value
        return value


def stale(inbox: SentryInbox) -> str:
    """Return a DSN whose key the inbox refuses with 403."""
    return inbox.dsn.replace("c0ffee", "facade", 1)


def test_the_dsn_is_read_for_the_first_alert_and_kept(inbox: SentryInbox, alert: Alert) -> None:
    source = Source(f" {inbox.dsn}\n")
    notifier = SentryNotifier(source)
    assert (source.readings, notifier.host) == (0, None)
    for _ in range(2):
        assert notifier.notify(alert, timeout=5).id == alert.event_id
    assert (source.readings, notifier.host) == (1, "127.0.0.1")
    assert inbox.accepted(alert.event_id)


def test_a_dsn_that_sentry_no_longer_knows_is_read_again(inbox: SentryInbox, alert: Alert) -> None:
    """The alert goes out in the same call."""
    source = Source(stale(inbox), inbox.dsn)
    notifier = SentryNotifier(source)
    notifier.notify(alert, timeout=5)
    notifier.notify(alert, timeout=5)
    assert source.readings == 2
    assert [request.status for request in inbox.requests] == [403, 200, 200]


def test_a_refused_dsn_that_has_not_changed_is_not_tried_again(
    inbox: SentryInbox, alert: Alert
) -> None:
    """Sentry's refusal is the error."""
    source = Source(stale(inbox))
    with pytest.raises(DeliveryError, match="check the DSN") as caught:
        SentryNotifier(source).notify(alert, timeout=5)
    assert (caught.value.status, caught.value.retryable) == (403, False)
    assert source.readings == 2
    assert len(inbox.requests) == 1


def test_a_dsn_is_renewed_once_per_call(inbox: SentryInbox, alert: Alert) -> None:
    """The next call reads again, as long as each reading brings another DSN."""
    other = inbox.dsn.replace("c0ffee", "decade", 1)
    source = Source(stale(inbox), other, inbox.dsn)
    notifier = SentryNotifier(source)
    with pytest.raises(DeliveryError) as caught:
        notifier.notify(alert, timeout=5)
    assert (caught.value.status, source.readings, len(inbox.requests)) == (403, 2, 2)
    assert notifier.notify(alert, timeout=5).id == alert.event_id


def test_a_minute_after_a_reading_in_vain_the_dsn_is_read_again(
    inbox: SentryInbox, alert: Alert, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A DSN that moves later is found by a process that has already looked."""
    with SentryInbox() as old:
        old.answer(404)
        source = Source(old.dsn, old.dsn, inbox.dsn)
        notifier = SentryNotifier(source)
        for _ in range(2):
            with pytest.raises(DeliveryError):
                notifier.notify(alert, timeout=5)
        assert source.readings == 2

        monkeypatch.setattr(_clients, "RENEWAL_SECONDS", 0)
        assert notifier.notify(alert, timeout=5).id == alert.event_id


@pytest.mark.parametrize("fault", [401, 403, 429, 400, 404, 503, "html", "reset"])
def test_a_dsn_that_moved_is_read_again_after_any_failure(
    inbox: SentryInbox, alert: Alert, fault: Any
) -> None:
    """Whatever the old address answers, the alert goes out by the new one in the same call."""
    with SentryInbox() as old:
        old.answer(fault)
        source = Source(old.dsn, inbox.dsn)
        assert SentryNotifier(source, attempts=1).notify(alert, timeout=5).id == alert.event_id
    assert source.readings == 2


def test_a_dsn_whose_host_is_gone_is_read_again(inbox: SentryInbox, alert: Alert) -> None:
    """Where nobody listens at the old address any more, the new one is found."""
    with reserved_port() as port:
        source = Source(f"http://key@127.0.0.1:{port}/1", inbox.dsn)
        SentryNotifier(source, attempts=1).notify(alert, timeout=5)
    assert inbox.accepted(alert.event_id)


def test_a_dsn_whose_host_hangs_is_read_again_for_the_next_alert(
    inbox: SentryInbox, alert: Alert
) -> None:
    """However short the time of a call is: a host that is gone may take all of it."""
    with SentryInbox() as old:
        old.answer("hang")
        source = Source(old.dsn, inbox.dsn)
        notifier = SentryNotifier(source)
        with pytest.raises(DeliveryError, match="did not answer"):
            notifier.notify(alert, timeout=0.3)
        assert source.readings == 1
        assert notifier.notify(alert, timeout=5).id == alert.event_id
    assert source.readings == 2


def test_a_host_that_hangs_has_its_dsn_read_once_a_minute(inbox: SentryInbox, alert: Alert) -> None:
    inbox.answer("hang")
    source = Source(inbox.dsn)
    notifier = SentryNotifier(source)
    for _ in range(4):
        with pytest.raises(DeliveryError, match="did not answer"):
            notifier.notify(alert, timeout=0.3)
    assert source.readings == 2


def test_where_a_late_reading_fails_the_known_dsn_is_used(inbox: SentryInbox, alert: Alert) -> None:
    inbox.answer("hang", times=1)
    source = Source(inbox.dsn, RuntimeError("AWS is down, too"))
    notifier = SentryNotifier(source)
    with pytest.raises(DeliveryError, match="did not answer"):
        notifier.notify(alert, timeout=0.3)
    assert notifier.notify(alert, timeout=5).id == alert.event_id
    assert source.readings == 2


@pytest.mark.parametrize("status", [401, 403, 404, 429, 503])
def test_a_storm_of_failures_reads_the_dsn_once_a_minute(
    inbox: SentryInbox, alert: Alert, status: int
) -> None:
    """However many alerts fail, AWS is asked for the same DSN only now and then."""
    inbox.answer(status)
    source = Source(inbox.dsn)
    notifier = SentryNotifier(source, attempts=1)
    for _ in range(5):
        with pytest.raises(DeliveryError):
            notifier.notify(alert, timeout=5)
    assert source.readings == 2


def test_an_event_that_is_too_large_reads_nothing(inbox: SentryInbox, alert: Alert) -> None:
    """An answer about the event's size says nothing of the DSN."""
    inbox.answer(413)
    source = Source(inbox.dsn)
    with pytest.raises(DeliveryError):
        SentryNotifier(source, attempts=1).notify(alert, timeout=5)
    assert source.readings == 1


@pytest.mark.parametrize(("status", "of_no_use"), [(401, False), (503, False), (200, True)])
@pytest.mark.parametrize("kind", [SsmParameter, Secret])
def test_the_error_names_the_place_of_the_dsn(
    inbox: SentryInbox, alert: Alert, kind: Any, status: int, of_no_use: bool
) -> None:
    """Whoever reads the error knows which parameter or secret to look at."""

    class Held(kind):  # type: ignore[misc]
        """A place in AWS, without AWS."""

        def __call__(self) -> str:
            return "no DSN" if of_no_use else inbox.dsn

        def __str__(self) -> str:
            return str(super().__str__())

    inbox.answer(status)
    notifier = SentryNotifier(Held("/prod/dsn"), attempts=1)
    with pytest.raises(DeliveryError, match=f"the DSN (is that )?of {kind('/prod/dsn')}"):
        notifier.notify(alert, timeout=5)


def test_a_failed_reading_is_a_delivery_error_and_the_next_call_recovers(
    inbox: SentryInbox, alert: Alert
) -> None:
    """What was raised is not shown."""
    source = Source(OSError(f"no route, and {DSN}"), inbox.dsn)
    notifier = SentryNotifier(source)
    with pytest.raises(DeliveryError, match="it raised OSError") as caught:
        notifier.notify(alert, timeout=5)
    assert caught.value.retryable
    assert DSN not in str(caught.value)
    assert notifier.notify(alert, timeout=5).id == alert.event_id


def test_where_the_second_reading_fails_the_error_says_both(
    inbox: SentryInbox, alert: Alert
) -> None:
    """A retry may help."""
    source = Source(stale(inbox), DeliveryError("ssm says Throttling", retryable=True))
    with pytest.raises(
        DeliveryError, match=r"answered 403: .*; the DSN cannot be read: ssm says"
    ) as caught:
        SentryNotifier(source).notify(alert, timeout=5)
    assert (caught.value.status, caught.value.retryable) == (403, True)


@pytest.mark.parametrize(
    "told", [f"vault has {DSN}", f"a\n\x1b[2Jb {DSN}" + "x" * 1_000_000], ids=["secret", "long"]
)
def test_the_text_of_a_users_own_error_is_redacted_and_cut(alert: Alert, told: str) -> None:
    """A function for the DSN may raise a `DeliveryError` that quotes it."""
    source = Source(DeliveryError(told, retryable=False))
    with pytest.raises(
        DeliveryError, match=r"^sentry: the DSN cannot be read: (vault|a )"
    ) as caught:
        SentryNotifier(source).notify(alert, timeout=5)
    assert "public@" not in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 1_100


def test_the_text_of_a_users_own_place_is_redacted(inbox: SentryInbox, alert: Alert) -> None:
    class Vault:
        def __call__(self) -> str:
            return inbox.dsn

        def __str__(self) -> str:
            return f"the vault at https://user:s3cr3t@vault.example/{'x' * 5_000}\n"

    inbox.answer(401)
    with pytest.raises(DeliveryError, match="the DSN is that of the vault at https://") as caught:
        SentryNotifier(Vault(), attempts=1).notify(alert, timeout=5)
    assert "s3cr3t" not in str(caught.value)
    assert len(str(caught.value)) < 1_200


@pytest.mark.parametrize("held", ["", "s3cr3t", "https://host/1"])
def test_a_value_that_is_no_dsn_is_not_echoed_and_is_read_again(
    inbox: SentryInbox, alert: Alert, held: str
) -> None:
    source = Source(held, inbox.dsn)
    notifier = SentryNotifier(source)
    with pytest.raises(DeliveryError, match="cannot be used: expected a Sentry DSN") as caught:
        notifier.notify(alert, timeout=5)
    assert not held or held not in str(caught.value)
    assert notifier.notify(alert, timeout=5).id == alert.event_id


@each("held", [None, 5, b"https://s3cr3t@host/1", ["s3cr3t"]])
@each(
    ("notifier", "name"),
    [(SentryNotifier, "DSN"), (WebhookNotifier, "URL"), (AppriseNotifier, "URL")],
)
def test_a_function_that_returns_no_text_fails_the_alert(
    alert: Alert, notifier: Callable[[Any], Notifier], name: str, held: Any
) -> None:
    with pytest.raises(DeliveryError) as caught:
        notifier(lambda: held).notify(alert, timeout=5)
    assert f"the {name} that was read cannot be used: expected a string, got " in str(caught.value)
    assert "s3cr3t" not in str(caught.value)
    assert not caught.value.retryable


def test_alerts_sent_at_once_wait_for_one_reading(inbox: SentryInbox, alert: Alert) -> None:
    def read() -> str:
        readings.append(1)
        time.sleep(0.02)
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
def test_alerts_sent_at_once_share_a_failed_reading(
    inbox: SentryInbox, alert: Alert, stale_first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_here, newest = threading.Barrier(5), RenewedClient._newest
    waiting: list[object] = []

    def wait_for_reading(self: RenewedClient[Any], *arguments: Any) -> Any:
        waiting.append(self)
        return newest(self, *arguments)

    monkeypatch.setattr(RenewedClient, "_newest", wait_for_reading)

    def read() -> str:
        readings.append(1)
        if stale_first:
            return stale(inbox)
        wait_until(lambda: len(waiting) == 5)
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


def test_an_alert_waits_for_a_reading_no_longer_than_its_time(
    inbox: SentryInbox, alert: Alert
) -> None:
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


def test_a_reading_that_hangs_is_waited_for_no_longer_than_the_time_of_its_call(
    inbox: SentryInbox, alert: Alert
) -> None:
    """The next call reads again, because a late reading is shared with nobody."""
    go_on = threading.Event()
    readings: list[int] = []

    def read() -> str:
        readings.append(1)
        if len(readings) == 1:
            go_on.wait(10)
        return inbox.dsn

    notifier = SentryNotifier(read)
    begun = time.monotonic()
    with pytest.raises(DeliveryError) as caught:
        notifier.notify(alert, timeout=0.05)
    assert time.monotonic() - begun < 5
    assert str(caught.value) == "sentry: the DSN cannot be read: no answer came in the time left"
    assert (caught.value.retryable, caught.value.maybe_delivered) == (True, False)

    assert notifier.notify(alert, timeout=10).id == alert.event_id
    go_on.set()


def test_without_time_left_nothing_is_read(alert: Alert) -> None:
    source = Source("https://never@read.example/1")
    with pytest.raises(DeliveryError, match="no time left to read the DSN"):
        SentryNotifier(source).notify(alert, timeout=0)
    assert source.readings == 0


@pytest.mark.parametrize(
    ("environ", "beside"),
    [
        ({"ECS_ALERTS_SENTRY_DSN": DSN, SSM: "/dsn"}, SSM),
        ({"ECS_ALERTS_SENTRY_DSN": DSN, SECRET: "dsn"}, SECRET),
        ({SSM: "/dsn", SECRET: "dsn"}, SECRET),
    ],
)
def test_two_variables_for_the_dsn_are_refused_by_name(
    environ: dict[str, str], beside: str
) -> None:
    """No value is shown."""
    with pytest.raises(SettingsError, match="set only one") as caught:
        alerter_from_env(environ)
    assert caught.value.variable in environ
    assert beside in str(caught.value)
    assert DSN not in str(caught.value)


@pytest.mark.parametrize("environ", [{}, {SSM: " ", "SENTRY_DSN": ""}])
def test_without_a_dsn_the_error_names_every_variable_that_could_give_it(
    environ: dict[str, str],
) -> None:
    with pytest.raises(SettingsError) as caught:
        alerter_from_env(environ)
    for variable in ("ECS_ALERTS_SENTRY_DSN", SSM, SECRET, "SENTRY_DSN"):
        assert variable in str(caught.value)


@pytest.mark.parametrize("variable", [SSM, SECRET])
def test_a_dsn_in_the_place_of_a_name_is_refused_before_aws_is_asked(variable: str) -> None:
    """It is not echoed."""
    with pytest.raises(SettingsError, match="got what looks like a DSN") as caught:
        alerter_from_env({variable: DSN})
    assert caught.value.variable == variable
    assert DSN not in str(caught.value)


@pytest.mark.parametrize("variable", [SSM, SECRET])
def test_a_missing_boto3_is_said_at_the_start_with_the_variable(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(ModuleNotFoundError, match=f"^{variable}: expected boto3"):
        alerter_from_env({variable: "name"})


def test_every_source_is_documented() -> None:
    """The list of variables has the two sources."""
    assert {SSM, SECRET} <= set(VARIABLES)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsStub]:
    """Yield a loopback server that boto3 takes for AWS."""
    with aws_stub(monkeypatch) as server:
        yield server


def test_a_parameter_is_read_by_its_name_and_decrypted(aws: AwsStub) -> None:
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
def test_an_arn_is_read_in_its_own_region(
    aws: AwsStub, read: Callable[[], str], region: str
) -> None:
    """A name is read in that of the function."""
    aws.held = 200, {"Parameter": {"Value": DSN}, "SecretString": DSN}
    assert read() == DSN
    assert aws.regions == [region]


@pytest.mark.parametrize("name", ["arn", "arn:aws:ssm", "arn:aws:ssm::1:x", "arn:aws:ssm:?:1:x"])
def test_a_value_that_only_begins_like_an_arn_is_a_delivery_error(aws: AwsStub, name: str) -> None:
    """Or it is AWS's to judge."""
    aws.held = 400, {"__type": "ValidationException"}
    with pytest.raises(
        DeliveryError, match=r"failed with (ValidationException|InvalidRegionError)$"
    ):
        SsmParameter(name)()


@pytest.mark.parametrize("read", [SsmParameter("/dsn"), Secret("dsn")], ids=["ssm", "secret"])
def test_the_dsn_is_in_no_log_line_at_any_level(
    aws: AwsStub, read: Callable[[], str], caplog: pytest.LogCaptureFixture
) -> None:
    """What other threads log stays."""
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
def test_a_secret_is_the_dsn_or_an_object_that_holds_it(
    aws: AwsStub, held: dict[str, str], dsn: str
) -> None:
    aws.held = 200, held
    assert Secret("alerts")() == dsn
    assert aws.asked == [("secretsmanager.GetSecretValue", {"SecretId": "alerts"})]


def test_a_secret_that_is_an_object_may_hold_it_under_any_key(aws: AwsStub) -> None:
    aws.held = 200, {"SecretString": '{"dsn": "other", "url": "https://h/hook"}'}
    assert Secret("alerts", key="url")() == "https://h/hook"


@pytest.mark.parametrize("held", ['{"other": "s3cr3t"}', '{"dsn": s3cr3t'])
def test_a_secret_without_the_key_is_an_error_that_no_retry_mends(aws: AwsStub, held: str) -> None:
    """It is not echoed."""
    aws.held = 200, {"SecretString": held}
    with pytest.raises(DeliveryError, match="a JSON object without dsn") as caught:
        Secret("alerts")()
    assert not caught.value.retryable
    assert "s3cr3t" not in str(caught.value)


def test_a_refusal_of_aws_is_told_by_its_code_alone(aws: AwsStub) -> None:
    aws.held = 400, {"__type": "AccessDeniedException", "message": "arn:aws:iam::1:user/s3cr3t"}
    with pytest.raises(
        DeliveryError, match=r"ssm:GetParameter on /dsn failed with AccessDeniedException$"
    ) as caught:
        SsmParameter("/dsn")()
    assert caught.value.retryable
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


@pytest.mark.parametrize(
    "source",
    [
        (SSM, "/dsn", "eu-central-1"),
        (SSM, "arn:aws:ssm:us-east-1:123456789012:parameter/dsn", "us-east-1"),
        (SECRET, "dsn", "eu-central-1"),
    ],
    ids=["parameter", "arn", "secret"],
)
def test_the_client_of_aws_is_made_with_the_alerter_and_the_dsn_read_for_the_first_alert(
    aws: AwsStub, inbox: SentryInbox, monkeypatch: pytest.MonkeyPatch, source: tuple[str, str, str]
) -> None:
    """Lambda grants a whole processor only while the process starts."""
    variable, name, region = source
    alerter = alerter_from_env({variable: name})
    assert aws.asked == []
    monkeypatch.setattr("botocore.session.Session.create_client", None)
    aws.held = 200, {"Parameter": {"Value": inbox.dsn}, "SecretString": inbox.dsn}
    assert alerter.process(task_state_change()).outcomes[0].status == "delivered"
    assert aws.regions == [region]


def test_a_client_of_aws_that_cannot_be_made_fails_the_alert_and_not_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An alert is tried again, a process that does not start is not seen."""
    for variable in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    alerter = alerter_from_env({SSM: "/dsn"})
    (outcome,) = alerter.process(task_state_change()).outcomes
    said = "ssm:GetParameter on /dsn failed with NoRegionError: set AWS_REGION"
    assert said in str(outcome.errors[0])


def test_an_aws_that_cannot_be_reached_is_told_by_boto3s_error(
    aws: AwsStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reserved_port() as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        with pytest.raises(DeliveryError, match="failed with EndpointConnectionError") as caught:
            Secret("alerts")()
    assert caught.value.retryable


def test_the_command_reads_the_dsn_where_the_function_has_it(
    aws: AwsStub, inbox: SentryInbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    aws.held = 200, {"Parameter": {"Value": inbox.dsn}}
    monkeypatch.setenv(SSM, "/dsn")
    (file := tmp_path / "event.json").write_text(json.dumps(task_state_change()))
    assert main(["send", str(file)]) == 0
    assert len(inbox.events) == 1


def test_an_alerter_delivers_by_the_dsn_of_a_parameter(aws: AwsStub, inbox: SentryInbox) -> None:
    aws.held = 200, {"Parameter": {"Value": inbox.dsn}}
    alerter = alerter_from_env({SSM: "/dsn"}, policy=FailurePolicy(ignore_exit_codes=[1]))
    alerter.process(task_state_change())
    assert (aws.asked, inbox.requests) == ([], ())
    alerter.process(task_state_change(containers=[{"exitCode": 2}]))
    assert len(inbox.deliveries) == len(aws.asked) == 1


@pytest.mark.parametrize("variable", [SSM, SECRET])
def test_a_name_in_aws_makes_an_alerter_before_aws_is_asked(variable: str) -> None:
    pytest.importorskip("boto3")
    assert isinstance(alerter_from_env({variable: "sentry/dsn"}), FailureAlerter)


@pytest.mark.parametrize("variable", [SSM, SECRET])
def test_a_name_that_nothing_in_aws_has_is_refused_with_the_signs_that_may_be(
    variable: str,
) -> None:
    with pytest.raises(SettingsError, match="expected a name or ARN of the characters"):
        alerter_from_env({variable: "sentry dsn"})


def test_a_proxy_of_the_environment_that_is_no_url_is_no_reason_to_try_again(
    alert: Alert, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The DSN is there; only a person can mend the variable."""
    monkeypatch.setenv("https_proxy", "ftp://[")
    with pytest.raises(DeliveryError, match="HTTPS_PROXY: the proxy on the way to") as caught:
        SentryNotifier(Source(DSN)).notify(alert, timeout=5)
    assert not caught.value.retryable
