"""
The second table of ``docs/delivery.md``: one channel at fault, and what the others get.

``PYTHONPATH=tests python -m integration.channel_table`` hands 30 alerts at once to a channel at
fault and three that are well, prints the table and puts it into the document.
"""

from __future__ import annotations

import contextlib
import io
import logging
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from ecs_failure_alerts import Alert, FailureAlerter, Notifier, Receipt, function_notifier
from ecs_failure_alerts.notifiers.apprise import AppriseNotifier
from ecs_failure_alerts.notifiers.log import LogNotifier
from ecs_failure_alerts.notifiers.sentry import SentryNotifier
from ecs_failure_alerts.notifiers.webhook import WebhookNotifier
from ecs_failure_alerts.testing import SentryInbox
from integration.deliveries import failed_task
from keeping_server import Step, keeping_server
from ports import LOCALHOST, reserved_port

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "delivery.md"
COUNT: Final = 30
TIMEOUT_SECONDS: Final = 2.0
_BEGIN, _END = "<!-- channels -->\n", "<!-- end of channels -->"
_LOGGER: Final = "ecs_failure_alerts.alerts.channels"


@frozen(eq=False)
class _Behaving:
    """A notifier of somebody's own that does what it is told."""

    behaviour: Callable[[], Any]
    name: str = "own"

    def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:
        receipt: Receipt = self.behaviour()
        return receipt


@contextlib.contextmanager
def _sentry(fault: Any, **options: Any) -> Iterator[Notifier]:
    with SentryInbox() as inbox:
        inbox.answer(fault, **options)
        yield SentryNotifier(inbox.dsn)


@contextlib.contextmanager
def _refusing() -> Iterator[Notifier]:
    with reserved_port() as port:
        yield SentryNotifier(f"http://key@{LOCALHOST}:{port}/1")


@contextlib.contextmanager
def _hook(new: Callable[[str], Notifier], *script: Step) -> Iterator[Notifier]:
    with keeping_server(*script * 3 * COUNT) as server:
        yield new(server.url)


def _apprise(url: str) -> Notifier:
    return AppriseNotifier(url.replace("http://", "json://"))


@contextlib.contextmanager
def _own(behaviour: Callable[[], Any]) -> Iterator[Notifier]:
    yield _Behaving(behaviour)


@contextlib.contextmanager
def _hanging() -> Iterator[Notifier]:
    over = threading.Event()
    try:
        yield _Behaving(lambda: over.wait(60))
    finally:
        over.set()


def _interrupt() -> None:
    raise KeyboardInterrupt


#: What is wrong with one channel, and how.
FAULTS: Final[Mapping[str, Callable[[], contextlib.AbstractContextManager[Notifier]]]] = {
    "Sentry hangs": lambda: _sentry("hang"),
    "Sentry answers a byte at a time": lambda: _sentry("trickle", seconds=0.1),
    "Sentry is slow (5 s)": lambda: _sentry("slow", seconds=5),
    "Sentry answers 200 and HTML": lambda: _sentry("html"),
    "Sentry answers 401": lambda: _sentry(401),
    "Sentry answers 429, for a minute": lambda: _sentry(429, retry_after=60),
    "Sentry answers 503": lambda: _sentry(503),
    "Sentry resets the connection": lambda: _sentry("reset"),
    "nobody listens": _refusing,
    "a webhook hangs": lambda: _hook(WebhookNotifier, "never"),
    "a webhook resets the connection": lambda: _hook(WebhookNotifier, "reset"),
    "a service of Apprise hangs": lambda: _hook(_apprise, "never"),
    "a service of Apprise resets the connection": lambda: _hook(_apprise, "reset"),
    "a notifier hangs and ignores its limit": _hanging,
    "a notifier raises an exception": lambda: _own(lambda: 1 / 0),
    "a notifier raises KeyboardInterrupt": lambda: _own(_interrupt),
    "a notifier ends the process": lambda: _own(lambda: sys.exit(1)),
    "a notifier returns no receipt": lambda: _own(lambda: None),
}


def row(fault: str) -> str:
    """Try *fault*, and return the table's line."""
    taken: list[Alert] = []
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger = logging.getLogger(_LOGGER)
    logger.propagate, logger.handlers = False, [handler]

    with FAULTS[fault]() as faulty, SentryInbox() as inbox:
        second, log = SentryNotifier(inbox.dsn), LogNotifier(_LOGGER)
        page = function_notifier(taken.append)
        alerter = FailureAlerter(faulty, second, log, page)
        report = alerter.process([failed_task() for _ in range(COUNT)], timeout=TIMEOUT_SECONDS)
        reported = sum(len(outcome.receipts) for outcome in report.outcomes)
        counts = [len(inbox.event_ids), stream.getvalue().count("\n"), len(taken)]

    assert reported == sum(counts)  # the channel at fault has confirmed nothing
    status = "failure" if report.failures else "success"
    return f"| {fault} | {' | '.join(f'{count} of {COUNT}' for count in counts)} | {status} |"


def table() -> str:
    """Return the whole table."""
    head = "| one channel's fault | a second Sentry gets | the log | a function | reported |"
    return "".join(f"{line}\n" for line in [head, "|---" * 5 + "|", *map(row, FAULTS)])


def committed() -> str:
    """Return the table that the document holds."""
    return DOCUMENT.read_text().partition(_BEGIN)[2].partition(_END)[0]


def main() -> None:
    """Make the table and put it into the document."""
    made = table()
    before, _, rest = DOCUMENT.read_text().partition(_BEGIN)
    DOCUMENT.write_text(f"{before}{_BEGIN}{made}{_END}{rest.partition(_END)[2]}")
    print(made)


if __name__ == "__main__":
    main()
