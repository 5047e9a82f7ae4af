"""Events of failed tasks: one of every cause, extreme ones, and those of a labelled corpus."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ecs_failure_alerts.testing import ABSENT
from integration.deliveries import failed_task

_OWN = Path(__file__).parents[1] / "events"

_NO_CODE = {"exitCode": ABSENT}
_PULL = (
    "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve "
    "ref docker.io/example/app:1: not found"
)
_RESOURCE = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource "
    "retrieval failed: unable to retrieve secret from asm"
)
_SERVICE = {"group": "service:web", "startedBy": "ecs-svc/1234567890123456789"}

#: One event of every cause that alerts.
CAUSES: Mapping[str, Mapping[str, Any]] = {
    "container_exit": {},
    "out_of_memory": {
        "containers": [
            {"exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"}
        ]
    },
    "failed_to_start.image_pull": {
        "stopCode": "TaskFailedToStart",
        "stoppedReason": _PULL,
        "startedAt": ABSENT,
        "containers": [_NO_CODE],
    },
    "failed_to_start.resource_init": {
        "stopCode": "TaskFailedToStart",
        "stoppedReason": _RESOURCE,
        "startedAt": ABSENT,
        "containers": [_NO_CODE],
    },
    "failed_to_start.other": {
        "stopCode": "TaskFailedToStart",
        "stoppedReason": "Timeout waiting for network interface provisioning to complete.",
        "startedAt": ABSENT,
        "containers": [],
    },
    "health_check": {
        "stopCode": "ServiceSchedulerInitiated",
        "stoppedReason": "Task failed container health checks",
        "containers": [{"exitCode": 0}],
        **_SERVICE,
    },
    "spot_interruption": {
        "stopCode": "SpotInterruption",
        "stoppedReason": "Your Spot Task was interrupted.",
        "containers": [{"exitCode": 143}],
    },
    "host_terminated": {
        "stopCode": "TerminationNotice",
        "stoppedReason": "Host EC2 (instance i-0123456789abcdef0) terminated.",
        "containers": [_NO_CODE],
    },
    "clean_exit": {"containers": [{"exitCode": 0}], **_SERVICE},
}


def _renamed(text: str) -> dict[str, Any]:
    """Name the cluster, the family, the container and the image after *text*."""
    arn = "arn:aws:ecs:eu-central-1:123456789012"
    return {
        "clusterArn": f"{arn}:cluster/{text}",
        "taskDefinitionArn": f"{arn}:task-definition/{text}:2147483647",
        "group": f"family:{text}",
        "containers": [{"name": text, "image": f"registry.example.com/{text}:{text}"}],
    }


#: What is as long or as odd as AWS lets it be.
EXTREMES: Mapping[str, Mapping[str, Any]] = {
    "255-character names": _renamed("n" * 255),
    "non-ASCII names": _renamed("größe-日本-🙂" * 20),
    "lines": {
        "stoppedReason": "first line\nsecond\r\nthird\ttab\x00nul\x1b[31m\u2028end",
        "containers": [{"reason": "a\nb\r\n\n\nc", "name": "one\ntwo", "image": "x\ny"}],
        "startedBy": "some\nbody",
        "group": "family:a\nb",
        "stopCode": "Odd\nCode",
        "launchType": "FAR\nGATE",
    },
    "10 containers": {
        "containers": [
            {"name": f"{number}-" + "c" * 253, "exitCode": number, "reason": "r" * 1024}
            for number in range(1, 11)
        ]
    },
    "60 containers": {"containers": [{"name": f"c{n}", "reason": "🙂" * 1024} for n in range(60)]},
    "1,024-character reasons": {
        "stoppedReason": "s" * 1024,
        "containers": [{"exitCode": 1, "reason": "r" * 1024}],
    },
    "1,024 four-byte characters": {
        "stoppedReason": "🙂" * 1024,
        "containers": [{"exitCode": 1, "reason": "🙂" * 1024, "name": "🙂" * 255}],
    },
    "1,024 quotes": {
        "stoppedReason": '"\\' * 512,
        "containers": [{"exitCode": 1, "reason": '"\\' * 512}],
    },
    "128-character startedBy": {"startedBy": "b" * 128},
    "huge exit code": {"containers": [{"exitCode": 3221225786}, {"exitCode": -1, "name": "b"}]},
    "names of secrets": {
        "containers": [{"name": "password", "reason": "api_key=none secret token"}],
        "group": "family:secret",
    },
    "nearly nothing": {
        "clusterArn": ABSENT,
        "taskDefinitionArn": ABSENT,
        "group": ABSENT,
        "startedBy": ABSENT,
        "stopCode": ABSENT,
        "stoppedReason": ABSENT,
        "containers": [],
        "overrides": ABSENT,
    },
}


def failing_tasks() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every event at hand with a name: of every cause, extreme, own files, corpus."""
    for name, changes in {**CAUSES, **EXTREMES}.items():
        yield name, failed_task(**changes)
    for path in sorted(_OWN.glob("*.json")):
        content = json.loads(path.read_text())
        yield path.stem, content.get("event", content)
    for row in corpus("ecs-events.jsonl"):
        yield row["name"], row["event"]


def corpus(name: str) -> list[dict[str, Any]]:
    """Return the rows of a file of the labelled corpus; none where there is no corpus."""
    folder = os.environ.get("TESTS_CORPUS")
    if not folder:
        return []
    return [json.loads(line) for line in (Path(folder) / name).read_text().splitlines()]
