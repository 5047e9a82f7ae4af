"""What can go wrong on the way to Sentry."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import frozen

from ecs_failure_alerts.testing import SentryInbox
from integration.lambda_runtime import LambdaSandbox

KEY = "5ec2e75ec2e75ec2e75ec2e75ec2e700"


@frozen
class Station:
    """
    A function and its Sentry.

    Attributes:
        inbox: The Sentry, on a port that is reserved.
        function: Makes the function for a DSN.
        sandbox: The function for the Sentry's own DSN.
        second: A Sentry that is always well, where the function has two.
    """

    inbox: SentryInbox
    function: Callable[[str], LambdaSandbox]
    sandbox: LambdaSandbox
    second: SentryInbox | None = None


def _told(
    fault: Any, **options: Any
) -> Callable[[Station], contextlib.AbstractContextManager[Any]]:
    """Make Sentry answer with *fault* for the time being."""

    @contextlib.contextmanager
    def begin(station: Station) -> Iterator[LambdaSandbox]:
        station.inbox.answer(fault, **options)
        try:
            yield station.sandbox
        finally:
            station.inbox.answer("ok")

    return begin


@contextlib.contextmanager
def _refused(station: Station) -> Iterator[LambdaSandbox]:
    """End Sentry for the time being; nobody else gets its port."""
    station.inbox.__exit__(None, None, None)
    try:
        yield station.sandbox
    finally:
        station.inbox.__enter__()


def _wrong_dsn(dsn: str) -> Callable[[Station], contextlib.AbstractContextManager[Any]]:
    """Use a function that is the same but for its DSN."""

    @contextlib.contextmanager
    def begin(station: Station) -> Iterator[LambdaSandbox]:
        with station.function(dsn.format(key=KEY, port=station.inbox.port)) as sandbox:
            yield sandbox

    return begin


#: Fault: how it begins and ends, and whether the handler may report success under it.
FAULTS: Mapping[str, tuple[Callable[..., contextlib.AbstractContextManager[Any]], bool]] = {
    "200": (_told(200), True),
    "200, slow": (_told("slow", seconds=0.3), True),
    "200 with X-Sentry-Rate-Limits": (_told("rate_limited_ok"), True),
    "200, HTML of a proxy": (_told("html"), False),
    "200, another id": (_told("wrong_id"), False),
    "200, half of the body": (_told("half", after_accept=True), False),
    "200, a byte at a time": (_told("trickle", seconds=0.1), False),
    "302": (_told(302), False),
    "400": (_told(400), False),
    "401": (_told(401), False),
    "403": (_told(403), False),
    "413": (_told(413), False),
    "429": (_told(429), False),
    "429 with Retry-After": (_told(429, retry_after=60), False),
    "429 with X-Sentry-Rate-Limits": (_told(429, rate_limits="60:error:organization"), False),
    "500": (_told(500), False),
    "503": (_told(503), False),
    "503 after the event was taken": (_told(503, after_accept=True), False),
    "reset": (_told("reset"), False),
    "close": (_told("close"), False),
    "close after the event was taken": (_told("close", after_accept=True), False),
    "hang": (_told("hang"), False),
    "refused": (_refused, False),
    "DNS": (_wrong_dsn("http://{key}@sentry.invalid/1"), False),
    "TLS": (_wrong_dsn("https://{key}@127.0.0.1:{port}/1"), False),
}
