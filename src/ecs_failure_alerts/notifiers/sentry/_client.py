"""How one event gets to Sentry: an envelope, sent at once, that Sentry has to confirm."""

# Theory of operation: sentry-sdk's own transports queue an event for a thread and forget it, so
# that their caller never learns of a loss. Here its envelope is sent within the call, which returns
# only if Sentry's answer carries the event's id. Nothing is remembered between calls and no
# connection is kept: a Lambda may be frozen in between.

from __future__ import annotations

import gzip
import json
import os
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote
from urllib.request import getproxies, proxy_bypass

import certifi
import urllib3
from sentry_sdk.envelope import Envelope
from sentry_sdk.utils import BadDsn, Dsn
from urllib3.util import Retry, Timeout, make_headers, parse_url

from ..._host_sentry import apart
from ..._version import __version__
from ...exceptions import DeliveryError, SettingsError
from .._http import limit_answers

_USER_AGENT: Final = f"ecs-failure-alerts/{__version__}"
_SDK: Final = {"name": "ecs-failure-alerts", "version": __version__}
BACKOFF: Final = 0.25  # seconds before the second attempt, doubled for each further one
_ANSWER: Final = 65_536  # bytes of an answer that are read at most
_SHORTEST: Final = 0.05  # seconds that an attempt needs to make sense

#: The request cannot have reached Sentry.
_NEVER_SENT: Final = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.ProxyError,
    urllib3.exceptions.LocationValueError,
)
#: What a status means, where the number alone does not say it.
_MEANINGS: Final = {
    400: "Sentry found the event invalid",
    401: "the DSN's key is not accepted: check the DSN",
    403: "the DSN's project or key is not accepted: check the DSN",
    404: "there is no Sentry at this address: check the DSN",
    413: "the event is too large",
    429: "Sentry asks to wait: a quota or rate limit is used up",
}


class ConfirmingClient:
    """
    A Sentry client whose `send()` returns once Sentry has the event.

    The arguments are those of `SentryNotifier`.
    """

    def __init__(
        self,
        dsn: str,
        *,
        attempts: int,
        attempt_timeout: float,
        ca_certs: str | None,
        proxy: str | None,
    ) -> None:
        parsed = _parsed(dsn)
        auth = parsed.to_auth(_USER_AGENT)
        self.host: str = parsed.host
        self._url = auth.get_api_url()
        self._headers = {
            "User-Agent": _USER_AGENT,
            "X-Sentry-Auth": auth.to_header(),
            "Content-Type": "application/x-sentry-envelope",
            "Content-Encoding": "gzip",
            "Connection": "close",
        }
        self._attempts = attempts
        self._attempt_timeout = attempt_timeout
        self._new_pool = _pools(parsed, ca_certs, proxy)

    def send(self, event: dict[str, Any], deadline: float | None) -> str:
        """
        Send *event*; give its id.

        Args:
            event: The event, with an ``event_id``.
            deadline: When to be over, by `time.monotonic()`; None for no limit.

        Raises:
            DeliveryError: It was not confirmed.
        """
        event_id = str(event["event_id"])
        body = gzip.compress(_envelope(event_id, event))
        with apart():
            self._deliver(body, event_id, deadline)
        return event_id

    def _deliver(self, body: bytes, event_id: str, deadline: float | None) -> None:
        left, pause, taken = self._attempts, BACKOFF, False
        while True:
            try:
                self._attempt(body, event_id, deadline)
            except DeliveryError as error:
                taken = error.maybe_delivered = taken or error.maybe_delivered
                left -= 1
                late = _left(deadline) < pause + _SHORTEST
                if left <= 0 or late or not _worth_another(error):
                    raise
                time.sleep(pause)
                pause *= 2
            else:
                return

    def _attempt(self, body: bytes, event_id: str, deadline: float | None) -> None:
        seconds = min(self._attempt_timeout, _left(deadline))
        if seconds < _SHORTEST:
            raise DeliveryError("no time left to send the alert", retryable=True)
        try:
            response, answer = self._post(body, seconds)
        except urllib3.exceptions.HTTPError as error:
            failure = DeliveryError(
                f"{self.host} cannot be reached: {type(error).__name__}",
                retryable=True,
                maybe_delivered=not isinstance(error, _NEVER_SENT),
            )
        else:
            if 200 <= response.status < 300 and _confirmed(answer) == event_id:
                return
            failure = self._refusal(response)
        # Raised from here: urllib3's error has frames that hold the headers, and so the DSN's key,
        # which an error tracker takes along.
        raise failure

    def _post(self, body: bytes, seconds: float) -> tuple[urllib3.BaseHTTPResponse, bytes]:
        with self._new_pool() as pool:  # and with it a new connection, closed at the end
            response = pool.request(
                "POST",
                self._url,
                body=body,
                headers=self._headers,
                timeout=Timeout(total=seconds),
                retries=False,
                redirect=False,
                preload_content=False,
            )
            try:
                return response, response.read(_ANSWER)
            finally:
                response.close()

    def _refusal(self, response: urllib3.BaseHTTPResponse) -> DeliveryError:
        status = response.status
        if status < 300:
            meaning = "the answer does not confirm the event: is this a Sentry server?"
        else:
            meaning = _MEANINGS.get(status, "the event was not taken")
        return DeliveryError(
            f"{self.host} answered {status}: {meaning}",
            retryable=status in {408, 429} or status < 400 or status >= 500,
            retry_after=_retry_after(response) if status in {429, 503} else None,
            maybe_delivered=status < 300 or status >= 500,
            status=status,
        )


