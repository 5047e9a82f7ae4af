"""A webhook gets each alert as signed JSON, and confirms it by any 2xx."""

from __future__ import annotations

import base64
import json
import sys
import time
from collections.abc import Mapping
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from documents import DOCS, blocks
from ecs_failure_alerts import DeliveryError, Receipt, build_alert, diagnose, parse_event
from ecs_failure_alerts.notifiers import _clients, _http
from ecs_failure_alerts.notifiers._signatures import parse_keys, signed_headers
from ecs_failure_alerts.notifiers.webhook import WebhookNotifier
from ecs_failure_alerts.testing import task_state_change
from keeping_server import KeepingServer, keeping_server
from ports import LOCALHOST, reserved_port
from rows import each
from strategies import CHARACTERS

TASK = parse_event(task_state_change())
ALERT = build_alert(TASK, diagnose(TASK))
SECRET = "5ec2e75ec2e7"
KEY: Final = "whsec_" + base64.b64encode(b"a key of twenty-four byte").decode()
OLD_KEY: Final = "whsec_" + base64.b64encode(b"an older key of twenty-four").decode()


def answered(status: int, *headers: str) -> bytes:
    """Write an answer without a body."""
    lines = [f"HTTP/1.1 {status} X", "Content-Length: 0", *headers]
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()


def request(server: KeepingServer, number: int = -1) -> tuple[dict[str, str], bytes]:
    """Return the headers, by lower-case names, and the body of a request."""
    head, _, body = server.requests[number].partition(b"\r\n\r\n")
    fields = (line.decode().partition(": ") for line in head.split(b"\r\n")[1:])
    return {name.lower(): value for name, _, value in fields}, body


def refusal(notifier: WebhookNotifier, timeout: float | None = 5.0) -> DeliveryError:
    """Return the error of an alert that is not confirmed."""
    with pytest.raises(DeliveryError) as caught:
        notifier.notify(ALERT, timeout=timeout)
    return caught.value


def test_the_receiver_gets_the_whole_alert_as_json() -> None:
    with keeping_server() as server:
        WebhookNotifier(server.url).notify(ALERT, timeout=5)
        headers, body = request(server)
    assert json.loads(body) == ALERT.to_dict()
    assert headers["content-type"] == "application/json"


@each("status", [200, 201, 202, 204])
def test_any_2xx_confirms(status: int) -> None:
    with keeping_server(answered(status)) as server:
        receipt = WebhookNotifier(server.url, name="hook").notify(ALERT)
    assert receipt == Receipt("hook", ALERT.event_id)


@each(
    ("status", "retryable", "maybe_delivered", "said"),
    [
        (301, True, False, "redirects, which is not followed: check the URL"),
        (400, False, False, "the alert was not taken"),
        (401, False, False, "check the URL and the signing key"),
        (404, False, False, "no webhook at this address"),
        (408, True, False, "the alert was not taken"),
        (410, False, False, "no webhook at this address"),
        (413, False, False, "too large"),
        (429, True, False, "asks to wait"),
        (500, True, True, "it did not confirm the alert"),
        (503, True, True, "it did not confirm the alert"),
    ],
)
def test_a_refusal_says_whether_to_try_again(
    status: int, retryable: bool, maybe_delivered: bool, said: str
) -> None:
    with keeping_server(answered(status)) as server:
        error = refusal(WebhookNotifier(server.url, attempts=1))
    assert (error.status, error.retryable, error.maybe_delivered) == (
        status,
        retryable,
        maybe_delivered,
    )
    assert said in str(error)


@pytest.mark.parametrize("status", [429, 503])
def test_the_time_that_the_receiver_asks_to_wait_is_told(status: int) -> None:
    with keeping_server(answered(status, "Retry-After: 7")) as server:
        error = refusal(WebhookNotifier(server.url, attempts=1))
    assert error.retry_after == 7
    assert str(error).endswith("; it takes alerts again in 7 s")


@pytest.mark.parametrize("fault", ["reset", "close", "cut"])
def test_a_broken_connection_is_tried_again_with_the_same_body_and_id(fault: Any) -> None:
    with keeping_server(fault) as server:
        WebhookNotifier(server.url).notify(ALERT, timeout=5)
        first, second = request(server, 0), request(server, 1)
    assert first[1] == second[1]
    assert first[0]["webhook-id"] == second[0]["webhook-id"] == ALERT.event_id


