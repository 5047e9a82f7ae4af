"""Sentry against a server on loopback: confirmed, or an error."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import threading
import time
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import sentry_sdk
from attrs import evolve
from hypothesis import given

import strategies
from answering_server import answer, server
from ecs_failure_alerts import (
    Alert,
    DeliveryError,
    FailurePolicy,
    Receipt,
    build_alert,
    diagnose,
    parse_event,
)
from ecs_failure_alerts._version import __version__
from ecs_failure_alerts.notifiers.sentry import SentryNotifier, sentry_event
from ecs_failure_alerts.testing import SentryInbox, task_state_change
from ports import reserved_port
from rows import each

OOM = "OutOfMemoryError: Container killed due to memory usage"
KEY = "c0ffee00c0ffee00c0ffee00c0ffee00"


def alert(**changes: Any) -> Alert:
    """Return the alert for the standard event with these changes."""
    task = parse_event(task_state_change(**changes))
    return build_alert(task, diagnose(task))


EVENT_ID = alert().event_id


@pytest.fixture
def notifier(inbox: SentryInbox) -> SentryNotifier:
    """Return a notifier for the inbox."""
    return SentryNotifier(inbox.dsn)


def refusal(notifier: SentryNotifier, timeout: float | None = 5.0) -> DeliveryError:
    """Return the error of an alert that is not confirmed."""
    with pytest.raises(DeliveryError) as caught:
        notifier.notify(alert(), timeout=timeout)
    return caught.value


def test_a_confirmed_alert_gives_a_receipt_after_one_request(
    inbox: SentryInbox, notifier: SentryNotifier
) -> None:
    built = alert()
    assert notifier.notify(built, timeout=5) == Receipt("sentry", built.event_id)
    assert inbox.event_ids == (built.event_id,)
    assert len(inbox.requests) == 1


def test_the_event_arrives_with_nothing_of_the_process(
    inbox: SentryInbox, notifier: SentryNotifier
) -> None:
    built = alert(containers=[{"exitCode": 137, "reason": OOM}])
    notifier.notify(built, timeout=5)
    (event,) = inbox.events
    assert event["event_id"] == built.event_id
    assert (event["level"], event["platform"]) == ("error", "other")
    assert event["sdk"] == {"name": "ecs-failure-alerts", "version": __version__}
    (error,) = event["exception"]["values"]
    assert error["type"] == "OutOfMemory: nightly-report"
    assert error["value"] == f"{built.message}\nAWS console (for an hour): {built.url}"
    assert error["mechanism"] == {"type": "ecs", "handled": False}
    assert event["fingerprint"] == list(built.fingerprint)
    assert event["tags"].items() >= dict(built.tags).items()
    contexts = json.loads(json.dumps(built.to_dict()["contexts"]))
    assert event["contexts"].items() >= contexts.items()
    assert event["contexts"].keys() - contexts.keys() == {"cloud_resource"}
    assert event["modules"].keys() == {"app"}
    crumbs = event["breadcrumbs"]["values"]
    assert [crumb["message"] for crumb in crumbs] == [point.name for point in built.timeline]
    foreign = {"release", "environment", "server_name", "user", "request", "extra"}
    assert not foreign & event.keys()


def test_what_the_environment_says_to_sentry_sdk_does_not_leak(
    inbox: SentryInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("RELEASE", "ENVIRONMENT", "DEBUG", "SPOTLIGHT", "DSN", "TRACES_SAMPLE_RATE"):
        monkeypatch.setenv(f"SENTRY_{name}", "1")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "leak")
    SentryNotifier(inbox.dsn).notify(alert(), timeout=5)
    (event,) = inbox.events
    assert not {"release", "environment", "server_name"} & event.keys()
    assert "leak" not in json.dumps(event)
    assert len(inbox.requests) == 1


@pytest.mark.parametrize(
    ("status", "retryable", "maybe_delivered", "requests"),
    [
        pytest.param(302, True, False, 1, id="302"),
        pytest.param(400, False, False, 1, id="400"),
        pytest.param(401, False, False, 1, id="401"),
        pytest.param(403, False, False, 1, id="403"),
        pytest.param(404, False, False, 1, id="404"),
        pytest.param(408, True, False, 2, id="408"),
        pytest.param(413, False, False, 2, id="413"),
        pytest.param(429, True, False, 1, id="429"),
        pytest.param(500, True, True, 2, id="500"),
        pytest.param(502, True, True, 2, id="502"),
        pytest.param(503, True, True, 2, id="503"),
    ],
)
def test_a_refusal_is_an_error_that_says_whether_to_try_again(
    inbox: SentryInbox, status: int, retryable: bool, maybe_delivered: bool, requests: int
) -> None:
    inbox.answer(status)
    error = refusal(SentryNotifier(inbox.dsn, attempts=2))
    assert error.status == status
    assert (error.retryable, error.maybe_delivered) == (retryable, maybe_delivered)
    assert f"127.0.0.1 answered {status}" in str(error)
    assert len(inbox.requests) == requests
    assert len({request.event_id for request in inbox.requests}) == 1
    assert inbox.events == ()


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param("html", id="html"),
        pytest.param("wrong_id", id="wrong-id"),
        pytest.param(204, id="no-body"),
    ],
)
def test_a_2xx_without_the_events_id_confirms_nothing(
    inbox: SentryInbox, notifier: SentryNotifier, fault: Any
) -> None:
    inbox.answer(fault)
    error = refusal(notifier)
    assert error.status in {200, 204}
    assert (error.retryable, error.maybe_delivered) == (True, True)
    assert "does not confirm the event" in str(error)


@each(
    "found",
    [
        {"id": ""},
        {"id": EVENT_ID[:16]},
        {"id": EVENT_ID[16:]},
        {"id": f"{EVENT_ID}0"},
        {"id": [EVENT_ID]},
        {"id": None},
        {"event_id": EVENT_ID},
        [EVENT_ID],
        EVENT_ID,
    ],
)
def test_only_the_whole_id_in_its_place_confirms(found: Any) -> None:
    with server(answer("200 OK", json.dumps(found).encode())) as (url, _):
        dsn = f"{url.removesuffix('/hook').replace('//', f'//{KEY}@')}/1"
        error = refusal(SentryNotifier(dsn, attempts=1))
    assert (error.status, error.maybe_delivered) == (200, True)


@pytest.mark.parametrize("fault", ["reset", "close", "half", "hang"])
def test_a_connection_that_breaks_is_tried_again_and_may_have_delivered(
    inbox: SentryInbox, fault: Any
) -> None:
    inbox.answer(fault)
    limit = 0.3 if fault == "hang" else 5
    error = refusal(SentryNotifier(inbox.dsn, attempts=2, attempt_timeout=limit))
    assert (error.status, error.retryable, error.maybe_delivered) == (None, True, True)
    said = "did not answer within 0.3 s" if fault == "hang" else "broke the connection off"
    assert f"127.0.0.1 {said}" in str(error)
    assert len(inbox.requests) == 2


def test_without_a_listener_the_alert_was_certainly_not_delivered() -> None:
    with reserved_port() as port:
        error = refusal(SentryNotifier(f"http://{KEY}@127.0.0.1:{port}/1", attempts=1))
    assert (error.status, error.retryable, error.maybe_delivered) == (None, True, False)


@pytest.mark.parametrize("fault", [500, 503, 408, "reset", "close", "half"])
def test_a_fault_that_passes_costs_one_more_request_under_the_same_id(
    inbox: SentryInbox, notifier: SentryNotifier, fault: Any
) -> None:
    inbox.answer(fault, times=1)
    built = alert()
    assert notifier.notify(built, timeout=5).id == built.event_id
    assert [request.event_id for request in inbox.requests] == [built.event_id] * 2
    assert len(inbox.events) == 1


@pytest.mark.parametrize("fault", [401, 429, 500, "rate_limited_ok", "reset", "hang"])
def test_after_any_fault_the_notifier_delivers_the_next_alert(
    inbox: SentryInbox, fault: Any
) -> None:
    notifier = SentryNotifier(inbox.dsn, attempts=1)
    inbox.answer(fault, times=1)
    taken: AbstractContextManager[object] = pytest.raises(DeliveryError)
    if fault == "rate_limited_ok":
        taken = nullcontext()
    with taken:
        notifier.notify(alert(), timeout=0.3 if fault == "hang" else 5)
    later = alert(taskArn="arn:aws:ecs:eu-central-1:123456789012:task/jobs/later")
    assert notifier.notify(later, timeout=5).id == later.event_id
    assert inbox.accepted(later.event_id)


@pytest.mark.parametrize(
    ("options", "seconds"),
    [
        pytest.param({"retry_after": 17}, 17.0, id="retry-after"),
        pytest.param({"retry_after": "1.5"}, 1.5, id="fraction"),
        pytest.param({"retry_after": "-3"}, 0.0, id="negative"),
        pytest.param({"rate_limits": "60:error:organization"}, 60.0, id="rate-limits"),
        pytest.param({"rate_limits": "60:error;default:key, 2700:session"}, 60.0, id="several"),
        pytest.param({"rate_limits": "60"}, 60.0, id="seconds-only"),
        pytest.param({"rate_limits": "soon", "retry_after": "later"}, None, id="nonsense"),
        pytest.param({}, None, id="none"),
    ],
)
def test_the_time_that_sentry_asks_to_wait_is_told(
    inbox: SentryInbox,
    notifier: SentryNotifier,
    options: dict[str, Any],
    seconds: float | None,
) -> None:
    """By whichever header."""
    inbox.answer(429, **options)
    assert refusal(notifier).retry_after == seconds


@pytest.mark.parametrize(("ahead", "least", "most"), [(90, 80, 91), (-90, 0, 0)])
def test_a_gateway_may_say_until_when_to_wait(
    inbox: SentryInbox, notifier: SentryNotifier, ahead: int, least: float, most: float
) -> None:
    inbox.answer(429, retry_after=formatdate(time.time() + ahead, usegmt=True))
    seconds = refusal(notifier).retry_after
    assert seconds is not None
    assert least <= seconds <= most


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_is_down_may_say_how_long_to_wait(inbox: SentryInbox, status: int) -> None:
    inbox.answer(status, retry_after=7)
    assert refusal(SentryNotifier(inbox.dsn, attempts=1)).retry_after == 7


def test_what_an_earlier_attempt_may_have_delivered_stays_so(inbox: SentryInbox) -> None:
    """Whatever the last one says."""
    inbox.answer("close", times=1, after_accept=True)
    inbox.answer(429, times=1)
    error = refusal(SentryNotifier(inbox.dsn))
    assert (error.status, error.maybe_delivered) == (429, True)
    assert len(inbox.events) == 1


@pytest.mark.parametrize("last", [413, 401])
def test_an_attempt_that_was_too_large_may_have_delivered(inbox: SentryInbox, last: int) -> None:
    inbox.answer("close", times=1, after_accept=True)
    inbox.answer(413, times=1)
    inbox.answer(last, times=1)
    error = refusal(SentryNotifier(inbox.dsn))
    assert (error.status, error.maybe_delivered) == (last, True)


@pytest.mark.parametrize("again", ["same", "other", "none"])
def test_an_attempt_under_an_old_dsn_may_have_delivered(inbox: SentryInbox, again: str) -> None:
    with SentryInbox() as other:
        other.answer(401)
        dsns = [inbox.dsn, {"same": inbox.dsn, "other": other.dsn, "none": ""}[again]]
        notifier = SentryNotifier(lambda: dsns.pop(0))
        inbox.answer("close", times=1, after_accept=True)
        inbox.answer(401, times=1)
        error = refusal(notifier)
    assert (error.status, error.maybe_delivered) == (401, True)


def test_a_dsn_may_name_its_host_by_an_ipv6_address() -> None:
    answer = {"id": alert().event_id}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(HTTPServer):
        address_family = socket.AF_INET6

    try:
        server = Server(("::1", 0), Handler)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        notifier = SentryNotifier(f"http://{KEY}@[::1]:{server.server_port}/1", attempts=1)
        assert notifier.notify(alert(), timeout=5).id == answer["id"]
    assert notifier.host == "[::1]"


def test_no_more_of_an_answer_is_read_than_a_confirmation_needs() -> None:
    written: list[int] = []

    def answer(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
            with contextlib.suppress(OSError):
                while True:
                    written.append(connection.send(b" " * 65_536))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer, args=(listener,), daemon=True)
        thread.start()
        dsn = f"http://{KEY}@127.0.0.1:{listener.getsockname()[1]}/1"
        error = refusal(SentryNotifier(dsn, attempts=1, attempt_timeout=30))
        thread.join(10)
    assert "does not confirm" in str(error)
    assert sum(written) < 50_000_000


def test_an_event_that_is_too_large_goes_again_slimmed_under_its_id(
    notifier: SentryNotifier, inbox: SentryInbox
) -> None:
    """It still says why the task stopped."""
    inbox.answer(413, times=1)
    built = alert(containers=[{"exitCode": 2, "reason": "x" * 900}] * 5)
    assert notifier.notify(built, timeout=5).id == built.event_id
    (event,) = inbox.events
    (error,) = event["exception"]["values"]
    assert error["type"] == built.title
    assert len(error["value"]) <= 500
    assert set(event["contexts"]) == {"ecs_diagnosis"}
    assert event["fingerprint"] == list(built.fingerprint)
    assert [request.event_id for request in inbox.requests] == [built.event_id] * 2


@pytest.mark.parametrize("timeout", [0.0, -1.0, 0.01])
def test_without_time_left_nothing_is_sent(
    inbox: SentryInbox, notifier: SentryNotifier, timeout: float
) -> None:
    error = refusal(notifier, timeout)
    assert "seconds or more to send the alert, got 0.0" in str(error)
    assert (error.retryable, error.maybe_delivered) == (True, False)
    assert inbox.requests == ()


@pytest.mark.parametrize("fault", ["hang", 503])
def test_all_attempts_end_within_the_time_given(inbox: SentryInbox, fault: Any) -> None:
    inbox.answer(fault)
    notifier = SentryNotifier(inbox.dsn, attempts=50, attempt_timeout=30)
    start = time.monotonic()
    refusal(notifier, timeout=0.12)
    assert time.monotonic() - start < 10


def test_without_a_limit_the_attempts_bound_the_call(inbox: SentryInbox) -> None:
    inbox.answer(503)
    notifier = SentryNotifier(inbox.dsn, attempts=1)
    assert refusal(notifier, timeout=None).status == 503
    assert len(inbox.requests) == 1


@each(
    "dsn",
    [
        pytest.param("", id="empty"),
        pytest.param("   ", id="blank"),
        pytest.param("s3cr3t", id="word"),
        pytest.param("https://s3cr3t.example/1", id="no-key"),
        pytest.param("https://s3cr3t@/1", id="no-host"),
        pytest.param("https://s3cr3t@host.example", id="no-project"),
        pytest.param("https://s3cr3t@host.example/", id="empty-project"),
        pytest.param("https://s3cr3t@host.example/project", id="project-name"),
        pytest.param("ftp://s3cr3t@host.example/1", id="scheme"),
        pytest.param("https://s3cr3t@host.example:port/1", id="port"),
        pytest.param("https://s3cr3t@host.example:99999/1", id="large-port"),
        pytest.param("https://s3cr3t@ho st.example/1", id="space"),
        pytest.param("https://s3cr3t@host.example/1 2", id="space-at-end"),
        pytest.param("https://s3c r3t@host.example/1", id="space-in-key"),
        pytest.param("https://s3cr3t@[::1/1", id="bracket"),
        pytest.param("'https://s3cr3t@host.example/1'", id="quotes"),
        pytest.param("https://s3cr3t\x00@host.example/1", id="nul"),
        pytest.param("https://s3cr3t@hö\ud800st.example/1", id="half-surrogate"),
        pytest.param(None, id="none"),
        pytest.param(5, id="number"),
    ],
)
def test_a_wrong_dsn_is_refused_at_once_and_not_echoed(dsn: Any) -> None:
    with pytest.raises(ValueError, match="expected a Sentry DSN of the form") as caught:
        SentryNotifier(dsn)
    assert "s3cr3t" not in str(caught.value)


def test_blanks_around_the_dsn_do_not_matter(inbox: SentryInbox) -> None:
    assert SentryNotifier(f" {inbox.dsn}\n").notify(alert(), timeout=5).notifier == "sentry"


def test_the_repr_hides_the_key(notifier: SentryNotifier) -> None:
    assert repr(notifier) == "SentryNotifier(host='127.0.0.1')"
    assert notifier.host == "127.0.0.1"


@pytest.mark.parametrize("fault", [401, 500, "reset", "html"])
def test_no_error_nor_its_causes_show_the_key(inbox: SentryInbox, fault: Any) -> None:
    inbox.answer(fault)
    error: BaseException | None = refusal(SentryNotifier(inbox.dsn, attempts=1))
    while error is not None:
        assert KEY not in str(error) + repr(error)
        error = error.__cause__ or error.__context__


def test_an_unknown_key_is_an_error_that_says_to_check_the_dsn(inbox: SentryInbox) -> None:
    error = refusal(SentryNotifier(inbox.dsn.replace(KEY, "0" * 32)))
    assert (error.status, error.retryable) == (403, False)
    assert "check the DSN" in str(error)


def test_delivering_and_failing_write_no_log_line(
    inbox: SentryInbox, caplog: pytest.LogCaptureFixture
) -> None:
    """They are the alerter's to write."""
    caplog.set_level(logging.INFO)
    notifier = SentryNotifier(inbox.dsn, attempts=1)
    notifier.notify(alert(), timeout=5)
    inbox.answer(500)
    refusal(notifier)
    assert caplog.records == []


