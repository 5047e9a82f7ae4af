"""One confirmed POST: what counts as a confirmation, what is tried again, and what is told."""

from __future__ import annotations

import contextlib
import gzip
import logging
import tracemalloc
import zlib
from http.client import HTTPConnection
from types import SimpleNamespace
from typing import Any

import pytest
import sentry_sdk
from hypothesis import given
from hypothesis import strategies as st

from answering_server import answer, server
from ecs_failure_alerts import DeliveryError
from ecs_failure_alerts._deadline import Deadline
from ecs_failure_alerts.notifiers import _http
from ecs_failure_alerts.notifiers._http import ConfirmedPost, retry_after
from rows import each
from strategies import CHARACTERS

CONFIRMATION = b"confirmed"
LIMIT = Deadline.after(600)


def send(url: str, **options: Any) -> None:
    """Post something that `CONFIRMATION` confirms."""
    post = ConfirmedPost(url, headers={}, **{"attempts": 1, **options})
    post.send(b"alert", lambda body: body == CONFIRMATION, LIMIT)


@pytest.mark.parametrize("status", ["200 OK", "201 Created", "202 Accepted"])
def test_a_success_that_confirms_is_a_delivery(status: str) -> None:
    """Any 2xx will do if its body is the confirmation."""
    with server(answer(status, CONFIRMATION)) as (url, requests):
        send(url)
    assert len(requests) == 1
    assert requests[0].endswith(b"alert")


@each(
    "status",
    ["300 Multiple Choices", "301 Moved", "302 Found", "307 Temporary", "400 Bad", "500 X"],
)
def test_no_other_status_confirms(status: str) -> None:
    """The right body in an answer that is no success confirms nothing, and is not followed."""
    text = answer(status, CONFIRMATION, Location="/hook")
    with (
        server(text, answer("200 OK", CONFIRMATION)) as (url, requests),
        pytest.raises(DeliveryError) as caught,
    ):
        send(url)
    assert caught.value.status == int(status[:3])
    assert caught.value.maybe_delivered is (status == "500 X")
    assert len(requests) == 1


@each("body", [b"", CONFIRMATION[:-1], CONFIRMATION + b"!", b"other"])
def test_a_success_that_does_not_confirm_is_none(body: bytes) -> None:
    """A partial, empty or other confirmation confirms nothing, and may have delivered."""
    with (
        server(answer("200 OK", body)) as (url, _),
        pytest.raises(DeliveryError, match="does not confirm the alert") as caught,
    ):
        send(url)
    assert (caught.value.retryable, caught.value.maybe_delivered) == (True, True)


def test_the_hosts_own_sentry_is_not_the_current_one_during_a_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its integrations would add a trace to the request, and a span to the host's project."""
    current: list[Any] = []
    put = HTTPConnection.putrequest

    def watched(connection: HTTPConnection, *args: Any, **options: Any) -> None:
        current.append(sentry_sdk.get_client())
        put(connection, *args, **options)

    monkeypatch.setattr(HTTPConnection, "putrequest", watched)
    host = sentry_sdk.Client()
    with sentry_sdk.isolation_scope() as scope, server(answer("200 OK", CONFIRMATION)) as (url, _):
        scope.set_client(host)
        assert sentry_sdk.get_client() is host
        send(url)

    assert len(current) == 1
    assert current[0] is not host


@pytest.mark.parametrize("status", ["100 Continue", "102 Processing", "103 Early Hints"])
def test_what_announces_an_answer_is_not_the_answer(status: str) -> None:
    """Servers and proxies may say that an answer is to come, more than once."""
    hint = f"HTTP/1.1 {status}\r\nLink: </x>\r\n\r\n".encode()
    with server(hint * 2 + answer("200 OK", CONFIRMATION)) as (url, _):
        send(url)


def test_a_switch_of_protocols_is_an_answer_that_confirms_nothing() -> None:
    """Nothing that we could read follows it."""
    switch = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"
    with (
        server(switch + answer("200 OK", CONFIRMATION)) as (url, _),
        pytest.raises(DeliveryError) as caught,
    ):
        send(url)
    assert caught.value.status == 101


@pytest.mark.parametrize(
    ("kind", "pack"),
    [("gzip", gzip.compress), ("x-gzip", gzip.compress), ("deflate", zlib.compress)],
)
def test_a_packed_confirmation_counts(kind: str, pack: Any) -> None:
    """A proxy may pack an answer, though nobody asked for it."""
    with server(answer("200 OK", pack(CONFIRMATION), Content_Encoding=kind)) as (url, _):
        send(url)


