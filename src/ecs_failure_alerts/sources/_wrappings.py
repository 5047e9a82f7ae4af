"""
The forms that events may be wrapped in: one row for each.

A row recognizes its form by the keys, and finds the events inside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias, TypeGuard

from attrs import field, frozen

from .._json import OBJECT
from .._texts import clean
from ..tasks.events import DETAIL_TYPE, SOURCE
from ._state_machines import find_task
from .dead_letters import find_dead_letter, find_received_dead_letter

Fields: TypeAlias = Mapping[str, Any]
Inside: TypeAlias = Iterable[tuple[str, Any]]

_AWS: Final = "https://docs.aws.amazon.com/"

#: The type of the message with which CloudWatch Logs tries a subscription.
CONTROL_MESSAGE: Final = "CONTROL_MESSAGE"


@frozen(slots=False, eq=False, repr=False)
class Wrapping:
    """
    A form that events may be wrapped in.

    Attributes:
        name: The name of the form, as users know it.
        page: The AWS page that describes it.
        find: Returns the values inside, each with its path; nothing if the mapping has another
            form. An empty path means the mapping itself, in another form.
        id: The path of the record's own id.
        packed: Whether the values inside are base64, perhaps of gzip.
    """

    name: str
    page: str
    find: Callable[[Fields], Inside]
    id: str | None = None
    packed: bool = field(default=False, kw_only=True)

    def id_of(self, value: Fields) -> str | None:
        """Return the id of the record *value*; None if it has none, or not a string."""
        found = at(value, self.id) if self.id else None
        return found if isinstance(found, str) else None


def at(value: Any, path: str) -> Any:
    """Return the value at *path* in *value*; None if there is none."""
    for step in path.split("."):
        value = value[step] if isinstance(value, OBJECT) and step in value else None
    return value


def _is_set(value: Any) -> bool:
    return value is not None


def _is_list(value: Any) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, list | tuple)


def _is_text(value: Any) -> TypeGuard[str]:
    return isinstance(value, str)


def _is_mapping(value: Any) -> TypeGuard[Fields]:
    return isinstance(value, OBJECT)


def _inside(
    path: str, is_form: Callable[[Any], bool] = _is_set, **others: Any
) -> Callable[[Fields], Inside]:
    """Build a function that finds the value at *path*, if the *others* have the given values."""

    def find(value: Fields) -> Inside:
        inner = at(value, path)
        if is_form(inner) and all(at(value, key) == known for key, known in others.items()):
            yield path, inner

    return find


def _with_any(path: str, *keys: str) -> Callable[[Fields], Inside]:
    """Build a function that finds the string at *path*, if the mapping has any of *keys*."""

    def find(value: Fields) -> Inside:
        if _is_text(at(value, path)) and not value.keys().isdisjoint(keys):
            yield path, at(value, path)

    return find


def _body(value: Fields) -> Inside:
    if "body" in value:
        yield "body", value["body"]


def _groups(key: str) -> Callable[[Fields], Inside]:
    """Build a function that finds the lists in the mapping at *key*, such as one for each topic."""

    def find(value: Fields) -> Inside:
        groups = value.get(key)
        for name, records in groups.items() if _is_mapping(groups) else ():
            yield f"{key}.{clean(str(name), 100)}", records

    return find


def _insights(value: Fields) -> Inside:
    """Find the messages in rows of Logs Insights, each a list of fields."""
    rows = value.get("results")
    for number, row in enumerate(rows if _is_list(rows) and "statistics" in value else ()):
        cells = [cell for cell in row if _is_mapping(cell)] if _is_list(row) else []
        found = [cell.get("value") for cell in cells if cell.get("field") == "@message"]
        yield f"results[{number}]", found[0] if found else {"fields": cells}


def _history(value: Fields) -> Inside:
    """Find the causes of failed tasks in the history of an execution."""
    events = value.get("events")
    for number, event in enumerate(events if _is_list(events) else ()):
        cause = at(event, "taskFailedEventDetails.cause")
        if cause is not None:
            yield f"events[{number}].taskFailedEventDetails.cause", cause


def _cause(value: Fields) -> Inside:
    """Find the task in the cause of a failed execution, unless the cause is plain text."""
    for key in ("Cause", "cause"):
        cause = value.get(key)
        if _is_mapping(cause) or (_is_text(cause) and cause.lstrip().startswith("{")):
            yield key, cause


def _entry(value: Fields) -> Inside:
    """Build an event from an entry of PutEvents."""
    if "DetailType" in value and "Detail" in value:
        names = ("Source", "DetailType", "Detail", "Resources", "Time")
        event = {key: value.get(name) for key, name in zip(_EVENT, names, strict=True)}
        yield "", {key: part for key, part in event.items() if part is not None}


_EVENT: Final = ("source", "detail-type", "detail", "resources", "time")


def _log_events(value: Fields) -> Inside:
    """Find the events of a log, unless CloudWatch Logs only tries the subscription."""
    if _is_list(value.get("logEvents")) and value.get("messageType") != CONTROL_MESSAGE:
        yield "logEvents", value["logEvents"]


def _task(value: Fields) -> Inside:
    """Build an event from a task of the API or of an input transformer; a container is none."""
    if "taskArn" in value and "lastStatus" in value and "containerArn" not in value:
        event = {"source": SOURCE, "detail-type": DETAIL_TYPE, "resources": [value["taskArn"]]}
        yield "", event | {"detail": {key: _as_json(part) for key, part in value.items()}}


def _as_json(value: Any) -> Any:
    """Return *value*; a time of boto3 becomes a string."""
    return value.isoformat() if isinstance(value, datetime) else value


_SQS: Final = _AWS + "lambda/latest/dg/with-sqs.html"
_DEAD_LETTER: Final = _AWS + "eventbridge/latest/userguide/eb-rule-dlq.html"
_SNS: Final = _AWS + "lambda/latest/dg/with-sns.html"
_URL: Final = _AWS + "lambda/latest/dg/urls-invocation.html"
_KINESIS: Final = _AWS + "lambda/latest/dg/with-kinesis.html"
_PIPES: Final = _AWS + "eventbridge/latest/userguide/eb-pipes-event-source.html"
_FIREHOSE: Final = _AWS + "firehose/latest/dev/data-transformation.html"
_MSK: Final = _AWS + "lambda/latest/dg/with-msk.html"
_MQ: Final = _AWS + "lambda/latest/dg/with-mq.html"
_DESTINATION: Final = _AWS + "lambda/latest/dg/invocation-async-retain-records.html"
_DISCARDED: Final = _AWS + "lambda/latest/dg/kinesis-on-failure-destination.html"
_LOGS: Final = _AWS + "AmazonCloudWatchLogs/latest/APIReference/"
_SUBSCRIPTION: Final = _AWS + "AmazonCloudWatch/latest/logs/SubscriptionFilters.html"
_ECS: Final = _AWS + "AmazonECS/latest/APIReference/"
_STATES: Final = _AWS + "step-functions/latest/"
_RECEIVED: Final = _AWS + "AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html"
_READ: Final = _AWS + "kinesis/latest/APIReference/API_GetRecords.html"
_PUT: Final = _AWS + "eventbridge/latest/APIReference/API_PutEventsRequestEntry.html"

#: The forms that look like an event themselves.
EVENTS: Final = (
    Wrapping(
        "the event of a Lambda destination",
        _DESTINATION,
        _inside("detail.requestPayload", source="lambda"),
        "detail.requestContext.requestId",
    ),
)

#: All other forms; the first that finds something counts.
WRAPPINGS: Final = (
    Wrapping("records", _SQS, _inside("Records", _is_list)),
    Wrapping(
        "a request to a function URL",
        _URL,
        _inside("body", _is_text, isBase64Encoded=True),
        "requestContext.requestId",
        packed=True,
    ),
    Wrapping("a schedule's dead letter", _DEAD_LETTER, find_dead_letter, "messageId"),
    Wrapping("an SQS record", _SQS, _body, "messageId"),
    Wrapping("an SNS record", _SNS, _inside("Sns.Message"), "Sns.MessageId"),
    Wrapping("an SNS notification", _SNS, _inside("Message", Type="Notification"), "MessageId"),
    Wrapping("the output of receive-message", _RECEIVED, _inside("Messages", _is_list)),
    Wrapping("a received dead letter", _DEAD_LETTER, find_received_dead_letter, "MessageId"),
    Wrapping("a message of receive-message", _RECEIVED, _inside("Body"), "MessageId"),
    Wrapping(
        "a Lambda destination's record",
        _DESTINATION,
        _inside("requestPayload"),
        "requestContext.requestId",
    ),
    Wrapping("a discarded batch in S3", _DISCARDED, _inside("payload"), "requestContext.requestId"),
    Wrapping(
        "a CloudWatch Logs subscription",
        _SUBSCRIPTION,
        _inside("awslogs.data", _is_text),
        packed=True,
    ),
    Wrapping("a subscription's log events", _SUBSCRIPTION, _log_events),
    Wrapping(
        "the output of get-execution-history",
        _STATES + "apireference/API_GetExecutionHistory.html",
        _history,
    ),
    Wrapping(
        "the output of filter-log-events or get-log-events",
        _LOGS + "API_FilterLogEvents.html",
        _inside("events", _is_list),
    ),
    Wrapping("a log event", _LOGS + "API_FilteredLogEvent.html", _with_any("message", "timestamp")),
    Wrapping("the output of get-query-results", _LOGS + "API_GetQueryResults.html", _insights),
    Wrapping("a row of Logs Insights", _LOGS + "API_GetQueryResults.html", _inside("@message")),
    Wrapping(
        "a Kinesis record",
        _KINESIS,
        _inside("kinesis.data", _is_text),
        "kinesis.sequenceNumber",
        packed=True,
    ),
    Wrapping(
        "a Kinesis record of a pipe",
        _PIPES,
        _with_any("data", "sequenceNumber"),
        "sequenceNumber",
        packed=True,
    ),
    Wrapping(
        "a record of get-records",
        _READ,
        _with_any("Data", "SequenceNumber"),
        "SequenceNumber",
        packed=True,
    ),
    Wrapping("Firehose records", _FIREHOSE, _inside("records", _is_list)),
    Wrapping(
        "a Firehose record", _FIREHOSE, _with_any("data", "recordId"), "recordId", packed=True
    ),
    Wrapping("Kafka records", _MSK, _groups("records")),
    Wrapping("a Kafka record", _MSK, _with_any("value", "topic"), packed=True),
    Wrapping("ActiveMQ messages", _MQ, _inside("messages", _is_list, eventSource="aws:mq")),
    Wrapping("RabbitMQ messages", _MQ, _groups("rmqMessagesByQueue")),
    Wrapping(
        "a message of Amazon MQ",
        _MQ,
        _with_any("data", "messageID", "basicProperties"),
        "messageID",
        packed=True,
    ),
    Wrapping("the entries of put-events", _PUT, _inside("Entries", _is_list)),
    Wrapping("an entry of put-events", _PUT, _entry),
    Wrapping(
        "the output of describe-tasks or run-task",
        _ECS + "API_DescribeTasks.html",
        _inside("tasks", _is_list),
    ),
    Wrapping("the output of stop-task", _ECS + "API_StopTask.html", _inside("task", _is_mapping)),
    Wrapping("a task", _ECS + "API_Task.html", _task),
    Wrapping("a task of a state machine", _STATES + "dg/connect-ecs.html", find_task),
    Wrapping("the cause of a failed execution", _STATES + "dg/connect-ecs.html", _cause),
    Wrapping("a state's payload", _STATES + "dg/connect-lambda.html", _inside("Payload")),
    Wrapping(
        "the input of an execution",
        _STATES + "apireference/API_DescribeExecution.html",
        _inside("input"),
    ),
)
