"""A topic of SNS gets each alert as a chat or a program reads it, and confirms it by an id."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import strategies
from aws_stub import AwsStub, Fault, aws_stub, refused
from ecs_failure_alerts import (
    Alert,
    DeliveryError,
    Receipt,
    build_alert,
    diagnose,
    parse_event,
)
from ecs_failure_alerts.alerts import LogLine
from ecs_failure_alerts.notifiers import sns
from ecs_failure_alerts.notifiers._bodies import json_body_within
from ecs_failure_alerts.notifiers._chat import chat_message
from ecs_failure_alerts.notifiers.sns import SnsNotifier, _attributes, _subject
from ecs_failure_alerts.testing import task_state_change
from ecs_failure_alerts.workers import _workers
from ports import LOCALHOST, reserved_port
from rows import each

TOPIC: Final = "arn:aws:sns:us-east-1:111122223333:alerts"
NOW: Final = datetime(2026, 3, 2, tzinfo=UTC)
OOM: Final = [{"name": "etl", "exitCode": 137, "reason": "OutOfMemoryError: killed"}]


def alert(**changes: Any) -> Alert:
    """Return the alert for the standard event with these changes."""
    task = parse_event(task_state_change(**{"containers": OOM, **changes}))
    return build_alert(task, diagnose(task))


def lines(*messages: str) -> tuple[LogLine, ...]:
    """Return log lines."""
    return tuple(LogLine(NOW, message, "etl") for message in messages)


@pytest.fixture(autouse=True)
def _short_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait a little between two requests."""
    monkeypatch.setattr(sns, "_PAUSE_SECONDS", 0.01)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsStub]:
    """Yield a loopback server that boto3 takes for AWS, whose SNS confirms."""
    with aws_stub(monkeypatch) as server:
        server.held = 200, {"MessageId": "m-1"}
        yield server


def published(aws: AwsStub, notifier: SnsNotifier, built: Alert) -> dict[str, str]:
    """Publish an alert, and return the form that SNS got."""
    assert notifier.notify(built, timeout=5) == Receipt("sns", "m-1")
    ((_, form),) = aws.asked
    return form


def refusal(aws: AwsStub, answer: Any) -> DeliveryError:
    """Return the error of an alert that SNS answers so."""
    aws.held = answer
    with pytest.raises(DeliveryError) as caught:
        SnsNotifier(TOPIC).notify(alert(), timeout=5)
    return caught.value


def attributes(form: dict[str, str]) -> dict[str, str]:
    """Return the attributes of a message by their names."""
    names = {key: value for key, value in form.items() if key.endswith(".Name")}
    return {
        value: form[key.removesuffix(".Name") + ".Value.StringValue"]
        for key, value in names.items()
    }


def test_the_topic_is_asked_for_in_its_own_region(aws: AwsStub) -> None:
    notifier = SnsNotifier(TOPIC)
    notifier.prepare()
    assert published(aws, notifier, alert())["TopicArn"] == TOPIC
    assert aws.regions == ["us-east-1"]


def test_a_chat_gets_the_notification_that_amazon_q_reads(aws: AwsStub) -> None:
    """The keys are those of the schema, and what it wants is there."""
    built = alert()
    message = json.loads(published(aws, SnsNotifier(TOPIC), built)["Message"])
    assert (message["version"], message["source"]) == ("1.0", "custom")
    assert message["id"] == built.event_id
    assert message["content"] == {
        "textType": "client-markdown",
        "title": "🔴 OutOfMemory: nightly-report",
        "description": built.message.rpartition("\nNext: ")[0],
        "nextSteps": [
            built.message.rpartition("\nNext: ")[2],
            f"AWS console (for an hour): {(built.url or '').replace('&', '&amp;')}",
        ],
        "keywords": ["out_of_memory", "error", built.workload.type.value],
    }
    metadata = message["metadata"]
    assert metadata["summary"] == built.title
    assert metadata["eventType"] == "out_of_memory"
    assert metadata["relatedResources"] == [built.contexts["ecs_task"]["task_arn"]]
    assert metadata["additionalContext"] == dict(sorted(built.tags.items()))


