"""Apprise's services get each alert as one message, and only Apprise's yes is a delivery."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from apprise.plugins.custom_json import NotifyJSON
from apprise.plugins.slack import NotifySlack
from apprise.plugins.workflows import NotifyWorkflows
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from apprise_services import PAGERDUTY, SECRET, SLACK, address, answered, apprise_services, sent
from ecs_failure_alerts import (
    Alert,
    DeliveryError,
    FailureAlerter,
    Receipt,
    build_alert,
    diagnose,
    parse_event,
)
from ecs_failure_alerts.alerts import LogLine
from ecs_failure_alerts.causes import LEVELS, Level
from ecs_failure_alerts.notifiers._apprise_failures import failure_of
from ecs_failure_alerts.notifiers._apprise_messages import message_for
from ecs_failure_alerts.notifiers._chat import thread_id
from ecs_failure_alerts.notifiers.apprise import AppriseNotifier
from ecs_failure_alerts.testing import task_state_change
from keeping_server import KeepingServer, keeping_server
from ports import LOCALHOST, reserved_port
from rows import each
from strategies import CHARACTERS

TASK = parse_event(
    task_state_change(containers=[{"name": "etl", "exitCode": 137, "reason": "OutOfMemoryError"}])
)
ALERT = build_alert(TASK, diagnose(TASK))
NOW: Final = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def _plugins() -> None:
    """Load the plugins before a test changes one: Apprise takes them as it finds them first."""
    AppriseNotifier("json://h/")


@pytest.fixture
def service() -> Iterator[KeepingServer]:
    """Yield a server that answers as Slack, PagerDuty, Opsgenie and a webhook do."""
    with apprise_services() as server:
        yield server


def refusal(url: Any, timeout: float | None = 5.0) -> DeliveryError:
    """Return the error of an alert that is not delivered."""
    with pytest.raises(DeliveryError) as caught:
        AppriseNotifier(url).notify(ALERT, timeout=timeout)
    return caught.value


def test_a_service_that_was_reached_is_a_delivery(service: KeepingServer) -> None:
    notifier = AppriseNotifier(f" {address(service)}\n", name="pager")
    assert notifier.notify(ALERT, timeout=5) == Receipt("pager", ALERT.event_id)
    assert len(service.requests) == 1


def test_slack_shows_title_text_and_colour(service: KeepingServer) -> None:
    AppriseNotifier(SLACK).notify(ALERT, timeout=5)
    (attachment,) = sent(service)["attachments"]
    assert attachment["title"] == f"[error] {ALERT.title}"
    assert attachment["text"].splitlines()[0] == ALERT.message.splitlines()[0]
    assert "\nNext: Raise the task's memory" in attachment["text"]
    assert attachment["text"].splitlines()[-1].startswith("AWS console (for an hour): https://")
    assert attachment["footer"] == "ecs-failure-alerts"
    assert sent(service)["channel"] == "#ops"
    assert "icon_url" not in sent(service)


@pytest.mark.parametrize("call", ["<!channel>", "<!here|x>", "<@U123>", "<https://x|y>"])
def test_foreign_text_calls_nobody_in_slack(service: KeepingServer, call: str) -> None:
    """Whoever may stop a task writes its reason."""
    alert = evolve(ALERT, title=call, message=call, log=(LogLine(NOW, call, call),))
    AppriseNotifier(SLACK).notify(alert, timeout=5)
    assert "<" not in json.dumps(sent(service))


@pytest.mark.parametrize(
    "call",
    [
        *("@here", "@Channel", "@everyone", "@all", "@ann", "<@U1>", "<!here>"),  # Slack, Discord
        *("@room", "@**all**", "@_**Ann**", "@*team*", "<users/all>"),  # Matrix, Zulip, Google Chat
        *("[pay](https://evil.example)", "<https://evil.example|pay>"),
    ],
)
def test_foreign_text_calls_nobody_and_hides_no_address(service: KeepingServer, call: str) -> None:
    alert = evolve(ALERT, title=call, message=call, log=(LogLine(NOW, call, "etl"),))
    AppriseNotifier(address(service)).notify(alert, timeout=5)
    message = sent(service)
    assert call not in f"{message['title']} {message['message']}"


def test_an_email_address_stays_as_it_is(service: KeepingServer) -> None:
    alert = evolve(ALERT, message="image@sha256:4f53 of ops@example.com, 1 < 2, @ 5")
    AppriseNotifier(address(service)).notify(alert, timeout=5)
    assert sent(service)["message"].startswith(alert.message)


@each("level", LEVELS)
@each("service", ["slack", "discord", "mailtos", "ntfy", "tgram", "workflows"])
def test_the_title_in_a_chat_or_mail_tells_the_level(service: str, level: Level) -> None:
    """Many have no colour for it, and no phone shows one."""
    title = message_for(service, evolve(ALERT, level=level)).title
    assert title == f"[{level}] {ALERT.title}"


@each("service", ["json", "jsons", "xml", "form", "apprise", "opsgenie", "jira"])
def test_a_message_with_a_field_for_the_level_has_the_title_alone(service: str) -> None:
    assert message_for(service, ALERT).title == ALERT.title


@each(
    ("url", "name"),
    [
        (f"https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/{SECRET}", "Slack"),
        (f"https://discord.com/api/webhooks/123456789/{SECRET}", "Discord"),
        (f"https://chat.googleapis.com/v1/spaces/A/messages?key=K&token={SECRET}", "Google Chat"),
        (
            (
                "https://default1.c2.environment.api.powerplatform.com/workflows/1"
                f"/triggers/manual/paths/invoke?api-version=1&sig={SECRET}"
            ),
            "Power Automate / Workflows (for MSTeams)",
        ),
    ],
)
def test_the_url_of_an_incoming_webhook_is_taken_as_it_is(url: str, name: str) -> None:
    """That is the one that `WebhookNotifier` refuses or warns of."""
    assert AppriseNotifier(url).service == name


def in_teams(alert: Alert) -> str:
    """Return the text of the card that Apprise sends to Teams."""
    told: list[str] = []

    def send(_: NotifyWorkflows, body: str, **__: Any) -> bool:
        told.append(body)
        return True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(NotifyWorkflows, "send", send)
        AppriseNotifier(f"workflows://h/{SECRET}/{SECRET}").notify(alert, timeout=5)
    (text,) = told
    return text


def test_a_card_in_teams_has_a_link_and_its_lines_apart() -> None:
    """Nothing is escaped, and a single line end would be none."""
    lines = in_teams(ALERT).split("\n\n")
    assert lines[0] == ALERT.message.splitlines()[0]
    assert lines[1].startswith("Where: cluster jobs, ")
    assert lines[2].startswith("Next: Raise")
    assert lines[3] == f"[AWS console (for an hour)]({ALERT.url})"
    assert not any("\n" in line for line in lines)


def test_the_link_is_not_cut_from_a_long_card() -> None:
    alert = evolve(ALERT, message=ALERT.message.replace("\nNext", f"\n{'word ' * 400}\nNext"))
    assert f"]({ALERT.url})" in in_teams(alert)


@each("call", ["[pay](https://evil.example)", "<at>all</at>", "@everyone"])
def test_foreign_text_in_a_card_calls_nobody_and_hides_no_address(call: str) -> None:
    alert = evolve(ALERT, message=call, links={call: "https://x.example/(a)"})
    text = in_teams(alert)
    assert call not in text
    assert "(https://x.example/%28a%29)" in text


def test_levels_differ_in_colour(service: KeepingServer) -> None:
    colours = []
    for level in ("error", "warning", "info"):
        AppriseNotifier(SLACK).notify(evolve(ALERT, level=level), timeout=5)
        colours.append(sent(service)["attachments"][0]["color"])
    assert len(set(colours)) == 3


@pytest.mark.parametrize(
    ("level", "severity"),
    [("fatal", "critical"), ("error", "error"), ("warning", "warning"), ("info", "info")],
)
def test_pagerduty_gets_the_severity_of_the_level(
    service: KeepingServer, level: Any, severity: str
) -> None:
    AppriseNotifier(PAGERDUTY).notify(evolve(ALERT, level=level), timeout=5)
    assert sent(service)["payload"]["severity"] == severity


def test_pagerduty_gets_a_short_summary_and_the_rest_as_fields(service: KeepingServer) -> None:
    AppriseNotifier(PAGERDUTY).notify(ALERT, timeout=5)
    event = sent(service)
    assert event["dedup_key"] == thread_id(ALERT)
    assert event["links"] == [{"href": ALERT.url}]
    payload = event["payload"]
    assert payload["summary"] == f"{ALERT.title} (jobs) - {ALERT.message.splitlines()[0]}"
    assert (payload["source"], payload["component"]) == ("jobs", ALERT.workload.name)
    assert (payload["class"], payload["group"]) == ("out_of_memory", ALERT.workload.type)
    details = payload["custom_details"]
    assert details["next"].startswith("Raise the task's memory")
    assert details.items() >= dict(ALERT.tags).items()


@pytest.mark.parametrize("url", [PAGERDUTY, "opsgenie://apikey", "jira://apikey"])
@pytest.mark.parametrize(
    "call", ["<b>pay</b>", "<a href=x>", "@here", "[pay](https://evil.example)"]
)
def test_foreign_text_is_no_markup_in_what_a_pager_shows_or_hands_on(
    service: KeepingServer, url: str, call: str
) -> None:
    """Opsgenie takes HTML for what it is, and PagerDuty writes to chats."""
    service.script[0] = answered(202, b'{"requestId": "1"}')
    alert = evolve(ALERT, title=call, message=f"{call}\nNext: {call}", tags={"aws.tag.a": call})
    AppriseNotifier(url).notify(alert, timeout=5)
    assert call not in json.dumps(sent(service), ensure_ascii=False)


def test_what_the_url_says_to_pagerduty_stays(service: KeepingServer) -> None:
    url = "pagerduty://key@api/host/db?severity=critical&dedup=mine&group=g&class=c&click=https://x"
    AppriseNotifier(url).notify(ALERT, timeout=5)
    event = sent(service)
    assert (event["dedup_key"], event["links"]) == ("mine", [{"href": "https://x"}])
    del event["payload"]["summary"], event["payload"]["custom_details"]
    assert event["payload"] == {
        "severity": "critical",
        "source": "host",
        "component": "db",
        "group": "g",
        "class": "c",
    }


def test_a_notice_without_an_address_or_cluster_keeps_pagerdutys_defaults(
    service: KeepingServer,
) -> None:
    alert = evolve(ALERT, url=None, tags={}, message="")
    AppriseNotifier(PAGERDUTY).notify(alert, timeout=5)
    event = sent(service)
    assert "links" not in event
    assert (event["payload"]["source"], event["payload"]["summary"]) == ("Apprise", ALERT.title)


@pytest.mark.parametrize(
    ("level", "priority"), [("fatal", "P1"), ("error", "P2"), ("warning", "P3"), ("info", "P5")]
)
@pytest.mark.parametrize("url", ["opsgenie://apikey", "jira://apikey"])
def test_opsgenie_and_jira_get_a_new_alert_whatever_the_level(
    service: KeepingServer, url: str, level: Any, priority: str
) -> None:
    """Apprise would drop one of the level info, and call it sent."""
    service.script[0] = answered(202, b'{"requestId": "1"}')
    AppriseNotifier(url).notify(evolve(ALERT, level=level), timeout=5)
    event = sent(service)
    assert (event["priority"], event["alias"]) == (priority, thread_id(ALERT))
    assert (event["message"], event["source"]) == (ALERT.title, "ecs-failure-alerts")
    assert event["details"].items() >= dict(ALERT.tags).items()


def test_the_last_log_lines_come_last(service: KeepingServer) -> None:
    """So they are what is cut where a service takes short texts only."""
    log = tuple(LogLine(NOW, f"line {number}", "etl") for number in range(30))
    AppriseNotifier(address(service)).notify(evolve(ALERT, log=log), timeout=5)
    message = sent(service)["message"].splitlines()
    assert message[-11:] == ["Last log lines:", *(f"etl: line {n}" for n in range(20, 30))]


@pytest.mark.parametrize("url", [PAGERDUTY, SLACK, "json"])
def test_a_long_text_is_cut_and_is_still_one_message(service: KeepingServer, url: str) -> None:
    alert = evolve(ALERT, message="word " * 20_000)
    AppriseNotifier(address(service) if url == "json" else url).notify(alert, timeout=5)
    assert len(service.requests) == 1
    assert len(service.requests[0]) < 40_000


@pytest.mark.parametrize(
    ("status", "retryable", "maybe_delivered", "said"),
    [
        (302, True, False, "answered 302: it redirects, which is not followed"),
        (400, False, False, "JSON answered 400: the alert was not taken"),
        (401, False, False, "answered 401: it knows no such sender or address: check the URL"),
        (404, False, False, "answered 404: it knows no such sender or address: check the URL"),
        (429, True, False, "answered 429: it asks to wait"),
        (500, True, True, "JSON answered 500: it did not confirm the alert"),
        (503, True, True, "JSON answered 503: it did not confirm the alert"),
    ],
)
def test_a_refusal_says_whether_to_try_again(
    status: int, retryable: bool, maybe_delivered: bool, said: str
) -> None:
    with keeping_server(answered(status)) as server:
        error = refusal(address(server))
    assert said in str(error)
    assert (error.status, error.retryable, error.maybe_delivered) == (
        status,
        retryable,
        maybe_delivered,
    )
    assert error.asks_to_wait is (status == 429)


def test_a_redirect_is_not_followed() -> None:
    """A request that becomes a GET loses the alert, and looks like a success."""
    moved = b"HTTP/1.1 302 X\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n"
    with keeping_server(moved) as server:
        assert refusal(address(server)).status == 302
        assert len(server.requests) == 1


def test_slack_has_to_say_ok(service: KeepingServer) -> None:
    """Apprise knows what each service's yes looks like."""
    service.script[0] = answered(200, b"<html>")
    error = refusal(SLACK)
    assert "Slack answered 200: the answer does not confirm the alert" in str(error)
    assert (error.retryable, error.maybe_delivered) == (True, True)
    AppriseNotifier(SLACK).notify(ALERT, timeout=5)


