"""A DSN that is read when it is needed: the notifier, and the settings that ask for it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from ecs_failure_alerts import Alert, build_alert, diagnose, parse_event
from ecs_failure_alerts.exceptions import DeliveryError, SettingsError
from ecs_failure_alerts.notifiers.sentry import SentryNotifier
from ecs_failure_alerts.settings import VARIABLES, alerter_from_env
from ecs_failure_alerts.testing import SentryInbox, task_state_change

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
    with pytest.raises(DeliveryError, match="no DSN: expected a Sentry DSN") as caught:
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
    with pytest.raises(SettingsError, match="give one of them") as caught:
        alerter_from_env(environ)
    assert caught.value.variable in environ
    assert f"set beside {beside}" in str(caught.value)
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
    with pytest.raises(SettingsError, match="expected a name or ARN") as caught:
        alerter_from_env({variable: DSN})
    assert caught.value.variable == variable
    assert DSN not in str(caught.value)


@pytest.mark.parametrize("variable", [SSM, SECRET])
def test_boto3_is_needed(variable: str, run_without_boto3: Callable[[str], str]) -> None:
    """Where boto3 is missing, the start says so and names the variable."""
    assert f"{variable} needs boto3" in run_without_boto3(variable)


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