def test_alerts_of_one_fingerprint_share_a_thread_and_others_do_not() -> None:
    first, second = alert(taskArn="arn:aws:ecs:x:1:task/jobs/1"), alert()
    other = alert(containers=[{"name": "etl", "exitCode": 1}])
    threads = [chat_message(each)["metadata"]["threadId"] for each in (first, second, other)]
    assert first.event_id != second.event_id
    assert threads[0] == threads[1] != threads[2]
    assert re.fullmatch("[0-9a-f]{32}", threads[0])


@each(
    "call",
    ["<!channel>", "<@U123>", "@here", "@Channel", "@everyone", "[pay](https://evil.example)"],
)
def test_foreign_text_calls_nobody_and_hides_no_address(call: str) -> None:
    """Whoever may stop a task writes its reason."""
    built = evolve(alert(), title=call, message=call, log=lines(call), tags={"team": call})
    text = json.dumps(chat_message(built), ensure_ascii=False)
    assert not re.search(r"<[!@]|@(here|channel|everyone)|\]\(", text, re.IGNORECASE)


def test_our_own_links_stay_links() -> None:
    address = "https://logs.example/search?user=ops%40example.com&q=%40message"
    built = evolve(alert(), url=None, links={"Logs": address, "Board": "https://h/@ann"})
    *_, logs, board = chat_message(built)["content"]["nextSteps"]
    assert logs == f"Logs: {address.replace('&', '&amp;')}"
    assert board == "Board: https://h/%40ann"


def test_an_email_address_or_a_digest_stays_as_it_is() -> None:
    built = evolve(alert(), message="image@sha256:4f53 of ops@example.com")
    assert chat_message(built)["content"]["description"] == built.message


def test_the_last_log_lines_stand_in_a_block_of_code() -> None:
    built = evolve(alert(), log=lines(*(f"line {number}" for number in range(30)), "end ```"))
    _, _, block = chat_message(built)["content"]["description"].partition("\n```\n")
    assert block.splitlines() == [*(f"line {number}" for number in range(21, 30)), "end '''", "```"]


def long_texts() -> st.SearchStrategy[str]:
    """Generate texts that may be long once they are escaped."""
    return st.builds(
        lambda text, times: text * times, st.text("a&<@`\n*](", max_size=40), st.just(90)
    )


@given(long_texts(), st.lists(long_texts().map(lambda text: text.replace("\n", " ")), max_size=30))
def test_no_text_is_longer_than_slack_shows(text: str, log: list[str]) -> None:
    """A text block of Slack has 3,000 characters."""
    content = chat_message(evolve(alert(), message=text, log=lines(*log)))["content"]
    assert len(content["description"]) <= 3_000
    assert all(len(step) <= 3_000 for step in content["nextSteps"])
    assert content["description"]


def test_a_program_gets_the_alert_as_it_is(aws: AwsStub) -> None:
    built = alert()
    form = published(aws, SnsNotifier(TOPIC, format="json"), built)
    assert json.loads(form["Message"]) == built.to_dict()


@pytest.mark.parametrize(
    "large",
    [
        {"log": lines(*["x" * 1_000] * 400)},
        {"log": lines(*["ü" * 1_000] * 100), "message": "ü" * 100_000},
        {"contexts": {"ecs_diagnosis": {"hint": "h"}, "own": {"text": "x" * 300_000}}},
    ],
    ids=["log", "letters of several bytes", "context"],
)
def test_an_alert_that_is_too_large_for_sns_goes_with_less_in_it(large: dict[str, Any]) -> None:
    """What names the failure stays."""
    built = evolve(alert(), **large)
    body = json_body_within(built, 256_000)
    sent = json.loads(body)
    assert len(body.encode()) <= 256_000
    assert (sent["title"], sent["event_id"], sent["log"]) == (built.title, built.event_id, [])
    assert sent["contexts"].get("ecs_diagnosis") == built.contexts.get("ecs_diagnosis")