@pytest.mark.parametrize("fault", ["reset", "close"])
def test_a_connection_that_breaks_may_have_delivered(fault: Any) -> None:
    with keeping_server(fault, fault) as server:
        error = refusal(address(server))
    assert (error.status, error.retryable, error.maybe_delivered) == (None, True, True)
    assert str(error) == ("apprise: JSON broke the connection off before it confirmed the alert")


@pytest.mark.parametrize("url", ["json", SLACK, PAGERDUTY])
def test_a_service_that_hangs_is_given_up_in_the_time_left(
    service: KeepingServer, url: str
) -> None:
    service.script[:] = ["never"] * 3
    begin = time.monotonic()
    error = refusal(address(service) if url == "json" else url, timeout=0.08)
    assert time.monotonic() - begin < 1.5
    assert (error.retryable, error.maybe_delivered) == (True, True)


def test_without_a_listener_a_retry_may_help() -> None:
    with reserved_port() as port:
        error = refusal(f"json://{LOCALHOST}:{port}/{SECRET}")
    assert error.retryable
    assert str(error) == "apprise: JSON refused the connection"


def test_a_name_that_cannot_be_looked_up_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong token and a missing way to the internet would look the same."""

    def fail(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    error = refusal(f"json://name.example/{SECRET}")
    assert str(error) == "apprise: JSON cannot be reached: its name could not be looked up"


def test_a_reason_is_told_whatever_the_host_has_disabled() -> None:
    logging.disable(logging.CRITICAL)
    try:
        with keeping_server(answered(404)) as server:
            assert refusal(address(server)).status == 404
    finally:
        logging.disable(logging.NOTSET)


@each(
    ("broken", "said"),
    [
        ("X(Caused by ProxyError('Unable to connect to proxy'))", "through the proxy"),
        ("X(Caused by SSLError(1, 'certificate verify failed'))", "certificate is not accepted"),
        ("X(Caused by SSLError(1, '[SSL: WRONG_VERSION_NUMBER]'))", "TLS failed"),
        ("X(Caused by ConnectTimeoutError(1, 'timed out'))", "did not accept a connection in time"),
        ("X(Caused by NewConnectionError('No route to host'))", "there is no way to it"),
        ("Read timed out. (read timeout=4)", "did not answer in time"),
        ("(535, b'5.7.8 Not accepted')", "refused the user or the password"),
        ("url: /refused/timed out/ (Caused by Strange())", "Slack did not confirm the alert"),
        ("", "Slack did not confirm the alert"),
    ],
)
def test_what_broke_the_connection_is_told_without_the_url(broken: str, said: str) -> None:
    error = failure_of("Slack", [], broken)
    assert said in str(error)
    assert (error.retryable, error.maybe_delivered) == (True, True)


def test_a_text_of_the_alert_is_no_reason(
    service: KeepingServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Apprise logs what it sends, too."""
    service.script[0] = answered(500)
    said = "error=404 Socket Exception: Connection refused"
    caplog.set_level(logging.DEBUG)
    with pytest.raises(DeliveryError) as caught:
        AppriseNotifier(address(service)).notify(evolve(ALERT, title=said, message=said), timeout=5)
    assert caught.value.status == 500


