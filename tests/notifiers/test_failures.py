"""What on-call reads where a server gave no whole answer."""

from __future__ import annotations

import inspect
import re
import socket
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from urllib3 import exceptions
from urllib3.connection import HTTPConnection

from ecs_failure_alerts.notifiers._connections import NotConnectedError
from ecs_failure_alerts.notifiers._failures import SENTENCES, connection_failure
from rows import each

DOCS = Path(__file__).parents[2] / "docs" / "delivery.md"
CONNECTION = HTTPConnection("h")


def caused(error: exceptions.HTTPError, cause: Exception) -> exceptions.HTTPError:
    """Return *error* as if it was raised from *cause*."""
    error.__cause__ = cause
    return error


@each(
    ("error", "said", "maybe_delivered"),
    [
        (
            caused(exceptions.NewConnectionError(CONNECTION, "x"), ConnectionRefusedError()),
            "h refused the connection",
            False,
        ),
        (
            caused(exceptions.NewConnectionError(CONNECTION, "x"), OSError()),
            "h cannot be reached: there is no way to it",
            False,
        ),
        (
            exceptions.NameResolutionError("h", CONNECTION, socket.gaierror()),
            "h cannot be reached: its name could not be looked up",
            False,
        ),
        (
            exceptions.ConnectTimeoutError(),
            "h did not accept a connection within 3.9 s",
            False,
        ),
        (NotConnectedError("its moon is full"), "h cannot be reached: its moon is full", False),
        (
            exceptions.ProxyError("x", ConnectionRefusedError()),
            "h cannot be reached through the proxy",
            False,
        ),
        (exceptions.LocationParseError("h"), "h cannot be reached: its name is not valid", False),
        (exceptions.ReadTimeoutError(None, "", "x"), "h did not answer within 3.9 s", True),  # type: ignore[arg-type]
        (
            exceptions.ProtocolError("x", ConnectionResetError()),
            "h broke the connection off before it confirmed the alert",
            True,
        ),
    ],
)
def test_an_error_says_how_far_the_alert_came(
    error: exceptions.HTTPError, said: str, maybe_delivered: bool
) -> None:
    """Who reads that a server cannot be reached looks at the network, so it must be true."""
    failure = connection_failure(error, "h", 3.94)
    assert str(failure) == said
    assert failure.maybe_delivered is maybe_delivered


@given(st.sampled_from([kind for _, kind in inspect.getmembers(exceptions, inspect.isclass)]))
def test_no_error_shows_a_name_of_urllib3(kind: type[Exception]) -> None:
    """Class names of a library help nobody at night."""
    error = kind.__new__(kind)
    if isinstance(error, exceptions.HTTPError):
        assert kind.__name__ not in str(connection_failure(error, "h", 1.0))


def test_the_table_of_errors_in_the_docs_has_each_sentence() -> None:
    """On-call looks there for the very words that an error says."""
    table = re.sub(r"\d+\.\d", "{seconds:.1f}", DOCS.read_text())
    for sentence in SENTENCES.values():
        for part in re.split(r"\{host\} ?|\{error\}", sentence):
            assert part.strip() in table
