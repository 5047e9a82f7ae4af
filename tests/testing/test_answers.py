"""Each way to answer."""

from __future__ import annotations

import http.client
import json
import threading
import time
from typing import Any

import pytest

from ecs_failure_alerts.testing import SentryInbox
from ecs_failure_alerts.testing._answers import Fault
from inbox_client import ID, Client, envelope, send_and_forget


@pytest.mark.parametrize("status", [302, 400, 401, 403, 413, 429, 500, 503, 599])
def test_an_error_status_accepts_nothing(inbox: SentryInbox, client: Client, status: int) -> None:
    inbox.answer(status)
    assert client.post(envelope())[0] == status
    assert inbox.events == ()


def test_a_redirect_leads_to_a_page_that_takes_no_event(inbox: SentryInbox, client: Client) -> None:
    inbox.answer(302)
    answer = client.send(envelope())
    answer.read()
    location = answer.headers["Location"]
    assert client.post(envelope(), path=location)[0] == 404


def test_any_2xx_accepts_the_event(inbox: SentryInbox, client: Client) -> None:
    inbox.answer(202)
    assert client.post(envelope()) == (202, {"id": ID})
    assert inbox.accepted(ID)


def test_an_answer_carries_the_headers_that_were_set(inbox: SentryInbox, client: Client) -> None:
    inbox.answer(429, retry_after=7, rate_limits="60:error:organization", headers={"X-A": "b"})
    answer = client.send(envelope())
    answer.read()
    names = ("Retry-After", "X-Sentry-Rate-Limits", "X-A")
    assert [answer.headers[n] for n in names] == ["7", "60:error:organization", "b"]


def test_an_accepted_event_may_come_with_a_rate_limit(inbox: SentryInbox, client: Client) -> None:
    inbox.answer("rate_limited_ok")
    answer = client.send(envelope())
    assert json.loads(answer.read()) == {"id": ID}
    assert answer.headers["X-Sentry-Rate-Limits"] == "60:error:organization"
    assert inbox.accepted(ID)


def test_answers_with_a_count_come_before_the_standing_one(
    inbox: SentryInbox, client: Client
) -> None:
    """They come in the order in which they were set."""
    inbox.answer(500)
    inbox.answer(503, times=2)
    inbox.answer("ok", times=1)
    assert [client.post(envelope())[0] for _ in range(5)] == [503, 503, 200, 500, 500]


def test_a_standing_answer_drops_the_queue(inbox: SentryInbox, client: Client) -> None:
    inbox.answer(503, times=2)
    inbox.answer("ok")
    assert client.post(envelope())[0] == 200


def test_reset_resets_the_connection(inbox: SentryInbox, client: Client) -> None:
    """It is no orderly close."""
    inbox.answer("reset")
    with pytest.raises(ConnectionResetError) as caught:
        client.send(envelope())
    assert not isinstance(caught.value, http.client.RemoteDisconnected)
    assert inbox.events == ()


def test_close_ends_the_connection_without_an_answer(inbox: SentryInbox, client: Client) -> None:
    inbox.answer("close")
    with pytest.raises(http.client.RemoteDisconnected):
        client.send(envelope())
    assert inbox.requests[0].status is None


def test_half_cuts_the_answer_within_its_body(inbox: SentryInbox, client: Client) -> None:
    inbox.answer("half")
    answer = client.send(envelope())
    assert answer.status == 200
    with pytest.raises(http.client.IncompleteRead):
        answer.read()
    assert inbox.events == ()


def test_slow_accepts_after_its_pause(inbox: SentryInbox, client: Client) -> None:
    inbox.answer("slow", seconds=0.02)
    begin = time.monotonic()
    assert client.post(envelope()) == (200, {"id": ID})
    assert time.monotonic() - begin >= 0.02
    assert inbox.accepted(ID)


def test_trickle_arrives_whole_in_the_end(inbox: SentryInbox, client: Client) -> None:
    inbox.answer("trickle", seconds=0.0001)
    assert client.post(envelope()) == (200, {"id": ID})


def test_a_page_of_a_proxy_confirms_nothing(inbox: SentryInbox, client: Client) -> None:
    """The page comes with 200."""
    inbox.answer("html")
    answer = client.send(envelope())
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html")
    assert b"log in" in answer.read()
    assert inbox.events == ()


def test_the_id_of_another_event_confirms_nothing(inbox: SentryInbox, client: Client) -> None:
    inbox.answer("wrong_id")
    status, body = client.post(envelope())
    assert status == 200
    assert body["id"] != ID
    assert inbox.events == ()


@pytest.mark.parametrize("fault", [500, "reset", "close", "half", "html", "wrong_id", "hang"])
def test_every_fault_may_strike_after_the_event_was_accepted(
    inbox: SentryInbox, fault: Fault
) -> None:
    inbox.answer(fault, after_accept=True)
    threading.Thread(target=send_and_forget, args=(inbox,)).start()
    inbox.wait_for(1)
    assert inbox.accepted(ID)


def test_hang_ends_when_another_answer_is_set(inbox: SentryInbox, client: Client) -> None:
    """The connection is closed without an answer."""
    inbox.answer("hang")
    timer = threading.Timer(0.05, inbox.answer, args=("ok",))
    timer.start()
    with pytest.raises(http.client.RemoteDisconnected):
        client.send(envelope())
    timer.join()
    assert inbox.events == ()


@pytest.mark.parametrize("fault", ["explode", 0, 600])
def test_an_unknown_answer_is_refused_with_the_known_ones(inbox: SentryInbox, fault: Any) -> None:
    with pytest.raises(ValueError, match="wrong_id"):
        inbox.answer(fault)


def test_a_204_accepts_but_confirms_nothing(inbox: SentryInbox, client: Client) -> None:
    """It has no body that could hold the id."""
    inbox.answer(204)
    answer = client.send(envelope())
    assert (answer.status, answer.read()) == (204, b"")
    assert inbox.accepted(ID)


def test_an_event_accepted_before_a_success_is_delivered_once(
    inbox: SentryInbox, client: Client
) -> None:
    inbox.answer("ok", after_accept=True)
    assert client.post(envelope())[0] == 200
    assert len(inbox.deliveries) == 1