def test_what_is_too_large_for_sns_at_its_slimmest_is_for_sns_to_refuse() -> None:
    """Somebody's own alert may have any title."""
    assert len(json_body_within(evolve(alert(), title="x" * 300_000), 256_000)) > 300_000


@given(strategies.task_events())
def test_every_alert_has_attributes_and_a_subject_that_sns_takes(event: dict[str, Any]) -> None:
    """Names are ASCII, values are not empty, and there are no more than ten."""
    task = parse_event(event)
    built = build_alert(task, diagnose(task))
    found = _attributes(built)
    assert {"level", "cause", "workload_type"} <= found.keys()
    assert len(found) <= 10
    assert all(value["StringValue"] for value in found.values())
    subject = _subject(built)
    assert 0 < len(subject) < 100
    assert subject.isascii()
    assert subject.isprintable()


def test_a_title_of_other_letters_has_a_subject_too(aws: AwsStub) -> None:
    form = published(aws, SnsNotifier(TOPIC), evolve(alert(), title="\n"))
    assert form["Subject"] == "ECS failure"


def test_subscriptions_can_filter_by_level_cause_and_place(aws: AwsStub) -> None:
    found = attributes(published(aws, SnsNotifier(TOPIC), alert(group="service:checkout")))
    assert (
        found.items()
        >= {
            "level": "error",
            "cause": "out_of_memory",
            "workload_type": "service",
            "workload": "checkout",
            "service": "checkout",
            "cluster": "jobs",
            "region": "eu-central-1",
            "account": "123456789012",
        }.items()
    )


@pytest.mark.parametrize("event_id", ["0" * 32, "an id / of my own"])
def test_in_a_fifo_topic_the_fingerprint_is_the_group_and_the_event_the_message(
    aws: AwsStub, event_id: str
) -> None:
    """So SNS drops what is sent again."""
    built = evolve(alert(), event_id=event_id)
    form = published(aws, SnsNotifier(f"{TOPIC}.fifo", format="json"), built)
    thread = chat_message(built)["metadata"]["threadId"]
    assert form["MessageGroupId"] == thread
    assert form["MessageDeduplicationId"] not in {thread, ""}
    assert form["MessageDeduplicationId"].isalnum()
    assert (form["MessageDeduplicationId"] == event_id) is event_id.isalnum()


def test_in_another_topic_there_is_no_group(aws: AwsStub) -> None:
    assert (
        not {"MessageGroupId", "MessageDeduplicationId"}
        & published(aws, SnsNotifier(TOPIC), alert()).keys()
    )


@pytest.mark.parametrize(
    ("code", "retryable", "said"),
    [
        ("AuthorizationError", False, "allow the function's role sns:Publish on the topic"),
        ("AccessDenied", False, "allow the function's role sns:Publish on the topic"),
        ("KMSAccessDenied", False, "kms:GenerateDataKey"),
        ("NotFound", False, "check the topic's ARN"),
        ("InvalidParameter", False, "InvalidParameter"),
        ("ExpiredToken", True, "ExpiredToken"),
        ("KMSInvalidState", True, "KMSInvalidState"),
    ],
)
def test_a_refusal_names_the_action_the_topic_and_what_to_do(
    aws: AwsStub, code: str, retryable: bool, said: str
) -> None:
    error = refusal(aws, refused(code))
    assert f"sns: sns:Publish on {TOPIC} failed with {code}" in str(error)
    assert said in str(error)
    assert (error.retryable, error.maybe_delivered, error.status) == (retryable, False, 400)
    assert "s3cr3t" not in str(error)


@pytest.mark.parametrize("code", ["Throttled", "Throttling", "KMSThrottling"])
def test_too_many_requests_ask_to_wait(aws: AwsStub, code: str) -> None:
    """Nothing more of a batch is sent there."""
    error = refusal(aws, refused(code))
    assert (error.asks_to_wait, error.retryable, error.maybe_delivered) == (True, True, False)


