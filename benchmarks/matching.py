"""
How fast an event pattern is matched, and how often rightly, beside other local matchers.

Run ``python benchmarks/matching.py``; the others come with the extra ``bench``. Each matches the
same parsed event, with its pattern compiled and its caches warm, in the same process, in turns.
The verdicts are those that Event Ruler gave for ``tests/patterns/event-patterns.jsonl``.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, TypeAlias

from attrs import frozen
from measuring import Figure, per_call, race, ratios, table

from ecs_failure_alerts.patterns import EventPattern

#: So many times as fast as another matcher that is right.
_GOAL: Final = 5.0

VECTORS: Final = Path(__file__).parents[1] / "tests" / "patterns" / "event-patterns.jsonl"

#: Compiles a pattern, given as a mapping or text; raises if it is not valid. The result takes an
#: event, prepares it, and returns the function that matches it.
Match: TypeAlias = Callable[[], bool]
Compile: TypeAlias = Callable[[Any], Callable[[Any], Match]]

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


def with_containers(*ends: tuple[int | None, str | None]) -> dict[str, Any]:
    """Return the event with one container for each exit code and reason; None for an absent one."""
    event = deepcopy(EVENT)
    (container,) = event["detail"]["containers"]

    made = [container | {"exitCode": code, "reason": reason} for code, reason in ends]
    event["detail"]["containers"] = [
        {key: value for key, value in one.items() if value is not None} for one in made
    ]

    return event


#: The verdicts that a matcher has to give to be right on the pattern.
PROBES: Final = (
    (EVENT, True),
    (with_containers((0, "stopped"), (137, "OutOfMemoryError")), True),
    (with_containers((0, "stopped"), (137, None)), False),
    (with_containers((0, "stopped")), False),
    (with_containers((1, None)), False),
    (with_containers((None, "CannotPullContainerError")), False),
    (EVENT | {"source": "aws.ec2"}, False),
)


def our_compile(pattern: Any) -> Callable[[Any], Match]:
    """Compile by `EventPattern`."""
    compiled = EventPattern.from_json(pattern)
    return lambda event: lambda: compiled.matches(event)


def as_text(document: Any) -> str:
    """Return *document* as JSON text."""
    return document if isinstance(document, str) else json.dumps(document)


def as_value(document: Any) -> Any:
    """Return *document* as JSON values."""
    return json.loads(document) if isinstance(document, str) else document


def ministack(pattern: Any) -> Callable[[Any], Match]:
    """Compile as MiniStack's ``TestEventPattern`` does."""
    from ministack.services import eventbridge

    text = as_text(pattern)
    if eventbridge._event_pattern_error(text):
        raise ValueError

    def prepare(event: Any) -> Match:
        view = eventbridge._pattern_event_view(
            eventbridge._event_from_test_payload(as_value(event))
        )
        return lambda: bool(eventbridge._matches_pattern_view(text, view))

    return prepare


def moto(pattern: Any) -> Callable[[Any], Match]:
    """Compile as moto's event bus does."""
    from moto.events.models import EventPattern as MotoPattern

    compiled = MotoPattern.load(as_text(pattern))

    def prepare(event: Any) -> Match:
        value = as_value(event)
        return lambda: compiled.matches_event(value)

    return prepare


def localstack(pattern: Any) -> Callable[[Any], Match]:
    """Compile as LocalStack's event bus does."""
    from localstack.services.events.event_rule_engine import (
        EventPatternCompiler,
        EventRuleEngine,
    )

    compiler: Any = EventPatternCompiler
    compiled = compiler().compile_event_pattern(as_text(pattern))
    engine = EventRuleEngine()

    def prepare(event: Any) -> Match:
        value = as_value(event)
        return lambda: bool(engine.evaluate_pattern_on_event(compiled, value))

    return prepare


@frozen
class Matcher:
    """A local matcher: its name, the packages it needs, and how it compiles."""

    name: str
    needs: tuple[str, ...]
    compile: Compile

    @property
    def installed(self) -> bool:
        """Whether it can run here."""
        return all(map(find_spec, self.needs))


OURS: Final = Matcher("EventPattern", (), our_compile)
PEERS: Final = (
    Matcher("ministack", ("ministack",), ministack),
    Matcher("moto", ("moto", "boto3"), moto),
    Matcher("localstack-core", ("localstack", "rolo"), localstack),
)


def agreement(matcher: Matcher) -> float:
    """Return the percentage of Event Ruler's verdicts that *matcher* reaches too."""
    logging.disable()  # they report what they do not like

    vectors = [json.loads(line) for line in VECTORS.read_text(encoding="utf-8").splitlines()]
    equal = sum(
        verdict(matcher, vector["pattern"], vector["event"]) == (vector["valid"], vector["match"])
        for vector in vectors
    )

    logging.disable(logging.NOTSET)
    return 100 * equal / len(vectors)


def verdict(matcher: Matcher, pattern: Any, event: Any) -> tuple[bool, bool | None]:
    """Return whether the pattern is valid, and whether it matches."""
    try:
        prepare = matcher.compile(pattern)
    except Exception:  # noqa: BLE001 - each has exceptions of its own
        return False, None

    try:
        return True, bool(prepare(event)())
    except Exception:  # noqa: BLE001 - a matcher that fails does not match
        return True, False


def right(matcher: Matcher) -> bool:
    """Return whether *matcher* is right on the pattern."""
    return all(verdict(matcher, PATTERN, event) == (True, expected) for event, expected in PROBES)


def figures(rounds: int) -> Iterator[Figure]:
    """Measure the verdicts and the speed of every matcher that is installed."""
    yield Figure("verdicts of EventPattern", "Event Ruler", (agreement(OURS),), 100, True, " %")

    installed = [peer for peer in PEERS if peer.installed]
    for peer in PEERS:
        found = [agreement(peer)] if peer.installed else []
        yield Figure(f"verdicts of {peer.name}", "Event Ruler", found, unit=" %")

    gauges = {
        matcher.name: per_call(matcher.compile(PATTERN)(EVENT)) for matcher in (OURS, *installed)
    }
    times = race(gauges, rounds)

    for peer in PEERS:
        correct = peer.installed and right(peer)
        note = "" if correct or not peer.installed else " (wrong on it)"
        faster = ratios(times[peer.name], times[OURS.name]) if peer.installed else ()
        # The goal is set against those that are right on the pattern.
        goal = _GOAL if correct else None
        yield Figure("matches per second", f"{peer.name}{note}", faster, goal, at_least=True)


if __name__ == "__main__":
    assert right(OURS)
    measured = list(figures(40))
    print(table(measured))
    sys.exit(any(figure.missed for figure in measured))
