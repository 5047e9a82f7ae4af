"""A connection is kept for seconds, and an alert is neither lost on it nor told twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import urllib3
from hypothesis import example, given
from hypothesis import strategies as st

from authority import ca_file, server_context
from ecs_failure_alerts import DeliveryError
from ecs_failure_alerts._deadline import Deadline
from ecs_failure_alerts.notifiers import _http
from ecs_failure_alerts.notifiers._http import ConfirmedPost
from ecs_failure_alerts.notifiers._idle_connections import IdleConnections
from keeping_server import CONFIRMATION, OK, KeepingServer, keeping_server
from ports import LOCALHOST

NOW = 1_800_000_000.0


class Clocks:
    """The wall clock and the monotonic one, at hours of their own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wall, self.monotonic = NOW, 1000.0
        monkeypatch.setattr(time, "time", lambda: self.wall)
        monkeypatch.setattr(time, "monotonic", lambda: self.monotonic)


@given(
    wall=st.floats(-100, 100) | st.sampled_from([0.0, 9.9, 10.0]),
    monotonic=st.floats(0, 100) | st.sampled_from([0.0, 9.9, 10.0]),
)
@example(wall=1.0, monotonic=1.0)
@example(wall=11.0, monotonic=1.0)
@example(wall=1.0, monotonic=11.0)
@example(wall=-1.0, monotonic=1.0)
def test_a_connection_is_young_if_both_clocks_say_so(wall: float, monotonic: float) -> None:
    """A clock that was set back knows nothing, and one that stood still too little."""
    with pytest.MonkeyPatch.context() as patch:
        clocks, idle, pool = Clocks(patch), IdleConnections(), urllib3.HTTPConnectionPool(LOCALHOST)
        idle.keep(pool)
        clocks.wall += wall
        clocks.monotonic += monotonic
        young = 0 <= clocks.wall - NOW < 10 and clocks.monotonic - 1000 < 10
        assert (idle.take() is pool) is young
        assert idle.take() is None


def test_the_connection_that_was_used_last_is_taken_first() -> None:
    idle, pools = IdleConnections(), [urllib3.HTTPConnectionPool(LOCALHOST) for _ in range(2)]
    for pool in pools:
        idle.keep(pool)
    assert [idle.take(), idle.take()] == pools[::-1]


def test_ten_connections_are_kept_at_most() -> None:
    idle = IdleConnections()
    for _ in range(12):
        idle.keep(urllib3.HTTPConnectionPool(LOCALHOST))
    assert [idle.take() is None for _ in range(12)] == [False] * 10 + [True] * 2


@pytest.fixture(params=["http", "https"])
def options(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, Any]:
    """Return how the server and its client are made, without TLS and with it."""
    if request.param == "http":
        return {"context": None, "ca_certs": None}
    return {"context": server_context("good"), "ca_certs": ca_file(tmp_path)}


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Yield what ends the servers."""
    with ExitStack() as stack:
        yield stack


def start(
    stack: ExitStack, options: dict[str, Any], *script: Any, **given: Any
) -> tuple[KeepingServer, ConfirmedPost]:
    """Run a server, and make what posts to it."""
    server = stack.enter_context(keeping_server(*script, context=options["context"]))
    post = ConfirmedPost(server.url, headers={}, ca_certs=options["ca_certs"], proxy="", **given)
    return server, post


def send(post: ConfirmedPost, body: bytes = b"alert", seconds: float | None = None) -> list[float]:
    """Post something that `CONFIRMATION` confirms; return the pauses before further attempts."""
    pauses: list[float] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "sleep", pauses.append)
        post.send(body, lambda answer: answer == CONFIRMATION, Deadline.after(seconds))
    return pauses


def test_alerts_share_a_connection(stack: ExitStack, options: dict[str, Any]) -> None:
    server, post = start(stack, options)
    for _ in range(20):
        send(post)
    assert (len(server.requests), server.connections) == (20, 1)


@pytest.mark.parametrize("step", ["close", "reset", "cut"])
def test_what_goes_wrong_on_a_kept_connection_is_sent_again_at_once_on_a_new_one(
    stack: ExitStack, options: dict[str, Any], step: Any
) -> None:
    """It is the same alert to the byte, so that who has it drops the second."""
    server, post = start(stack, options, OK, step)
    send(post, b"first")
    assert send(post, b"second") == []
    assert [request[-6:] for request in server.requests] == [b"\nfirst", b"second", b"second"]
    assert server.connections == 2


def test_an_answer_that_never_comes_on_a_kept_connection_leaves_time_for_a_new_one(
    stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the time is for the new one, whatever an attempt may take."""
    monkeypatch.setattr(_http, "_SECONDS_FOR_KEPT", 0.1)
    server, post = start(stack, {"context": None, "ca_certs": None}, OK, "never")
    send(post)
    assert send(post, seconds=0.6) == []
    assert (len(server.requests), server.connections) == (3, 2)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n",
        OK.replace(CONFIRMATION, b"of before"),
        OK.replace(b"200 OK", b"000 ??"),
    ],
    ids=["408", "503", "another answer", "nonsense"],
)
def test_an_answer_on_a_kept_connection_that_does_not_confirm_is_not_believed(
    stack: ExitStack, options: dict[str, Any], answer: bytes
) -> None:
    """It may be the answer to something else."""
    server, post = start(stack, options, OK, answer)
    send(post)
    assert send(post) == []
    assert (len(server.requests), server.connections) == (3, 2)


