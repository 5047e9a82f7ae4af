"""Events of the sizes that ECS sends: one container, four, and ten."""

from __future__ import annotations

import json
from typing import Any, Final

from ecs_failure_alerts.testing import task_state_change

TASK: Final = "0f9e8d7c6b5a40318273645566778899"
ARN: Final = "arn:aws:ecs:eu-central-1:123456789012"


def event(containers: int, task: str = TASK) -> dict[str, Any]:
    """
    Make the event of a Fargate task that ran out of memory, with all that such an event has.

    Args:
        containers: How many containers; the first one is at fault.
        task: The task's id.
    """
    return task_state_change(
        taskArn=f"{ARN}:task/jobs/{task}",
        containers=[_container(number, containers) for number in range(containers)],
        attachments=[
            {
                "id": "5d7e2f10-aaaa-4bbb-8ccc-0123456789ab",
                "type": "eni",
                "status": "DELETED",
                "details": [
                    {"name": "subnetId", "value": "subnet-0abc0123456789def"},
                    {"name": "privateIPv4Address", "value": "10.0.12.34"},
                ],
            }
        ],
        overrides={
            "containerOverrides": [
                {
                    "name": "app" if number == 0 else f"side-{number}",
                    "environment": [
                        {"name": f"SETTING_{index}", "value": f"value {index}"}
                        for index in range(min(containers, 10))
                    ],
                }
                for number in range(containers)
            ]
        },
    )


def _container(number: int, of: int) -> dict[str, Any]:
    container = {
        "containerArn": f"{ARN}:container/jobs/{TASK}/0206b271-b33f-47ab-86c6-{number:012}",
        "name": "app" if number == 0 else f"side-{number}",
        "image": f"123456789012.dkr.ecr.eu-central-1.amazonaws.com/side-{number}:1.4.2",
        "runtimeId": f"{TASK}-{265927825 + number}",
        "exitCode": 137 if number == 0 else 0,
        "networkInterfaces": [
            {
                "attachmentId": "5d7e2f10-aaaa-4bbb-8ccc-0123456789ab",
                "privateIpv4Address": "10.0.12.34",
            }
        ],
        "cpu": "0",
        "memory": str(4096 // of),
        "memoryReservation": str(2048 // of),
    }
    if number == 0:
        container["reason"] = "OutOfMemoryError: Container killed due to memory usage"
    return container


def _sized(containers: int) -> tuple[str, dict[str, Any]]:
    made = event(containers)
    return f"{len(text(made)) / 1000:.0f} KB", made


def text(made: Any) -> str:
    """Return *made* as JSON, as tight as AWS sends it."""
    return json.dumps(made, separators=(",", ":"))


#: By their size as JSON text.
EVENTS: Final = dict(map(_sized, (1, 4, 10)))
