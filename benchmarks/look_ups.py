"""
What look-ups cost: the Lambda with them on, beside the same function with them off.

AWS is a server on loopback that answers at once, so the network's time is not in the figures: what
is left is what the function itself does, which is mostly loading botocore and making its clients.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pytest
from cold_starts import OURS, ROOT, Form, Series, one_round, python_folder
from measuring import Figure, ratios

from aws_stub import aws_stub
from ecs_failure_alerts.testing import SentryInbox
from integration.lambda_package import bare_python

LABELS: Final = {
    "starts": "look-ups: init + first alert",
    "inits": "  of it init",
    "firsts": "  of it first alert",
    "warm": "look-ups: warm alert",
    "memory": "look-ups: memory (peak)",
}
OFF: Final = "without look-ups"

#: The definition of the sample task, and thirty lines of its log.
DEFINITION: Final[dict[str, Any]] = {
    "taskDefinition": {
        "containerDefinitions": [
            {
                "name": "app",
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {
                        "awslogs-group": "/ecs/jobs",
                        "awslogs-region": "eu-central-1",
                        "awslogs-stream-prefix": "ecs",
                    },
                },
            }
        ]
    }
}
LINES: Final = [
    {"timestamp": 1_772_417_640_000 + number, "message": f"INFO batch {number} of 30 read"}
    for number in range(30)
]


def figures(rounds: int) -> Iterator[Figure]:
    """Measure; nothing is a goal, since nothing is looked up unless somebody wants it."""
    if not (find_spec("awslambdaric") and find_spec("boto3")):
        yield from (Figure(label, OFF, ()) for label in LABELS.values())
        return

    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        folder = Path(place)
        python = bare_python(folder / "image")
        handler = ROOT / "adapters" / "lambda" / "handler.py"
        code = python_folder(folder / "function", handler, OURS, compiled=True)

        with aws_stub(patch) as aws:
            aws.answers["DescribeTaskDefinition"] = 200, DEFINITION
            aws.answers["GetLogEvents"] = 200, {"events": LINES, "nextBackwardToken": "b"}
            on = {"ECS_ALERTS_LOOKUPS": "definition,logs", **aws.env}
            forms = [Form(OFF, code, python), Form("with look-ups", code, python, on)]
            series = {form.name: Series() for form in forms}

            for number in range(rounds + 1):
                for form in forms if number % 2 else forms[::-1]:
                    with SentryInbox() as inbox:  # the first round warms the disk's cache
                        one_round(form, inbox, series[form.name] if number else None)
            assert len(aws.asked) > rounds  # it did look up

    for kind, label in LABELS.items():
        with_them, without = (getattr(series[form.name], kind) for form in forms[::-1])
        yield Figure(label, OFF, ratios(with_them, without))