def test_without_time_left_nothing_is_sent(service: KeepingServer) -> None:
    error = refusal(address(service), timeout=0)
    assert (error.retryable, error.maybe_delivered) == (True, False)
    assert service.requests == []


def test_what_a_plugin_raises_is_told_by_its_type(
    service: KeepingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NotifySlack, "url_identifier", property(lambda self: 1 / 0))
    monkeypatch.setattr(NotifySlack, "send", lambda self, **_: 1 / 0)
    error = refusal(SLACK)
    assert str(error) == "apprise: Slack was not reached: Apprise raised ZeroDivisionError"
    assert (error.retryable, error.maybe_delivered) == (True, True)


def test_alerts_sent_at_once_do_not_wait_for_each_other(service: KeepingServer) -> None:
    """Apprise itself would pause between two messages of one plugin."""
    report = FailureAlerter(AppriseNotifier(SLACK)).process(
        [task_state_change(taskArn=f"arn:aws:ecs:x:1:task/jobs/{n}") for n in range(10)], timeout=8
    )
    assert [outcome.status for outcome in report.outcomes] == ["delivered"] * 10


@pytest.mark.parametrize(
    "url",
    [
        *("", SECRET, f"nonsense://{SECRET}", f"slack://{SECRET}", "slack://", "pagerduty://x"),
        *(f"{SLACK} {SLACK}", f"json://localhost:{SECRET}/", "https://h/", None, 5),
        f"json://h/\x00{SECRET}",
    ],
)
def test_what_is_no_url_of_apprise_is_refused_and_not_echoed(
    url: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    with pytest.raises(ValueError, match="expected the URL of one service of Apprise") as caught:
        AppriseNotifier(url)
    assert SECRET not in str(caught.value)
    assert caplog.records == []


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("json://hooks.example.com/s3cr3t", "hooks.example.com unencrypted: use jsons"),
        ("mmost://chat.example.com/s3cr3t", "chat.example.com unencrypted: use mmosts"),
        ("xbmc://tv.example.com", "tv.example.com unencrypted: use kodis"),
        ("jsons://hooks.example.com/s3cr3t", None),
        ("json://hooks.internal/s3cr3t", None),
        ("ntfy://ntfy.example.com/s3cr3t?mode=cloud", None),
        ("mailto://user:s3cr3t@gmail.com", None),
        (SLACK, None),
    ],
)
def test_a_service_that_is_reached_unencrypted_is_warned_of(
    url: str, advice: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    """Only where it may lie in the internet, and where Apprise has a scheme that encrypts."""
    AppriseNotifier(url)
    said = [f"alerts go to {advice}"] if advice else []
    assert [record.getMessage() for record in caplog.records] == said


@each("name", ["protocol", "secure_protocol"])
def test_a_plugin_that_keeps_something_else_there_is_taken_without_a_warning(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """No warning is worth a process that does not start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(NotifyJSON, name, 9777)
        notifier = AppriseNotifier("json://hooks.example.com/s3cr3t")
    assert notifier.service == "JSON"
    assert caplog.records == []


def test_a_url_on_which_apprise_stumbles_is_refused_like_any_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What it raises may hold the URL."""
    monkeypatch.setattr(NotifySlack, "parse_url", staticmethod(lambda *_, **__: 1 / 0))
    with pytest.raises(ValueError, match="expected the URL of one service of Apprise"):
        AppriseNotifier(SLACK)


@given(st.text(CHARACTERS, max_size=40) | st.sampled_from([*["json://", "slack://", "mailto://"]]))
def test_any_text_is_a_url_or_is_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert AppriseNotifier(text).service


@pytest.mark.parametrize("answer", [answered(200), answered(403), "reset", "never"])
def test_no_log_line_at_any_level_holds_the_url(
    service: KeepingServer, caplog: pytest.LogCaptureFixture, answer: Any
) -> None:
    """Apprise, requests and urllib3 log it at the level DEBUG."""
    caplog.set_level(1)
    before = {name: list(logging.getLogger(name).filters) for name in ("apprise", "urllib3")}
    service.script[:] = [answer] * 3
    with contextlib.suppress(DeliveryError):
        AppriseNotifier(SLACK).notify(ALERT, timeout=0.1)
    assert SECRET not in caplog.text
    assert before == {name: logging.getLogger(name).filters for name in before}


def test_what_others_log_by_apprise_stays(
    service: KeepingServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    service.script[:] = ["never"]

    def send() -> None:
        with pytest.raises(DeliveryError):
            AppriseNotifier(SLACK).notify(ALERT, timeout=0.1)

    thread = threading.Thread(target=send)
    thread.start()
    deadline = time.monotonic() + 5
    while not service.requests and time.monotonic() < deadline:
        time.sleep(0.005)
    logging.getLogger("apprise").warning("of the host")
    thread.join(10)
    assert caplog.messages == ["of the host"]


def test_the_repr_shows_the_service_alone() -> None:
    assert repr(AppriseNotifier(SLACK)) == "AppriseNotifier(service='Slack')"
    assert repr(AppriseNotifier.__new__(AppriseNotifier)) == "AppriseNotifier(service=None)"


def test_a_url_that_changed_is_read_again_after_a_failure(service: KeepingServer) -> None:
    """The alert goes out by the new one, in the same call."""
    with reserved_port() as port:
        urls = [f"json://{LOCALHOST}:{port}/", address(service)]
        notifier = AppriseNotifier(lambda: urls.pop(0) if len(urls) > 1 else urls[0])
        services = [notifier.service]
        notifier.notify(ALERT, timeout=5)
    assert [*services, notifier.service] == [None, "JSON"]
    assert len(service.requests) == 1


def test_a_url_that_is_read_and_is_none_is_not_echoed() -> None:
    error = refusal(lambda: SECRET)
    assert "the URL that was read cannot be used: expected the URL of one service" in str(error)
    assert SECRET not in str(error)


def test_no_thread_is_left(service: KeepingServer) -> None:
    before = threading.active_count()
    AppriseNotifier(address(service)).notify(ALERT, timeout=5)
    assert threading.active_count() <= before + 1  # the server's own for the connection


def test_a_missing_apprise_is_named_with_the_extra_that_brings_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(ModuleNotFoundError, match=r"AppriseNotifier needs apprise: pip install '"):
        AppriseNotifier("json://h/")
