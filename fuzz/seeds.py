"""What fuzzing starts from: the tests' events, alone and in every wrapping, and their patterns."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from ecs_failure_alerts.testing import task_state_change
from wrapped_events import every_form

_TESTS: Final = Path(__file__).parents[1] / "tests"
#: What may stand in a field of the detail that decides nothing, and must not cost the alert.
_INCIDENTAL: Final[tuple[dict[str, Any], ...]] = (
    {"cpu": 256.5, "memory": [], "pullStartedAt": "soon", "version": "v5"},
    {"group": 7, "startedBy": {}, "createdAt": "2026-02-30T00:00:00Z", "launchType": False},
    {"taskDefinitionArn": "arn:aws:ecs:x\n\u202e\x1b[31m", "clusterArn": "\ud800" * 300},
)
#: Texts of AWS that hold what must not leave.
_REASONS: Final = (
    'CannotStartContainerError: exec: "mysql -pSECRET1": executable file not found in $PATH',
    "ResourceInitializationError: postgres://app:SECRET1@db.internal/app is unreachable",
    "Essential container in task exited: Authorization: Bearer c2VjcmV0c2VjcmV0MTIz",
)
#: Longer pairs of pattern and event are left out: they slow the fuzzer down.
_LONGEST_PAIR: Final = 1200


def events() -> list[dict[str, Any]]:
    """Return the tests' events, of tasks and of notices."""
    files = sorted((_TESTS / "events").glob("*.json"))
    notices = (_TESTS / "notices/notices.jsonl").read_text(encoding="utf-8").splitlines()

    texts = [*(file.read_text(encoding="utf-8") for file in files), *notices]
    incidental = [task_state_change(**fields) for fields in _INCIDENTAL]
    secret = [task_state_change(stoppedReason=reason) for reason in _REASONS]
    return [*(json.loads(text)["event"] for text in texts), *incidental, *secret]


def pairs() -> Iterator[str]:
    """Yield the tests' patterns with their events, each on a line of its own."""
    lines = (_TESTS / "patterns/event-patterns.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines[::5]:
        vector = json.loads(line)
        pattern, event = (_text(vector[name]) for name in ("pattern", "event"))
        if len(pattern) + len(event) <= _LONGEST_PAIR:
            yield f"{pattern}\n{event}"


def documents() -> list[str]:
    """Return the tests' configuration documents, with a secret where one may stand in plain."""
    wrong = (_TESTS / "configuration/wrong_documents.txt").read_text(encoding="utf-8")
    parts = [part.partition("\n---\n")[0] for part in wrong.split("\n\n=== ")]
    right = (
        '[notifiers.a]\ntype = "sentry"\ndsn = "https://pl4nt3d-s3cr3t@sentry.example/1"\n'
        '[[routes]]\nnotifier = "a"\nfamily = ["etl-*"]\nmin_level = "warning"\n'
        '[[rules]]\nlevel = "silent"\nuntil = 2026-12-04\ncause = "user_*"\nexit_code = 143\n'
    )
    return [right, *(part.partition("\n")[2] for part in parts)]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def sqs(text: str) -> dict[str, Any]:
    """Wrap *text* as SQS hands it to a Lambda."""
    return {"Records": [{"messageId": "m0", "eventSource": "aws:sqs", "body": text}]}


def sns(text: str) -> dict[str, Any]:
    """Wrap *text* as SNS hands it to a Lambda."""
    return {"Records": [{"EventSource": "aws:sns", "Sns": notification(text)}]}


def notification(text: str) -> dict[str, Any]:
    """Wrap *text* as SNS hands it to a queue."""
    return {"Type": "Notification", "MessageId": "n0", "Message": text}


def received(text: str) -> dict[str, Any]:
    """Wrap *text* as ``aws sqs receive-message`` prints it."""
    return {"Messages": [{"MessageId": "q0", "Body": text}]}


def destination(text: str) -> dict[str, Any]:
    """Wrap *text* as Lambda does for a failed invocation."""
    return {"requestContext": {"requestId": "r0"}, "requestPayload": json.loads(text)}


def bus(text: str) -> dict[str, Any]:
    """Wrap *text* as Lambda does for a failed invocation that goes to an event bus."""
    detail_type = "Lambda Function Invocation Result - Failure"
    return {"source": "lambda", "detail-type": detail_type, "detail": destination(text)}


def firehose(text: str) -> dict[str, Any]:
    """Wrap *text* as Firehose hands it to a Lambda."""
    return {"records": [{"recordId": "f0", "data": b64encode(text.encode()).decode()}]}


def subscription(text: str) -> dict[str, Any]:
    """Wrap *text* as a subscription of CloudWatch Logs hands it to a Lambda."""
    logged = json.dumps({"logEvents": [{"timestamp": 1772417648912, "message": text}]})
    return {"awslogs": {"data": b64encode(gzip.compress(logged.encode(), mtime=0)).decode()}}


WRAPPINGS: Final = (*(sqs, sns, notification, received, destination, bus, firehose, subscription),)


def payloads() -> Iterator[str]:
    """Yield one event in every form, in every wrapping, and in every wrapping within SQS."""
    event = task_state_change()
    text = json.dumps(event)
    described = {**event["detail"], "createdAt": 1772416804.318, "stoppedAt": 1772417648.912}
    yield text
    yield from map(json.dumps, every_form(event).values())
    yield json.dumps(
        {"source": "x", "detail-type": "y", "detail": {"packed": b64encode(text.encode()).decode()}}
    )
    yield f"{text}\n{{broken\n{json.dumps(event, indent=1)}\n"
    yield json.dumps({"tasks": [described], "failures": [{"arn": "a", "reason": "MISSING"}]})
    yield json.dumps({"task": described})
    cause = {key[0].upper() + key[1:]: value for key, value in described.items()}
    yield json.dumps({"Error": "States.TaskFailed", "Cause": json.dumps(cause)})
    yield json.dumps({"source": "x", "detail-type": "y", "detail": {"inner": text}})
    yield f"2026-03-02T02:14:08Z {text}\n[{text}, {text}, {text[:40]}"
    for wrapped in (json.dumps(wrap(text)) for wrap in WRAPPINGS):
        yield wrapped
        yield json.dumps(sqs(wrapped))
        yield f"[{wrapped}, {text}]"
