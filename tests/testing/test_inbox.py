"""What an inbox keeps and tells."""

from __future__ import annotations

import threading

import pytest
import sentry_sdk

from ecs_failure_alerts.testing import SentryInbox
from inbox_client import ID, OTHER, Client, envelope, send_and_forget


def test_an_event_of_the_real_client_arrives_whole(inbox: SentryInbox) -> None:
    """sentry-sdk itself is the client."""
    client = sentry_sdk.Client(
        inbox.dsn, default_integrations=False, auto_enabling_integrations=False, release="r"
    )
    event_id = client.capture_event({"message": "hello", "tags": {"a": "b"}})
    client.close(timeout=5)
    assert event_id is not None
    (event,) = inbox.wait_for(1)
    assert (event["message"], event["tags"]) == ("hello", {"a": "b"})
    assert inbox.event_ids == (event_id,)


def test_an_accepted_event_is_confirmed_by_its_id(inbox: SentryInbox, client: Client) -> None:
    """The id is found with and without dashes."""
    assert client.post(envelope()) == (200, {"id": ID})
    assert inbox.accepted(ID)
    assert inbox.accepted("01234567-89AB-CDEF-0123-456789abcdef")
    assert not inbox.accepted(OTHER)


def test_of_a_repeated_id_the_first_event_counts(inbox: SentryInbox, client: Client) -> None:
    """Both are confirmed and delivered, as Sentry does."""
    client.post(envelope(message="first"))
    assert client.post(envelope(message="second")) == (200, {"id": ID})
    assert [event["message"] for event in inbox.events] == ["first"]
    assert [event["message"] for event in inbox.deliveries] == ["first", "second"]


def test_every_request_is_recorded_with_its_status(inbox: SentryInbox, client: Client) -> None:
    inbox.answer(503, times=1)
    client.post(envelope(), User_Agent="me/1")
    client.post(envelope())
    first, second = inbox.requests
    assert (first.method, first.path, first.event_id) == ("POST", "/api/1/envelope/", ID)
    assert first.headers["user-agent"] == "me/1"
    assert [(r.status, r.accepted) for r in (first, second)] == [(503, False), (200, True)]


def test_waiting_in_vain_names_the_statuses_that_were_answered(
    inbox: SentryInbox, client: Client
) -> None:
    inbox.answer(503)
    client.post(envelope())
    with pytest.raises(TimeoutError, match=r"expected 1 events .* got 0: .* \[503\]"):
        inbox.wait_for(1, timeout=0.01)


def test_events_that_come_at_once_are_all_kept(inbox: SentryInbox) -> None:
    threads = [
        threading.Thread(target=send_and_forget, args=(inbox, f"{number:032x}"))
        for number in range(20)
    ]
    for thread in threads:
        thread.start()
    inbox.wait_for(20)
    for thread in threads:
        thread.join(5)
    assert len(inbox.requests) == 20


def test_an_inbox_comes_back_on_its_port_with_its_events() -> None:
    with SentryInbox() as inbox:
        port = inbox.port
    again = SentryInbox(port)
    for count in (1, 2):
        with again:
            assert again.port == port
            send_and_forget(again, f"{count:032x}")
            assert len(again.events) == count


def test_there_is_no_dsn_before_the_inbox_is_open() -> None:
    with pytest.raises(RuntimeError, match="with"):
        _ = SentryInbox().dsn


def test_an_open_inbox_cannot_be_opened_again(inbox: SentryInbox) -> None:
    """It goes on."""
    with pytest.raises(RuntimeError, match="already open"):
        inbox.__enter__()
    send_and_forget(inbox)
    assert inbox.accepted(ID)


def test_an_error_of_the_inbox_itself_is_raised_at_its_end() -> None:
    """An error of the test's own goes first."""
    with pytest.raises(RuntimeError, match="the inbox itself failed") as caught:
        _break_inbox()
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    with pytest.raises(KeyError):
        _break_inbox(KeyError())


def _break_inbox(error: Exception | None = None) -> None:
    """Make an inbox fail while it answers, in a block that ends with *error*."""

    def divide(*answer: object) -> None:
        raise ZeroDivisionError

    inbox = SentryInbox()
    inbox._record_status = divide  # type: ignore[method-assign, assignment]
    with inbox:
        send_and_forget(inbox)
        if error:
            raise error