def test_a_receiver_that_hangs_is_given_up_in_time() -> None:
    with keeping_server("never") as server:
        begin = time.monotonic()
        error = refusal(WebhookNotifier(server.url, attempts=1), timeout=0.08)
    assert time.monotonic() - begin < 4  # by default an attempt has 5 seconds
    assert (error.retryable, error.maybe_delivered) == (True, True)


def test_without_a_listener_the_alert_was_certainly_not_delivered() -> None:
    with reserved_port() as port:
        error = refusal(WebhookNotifier(f"http://{LOCALHOST}:{port}/", attempts=1))
    assert (error.retryable, error.maybe_delivered) == (True, False)


def test_the_connection_is_kept_for_the_next_alert() -> None:
    with keeping_server() as server:
        notifier = WebhookNotifier(server.url)
        for _ in range(3):
            notifier.notify(ALERT, timeout=5)
        assert (server.connections, len(server.requests)) == (1, 3)


def test_the_signature_is_that_of_the_scheme() -> None:
    """The values are those of the scheme's own example."""
    keys = parse_keys("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    event_id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    headers = signed_headers(b'{"test": 2432232314}', event_id, 1614265330, keys)
    assert headers == {
        "webhook-id": event_id,
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_without_a_key_nothing_is_signed() -> None:
    with keeping_server() as server:
        WebhookNotifier(server.url).notify(ALERT)
        headers, _ = request(server)
    assert "webhook-signature" not in headers
    assert headers["webhook-id"] == ALERT.event_id


def verify() -> Any:
    """Return the function by which the document verifies a request."""
    (block,) = (
        block
        for block in blocks("python", of=(DOCS / "notifiers.md",))
        if block.file == "receiver.py"
    )
    names: dict[str, Any] = {}
    exec(block.text, names)  # noqa: S102
    return names["verify"]


documented = pytest.mark.skipif(not DOCS.exists(), reason="the tests run without the checkout")


@documented
@pytest.mark.parametrize("keys", [KEY, f"{OLD_KEY} {KEY}", f"{KEY}\n{OLD_KEY}\n"])
def test_a_receiver_verifies_as_the_document_shows(keys: str) -> None:
    """One of several signatures is enough, so a key can be replaced."""
    with keeping_server() as server:
        WebhookNotifier(server.url, signing_key=keys).notify(ALERT)
        headers, body = request(server)
    assert verify()(headers, body, KEY) == ALERT.to_dict()


@documented
@pytest.mark.parametrize(
    ("change", "body"),
    [
        ({"webhook-id": "0" * 32}, b"{}"),
        ({"webhook-timestamp": str(int(time.time()) - 3600)}, b"{}"),
        ({"webhook-timestamp": str(int(time.time()) - 1)}, b"{}"),
        ({"webhook-signature": "v1,AAAA"}, b"{}"),
        ({}, b"{} "),
    ],
)
def test_a_receiver_refuses_what_was_changed_or_is_old(
    change: Mapping[str, str], body: bytes
) -> None:
    headers = signed_headers(b"{}", "1" * 32, int(time.time()), parse_keys(KEY))
    with pytest.raises(ValueError, match="not from us"):
        verify()({**headers, **change}, body, KEY)


@documented
def test_an_old_request_is_refused_though_its_signature_is_right() -> None:
    """Whoever recorded it cannot send it again."""
    headers = signed_headers(b"{}", "1" * 32, int(time.time()) - 600, parse_keys(KEY))
    with pytest.raises(ValueError, match="not from us"):
        verify()(headers, b"{}", KEY)


@each(
    "key",
    [
        "",
        " ",
        SECRET,
        f"whsec_{SECRET}",
        f"whsec_{SECRET}==",
        f"{KEY} {SECRET}",
        "whsec_",
        "whsec_%%",
        5,
    ],
)
def test_a_wrong_key_is_refused_with_what_to_do_and_not_echoed(key: Any) -> None:
    with pytest.raises(ValueError, match="expected a signing key of the form whsec_") as caught:
        WebhookNotifier("https://h/", signing_key=key)
    assert SECRET not in str(caught.value)
    assert "openssl rand" in str(caught.value)


def test_what_is_given_is_checked_at_once_though_the_rest_is_read_later() -> None:
    with pytest.raises(ValueError, match="expected a signing key of the form"):
        WebhookNotifier(lambda: "https://h/", signing_key=SECRET)
    with pytest.raises(ValueError, match="expected an address of the form"):
        WebhookNotifier(SECRET, signing_key=lambda: KEY)
    with pytest.raises(ValueError, match="expected at least one attempt"):
        WebhookNotifier(lambda: "https://h/", attempts=0)


@each(
    "url",
    [
        *("", SECRET, f"ftp://h/{SECRET}", f"https:///{SECRET}", f"https://h:x/{SECRET}"),
        b"https://u:p@h/",
        *(f"https://h/{SECRET} x", f"https://h/\n{SECRET}", f"https://[h/{SECRET}", None, 5),
        f"https://{SECRET}@/",
    ],
)
def test_a_wrong_address_is_refused_and_not_echoed(url: Any) -> None:
    with pytest.raises(ValueError, match="expected an address of the form https://") as caught:
        WebhookNotifier(url)
    assert SECRET not in str(caught.value)


def test_user_and_password_of_the_address_are_sent_as_a_header_alone() -> None:
    with keeping_server() as server:
        url = server.url.replace("://", "://me:p%40ss@")
        WebhookNotifier(f" {url}?a=b\n").notify(ALERT)
        headers, _ = request(server)
    assert headers["authorization"] == "Basic " + base64.b64encode(b"me:p@ss").decode()
    assert server.requests[0].startswith(b"POST /hook?a=b HTTP/1.1\r\n")
    assert headers["host"] == server.url.split("/")[2]


def test_the_repr_shows_the_host_alone() -> None:
    notifier = WebhookNotifier(f"https://u:{SECRET}@h.example/{SECRET}", signing_key=KEY)
    assert repr(notifier) == "WebhookNotifier(host='h.example')"
    assert repr(WebhookNotifier.__new__(WebhookNotifier)) == "WebhookNotifier(host=None)"


def test_address_and_key_are_read_for_the_first_alert_and_again_after_a_failure() -> None:
    """The alert goes out by the new ones, in the same call."""
    with keeping_server(answered(401)) as server:
        urls = [f"{server.url}/old", server.url]
        notifier = WebhookNotifier(
            lambda: urls.pop(0) if len(urls) > 1 else urls[0], signing_key=lambda: KEY
        )
        assert (notifier.host, len(urls)) == (None, 2)
        notifier.notify(ALERT, timeout=5)
        assert [line.split()[1] for line in server.requests] == [b"/hook/old", b"/hook"]
    assert notifier.host == LOCALHOST


def test_an_error_names_the_places_of_address_and_key() -> None:
    class Place:
        def __init__(self, name: str, value: str) -> None:
            self.name, self.value = name, value

        def __call__(self) -> str:
            return self.value

        def __str__(self) -> str:
            return self.name

    with keeping_server(answered(403)) as server:
        url, key = Place("the SSM parameter /url", server.url), Place("the secret key", KEY)
        said = str(refusal(WebhookNotifier(url, signing_key=key)))
        assert said.endswith(
            "(the URL is that of the SSM parameter /url, or the signing key is that of the secret "
            "key)"
        )
        key.value = SECRET
        said = str(refusal(WebhookNotifier(url, signing_key=key)))
    assert "cannot be used: expected a signing key of the form" in said
    assert SECRET not in said


def test_neither_a_place_nor_an_error_of_its_reader_shows_a_secret() -> None:
    """Both are a user's own texts."""

    class Place:
        def __call__(self) -> str:
            return "no address"

        def __str__(self) -> str:
            return "vault://app:HUNTER2@vault/url"

    def refuse() -> str:
        raise DeliveryError("refused: password=HUNTER2", retryable=True)

    said = str(refusal(WebhookNotifier(Place())))
    assert "the URL of vault://app:[redacted: password]@vault/url cannot be used" in said
    said = str(refusal(WebhookNotifier(refuse)))
    assert said.endswith("the URL cannot be read: refused: password=[redacted: secret]")


def test_a_key_that_was_asked_for_and_is_not_there_sends_nothing_unsigned() -> None:
    """A receiver that verifies would refuse it; one that does not would take it from anybody."""
    missing: Any = None
    with keeping_server() as server:
        error = refusal(WebhookNotifier(server.url, signing_key=lambda: missing))
    assert "the signing key that was read cannot be used: expected a string, got None" in str(error)
    assert server.requests == []


def test_an_error_names_the_secret_that_is_of_no_use() -> None:
    error = refusal(WebhookNotifier("https://h/", signing_key=lambda: SECRET))
    assert "the signing key that was read cannot be used: expected a signing key" in str(error)
    error = refusal(WebhookNotifier(lambda: SECRET, signing_key=lambda: KEY))
    assert "the URL that was read cannot be used: expected an address" in str(error)


def test_nothing_is_written_to_a_log_at_any_level(caplog: pytest.LogCaptureFixture) -> None:
    """urllib3 would log the path at the level DEBUG."""
    caplog.set_level(1)
    with keeping_server(answered(500)) as server:
        WebhookNotifier(f"{server.url}/{SECRET}").notify(ALERT, timeout=5)
    assert caplog.records == []


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, b"bytes"])
def test_what_json_does_not_have_is_sent_as_text(value: Any) -> None:
    with keeping_server() as server:
        WebhookNotifier(server.url).notify(evolve(ALERT, contexts={"own": {"value": value}}))
        _, body = request(server)
    sent = json.loads(body, parse_constant=pytest.fail)
    assert isinstance(sent["contexts"]["own"]["value"], str)


