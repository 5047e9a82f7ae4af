"""What docs/delivery.md tells of statuses and faults is what happens, over real servers."""

from __future__ import annotations

import contextlib
import re
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import urllib3.util.connection

from authority import ca_file, tls_server
from aws_stub import aws_stub
from documents import DOCS
from ecs_failure_alerts import (
    Alert,
    DeliveryError,
    Evidence,
    FailureAlerter,
    Judgement,
    Route,
    build_alert,
    diagnose,
    parse_event,
)
from ecs_failure_alerts.aws.secret_sources import SsmParameter
from ecs_failure_alerts.notifiers import _http
from ecs_failure_alerts.notifiers._apprise_failures import failure_of
from ecs_failure_alerts.notifiers.sentry import SentryNotifier
from ecs_failure_alerts.notifiers.webhook import WebhookNotifier
from ecs_failure_alerts.testing import RecordingNotifier, SentryInbox, task_state_change
from keeping_server import keeping_server
from ports import LOCALHOST, reserved_port

DELIVERY: Final = (DOCS / "delivery.md").read_text("utf-8")
KEY: Final = "c0ffee00c0ffee00c0ffee00c0ffee00"
TASK = parse_event(task_state_change())
ALERT = build_alert(TASK, diagnose(TASK))


_connect = urllib3.util.connection.create_connection


class Way:
    """The way to a Sentry of a test's own, and what may stand in it."""

    def __init__(self, inbox: SentryInbox, certificates: str, patch: pytest.MonkeyPatch) -> None:
        self.inbox = inbox
        self.certificates = certificates
        self.patch = patch
        self.caught: DeliveryError | None = None
        self.attempts = 0
        patch.setattr(urllib3.util.connection, "create_connection", self._connect)

    def _connect(self, *arguments: Any, **options: Any) -> socket.socket:
        """Connect, and count the attempt."""
        self.attempts += 1
        return _connect(*arguments, **options)

    def answered(self, fault: Any, **options: Any) -> str:
        """Return the error for an answer of Sentry."""
        self.inbox.answer(fault, **options)
        seconds = 0.06 if fault == "hang" else 5.0
        return self.error(self.inbox.dsn, attempt_timeout=seconds)

    def error(self, dsn: Any, **options: Any) -> str:
        """Return the error for a DSN."""
        with pytest.raises(DeliveryError) as caught:
            SentryNotifier(dsn, **options).notify(ALERT, timeout=10)
        self.caught = caught.value
        return str(caught.value)

    def refused(self) -> str:
        """Return the error where nobody listens."""
        with reserved_port() as port:
            return self.error(f"http://{KEY}@{LOCALHOST}:{port}/1")

    def not_accepted(self) -> str:
        """Return the error of a server that accepts no further connection."""
        with contextlib.ExitStack() as stack:
            full = stack.enter_context(socket.create_server((LOCALHOST, 0), backlog=0))
            for _ in range(3):
                waiting = stack.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(full.getsockname())
            dsn = f"http://{KEY}@{LOCALHOST}:{full.getsockname()[1]}/1"
            return self.error(dsn, attempt_timeout=0.06)

    def unknown_name(self) -> str:
        """Return the error of a host that no name server knows."""

        def look_up(*_: object, **__: object) -> None:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")

        self.patch.setattr(socket, "getaddrinfo", look_up)
        return self.error(f"http://{KEY}@sentry.invalid/1")

    def no_proxy(self) -> str:
        """Return the error where the proxy is down."""
        with reserved_port() as port:
            return self.error(self.inbox.dsn, proxy=f"http://{LOCALHOST}:{port}")

    def expired(self) -> str:
        """Return the error of a certificate that has expired."""
        with tls_server("expired", b"") as server:
            dsn = f"https://{KEY}@{LOCALHOST}:{server.port}/1"
            return self.error(dsn, ca_certs=self.certificates)

    def no_webhook(self) -> str:
        """Return the error of a webhook that leads to something that takes no such JSON."""
        answer = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
        with keeping_server(answer) as server, pytest.raises(DeliveryError) as caught:
            WebhookNotifier(f"http://{LOCALHOST}:{server.port}").notify(ALERT, timeout=10)
        return str(caught.value)

    def unread(self) -> str:
        """Return the error where AWS refuses the DSN."""
        with aws_stub(self.patch) as aws:
            aws.held = 400, {"__type": "ParameterNotFound"}
            return self.error(SsmParameter("/dsn"))


class Forgetful:
    """A notifier of one's own that returns nothing."""

    name = "own"

    def notify(self, alert: Alert, *, timeout: float | None) -> Any:
        """Return no receipt."""