def test_an_answer_that_only_says_that_it_is_packed_confirms_nothing() -> None:
    """What cannot be unpacked is an error like any other answer that does not confirm."""
    with (
        server(answer("200 OK", b"plain", Content_Encoding="gzip")) as (url, _),
        pytest.raises(DeliveryError, match="does not confirm"),
    ):
        send(url)


def test_a_packed_bomb_costs_little_memory() -> None:
    """An answer that unpacks to 20 MB is unpacked only as far as a confirmation goes."""
    bomb = gzip.compress(bytes(25_000_000), 9)
    bomb = bomb[:20_000]  # a whole one ends beyond what is read
    with server(answer("200 OK", bomb, Content_Encoding="gzip")) as (url, _):
        tracemalloc.start()
        try:
            with pytest.raises(DeliveryError, match="does not confirm"):
                send(url)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 10_000_000


def test_a_head_of_any_length_costs_little_memory() -> None:
    """http.client would keep 100 lines of 64 KiB, in several copies."""
    head = {f"A{number}": "x" * 60_000 for number in range(90)}
    with (
        server(answer("200 OK", CONFIRMATION, **head)) as (url, _),
        pytest.raises(DeliveryError, match="broke the connection off"),
    ):
        send(url)


def test_a_head_that_announces_an_answer_without_end_is_given_up() -> None:
    """Each is short, and together they are not."""
    with (
        server(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 5_000) as (url, _),
        pytest.raises(DeliveryError, match="broke the connection off"),
    ):
        send(url)


def test_of_a_long_answer_behind_a_long_head_the_beginning_counts() -> None:
    """The limit of the head is none of the body, which has its own."""
    head = {"A": "x" * 60_000, "B": "x" * 60_000}
    with server(answer("200 OK", bytes(500_000), **head)) as (url, _):
        post = ConfirmedPost(url, headers={}, attempts=1)
        post.send(b"alert", lambda body: len(body) == 65_536, LIMIT)


def test_a_chunk_of_less_than_no_bytes_is_a_broken_answer() -> None:
    """http.client raises a ValueError, with frames that hold the headers."""
    chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nx"
    with (
        server(chunks) as (url, _),
        pytest.raises(DeliveryError, match="broke the connection off") as caught,
    ):
        send(url)
    assert caught.value.maybe_delivered


@each(
    ("first", "requests"),
    [("503 X", 2), ("500 X", 2), ("408 X", 2), ("429 X", 1), ("302 X", 1), ("404 X", 1)],
)
def test_only_what_may_pass_soon_is_tried_again(first: str, requests: int) -> None:
    """A second attempt follows 408 and 5xx at once; the rest is for whoever retries later."""
    with server(answer(first), answer("200 OK", CONFIRMATION)) as (url, seen):
        context = contextlib.nullcontext() if requests == 2 else pytest.raises(DeliveryError)
        with context:
            send(url, attempts=2)
    assert len(seen) == requests


@each(
    ("status", "said"),
    [
        ("200 OK", "127.0.0.1 answered 200: the answer does not confirm the alert"),
        ("204 No Content", "127.0.0.1 answered 204: the answer does not confirm the alert"),
        ("300 X", "127.0.0.1 answered 300: it redirects, which is not followed: check the URL"),
        ("429 X", "127.0.0.1 answered 429: it asks to wait"),
        ("400 X", "127.0.0.1 answered 400: the alert was not taken"),
        ("502 X", "127.0.0.1 answered 502: it did not confirm the alert"),
        ("999 X", "127.0.0.1 answered 999: it did not confirm the alert"),
    ],
)
def test_an_error_says_what_the_status_means(status: str, said: str) -> None:
    with server(answer(status)) as (url, _), pytest.raises(DeliveryError) as caught:
        send(url)
    assert str(caught.value) == said


def test_no_log_line_has_the_path(caplog: pytest.LogCaptureFixture) -> None:
    """It may hold a token; urllib3 would write it down."""
    caplog.set_level(logging.DEBUG)
    with server(answer("200 OK", CONFIRMATION)) as (url, _):
        send(url)
    assert [record for record in caplog.records if record.name.startswith("urllib3")] == []


@each(("attempts", "asks"), [(1, True), (2, False)])
def test_who_may_send_once_asks_for_no_further_use_of_the_connection(
    attempts: int, asks: bool
) -> None:
    """A connection that the other end has forgotten needs a second attempt."""
    with server(answer("200 OK", CONFIRMATION)) as (url, requests):
        send(url, attempts=attempts)
    assert (b"\r\nConnection: close\r\n" in requests[0]) is asks


