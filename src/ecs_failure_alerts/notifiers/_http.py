"""One confirmed HTTP POST: it returns once the backend has confirmed, within a time limit."""

# Theory of operation: a connection is kept for seconds, and only after a confirmation. What goes
# wrong on a kept one may be the connection's fault, so the request is sent again at once on a new
# one: with the same body, because the server may have taken it. Hence a kept connection is used
# only where another attempt and time for it are left, and for half of the time at most.
#
# Errors are raised from frames that hold neither the address nor the headers nor urllib3's own
# error, since an error tracker takes along what frames hold.

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

import urllib3
from urllib3.util import Retry, Timeout, parse_url

from .._deadline import Deadline
from ..exceptions import DeliveryError, SettingsError
from ..host import hidden_from_host_sentry, unlogged
from ._answer import Answer, read_answer
from ._attempts import check_attempts
from ._failures import connection_failure
from ._idle_connections import IdleConnections
from ._refusals import refusal
from ._transport import find_transport, warn_of_clear_text

#: Seconds before the second attempt, doubled for each further one.
BACKOFF_SECONDS: Final = 0.25

#: Seconds that an attempt needs to make sense, and that it gets at most: a socket has no limit of
#: infinite seconds.
_SHORTEST_SECONDS: Final = 0.05
_LONGEST_SECONDS: Final = 86_400.0

#: Seconds that must be left for a kept connection, so that half of them do for an attempt.
_SECONDS_FOR_KEPT: Final = 2.0


