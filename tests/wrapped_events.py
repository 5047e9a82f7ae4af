"""An event in every form in which people have it in their hands: one example of each."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from datetime import datetime
from typing import Any


def base64(text: str) -> str:
    """Pack *text* as Kinesis does."""
    return b64encode(text.encode()).decode()


def zipped(text: str) -> str:
    """Pack *text* as CloudWatch Logs does."""
    return b64encode(gzip.compress(text.encode())).decode()


def logged(text: str) -> dict[str, Any]:
    """Build a log event."""
    return {"timestamp": 1772417648912, "message": text, "ingestionTime": 1772417649000}


def failed_cause(detail: dict[str, Any]) -> str:
    """Build the cause of an execution whose task failed, as Step Functions spells it."""
    containers = [
        {key[0].upper() + key[1:]: part for key, part in container.items()}
        for container in detail["containers"]
    ]
    task = {key[0].upper() + key[1:]: part for key, part in detail.items()}
    times = {"CreatedAt": 1772416804318, "StoppedAt": 1772417648912, "Cpu": "256"}
    network = [{"Attachments": {"Id": "x"}}, "y"]
    return json.dumps(task | {"Containers": containers, "Attributes": network} | times)


def subscription(*messages: str) -> dict[str, Any]:
    """Build what CloudWatch Logs hands to a Lambda."""
    data = {"messageType": "DATA_MESSAGE", "logGroup": "g", "logEvents": [*map(logged, messages)]}
    return {"awslogs": {"data": zipped(json.dumps(data))}}


def whole_events(event: dict[str, Any]) -> dict[str, tuple[Any, str, str | None]]:
    """Return the forms that hold *event* whole, each with the place and the id of its record."""
    text = json.dumps(event)

    return {
        "sns-reduced": ({"Sns": {"Message": text}}, "Sns.Message", None),
        "sns-reduced-in-records": (
            {"Records": [{"Sns": {"Message": text, "MessageId": "n0"}}]},
            "Records[0].Sns.Message",
            "n0",
        ),
        "sns-raw-in-sqs": (
            {"Records": [{"messageId": "m0", "body": text, "messageAttributes": {}}]},
            "Records[0].body",
            "m0",
        ),
        "lambda-destination-eventbridge": (
            {
                "source": "lambda",
                "detail-type": "Lambda Function Invocation Result - Failure",
                "detail": {"requestContext": {"requestId": "r0"}, "requestPayload": event},
            },
            "detail.requestPayload",
            "r0",
        ),
        "stream-destination-s3": (
            {
                "requestContext": {"requestId": "r0", "condition": "RetryAttemptsExhausted"},
                "KinesisBatchInfo": {"shardId": "s", "batchSize": 1},
                "payload": json.dumps({"Records": [{"kinesis": {"data": base64(text)}}]}),
            },
            "payload.Records[0].kinesis.data",
            "r0",
        ),
        "function-url": (
            {"body": text, "isBase64Encoded": False, "requestContext": {"requestId": "u0"}},
            "body",
            None,
        ),
        "function-url-base64": (
            {"body": base64(text), "isBase64Encoded": True, "requestContext": {"requestId": "u0"}},
            "body",
            "u0",
        ),
        "subscription": (subscription(text), "awslogs.data.logEvents[0].message", None),
        "firehose-of-a-subscription": (
            {
                "records": [
                    {"recordId": "f0", "data": zipped(json.dumps({"logEvents": [logged(text)]}))}
                ]
            },
            "records[0].data.logEvents[0].message",
            "f0",
        ),
        "filter-log-events": (
            {"events": [{**logged(text), "eventId": "e0"}], "searchedLogStreams": []},
            "events[0].message",
            None,
        ),
        "get-log-events": (
            {"events": [logged(text)], "nextForwardToken": "f/1"},
            "events[0].message",
            None,
        ),
        "log-messages": ([text], "[0]", None),
        "insights": (
            {
                "results": [
                    [{"field": "@ptr", "value": "p"}, {"field": "@message", "value": text}],
                ],
                "statistics": {},
                "status": "Complete",
            },
            "results[0]",
            None,
        ),
        "insights-exported": ([{"@timestamp": "2026", "@message": event}], "[0].@message", None),
        "kinesis": (
            {
                "Records": [
                    {
                        "eventSource": "aws:kinesis",
                        "kinesis": {"data": base64(text), "sequenceNumber": "495"},
                    }
                ]
            },
            "Records[0].kinesis.data",
            "495",
        ),
        "pipe-of-kinesis": (
            [{"eventSource": "aws:kinesis", "data": base64(text), "sequenceNumber": "495"}],
            "[0].data",
            "495",
        ),
        "get-records": (
            {"Records": [{"SequenceNumber": "495", "Data": base64(text), "PartitionKey": "k"}]},
            "Records[0].Data",
            "495",
        ),
        "firehose": (
            {"records": [{"recordId": "f0", "data": base64(text)}]},
            "records[0].data",
            "f0",
        ),
        "msk": (
            {
                "eventSource": "aws:kafka",
                "records": {"alerts-0": [{"topic": "alerts", "value": base64(text)}]},
            },
            "records.alerts-0[0].value",
            None,
        ),
        "pipe-of-msk": ([{"topic": "alerts", "value": base64(text)}], "[0].value", None),
        "activemq": (
            {
                "eventSource": "aws:mq",
                "messages": [{"messageID": "ID:b-1", "data": base64(text), "redelivered": False}],
            },
            "messages[0].data",
            "ID:b-1",
        ),
        "rabbitmq": (
            {
                "eventSource": "aws:rmq",
                "rmqMessagesByQueue": {
                    "alerts::/": [{"basicProperties": {}, "data": zipped(text)}],
                },
            },
            "rmqMessagesByQueue.alerts::/[0].data",
            None,
        ),
        "pipe-of-activemq": (
            [{"eventSource": "aws:amq", "messageID": "ID:b-1", "data": base64(text)}],
            "[0].data",
            "ID:b-1",
        ),
        "state-payload": ({"Payload": event, "StatusCode": 200}, "Payload", None),
        "execution-input": ({"executionArn": "x", "input": text}, "input", None),
        "execution-words": ({"cause": "words", "error": "x", "input": text}, "input", None),
    }


def bare_tasks(event: dict[str, Any]) -> dict[str, tuple[Any, str]]:
    """Return the forms that hold the task of *event* without its envelope, each with the place."""
    detail: dict[str, Any] = event["detail"]

    return {
        "detail-alone": (detail, ""),
        "detail-alone-in-sqs": (
            {"Records": [{"messageId": "m0", "body": json.dumps(detail)}]},
            "Records[0].body",
        ),
        "describe-tasks": ({"tasks": [detail], "failures": []}, "tasks[0]"),
        "run-task": ({"tasks": [detail], "failures": [], "ResponseMetadata": {}}, "tasks[0]"),
        "boto3": (
            {"tasks": [detail | {"stoppedAt": datetime.fromisoformat(detail["stoppedAt"])}]},
            "tasks[0]",
        ),
        "stop-task": ({"task": detail}, "task"),
        "execution-cause": ({"Error": "States.TaskFailed", "Cause": failed_cause(detail)}, "Cause"),
        "describe-execution": (
            {"executionArn": "x", "input": "{}", "cause": failed_cause(detail)},
            "cause",
        ),
        "execution-cause-read": ({"Cause": json.loads(failed_cause(detail))}, "Cause"),
        "execution-history": (
            {
                "events": [
                    {"type": "TaskScheduled", "previousEventId": 1},
                    {
                        "type": "TaskFailed",
                        "taskFailedEventDetails": {"cause": failed_cause(detail)},
                    },
                ]
            },
            "events[1].taskFailedEventDetails.cause",
        ),
    }


def older_forms(event: dict[str, Any]) -> dict[str, Any]:
    """Return the forms that have tests of their own in `test_sources`."""
    text, detail = json.dumps(event), json.dumps(event["detail"])
    entry = {"Source": event["source"], "DetailType": event["detail-type"], "Detail": detail}

    return {
        "direct": event,
        "list": [event],
        "text": text,
        "lines-of-a-log": f"2026-03-02T02:14:08.912Z {text}\n",
        "sqs": {"Records": [{"messageId": "m0", "eventSource": "aws:sqs", "body": text}]},
        "receive-message": {"Messages": [{"MessageId": "m0", "Body": text}]},
        "sns-in-sqs": {
            "Records": [
                {
                    "messageId": "m0",
                    "eventSource": "aws:sqs",
                    "body": json.dumps({"Type": "Notification", "Message": text}),
                }
            ]
        },
        "lambda-destination": {"requestContext": {"requestId": "r0"}, "requestPayload": event},
        "put-events": {"Entries": [entry]},
    }


def every_form(event: dict[str, Any]) -> dict[str, Any]:
    """Return *event* in every form, as JSON can hold it."""
    found = {**whole_events(event), **bare_tasks(event)}
    payloads = {form: payload for form, (payload, *_) in found.items()} | older_forms(event)

    return {form: json.loads(json.dumps(payloads[form], default=str)) for form in payloads}