@pytest.fixture
def way(inbox: SentryInbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Way:
    """Return the way to a Sentry, without pauses between attempts."""
    monkeypatch.setattr(_http, "BACKOFF_SECONDS", 0.0)
    return Way(inbox, ca_file(tmp_path), monkeypatch)


def routed(*routes: Route, enrichers: tuple[Any, ...] = ()) -> str:
    """Return the error of an alert that these routes do not take."""
    report = FailureAlerter(*routes, enrichers=enrichers).process(task_state_change())
    return str(report.outcomes[0].errors[0])


class Unanswered:
    """A look-up of tags that AWS does not answer."""

    name = "tags"

    def enrich(self, judgement: Judgement, *, timeout: float) -> Evidence:
        """Fail."""
        raise OSError


#: How each error comes about that the document quotes, and whether the alert may have arrived.
ERRORS: Final[Mapping[str, Callable[[Way], str]]] = {
    "did not answer within 4.9 s": lambda way: way.answered("hang"),
    "broke the connection off before it confirmed the alert": lambda way: way.answered("reset"),
    "answered 503: it did not confirm the alert": lambda way: way.answered(503),
    "refused the connection": Way.refused,
    "did not accept a connection within 4.9 s": Way.not_accepted,
    "cannot be reached: its name could not be looked up": Way.unknown_name,
    "cannot be reached: there is no way to it": lambda way: way.error(
        f"http://{KEY}@255.255.255.255/1"
    ),
    "cannot be reached: its name is not valid": lambda way: way.error(
        f"http://{KEY}@{'x' * 64}.example/1"
    ),
    "cannot be reached through the proxy": Way.no_proxy,
    "cannot be reached: its certificate is not accepted: …": Way.expired,
    "answered 429: …; it takes alerts again in 60 s": lambda way: way.answered(429, retry_after=60),
    "answered 302: it redirects, which is not followed: …": lambda way: way.answered(302),
    "answered 401": lambda way: way.answered(401),
    "403": lambda way: way.answered(403),
    "answered 404": lambda way: way.answered(404),
    "answered 400: Sentry found the event invalid": lambda way: way.answered(400),
    "answered 413": lambda way: way.answered(413),
    "answered 400: the alert was not taken": Way.no_webhook,
    "answered 200: the answer does not confirm the event": lambda way: way.answered("html"),
    "did not confirm the alert": lambda _: str(failure_of("Slack", (), broken="")),
    "it returned no receipt": lambda _: routed(Route(Forgetful())),
    "the DSN cannot be read: ssm:GetParameter on … failed with …": Way.unread,
    "the tags could not be looked up": lambda _: routed(
        Route(RecordingNotifier(), tag="team=data"), enrichers=(Unanswered(),)
    ),
    "no route takes it": lambda _: routed(Route(RecordingNotifier(), family="other")),
}


#: What Sentry may do, in the words of the document.
FAULTS: Final[Mapping[str, tuple[Callable[[Way], str], ...]]] = {
    "answers 200 with another id, or without one": (
        lambda way: way.answered("wrong_id"),
        lambda way: way.answered("html"),
    ),
    "answers 302": (lambda way: way.answered(302),),
    "answers 400, 401, 403 or 404": (
        lambda way: way.answered(400),
        lambda way: way.answered(401),
        lambda way: way.answered(403),
        lambda way: way.answered(404),
    ),
    "answers 408": (lambda way: way.answered(408),),
    "answers 413": (lambda way: way.answered(413),),
    "answers 429": (lambda way: way.answered(429),),
    "answers 500, 502, 503 or 504": (
        lambda way: way.answered(500),
        lambda way: way.answered(502),
        lambda way: way.answered(503),
        lambda way: way.answered(504),
    ),
    "does not answer in time, or breaks the connection off": (
        lambda way: way.answered("hang"),
        lambda way: way.answered("reset"),
        lambda way: way.answered("close"),
    ),
    "cannot be reached: no connection, name or proxy": (
        Way.refused,
        Way.not_accepted,
        Way.no_proxy,
        Way.unknown_name,
    ),
    "has a certificate that is not accepted": (Way.expired,),
}


def rows_between(begin: str, end: str) -> list[list[str]]:
    """Return the cells of the document's rows between two texts, without the head."""
    table = DELIVERY.partition(begin)[2].partition(end)[0]
    rows = [line.strip("|").split(" | ") for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def advice() -> dict[str, str]:
    """Return what the document says to do, by the words of an error."""
    rows = rows_between("## When an alert was not delivered", "\n## ")
    return {quoted: todo for cell, todo in rows for quoted in re.findall("`([^`]+)`", cell)}


def test_the_document_quotes_these_errors_and_no_others() -> None:
    assert [*advice()] == [*ERRORS]


@pytest.mark.parametrize("quoted", ERRORS)
def test_an_error_has_the_words_that_the_document_quotes(quoted: str, way: Way) -> None:
    said = ERRORS[quoted](way)
    pattern = re.escape(quoted).replace("…", ".+").replace(r"4\.9", "[0-9.]+")
    assert re.search(pattern, said), said
    if way.caught is not None:
        assert way.caught.maybe_delivered is ("may have arrived" in advice()[quoted])


@pytest.mark.parametrize("words", FAULTS)
def test_a_fault_leads_to_what_the_document_says(words: str, way: Way) -> None:
    found = set()
    for fault in FAULTS[words]:
        way.attempts = 0
        fault(way)
        assert way.caught is not None
        found.add((way.attempts, way.caught.retryable, way.caught.maybe_delivered))

    (row,) = (row for row in rows_between("<!-- statuses -->", "<!-- end") if row[0] == words)
    assert found == {(int(row[1]), row[2] == "yes", row[3] == "yes")}


def test_the_document_tells_of_these_faults_and_no_others() -> None:
    assert [row[0] for row in rows_between("<!-- statuses -->", "<!-- end")] == [*FAULTS]
