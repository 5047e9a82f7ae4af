"""
Inputs that people pass by mistake, because they cannot hold a stopped task.

Each row has the name of the input, and what to pass instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

_TASKS: Final = "pass the output of aws ecs describe-tasks, as JSON"
_LIST: Final = (
    "pass its ARNs to aws ecs describe-tasks --tasks, and the output of that command here"
)
_AS_JSON: Final = "add --output json to the command"

#: Characters at the beginning of a text that are searched for its form.
_BEGINNING_CHARACTERS: Final = 200

#: The forms of mappings, by a key.
KEYS: Final[Mapping[str, tuple[str, str]]] = {
    "taskArns": ("the output of list-tasks", _LIST),
    "services": ("the output of describe-services", _TASKS),
    "serviceArns": ("the output of list-services", _TASKS),
    "service": ("the output of create-service or update-service", _TASKS),
    "serviceDeployments": ("the output of describe-service-deployments", _TASKS),
    "clusters": ("the output of describe-clusters", _TASKS),
    "clusterArns": ("the output of list-clusters", _TASKS),
    "taskDefinition": ("the output of describe-task-definition", _TASKS),
    "taskDefinitionArns": ("the output of list-task-definitions", _TASKS),
    "containerDefinitions": ("a task definition", _TASKS),
    "containerInstances": ("the output of describe-container-instances", _TASKS),
    "containerInstanceArns": ("the output of list-container-instances", _TASKS),
    "capacityProviders": ("the output of describe-capacity-providers", _TASKS),
    "containerArn": ("a container alone", "pass the whole task, as aws ecs describe-tasks has it"),
    "logGroups": ("the output of describe-log-groups", "pass the output of filter-log-events"),
    "logStreams": ("the output of describe-log-streams", "pass the output of filter-log-events"),
    "queryId": ("the output of start-query", "pass the output of get-query-results"),
    "fields": (
        "a row of Logs Insights without @message",
        "begin the query with: fields @timestamp, @message",
    ),
    "results": (
        "the result of a query without rows",
        "ask for other times, or wait until the query is complete",
    ),
    "QueueUrls": ("the output of list-queues", "pass the output of receive-message"),
    "SubscribeURL": ("a request to confirm an SNS subscription", "open its SubscribeURL"),
    "AlarmName": ("a CloudWatch alarm", "send the events of an EventBridge rule instead"),
    "s3": ("an S3 notification", "pass the file that it names"),
    "eventName": (
        "a record of CloudTrail or DynamoDB",
        "send the events of an EventBridge rule instead",
    ),
    "TaskDefinition": (
        "a request to run a task, such as a dead letter of EventBridge Scheduler",
        "receive the message with --message-attribute-names All",
    ),
    "Rules": ("the output of list-rules", "pass an event that the rule matched"),
    "EventPattern": ("a rule", "pass an event to this command, and the pattern to lint"),
    "executions": ("the output of list-executions", "pass the output of describe-execution"),
    "stateMachineArn": (
        "an execution whose cause names no task",
        "pass the output of get-execution-history",
    ),
    "previousEventId": (
        "a step of an execution",
        "pass the output of get-execution-history for an execution in which a task failed",
    ),
    "Error": ("an error of a state machine", _TASKS),
    "failures": ("failures without tasks", "ask for a task that ECS still has"),
    "errorMessage": ("the error of a Lambda function", "pass the event that the function got"),
}

#: The forms of texts, by their beginning.
_BEGINNINGS: Final = (
    (r"<(!doctype html|html)\b", "an HTML page", "pass JSON: a proxy or a login may have answered"),
    (r"<", "XML", _AS_JSON),
    (r"[+|-]{4}|\|", "the aws command's output as a table", _AS_JSON),
    (
        r"(TASKS|FAILURES|CONTAINERS|EVENTS|MESSAGES)\t",
        "the aws command's output as text",
        _AS_JSON,
    ),
    (
        r"(aws: \[ERROR\]: )?An error occurred \(",
        "an error of the aws command",
        "fix it, then run the command again",
    ),
    (r"(---\s+)?-?\s*[A-Za-z@][\w-]*:(\s|$)", "YAML", _AS_JSON),
    (r"[{\[]\s*'", "a value as Python prints it", "print it with json.dumps(value, default=str)"),
    (r'"?@?timestamp"?,', "CSV", "export the rows as JSON"),
    (r"PK\x03\x04", "a zip file", "unpack it"),
    (
        r"arn:aws",
        "an ARN",
        "pass it to aws ecs describe-tasks --tasks, and the output of that command here",
    ),
)
_PATTERNS: Final = [
    (re.compile(pattern, re.IGNORECASE), name, advice) for pattern, name, advice in _BEGINNINGS
]


def explain_mapping(value: Mapping[str, Any]) -> str | None:
    """Return what *value* is and what to pass instead; None if its form is not known."""
    for key, row in KEYS.items():
        has_rows = key == "results" and isinstance(value.get(key), list) and value[key]
        if has_rows:  # but none with the message
            return _sentence(*KEYS["fields"])
        if key in value:
            return _sentence(*row)
    return None


def explain_text(text: str) -> str | None:
    """Return what a *text* that is not JSON is and what to pass instead; None if unknown."""
    beginning = text[:_BEGINNING_CHARACTERS].lstrip()
    for pattern, *row in _PATTERNS:
        if pattern.match(beginning):
            return _sentence(*row)
    return None


def _sentence(name: str, advice: str) -> str:
    return f"expected an event, got {name}: {advice}"
