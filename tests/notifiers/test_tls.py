"""An alert goes only to the server that the address names, as its certificate proves."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import trustme

from answering_server import answer, server
from authority import breaking_server, ca_file, silent_server, tls_server
from ecs_failure_alerts import DeliveryError, build_alert, diagnose, parse_event
from ecs_failure_alerts.testing import SentryInbox, task_state_change
from http_notifiers import HttpNotifier, for_each_notifier
from ports import LOCALHOST

pytestmark = for_each_notifier

TASK = parse_event(task_state_change())
ALERT = build_alert(TASK, diagnose(TASK))


def refusal(new: HttpNotifier, port: int, **options: Any) -> DeliveryError:
    """Return the error of an alert that is not delivered."""
    with pytest.raises(DeliveryError) as caught:
        new(port, **options).notify(ALERT, timeout=5)
    return caught.value


@pytest.fixture
def trusted(tmp_path: Path) -> str:
    """Return the file with the authority's certificate."""
    return ca_file(tmp_path)


def test_a_server_of_a_trusted_authority_gets_the_alert(new: HttpNotifier, trusted: str) -> None:
    """With the authority's certificate the alert is delivered."""
    with tls_server("good", new.confirm(ALERT.event_id)) as server:
        assert new(server.port, ca_certs=trusted).notify(ALERT, timeout=5).id == ALERT.event_id


def test_the_environment_may_name_the_authority(
    new: HttpNotifier, trusted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``SSL_CERT_FILE`` is heeded as by other programs."""
    monkeypatch.setenv("SSL_CERT_FILE", trusted)
    with tls_server("good", new.confirm(ALERT.event_id)) as server:
        assert new(server.port).notify(ALERT, timeout=5).id == ALERT.event_id


def test_given_certificates_count_alone(
    new: HttpNotifier, trusted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the environment names, and what the machine trusts, is not trusted beside them."""
    others = tmp_path / "others.pem"
    trustme.CA().cert_pem.write_to_path(others)
    monkeypatch.setenv("SSL_CERT_FILE", trusted)
    with tls_server("good", new.confirm(ALERT.event_id)) as server:
        error = refusal(new, server.port, ca_certs=str(others))
    assert server.received == []
    assert "its certificate is not accepted" in str(error)


@pytest.mark.parametrize(
    ("certificate", "why"),
    [
        ("expired", "certificate has expired"),
        ("self-signed", "unable to get local issuer certificate"),
        ("other host", "IP address mismatch"),
    ],
)
def test_a_server_that_proves_nothing_gets_nothing(
    new: HttpNotifier, certificate: Any, why: str, trusted: str
) -> None:
    """No byte of the alert reaches such a server, and the error says what is wrong."""
    with tls_server(certificate, new.confirm(ALERT.event_id)) as server:
        error = refusal(new, server.port, ca_certs=trusted)
    assert server.received == []
    assert f"{LOCALHOST} cannot be reached: its certificate is not accepted: " in str(error)
    assert why in str(error)
    assert (error.status, error.retryable, error.maybe_delivered) == (None, False, False)


def test_an_authority_that_nobody_named_is_not_trusted(new: HttpNotifier) -> None:
    """Without the authority's certificate, that of the server proves nothing."""
    with tls_server("good", new.confirm(ALERT.event_id)) as server:
        error = refusal(new, server.port)
    assert server.received == []
    assert "its certificate is not accepted" in str(error)


def test_a_server_that_stalls_in_the_handshake_is_given_up_in_time(new: HttpNotifier) -> None:
    """It has been sent nothing, and the error says where it stopped."""
    begin = time.monotonic()
    with silent_server() as port:
        error = refusal(new, port, attempts=1, attempt_timeout=0.05)
    assert time.monotonic() - begin < 4  # by default an attempt has 5 seconds
    assert str(error).endswith(f"{LOCALHOST} cannot be reached: the TLS handshake took too long")
    assert (error.retryable, error.maybe_delivered) == (True, False)


def test_a_server_without_tls_is_named_as_such(new: HttpNotifier) -> None:
    """An address with the wrong scheme is an error of the handshake: nothing was sent."""
    with SentryInbox() as inbox:
        error = refusal(new, inbox.port, attempts=1)
    said = str(error).partition(f"{LOCALHOST} cannot be reached: the TLS handshake failed: ")[2]
    # OpenSSL's own word for it differs from version to version.
    assert said in {"wrong version number", "record layer failure", "unknown protocol"}
    assert (error.retryable, error.maybe_delivered) == (True, False)


def test_a_server_that_breaks_the_handshake_off_was_sent_nothing(new: HttpNotifier) -> None:
    """A balancer without a server behind it resets the connection before TLS stands."""
    with breaking_server() as port:
        error = refusal(new, port, attempts=1)
    said = f"{LOCALHOST} cannot be reached: the TLS handshake failed: the connection was broken off"
    assert str(error).endswith(said)
    assert (error.retryable, error.maybe_delivered) == (True, False)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(answer("502 Bad Gateway"), id="refuses"),
        pytest.param(b"", id="closes"),
        pytest.param(b"SSH-2.0-OpenSSH\r\n", id="speaks something else"),
    ],
)
def test_a_proxy_that_makes_no_way_to_the_server_has_sent_nothing(
    new: HttpNotifier, said: bytes
) -> None:
    """The alert is sent through the proxy only once TLS with the server stands."""
    with server(said) as (url, requests):
        error = refusal(new, 443, attempts=1, proxy=url)
    assert [request.split()[0] for request in requests] == [b"CONNECT"]
    assert str(error).endswith(f"{LOCALHOST} cannot be reached through the proxy")
    assert (error.retryable, error.maybe_delivered) == (True, False)


def test_a_connection_that_breaks_after_the_alert_was_sent_may_have_delivered(
    new: HttpNotifier, trusted: str
) -> None:
    """Only what fails before the connection stands was certainly not sent."""
    with tls_server("good", new.confirm(ALERT.event_id)) as server:
        server.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"
        error = refusal(new, server.port, ca_certs=trusted, attempts=1)
    assert len(server.received) == 1
    assert error.maybe_delivered