def seconds_to_wait(text: str) -> float | None:
    """Read ``Retry-After``: seconds or an HTTP date; None if it is neither."""
    try:
        seconds = float(text)
    except ValueError:
        pass
    else:
        return max(0.0, seconds) if math.isfinite(seconds) else None

    try:
        return Retry().parse_retry_after(text)
    except (urllib3.exceptions.InvalidHeader, ValueError, OverflowError):
        return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that the header ``Retry-After`` asks to wait; None if it does not."""
    return seconds_to_wait(headers.get("Retry-After", ""))


class _Request:
    """The request, the same for every attempt, and the check that confirms it."""

    def __init__(
        self, body: bytes, headers: Mapping[str, str], confirms: Callable[[bytes], bool]
    ) -> None:
        self.body = body
        self.headers = headers
        self.confirms = confirms


class ConfirmedPost:
    """
    An address that alerts are posted to, each until it is confirmed.

    One attempt is one request, without a redirect. Network errors, 408 and 5xx are tried again;
    other answers are not. After a confirmation the connection is kept for ten seconds; what goes
    wrong on a kept one is sent again at once on a new one. The process's own Sentry sees none of
    it.

    Args:
        url: The address. It may hold a token: no error, frame or ``repr`` shows more than its
            host.
        headers: Headers of every request.
        attempts: Requests per alert at most.
        attempt_timeout: Seconds per request at most; looking the host's name up is not counted.
        ca_certs: A file of CA certificates, in place of certifi's.
        proxy: The URL of a proxy, in place of the one that the environment names
            (``HTTPS_PROXY``, ``HTTP_PROXY``, ``NO_PROXY``); empty for none.
        meanings: What a status, or its first digit, means here, where the number alone does not
            say it.
        wait: Returns the seconds that a 429 or 503 asks to wait, from the answer's headers.

    Raises:
        ValueError: The address, the proxy or the certificates cannot be used, or no attempt is
            allowed.
        TypeError: A number is none.
        SettingsError: The proxy or the certificates that the environment names cannot be used.
    """

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        attempts: int = 3,
        attempt_timeout: float = 5.0,
        ca_certs: str | None = None,
        proxy: str | None = None,
        meanings: Mapping[int, str] | None = None,
        wait: Callable[[Mapping[str, str]], float | None] = retry_after,
    ) -> None:
        failure: Exception | None = None
        try:
            scheme, self.host = address_parts(url)
            self._transport = find_transport(url, self.host, ca_certs=ca_certs, proxy=proxy)
            check_attempts(attempts, attempt_timeout)
        except (ValueError, SettingsError) as error:
            failure = error.with_traceback(None)
        self._headers = {**headers} if attempts > 1 else {**headers, "Connection": "close"}
        del url, headers, proxy  # an error tracker takes along what the frames of a traceback hold
        if failure is not None:
            raise failure

        if scheme == "http":
            warn_of_clear_text(self.host, "https")
        self._attempts = attempts
        self._attempt_timeout = min(attempt_timeout, _LONGEST_SECONDS)
        self._idle = IdleConnections()
        self._meanings = meanings or {}
        self._wait = wait

    def send(
        self,
        body: bytes,
        confirms: Callable[[bytes], bool],
        deadline: Deadline,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """
        Post *body*, and return once the answer confirms it.

        Args:
            body: What is posted, the same at every attempt.
            confirms: Returns whether the body of an answer of 2xx is a confirmation.
            deadline: When to be over.
            headers: Further headers of this request.

        Raises:
            DeliveryError: It was not confirmed.
        """
        request = _Request(
            body, {**self._transport.headers, **self._headers, **(headers or {})}, confirms
        )
        left, pause, taken = self._attempts, BACKOFF_SECONDS, False
        while True:
            kept = self._take_kept(left, deadline)
            try:
                self._attempt(request, deadline, kept)
            except DeliveryError as error:
                self._idle.close()
                taken = error.maybe_delivered = taken or error.maybe_delivered
                left -= 1
                seconds = 0.0 if kept else pause
                late = not deadline.leaves(seconds + _SHORTEST_SECONDS)
                if left <= 0 or late or not _may_pass_soon(error, kept=kept is not None):
                    raise
            else:
                return

            if seconds:
                time.sleep(seconds)
                pause *= 2

    def _attempt(
        self, request: _Request, deadline: Deadline, kept: urllib3.HTTPConnectionPool | None
    ) -> None:
        seconds = deadline.cap(self._attempt_timeout)
        if seconds < _SHORTEST_SECONDS:
            raise DeliveryError(
                f"expected {_SHORTEST_SECONDS} seconds or more to send the alert, got "
                f"{max(0.0, seconds):.2f}: raise the timeout",
                retryable=True,
            )

        if kept:
            seconds = min(seconds, deadline.cap(math.inf) / 2)
        pool = kept or self._transport.new_pool()
        try:
            with hidden_from_host_sentry(), unlogged("urllib3"):  # which logs the path
                answer = self._post(pool, request, seconds)
        except urllib3.exceptions.HTTPError as error:
            failure = connection_failure(error, self.host, seconds)
        else:
            if 200 <= answer.status < 300 and request.confirms(answer.body):
                self._keep(pool, answer)
                return
            wait = self._wait(answer.headers) if answer.status in {429, 503} else None
            failure = refusal(self.host, answer.status, self._meanings, wait)

        # Raised from here: urllib3's error has frames that hold the headers.
        pool.close()
        raise failure

    def _take_kept(self, left: int, deadline: Deadline) -> urllib3.HTTPConnectionPool | None:
        again = left > 1 and deadline.leaves(_SECONDS_FOR_KEPT)
        return self._idle.take() if again else None

    def _keep(self, pool: urllib3.HTTPConnectionPool, answer: Answer) -> None:
        if self._attempts > 1 and answer.leaves_open:
            self._idle.keep(pool)
        else:
            pool.close()

    def _post(self, pool: urllib3.HTTPConnectionPool, request: _Request, seconds: float) -> Answer:
        response = pool.urlopen(
            "POST",
            self._transport.target,
            body=request.body,
            headers=request.headers,
            timeout=Timeout(total=seconds),
            retries=False,
            redirect=False,
            assert_same_host=False,
            preload_content=False,
            decode_content=False,
        )

        return read_answer(response)


def address_parts(url: str) -> tuple[str, str]:
    """Return the scheme and the host of an address; raise ``ValueError`` if it is none."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        parse_url(url)  # urllib3 reads it in its own way
        if " " in url or not url.isprintable():
            host = None
    except (ValueError, AttributeError, TypeError):
        host = None

    if not host or parts.scheme not in {"http", "https"}:
        raise ValueError("expected an address of the form https://HOST/PATH")
    return parts.scheme, f"[{host}]" if ":" in host else host


def _may_pass_soon(error: DeliveryError, *, kept: bool) -> bool:
    """Return whether another attempt at once may help: after a network error, 408 or 5xx."""
    status = error.status
    soon = status is None or status == 408 or status >= 500 or (kept and status < 300)
    return error.retryable and soon
