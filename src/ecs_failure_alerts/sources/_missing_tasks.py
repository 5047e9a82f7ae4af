"""Tasks that were asked for and that ECS does not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from .._texts import echo

#: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html
_REASONS: Final = {
    "MISSING": "ECS does not have this task, because it forgets stopped tasks after about an hour"
}


def find_missing_tasks(answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """
    Find the failures in an answer of DescribeTasks or RunTask.

    Yields:
        The place of each, such as ``failures[0]``, and why there is no task.
    """
    failures = answer.get("failures") if "tasks" in answer else None

    for index, failure in enumerate(failures if isinstance(failures, list) else ()):
        known = failure if isinstance(failure, Mapping) else {}
        reason, arn = known.get("reason"), known.get("arn")

        why = _REASONS.get(str(reason), f"ECS returned no task, with the reason {echo(reason)}")
        if isinstance(arn, str):
            what = "container instance" if ":container-instance/" in arn else "task"
            why += f" ({what} {echo(arn.rpartition('/')[2])})"
        yield f"failures[{index}]", why
