"""
How fast an event pattern is matched, beside MiniStack's matcher.

Run ``python benchmarks/matching.py``; for the comparison, ``pip install ministack==1.5.33``.
Both match the same parsed event in the same process, in turns; the figures are medians.
"""

from __future__ import annotations

import importlib
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from ecs_failure_alerts.patterns import EventPattern

ROUNDS = 40
CALLS = 2_000

CLUSTER = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/main"
TASK = "arn:aws:ecs:ap-northeast-1:123456789012:task/main/0f9e8d7c6b5a40318273645566778899"

PATTERN: dict[str, Any] = {
    "source": ["aws.ecs"],
    "detail-type": ["ECS Task State Change"],
    "detail": {
        "clusterArn": [CLUSTER],
        "containers": {"exitCode": [{"anything-but": [0]}], "reason": [{"exists": True}]},
    },
}

EVENT: dict[str, Any] = {
    "version": "0",
    "id": "6b2f0c1a-9d3e-4f57-8a61-2c4b8e0d7f93",
    "detail-type": "ECS Task State Change",
    "source": "aws.ecs",
    "account": "123456789012",
    "time": "2024-11-20T02:00:01Z",
    "region": "ap-northeast-1",
    "resources": [TASK],
    "detail": {
        "attachments": [{"id": "5d7e2f10", "type": "eni", "status": "DELETED", "details": []}],
        "availabilityZone": "ap-northeast-1a",
        "clusterArn": CLUSTER,
        "containers": [
            {
                "containerArn": CLUSTER.replace(":cluster/", ":container/"),
                "cpu": "0",
                "exitCode": 137,
                "image": "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app:2024.11",
                "lastStatus": "STOPPED",
                "memory": "512",
                "name": "app",
                "reason": "OutOfMemoryError: Container killed due to memory usage",
                "runtimeId": "0f9e8d7c6b5a40318273645566778899-1234567890",
                "taskArn": TASK,
            }
        ],
        "cpu": "256",
        "createdAt": "2024-11-20T01:01:50.123Z",
        "desiredStatus": "STOPPED",
        "group": "service:web",
        "lastStatus": "STOPPED",
        "launchType": "FARGATE",
        "memory": "512",
        "stopCode": "EssentialContainerExited",
        "stoppedReason": "Essential container in task exited",
        "taskArn": TASK,
        "taskDefinitionArn": TASK.replace(":task/main/", ":task-definition/web:"),
        "updatedAt": "2024-11-20T02:00:01.500Z",
        "version": 6,
    },
}


def ministack_matcher() -> Callable[[], bool] | None:
    """Give MiniStack's matching of the parsed event, all caches warm; None if not installed."""
    try:
        eventbridge = importlib.import_module("ministack.services.eventbridge")
    except ImportError:
        return None
    record = {
        "Source": EVENT["source"],
        "DetailType": EVENT["detail-type"],
        "Account": EVENT["account"],
        "Region": EVENT["region"],
        "Resources": EVENT["resources"],
        "Detail": json.dumps(EVENT["detail"]),
    }
    text = json.dumps(PATTERN)
    view = eventbridge._pattern_event_view(record)
    match = eventbridge._matches_pattern_view
    return lambda: bool(match(text, view))


def microseconds(match: Callable[[], bool]) -> float:
    """Time one call, over many."""
    start = time.perf_counter()
    for _ in range(CALLS):
        match()
    return (time.perf_counter() - start) / CALLS * 1e6


def main() -> None:
    """Print the median times and their ratio."""
    pattern = EventPattern.from_json(PATTERN)
    ours: Callable[[], bool] = lambda: pattern.matches(EVENT)  # noqa: E731
    theirs = ministack_matcher()
    assert ours(), "the event must match"
    assert theirs is None or theirs(), "the event must match"
    our_times: list[float] = []
    their_times: list[float] = []
    for _ in range(ROUNDS):
        our_times.append(microseconds(ours))
        if theirs is not None:
            their_times.append(microseconds(theirs))
    print(f"ecs-failure-alerts  {statistics.median(our_times):6.2f} us a match")
    if not their_times:
        print("ministack           not installed: pip install ministack==1.5.33")
        return
    ratios = [their / our for our, their in zip(our_times, their_times, strict=True)]
    low, _, high = statistics.quantiles(ratios, n=4)
    print(f"ministack           {statistics.median(their_times):6.2f} us a match")
    print(
        f"ratio               {statistics.median(ratios):6.2f}"
        f" (middle half {low:.2f} to {high:.2f}, {ROUNDS} rounds of {CALLS} calls)"
    )


if __name__ == "__main__":
    main()