@given(st.text(CHARACTERS))
def test_any_id_makes_headers_that_can_be_sent(event_id: str) -> None:
    headers = signed_headers(b"", event_id.encode(errors="replace").decode(), 1, parse_keys(KEY))
    assert all(value.isascii() and value.isprintable() for value in headers.values())


def test_a_missing_library_is_named_with_the_extra_that_brings_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """When the notifier is made, wherever its address comes from."""
    monkeypatch.setitem(sys.modules, "urllib3", None)
    monkeypatch.delitem(sys.modules, _http.__name__)
    with pytest.raises(ModuleNotFoundError) as caught:
        WebhookNotifier(lambda: "https://h/")
    needed = "WebhookNotifier needs urllib3 and certifi: pip install '.[webhook]'"
    assert str(caught.value).startswith(needed)


def test_a_storm_of_failures_reads_the_address_once_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    readings: list[None] = []

    def read() -> str:
        readings.append(None)
        return server.url

    with keeping_server(*[answered(401)] * 6) as server:
        notifier = WebhookNotifier(read)
        for _ in range(4):
            refusal(notifier)
        assert len(readings) == 2
        monkeypatch.setattr(_clients, "RENEWAL_SECONDS", 0)
        refusal(notifier)
    assert len(readings) == 3


#: Incoming webhooks of chats, and who sends to them.
CHATS: Final = {
    f"https://hooks.slack.com/services/T0/B0/{SECRET}": "Slack",
    f"https://HOOKS.slack.com/services/T0/B0/{SECRET}": "Slack",
    f"https://discord.com/api/webhooks/1/{SECRET}": "Discord",
    f"https://canary.discord.com/api/webhooks/1/{SECRET}": "Discord",
    f"https://chat.googleapis.com/v1/spaces/A/messages?key={SECRET}": "Google Chat",
    f"https://team.webhook.office.com/webhookb2/{SECRET}": "Microsoft Teams",
}


