"""
The table of ``docs/delivery.md``: what becomes of an alert under each fault.

``PYTHONPATH=tests python -m integration.delivery_table`` runs the known recipe and this
library in AWS's runtime client on loopback, prints the table and puts it into the document.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from ecs_failure_alerts.testing import SentryInbox
from integration.deliveries import HANDLER, failed_task
from integration.faults import FAULTS, KEY, Station
from integration.lambda_runtime import LambdaSandbox
from ports import reserved_port

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "delivery.md"
_BEGIN, _END = "<!-- table -->\n", "<!-- end of the table -->"
_TIMEOUT = 6.0
_RETRIES = 2  # Lambda's own, for events that EventBridge or SNS hands over

_HOW: Final = {
    (False, False): "",
    (False, True): "",
    (True, False): " on the retry",
    (True, True): ", confirmed on the retry",
}

#: What tutorials tell to do, with the stock SDK.
RECIPE: Final = textwrap.dedent(
    """
    import os
    import sentry_sdk
    from sentry_sdk.integrations.aws_lambda import AwsLambdaIntegration

    sentry_sdk.init(dsn=os.environ["ECS_ALERTS_SENTRY_DSN"], integrations=[AwsLambdaIntegration()])


    def lambda_handler(event, context):
        detail = event["detail"]
        if any(container.get("exitCode") for container in detail["containers"]):
            sentry_sdk.capture_message(f"ECS task failed: {detail['taskArn']}", level="error")
        sentry_sdk.flush()
    """
)


def row(fault: str) -> str:
    """Try *fault* with both functions; give the table's line."""
    with _recipe() as recipe:
        return f"| {fault} | {_try(recipe, fault)} | {_try(HANDLER, fault)} |"


def table(faults: Iterable[str] = FAULTS) -> str:
    """Return the whole table."""
    head = "| Sentry answers | recipe: Lambda reports | this alert | the next |"
    head += " ecs-failure-alerts: Lambda reports | this alert | the next |"
    lines = [head, "|---" * 7 + "|", *map(row, faults)]
    return "".join(f"{line}\n" for line in lines)


def committed() -> str:
    """Return the table that the document holds."""
    return DOCUMENT.read_text().partition(_BEGIN)[2].partition(_END)[0]


@contextlib.contextmanager
def _recipe() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "handler.py").write_text(RECIPE)
        yield Path(folder)


def _try(code: Path, fault: str) -> str:
    """Return what is reported of an alert under *fault*, and what becomes of it and of the next."""

    def function(dsn: str) -> LambdaSandbox:
        return LambdaSandbox(code, env={"ECS_ALERTS_SENTRY_DSN": dsn}, timeout_seconds=_TIMEOUT)

    with (
        reserved_port() as port,
        SentryInbox(port, key=KEY) as inbox,
        function(inbox.dsn) as sandbox,
    ):
        event, following = failed_task(), failed_task()
        if fault == "hang":  # the connection stays as it is while the server is well again
            inbox.answer("hang", times=1)
            used = sandbox
            first = used.invoke(event)
        else:
            with FAULTS[fault][0](Station(inbox, function, sandbox)) as used:
                first = used.invoke(event)
        taken = _copies(inbox, event) > 0
        retries = 0
        done = first
        while not done.succeeded and retries < _RETRIES:
            retries += 1
            done = sandbox.invoke(event)
        sandbox.invoke(following)
        reports = "success" if first.succeeded else "failure"
        mine = _became(inbox, event, how=_HOW[bool(retries), taken])
        if used is not sandbox:  # the DSN itself is at fault: there is no next one
            return f"{reports} | {mine} | -"
        return f"{reports} | {mine} | {_became(inbox, following, how='')}"


def _became(inbox: SentryInbox, event: dict[str, Any], *, how: str) -> str:
    copies = _copies(inbox, event)
    if not copies:
        return "**lost**"
    return f"delivered{how}" + f", {copies} times" * (copies > 1)


def _copies(inbox: SentryInbox, event: dict[str, Any]) -> int:
    """Count the different events that the server has of a task."""
    task = event["detail"]["taskArn"]
    return sum(task in json.dumps(kept) for kept in inbox.events)


def main() -> None:
    """Make the table and put it into the document."""
    made = table()
    before, _, rest = DOCUMENT.read_text().partition(_BEGIN)
    DOCUMENT.write_text(f"{before}{_BEGIN}{made}{_END}{rest.partition(_END)[2]}")
    print(made)


if __name__ == "__main__":
    main()