def state(scope: sentry_sdk.Scope) -> dict[str, str]:
    """Show everything that a scope of the process holds."""
    return {name: repr(getattr(scope, name, None)) for name in type(scope).__slots__}


def test_values_that_json_has_not_are_sent_as_text(
    inbox: SentryInbox, notifier: SentryNotifier
) -> None:
    """An alert of somebody's own making may hold any."""
    at = datetime(2026, 3, 2, tzinfo=UTC)
    context = {"at": at, "nan": float("nan"), "names": {"x"}, "count": 3}
    notifier.notify(evolve(alert(), contexts={"own": context}), timeout=5)
    (event,) = inbox.events
    assert event["contexts"]["own"] == {"at": str(at), "nan": "NaN", "names": "{'x'}", "count": 3}


def test_the_hosts_own_sentry_and_ours_do_not_meet(
    inbox: SentryInbox, notifier: SentryNotifier
) -> None:
    processed: list[str] = []

    def process(event: Any, hint: Any) -> None:
        processed.append("host")

    with SentryInbox(key="a" * 32) as host:
        client = sentry_sdk.Client(
            host.dsn,
            release="host",
            environment="host",
            server_name="host",
            default_integrations=False,
            auto_enabling_integrations=False,
            before_send=process,
        )
        scope = sentry_sdk.Scope.get_global_scope()
        previous = scope.client
        with sentry_sdk.isolation_scope() as isolation:
            scope.set_client(client)
            scope.set_tag("host", "host")
            isolation.add_event_processor(process)
            isolation.set_user({"id": "host"})
            isolation.add_breadcrumb(message="host")
            before = state(scope), state(isolation), state(sentry_sdk.get_current_scope())
            try:
                notifier.notify(alert(), timeout=5)
                assert sentry_sdk.get_client() is client
                after = state(scope), state(isolation), state(sentry_sdk.get_current_scope())
                assert after == before
            finally:
                scope.set_client(previous)
                scope.remove_tag("host")
                client.close(timeout=0.1)
        assert host.requests == ()
    (event,) = inbox.events
    assert "host" not in json.dumps(event)
    assert processed == []