def test_by_default_there_are_three_attempts_with_longer_and_longer_pauses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(_http, "time", SimpleNamespace(sleep=pauses.append))
    with server(*[answer("503 X")] * 9) as (url, requests):
        for post in (ConfirmedPost(url, headers={}), ConfirmedPost(url, headers={}, attempts=5)):
            with pytest.raises(DeliveryError):
                post.send(b"alert", lambda _: False, LIMIT)
    first = _http.BACKOFF_SECONDS
    assert len(requests) == 3 + 5
    assert pauses == [first, first * 2, first, first * 2, first * 4, first * 8]


def test_no_pause_is_made_that_leaves_no_time_for_an_attempt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_http, "BACKOFF_SECONDS", 60.0)
    with server(answer("503 X"), answer("503 X")) as (url, requests):
        post = ConfirmedPost(url, headers={})
        with pytest.raises(DeliveryError):
            post.send(b"alert", lambda _: False, Deadline.after(60.02))
    assert len(requests) == 1


@each(
    "url",
    [
        "",
        "s3cr3t",
        "ftp://h/s3cr3t",
        "https:///s3cr3t",
        "https://h/s3cr3t x",
        "https://h/s3cr3t\x07",
        "http://h:x/s3cr3t",
        "http://[::1/s3cr3t",
        "http://%/s3cr3t",
        None,
    ],
)
def test_what_is_no_address_is_refused_and_not_echoed(url: Any) -> None:
    """A wrong address is an error at the start, which shows nothing of it."""
    with pytest.raises(ValueError, match="address") as caught:
        ConfirmedPost(url, headers={})
    assert str(caught.value) == "expected an address of the form https://HOST/PATH"


@pytest.mark.parametrize(
    ("address", "warned"),
    [
        ("http://hooks.example.com/1", True),
        ("http://8.8.8.8/1", True),
        ("http://[2606:4700::1111]/1", True),
        ("https://hooks.example.com/1", False),
        ("http://localhost/1", False),
        ("http://127.0.0.1/1", False),
        ("http://10.0.0.7:9000/1", False),
        ("http://[::1]/1", False),
        ("http://sentry/1", False),
        ("http://sentry.internal/1", False),
    ],
)
def test_alerts_without_tls_to_a_public_host_are_warned_of(
    address: str, warned: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """Who sends alerts through the internet in the clear reads so in the log, without the path."""
    caplog.set_level(logging.WARNING)
    ConfirmedPost(address, headers={}, proxy="")
    host = address.removeprefix("http://").removesuffix("/1")
    said = [f"alerts go to {host} unencrypted: use https"] * warned
    assert [record.getMessage() for record in caplog.records] == said
    assert all(record.name == "ecs_failure_alerts" for record in caplog.records)


@given(st.text(CHARACTERS) | st.floats().map(str) | st.datetimes().map(str))
def test_any_wait_is_seconds_or_none(text: str) -> None:
    """Whatever a server asks for, the answer is a number of seconds that are not negative."""
    seconds = retry_after({"Retry-After": text})
    assert seconds is None or 0 <= seconds < float("inf")


@pytest.mark.parametrize(
    "options", [{"attempts": 0}, {"attempt_timeout": 0}, {"attempt_timeout": float("nan")}], ids=str
)
def test_a_post_that_would_never_be_sent_is_refused(options: dict[str, Any]) -> None:
    """At least one attempt is needed, or every alert would be lost."""
    said = "^expected at least one attempt, of more than 0 seconds$"
    with pytest.raises(ValueError, match=said):
        ConfirmedPost("https://h/", headers={}, **options)


@each(
    ("name", "value"),
    [("proxy", 5), ("proxy", "socks5://h:1"), ("ca_certs", [5]), ("ca_certs", "/nowhere")],
)
def test_a_way_that_cannot_be_used_is_refused_by_its_name(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name}: "):
        ConfirmedPost("https://h/", headers={}, **{name: value})


@each("seconds", [float("inf"), 1e10, 10**400])
def test_a_limit_beyond_what_a_socket_takes_is_no_limit(seconds: float) -> None:
    with server(answer("200 OK", CONFIRMATION)) as (url, requests):
        post = ConfirmedPost(url, headers={}, attempts=1, attempt_timeout=seconds)
        post.send(b"alert", lambda body: body == CONFIRMATION, Deadline())
    assert len(requests) == 1


def test_a_host_that_no_connection_can_be_made_to_is_named() -> None:
    """It is found out at the first alert, which was certainly not sent."""
    host = "a" * 64  # one more than DNS takes
    post = ConfirmedPost(f"https://{host}/s3cr3t", headers={}, attempts=1)
    with pytest.raises(DeliveryError) as caught:
        post.send(b"", bool, Deadline())
    assert str(caught.value) == f"{host} cannot be reached: its name is not valid"
    assert not caught.value.maybe_delivered