@pytest.mark.parametrize(
    ("answer", "seconds", "requests"),
    [
        ((500, {"__type": "InternalError"}), None, 2),
        ("reset", 5.0, 2),
        ("reset", 1.0, 1),
        (refused("NotFound"), None, 1),
        (refused("Throttled"), None, 1),
    ],
    ids=["500", "reset", "no time", "refused", "throttled"],
)
def test_only_what_may_pass_soon_is_tried_again_where_there_is_time(
    aws: AwsStub, answer: Any, seconds: float | None, requests: int
) -> None:
    """A thread that is left behind sends nothing more."""
    aws.held = answer
    with pytest.raises(DeliveryError):
        SnsNotifier(TOPIC).notify(alert(), timeout=seconds)
    assert len(aws.asked) == requests


def test_a_fault_that_passes_costs_one_more_request(aws: AwsStub) -> None:
    aws.answer_once("Publish", (500, {"__type": "InternalError"}))
    assert SnsNotifier(TOPIC).notify(alert(), timeout=9).id == "m-1"
    assert len(aws.asked) == 2


@pytest.mark.parametrize(
    "answer",
    [(503, {"__type": "InternalError"}), "reset", (200, {}), (200, {"MessageId": ""})],
)
def test_an_answer_that_says_nothing_may_have_delivered(aws: AwsStub, answer: Any) -> None:
    error = refusal(aws, answer)
    assert (error.retryable, error.maybe_delivered) == (True, True)


def test_an_aws_that_cannot_be_reached_has_certainly_not_delivered(
    aws: AwsStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reserved_port() as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{LOCALHOST}:{port}")
        error = refusal(aws, "reset")
    assert "EndpointConnectionError" in str(error)
    assert (error.retryable, error.maybe_delivered, error.status) == (True, False, None)


@pytest.mark.parametrize("fault", ["hang", "trickle"])
def test_an_answer_that_does_not_come_in_time_is_given_up(aws: AwsStub, fault: Fault) -> None:
    """A byte now and then is no answer."""
    notifier = SnsNotifier(TOPIC)
    notifier.prepare()
    aws.held = fault
    begin = time.monotonic()
    with pytest.raises(DeliveryError, match=f"{TOPIC} was not answered in time") as caught:
        notifier.notify(alert(), timeout=0.3)
    assert time.monotonic() - begin < 2  # by default an answer has 3 seconds
    assert (caught.value.retryable, caught.value.maybe_delivered) == (True, True)


def test_a_topic_with_too_many_unanswered_calls_is_not_called(
    aws: AwsStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_workers, "_LEFT_BEHIND", 0)
    with pytest.raises(DeliveryError, match="not tried, since 0 earlier calls have") as caught:
        SnsNotifier(TOPIC).notify(alert(), timeout=1)
    assert aws.asked == []
    assert (caught.value.retryable, caught.value.maybe_delivered) == (True, False)


def test_without_time_left_nothing_is_sent(aws: AwsStub) -> None:
    begin = time.monotonic()
    with pytest.raises(DeliveryError, match="no time was left") as caught:
        SnsNotifier(TOPIC).notify(alert(), timeout=0)
    assert time.monotonic() - begin < 2
    assert aws.asked == []
    assert (caught.value.retryable, caught.value.maybe_delivered) == (True, False)


@each(
    "arn",
    [
        *("", "alerts", "arn:aws:sns:us-east-1:1:alerts", f"{TOPIC} ", f"{TOPIC}:{'0' * 36}", None),
        "arn:aws:sqs:us-east-1:111122223333:alerts",
    ],
)
def test_what_is_no_arn_of_a_topic_is_refused_with_the_form(arn: Any) -> None:
    with pytest.raises(ValueError, match=r"expected the ARN of a topic, got .*: write it as arn:"):
        SnsNotifier(arn)


def test_an_unknown_format_is_refused_with_the_one_that_was_meant() -> None:
    form: Any = "jsn"
    with pytest.raises(ValueError, match="did you mean json"):
        SnsNotifier(TOPIC, format=form)


def test_the_repr_names_the_topic() -> None:
    assert repr(SnsNotifier(TOPIC)) == f"SnsNotifier('{TOPIC}')"
    assert repr(SnsNotifier.__new__(SnsNotifier)) == "SnsNotifier(None)"