@pytest.mark.parametrize("status", [b"401", b"413", b"429"])
def test_a_refusal_on_a_kept_connection_is_a_refusal(
    stack: ExitStack, options: dict[str, Any], status: bytes
) -> None:
    server, post = start(stack, options, OK, OK.replace(b"200", status))
    send(post)
    with pytest.raises(DeliveryError) as caught:
        send(post)
    assert caught.value.status == int(status)
    send(post)
    assert (len(server.requests), server.connections) == (3, 2)


def test_a_connection_that_the_server_has_closed_is_not_used(
    stack: ExitStack, options: dict[str, Any]
) -> None:
    server, post = start(stack, options)
    send(post)
    server.hang_up()
    send(post)
    assert (len(server.requests), server.connections) == (2, 2)


def test_a_failure_ends_all_connections() -> None:
    """What has befallen one of them befalls the others."""
    idle = IdleConnections()
    for _ in range(3):
        idle.keep(urllib3.HTTPConnectionPool(LOCALHOST))
    idle.close()
    assert idle.take() is None


@pytest.mark.parametrize(
    "answer",
    [OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), OK.replace(b"1.1", b"1.0")],
    ids=["Connection: close", "HTTP/1.0"],
)
def test_a_connection_that_the_server_does_not_keep_is_not_kept(
    stack: ExitStack, options: dict[str, Any], answer: bytes
) -> None:
    server, post = start(stack, options, answer, "cut", attempts=2)
    send(post)
    assert send(post) == [_http.BACKOFF_SECONDS]  # as after any failure on a new connection
    assert server.connections == 3


def test_a_single_attempt_has_a_connection_of_its_own(
    stack: ExitStack, options: dict[str, Any]
) -> None:
    """On a kept one it could be in vain."""
    server, post = start(stack, options, attempts=1)
    for _ in range(3):
        send(post)
    assert server.connections == 3
    assert all(b"\r\nConnection: close\r\n" in request for request in server.requests)


def test_the_last_attempt_has_a_connection_of_its_own(
    stack: ExitStack, options: dict[str, Any]
) -> None:
    server, post = start(stack, options, OK, "close", "close", attempts=2)
    send(post)
    with pytest.raises(DeliveryError) as caught:
        send(post)
    assert caught.value.maybe_delivered
    assert (len(server.requests), server.connections) == (3, 2)


def test_an_alert_with_little_time_has_a_connection_of_its_own(
    stack: ExitStack, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no time for a second attempt."""
    monkeypatch.setattr(_http, "_SECONDS_FOR_KEPT", 60.0)
    server, post = start(stack, options)
    for seconds, opened in ((59.0, 1), (59.0, 2), (90.0, 2)):
        send(post, seconds=seconds)
        assert server.connections == opened
