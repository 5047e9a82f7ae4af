"""The Terraform example, applied to moto's AWS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from attrs import frozen

from integration.lambda_runtime import LambdaSandbox
from integration.moto_server import Moto
from integration.sqs_mapping import Queue, Queues, SqsMapping
from integration.terraform import Terraform

#: Moto forgets who may put dead letters into a queue, and the provider waits for what it has set.
WITHOUT_REDRIVE_ALLOW_POLICY = """
resource "aws_sqs_queue" "this" {
  redrive_allow_policy = null
}

resource "aws_sqs_queue" "undelivered" {
  redrive_allow_policy = null
}

resource "aws_sqs_queue" "schedules" {
  redrive_allow_policy = null
}

resource "aws_sqs_queue_redrive_allow_policy" "failed" {
  count = 0
}
"""


@frozen
class Stack:
    """
    The example, applied.

    Attributes:
        name: What its resources are called.
        output: Its outputs.
        aws: Where it is.
        package: The zip that was deployed.
        terraform: What applied it.
    """

    name: str
    output: dict[str, Any]
    aws: Moto
    package: Path
    terraform: Terraform

    @property
    def queue_arn(self) -> str | None:
        """The queue before the function; None in mode direct."""
        return self.output.get("queue_arn")

    def mapping(self, queue: str) -> dict[str, Any]:
        """Return the mapping of one of its queues to its function."""
        arn = self.attributes(queue)["QueueArn"]
        found = self.aws.client("lambda").list_event_source_mappings(EventSourceArn=arn)
        (mapping,) = found["EventSourceMappings"]
        return dict(mapping)

    def queue(self, name: str) -> Queue:
        """Return one of its queues."""
        client = self.aws.client("sqs")
        url = client.get_queue_url(QueueName=name)["QueueUrl"]
        return Queue(url, self.attributes(name)["QueueArn"])

    def attributes(self, queue: str) -> dict[str, Any]:
        """Return the attributes of one of its queues."""
        client = self.aws.client("sqs")
        url = client.get_queue_url(QueueName=queue)["QueueUrl"]
        found: dict[str, Any] = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        return dict(found["Attributes"])

    def target(self, rule: str) -> dict[str, Any]:
        """Return the only target of one of its rules."""
        (target,) = self.aws.client("events").list_targets_by_rule(Rule=rule)["Targets"]
        return dict(target)

    def function(self) -> dict[str, Any]:
        """Return its function's configuration."""
        found = self.aws.client("lambda").get_function_configuration(FunctionName=self.name)
        return dict(found)

    def environment(self) -> dict[str, str]:
        """Return what its function sees: its own settings, and Lambda's, which lead to moto."""
        return {**self.function()["Environment"]["Variables"], **self.aws.env}


def imitated(stack: Stack, queue: str, function: LambdaSandbox) -> SqsMapping:
    """Return a mapping with the settings of the real one, which needs Docker and is put out."""
    real = stack.mapping(queue)
    stack.aws.client("lambda").update_event_source_mapping(UUID=real["UUID"], Enabled=False)
    return SqsMapping(
        Queues(stack.aws.client("sqs")),
        stack.queue(queue),
        function,
        min(real["BatchSize"], 10),  # SQS hands out no more at once
        "ReportBatchItemFailures" in real.get("FunctionResponseTypes", []),
    )