def test_a_proxy_is_used_where_one_is_given(inbox: SentryInbox) -> None:
    with reserved_port() as port:
        notifier = SentryNotifier(inbox.dsn, proxy=f"http://127.0.0.1:{port}", attempts=1)
        error = refusal(notifier)
    assert error.status is None
    assert not error.maybe_delivered
    assert inbox.requests == ()


def test_a_proxy_of_the_environment_is_used_unless_told_otherwise(
    inbox: SentryInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reserved_port() as port:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
        refusal(SentryNotifier(inbox.dsn, attempts=1))
        assert inbox.requests == ()
        assert SentryNotifier(inbox.dsn, proxy="").notify(alert(), timeout=5)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert SentryNotifier(inbox.dsn).notify(alert(), timeout=5)


def test_the_same_alert_again_is_the_same_event(
    inbox: SentryInbox, notifier: SentryNotifier
) -> None:
    now = datetime.now(UTC).isoformat()
    for _ in range(2):
        notifier.notify(alert(stoppedAt=now), timeout=5)
    first, second = inbox.deliveries
    assert first == second
    assert len(inbox.events) == 1


@given(strategies.task_events(secrets=strategies.secret_texts()), strategies.policies())
def test_nothing_of_the_overrides_is_in_a_sentry_event(
    event: dict[str, Any], policy: FailurePolicy
) -> None:
    """It is plain JSON."""
    task = parse_event(event)
    built = build_alert(task, diagnose(task, policy))
    text = json.dumps(sentry_event(built, environment="prod"), ensure_ascii=False, allow_nan=False)
    assert text.encode()
    assert "s3cr3t" not in text


@pytest.mark.parametrize("odd", ["\ud800", "\0", "é✓", "\u2028", "x" * 5000, "{}", "%s"], ids=ascii)
def test_an_alert_with_any_text_arrives(
    inbox: SentryInbox, notifier: SentryNotifier, odd: str
) -> None:
    built = alert(
        group=f"service:{odd}",
        stoppedReason=odd,
        startedBy=odd,
        containers=[{"name": f"c{odd}", "reason": odd, "image": odd}],
    )
    assert notifier.notify(built, timeout=5).id == built.event_id
    (event,) = inbox.events
    assert event["fingerprint"] == list(built.fingerprint)