def _parsed(dsn: str) -> Dsn:
    """
    Parse a DSN, with blanks around it or not.

    Raises:
        ValueError: It is invalid, or holds what cannot be sent.
    """
    try:
        word = dsn.strip()
        if " " in word or not word.isprintable():
            raise ValueError
        parsed = Dsn(word)
        parsed.public_key.encode("ascii")  # as it goes into a header
    except (BadDsn, ValueError, AttributeError, TypeError):
        raise ValueError(
            "expected a Sentry DSN of the form https://PUBLIC_KEY@HOST/PROJECT_ID"
        ) from None
    if ":" in parsed.host:
        parsed.host = f"[{parsed.host}]"  # an IPv6 address, whose brackets it takes away
    return parsed


def _envelope(event_id: str, event: dict[str, Any]) -> bytes:
    """
    Wrap an event as Sentry takes it, with its sender, and the time where it has none.

    https://develop.sentry.dev/sdk/data-model/envelopes/
    """
    now = datetime.now(UTC).isoformat()
    try:
        return _serialized(event_id, {"timestamp": now, "sdk": _SDK, **event})
    except (TypeError, ValueError):  # somebody's own alert, with what JSON has not
        plain = json.loads(json.dumps(event, default=str, skipkeys=True), parse_constant=str)
        return _serialized(event_id, {"timestamp": now, "sdk": _SDK, **plain})


def _serialized(event_id: str, event: Any) -> bytes:
    envelope = Envelope(headers={"event_id": event_id})
    envelope.add_event(event)
    return envelope.serialize()


def _worth_another(error: DeliveryError) -> bool:
    """Say whether another attempt at once may help: after a network error, 408 or 5xx."""
    return error.status is None or error.status == 408 or error.status >= 500


def _left(deadline: float | None) -> float:
    return float("inf") if deadline is None else deadline - time.monotonic()


def _confirmed(answer: bytes) -> str | None:
    """Give the event id that an answer confirms."""
    try:
        event_id = json.loads(answer)["id"]
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    return event_id.replace("-", "").lower() if isinstance(event_id, str) else None


def _retry_after(response: urllib3.BaseHTTPResponse) -> float | None:
    """
    Read how many seconds to wait.

    https://develop.sentry.dev/sdk/expected-features/rate-limiting/
    """
    waits = []
    for limit in response.headers.get("X-Sentry-Rate-Limits", "").split(","):
        seconds, categories, *_ = [*limit.strip().split(":"), ""]
        if not categories or _CATEGORIES & set(categories.split(";")):
            waits += _seconds(seconds)
    return max(waits or _seconds(response.headers.get("Retry-After", "")), default=None)


#: What Sentry counts our events as.
_CATEGORIES: Final = {"error", "default"}


def _seconds(text: str) -> list[float]:
    """Read seconds, or an HTTP date, as a gateway gives it."""
    try:
        return [max(0.0, float(text))]
    except ValueError:
        pass
    try:
        return [Retry().parse_retry_after(text)]
    except (urllib3.exceptions.InvalidHeader, ValueError, OverflowError):
        return []


def _pools(dsn: Dsn, ca_certs: str | None, proxy: str | None) -> Callable[[], urllib3.PoolManager]:
    """Give what makes a pool of connections on the right way to Sentry."""
    options: dict[str, Any] = {}
    if dsn.scheme == "https":  # made once: it takes longer than the request
        certificates = ca_certs or os.environ.get("SSL_CERT_FILE") or certifi.where()
        try:
            options["ssl_context"] = ssl.create_default_context(cafile=certificates)
        except OSError:
            why = f"no CA certificates can be read from {certificates}"
            raise _unusable("ca_certs", ca_certs, "SSL_CERT_FILE", why) from None
    way = proxy
    if way is None and not proxy_bypass(dsn.host):
        way = getproxies().get(dsn.scheme)
    if not way:
        return lambda: limit_answers(urllib3.PoolManager(**options))
    url = way if "://" in way else f"http://{way}"
    try:
        auth = parse_url(url).auth
        headers = make_headers(proxy_basic_auth=unquote(auth)) if auth else None
        urllib3.ProxyManager(url)
    except (ValueError, urllib3.exceptions.HTTPError):  # its text may hold the credentials
        why = (
            "the proxy on the way to Sentry has no valid URL: expected http://HOST:PORT, "
            "or http://USER:PASSWORD@HOST:PORT"
        )
        raise _unusable("proxy", proxy, f"{dsn.scheme.upper()}_PROXY", why) from None
    return lambda: limit_answers(urllib3.ProxyManager(url, proxy_headers=headers, **options))


def _unusable(argument: str, given: str | None, variable: str, why: str) -> Exception:
    """Say what is wrong with *argument*, or with *variable* where the argument is not given."""
    return SettingsError(variable, why) if given is None else ValueError(f"{argument}: {why}")
