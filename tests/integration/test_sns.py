"""Alerts by way of SNS as moto plays it: topics, subscriptions, filters."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from ecs_failure_alerts import Alert, DeliveryError, build_alert, diagnose, parse_event
from ecs_failure_alerts.notifiers.sns import SnsNotifier
from ecs_failure_alerts.testing import task_state_change
from integration.moto_server import Moto

pytestmark = pytest.mark.integration


def alert(**changes: Any) -> Alert:
    """Return the alert for the standard event with these changes."""
    task = parse_event(task_state_change(**changes))
    return build_alert(task, diagnose(task))


@pytest.fixture
def topic(moto: Moto, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make a topic, lead this process to it, and return its ARN."""
    for name, value in moto.env.items():
        monkeypatch.setenv(name, value)
    return str(moto.client("sns").create_topic(Name=f"alerts-{uuid.uuid4()}")["TopicArn"])


@pytest.fixture
def subscribe(moto: Moto) -> Callable[..., Callable[[], list[dict[str, Any]]]]:
    """Return a function that subscribes a queue and returns what reads the queue."""

    def subscribe(topic: str, **attributes: str) -> Callable[[], list[dict[str, Any]]]:
        sqs, fifo = moto.client("sqs"), topic.endswith(".fifo")
        name = f"queue-{uuid.uuid4()}{'.fifo' * fifo}"
        queue = sqs.create_queue(QueueName=name, Attributes={"FifoQueue": "true"} if fifo else {})
        arn = sqs.get_queue_attributes(QueueUrl=queue["QueueUrl"], AttributeNames=["QueueArn"])
        moto.client("sns").subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=arn["Attributes"]["QueueArn"],
            Attributes={"RawMessageDelivery": "true", **attributes},
        )

        def read() -> list[dict[str, Any]]:
            answer = sqs.receive_message(QueueUrl=queue["QueueUrl"], MaxNumberOfMessages=10)
            return [json.loads(message["Body"]) for message in answer.get("Messages", [])]

        return read

    return subscribe


def test_a_subscriber_gets_the_alert_and_the_receipt_has_the_messages_id(
    topic: str, subscribe: Any
) -> None:
    read, built = subscribe(topic), alert()
    receipt = SnsNotifier(topic, format="json").notify(built, timeout=5)
    assert uuid.UUID(receipt.id)
    assert read() == [built.to_dict()]


def test_a_subscription_can_filter_by_level_and_cause(topic: str, subscribe: Any) -> None:
    wanted = subscribe(topic, FilterPolicy=json.dumps({"level": ["error"], "workload": ["x"]}))
    others = subscribe(topic, FilterPolicy=json.dumps({"level": ["fatal"]}))
    SnsNotifier(topic).notify(alert(group="service:x"), timeout=5)
    SnsNotifier(topic).notify(alert(group="service:y"), timeout=5)
    assert [message["source"] for message in wanted()] == ["custom"]
    assert others() == []


def test_a_fifo_topic_drops_what_is_published_again(moto: Moto, topic: str, subscribe: Any) -> None:
    name = f"alerts-{uuid.uuid4()}.fifo"
    made = moto.client("sns").create_topic(Name=name, Attributes={"FifoTopic": "true"})
    read, notifier = subscribe(made["TopicArn"]), SnsNotifier(made["TopicArn"], format="json")
    built = alert()
    for _ in range(2):
        notifier.notify(built, timeout=5)
    assert [message["event_id"] for message in read()] == [built.event_id]


def test_a_topic_that_is_gone_is_named(moto: Moto, topic: str) -> None:
    moto.client("sns").delete_topic(TopicArn=topic)
    with pytest.raises(DeliveryError, match=f"{topic} failed with NotFound: check the") as caught:
        SnsNotifier(topic).notify(alert(), timeout=5)
    assert (caught.value.retryable, caught.value.maybe_delivered) == (False, False)
