"""
Lambda's event source mapping for SQS, on loopback.

The queue is moto's, spoken to with boto3; what Lambda does between a queue and a
function is imitated after
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from attrs import define, field, frozen

from integration.lambda_runtime import Invocation, LambdaSandbox


@frozen
class Queue:
    """A queue and the dead-letter queue behind it, if any."""

    url: str
    arn: str
    dead_letters: Queue | None = None


@frozen
class Queues:
    """
    Queues on a server that speaks SQS.

    Attributes:
        client: A boto3 client.
    """

    client: Any

    def create(self, name: str, *, max_receive_count: int | None = None) -> Queue:
        """
        Make a queue, with a dead-letter queue where *max_receive_count* is given.

        Args:
            name: A name that is not in use.
            max_receive_count: After how many deliveries a message is a dead letter.
        """
        attributes = {"VisibilityTimeout": "30"}
        dead_letters = None
        if max_receive_count is not None:
            dead_letters = self.create(f"{name}-dead-letters")
            attributes["RedrivePolicy"] = (
                f'{{"deadLetterTargetArn":"{dead_letters.arn}",'
                f'"maxReceiveCount":{max_receive_count}}}'
            )
        url = self.client.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        found = self.client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return Queue(url, found["Attributes"]["QueueArn"], dead_letters)

    def send(self, queue: Queue, *bodies: str) -> list[str]:
        """Send messages and give their ids."""
        ids = []
        for start in range(0, len(bodies), 10):
            entries = [
                {"Id": str(number), "MessageBody": body}
                for number, body in enumerate(bodies[start : start + 10])
            ]
            answer = self.client.send_message_batch(QueueUrl=queue.url, Entries=entries)
            ids += [sent["MessageId"] for sent in answer["Successful"]]
        return ids

    def count(self, queue: Queue) -> int:
        """Count the messages of a queue, those in flight included."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.client.get_queue_attributes(QueueUrl=queue.url, AttributeNames=names)
        return sum(int(found["Attributes"][name]) for name in names)

    def bodies(self, queue: Queue) -> list[str]:
        """Take every visible message out of a queue and give the bodies."""
        bodies = []
        while messages := self.client.receive_message(
            QueueUrl=queue.url, MaxNumberOfMessages=10, WaitTimeSeconds=0
        ).get("Messages"):
            for message in messages:
                bodies.append(message["Body"])
                self.client.delete_message(
                    QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"]
                )
        return bodies


@define
class SqsMapping:
    """
    An event source mapping: polls a queue, invokes a function, deletes what was dealt with.

    Attributes:
        queues: Where the queue is.
        queue: The queue that is polled.
        sandbox: The function.
        batch_size: The largest number of messages in one invocation.
        report_batch_item_failures: Whether ``FunctionResponseTypes`` has
            ``ReportBatchItemFailures``.
        deleted: The ids of the messages that were deleted, since the function dealt with them.
    """

    queues: Queues
    queue: Queue
    sandbox: LambdaSandbox
    batch_size: int = 10
    report_batch_item_failures: bool = False
    deleted: list[str] = field(factory=list)

    def poll(self) -> Invocation | None:
        """
        Deal with one batch; give the invocation, or None where no message is visible.

        The messages that failed are visible again at once: the visibility timeout is
        taken to have passed.
        """
        client = self.queues.client
        messages = self._receive()
        if not messages:
            return None
        invocation = self.sandbox.invoke({"Records": [self._record(m) for m in messages]})
        failed = self._failed({message["MessageId"] for message in messages}, invocation)
        entries = [
            {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
            for number, message in enumerate(messages)
            if message["MessageId"] not in failed
        ]
        for some in _tens(entries):
            client.delete_message_batch(QueueUrl=self.queue.url, Entries=some)
        ids = [message["MessageId"] for message in messages]
        self.deleted += [message_id for message_id in ids if message_id not in failed]
        entries = [
            {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0}
            for number, message in enumerate(messages)
            if message["MessageId"] in failed
        ]
        for some in _tens(entries):
            client.change_message_visibility_batch(QueueUrl=self.queue.url, Entries=some)
        return invocation

    def drain(self, *, timeout: float = 30.0) -> list[Invocation]:
        """
        Poll until no message is left; give the invocations.

        Args:
            timeout: Seconds after which a queue that never empties is an error.

        Raises:
            TimeoutError: The queue did not become empty.
        """
        deadline = time.monotonic() + timeout
        invocations = []
        while (invocation := self.poll()) is not None:
            invocations.append(invocation)
            if time.monotonic() > deadline:
                msg = f"messages are left after {len(invocations)} invocations"
                raise TimeoutError(msg)
        return invocations

    def _receive(self) -> list[dict[str, Any]]:
        """Take a batch out of the queue, ten messages at a time."""
        batch: list[dict[str, Any]] = []
        while len(batch) < self.batch_size:
            messages = self.queues.client.receive_message(
                QueueUrl=self.queue.url,
                MaxNumberOfMessages=min(10, self.batch_size - len(batch)),
                MessageSystemAttributeNames=["All"],
                MessageAttributeNames=["All"],
                WaitTimeSeconds=0,
            ).get("Messages", [])
            if not messages:
                break
            batch += messages
        return batch

    def _record(self, message: dict[str, Any]) -> dict[str, Any]:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes", {}),
            "messageAttributes": {
                name: _attribute(value)
                for name, value in message.get("MessageAttributes", {}).items()
            },
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self.queue.arn,
            "awsRegion": self.queue.arn.split(":")[3],
        }

    def _failed(self, batch: set[str], invocation: Invocation) -> set[str]:
        """Return the ids of the messages that Lambda takes to have failed."""
        if not invocation.succeeded:
            return batch
        if not self.report_batch_item_failures or invocation.result is None:
            return set()
        if not isinstance(invocation.result, dict):
            return batch
        listed = invocation.result.get("batchItemFailures")
        if not listed:
            return set()
        try:
            failed = {item["itemIdentifier"] for item in listed}
        except (TypeError, KeyError):
            return batch
        return batch if failed - batch else failed


def _tens(entries: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Split *entries* into what SQS takes in one request."""
    for start in range(0, len(entries), 10):
        yield entries[start : start + 10]


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name[0].lower() + name[1:]: held for name, held in value.items()},
        "stringListValues": [],
        "binaryListValues": [],
    }