@each("url", CHATS)
def test_a_chats_incoming_webhook_is_refused_with_the_type_to_use(url: str) -> None:
    """Every alert would be refused, and come back for ever."""
    with pytest.raises(ValueError, match=CHATS[url]) as caught:
        WebhookNotifier(url)
    assert "AppriseNotifier (type apprise)" in str(caught.value)
    assert SECRET not in str(caught.value)


@each("url", CHATS)
def test_a_chats_incoming_webhook_from_a_function_is_refused_when_it_is_read(url: str) -> None:
    error = refusal(WebhookNotifier(lambda: url))
    assert CHATS[url] in str(error)
    assert not error.retryable
    with pytest.raises(ValueError, match=CHATS[url]):
        WebhookNotifier(url, signing_key=lambda: KEY)


@each(
    "url",
    [
        "https://hooks.slack.com/triggers/T0/1/a",  # a workflow with variables of one's own
        "https://hooks.slack.com.example/services/T0/B0/a",
        "https://example.com/hook?next=hooks.slack.com/services/T0/B0/a",
    ],
)
def test_an_address_that_only_looks_like_a_chats_is_taken(url: str) -> None:
    assert WebhookNotifier(url).host


@each(
    "url",
    [
        f"https://prod-1.westeurope.logic.azure.com:443/workflows/1?sig={SECRET}",
        f"https://default1.c2.environment.api.powerplatform.com/workflows/1?sig={SECRET}",
    ],
)
def test_a_workflow_of_power_automate_is_taken_with_a_warning(
    caplog: pytest.LogCaptureFixture, url: str
) -> None:
    """Its flow may read alerts, or post cards to Teams only."""
    caplog.clear()
    WebhookNotifier(url)
    assert "give its URL to AppriseNotifier" in caplog.text
    assert SECRET not in caplog.text
