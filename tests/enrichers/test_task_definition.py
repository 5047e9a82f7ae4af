"""The task definition as a look-up: what it adds, and what it says where it could not be had."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from typing import Any, Final

import pytest

from aws_stub import AwsStub, aws_stub, refused
from ecs_failure_alerts import Alert, Cause, Evidence, FailurePolicy, Judgement, judge
from ecs_failure_alerts._deadline import Deadline
from ecs_failure_alerts.enrichers import (
    AwsClients,
    ContainerLogsEnricher,
    TaskDefinitionEnricher,
    TaskDefinitions,
    TaskTagsEnricher,
)
from ecs_failure_alerts.enrichers import task_definition as module
from ecs_failure_alerts.enrichment import Enricher, enrich
from ecs_failure_alerts.exceptions import AwsError
from ecs_failure_alerts.testing import ABSENT, deployment_state_change, task_state_change

ARN: Final = "arn:aws:ecs:eu-central-1:123456789012:task-definition/nightly-report:17"
SECRET: Final = "s3cr3t-of-somebody"
ANSWER: Final[dict[str, Any]] = {
    "taskDefinition": {
        "containerDefinitions": [
            {
                "name": "app",
                "essential": True,
                "memory": 512,
                "memoryReservation": 256,
                "stopTimeout": 30,
                "startTimeout": 90,
                "dependsOn": [{"containerName": "db", "condition": "HEALTHY"}],
                "healthCheck": {"command": [SECRET], "interval": 30, "timeout": 5, "retries": 3},
                "restartPolicy": {
                    "enabled": True,
                    "ignoredExitCodes": [3, 2],
                    "restartAttemptPeriod": 60,
                },
                "environment": [{"name": "PASSWORD", "value": SECRET}],
                "command": [SECRET],
                "dockerLabels": {"key": SECRET},
            },
            {"name": "log", "essential": False, "restartPolicy": {"enabled": True}},
            {"name": "db", "essential": False, "restartPolicy": {"enabled": False}},
        ]
    },
    "tags": [{"key": "team", "value": "data"}, {"key": "customer", "value": SECRET}],
}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsStub]:
    """Yield a loopback server that the AWS SDK takes for AWS, and that knows the definition."""
    with aws_stub(monkeypatch) as server:
        server.held = 200, ANSWER
        yield server


def failure(*containers: tuple[str, int], **changes: Any) -> Judgement:
    """Return the judgement of a task whose containers ended so."""
    ends = [{"name": name, "exitCode": code} for name, code in containers]
    return judge(task_state_change(containers=ends, **changes))


def looked_up(judgement: Judgement, definitions: TaskDefinitions | None = None) -> Evidence:
    """Return what is found out about a failure."""
    return TaskDefinitionEnricher(definitions).enrich(judgement, timeout=5)


def told(judgement: Judgement) -> Alert:
    """Return the alert with what was found out."""
    (found,) = enrich([judgement], [TaskDefinitionEnricher()], Deadline(), seconds=5)
    return found.as_alert()


def test_the_definition_makes_a_better_diagnosis(aws: AwsStub) -> None:
    judgement = failure(("app", 137), ("log", 0), ("db", 0))
    evidence = looked_up(judgement)
    assert (judgement.diagnosis.level, evidence.unknown) == ("warning", ())
    assert evidence.diagnosis is not None
    assert evidence.diagnosis.level == "error"
    assert "definition.containers[0].essential" in evidence.diagnosis.evidence


def test_the_policy_of_the_judgement_counts(aws: AwsStub) -> None:
    policy = FailurePolicy(levels={("container_exit", "*"): "fatal"})
    event = task_state_change(containers=[{"name": name, "exitCode": 1} for name in ("app", "log")])
    diagnosis = looked_up(judge(event, policy)).diagnosis
    assert diagnosis is not None
    assert diagnosis.level == "fatal"


def test_work_that_had_ended_is_silent(aws: AwsStub) -> None:
    judgement = failure(("app", 0), ("log", 137), ("db", 143))
    (found,) = enrich([judgement], [TaskDefinitionEnricher()], Deadline(), seconds=5)
    assert judgement.alert is not None
    assert (found.alert, found.diagnosis.cause) == (None, Cause.CLEAN_EXIT)


def test_the_alert_shows_how_each_container_was_set_up(aws: AwsStub) -> None:
    alert = told(failure(("app", 1), ("log", 0), ("db", 0)))
    contexts = {c["name"]: dict(c) for c in alert.contexts.values() if "exit_code" in c}
    assert (
        contexts["app"]
        | {
            "essential": True,
            "depends_on": "db HEALTHY",
            "health_check": "every 30 s, timeout 5 s, retries 3",
            "memory": "512",
            "memory_reservation": "256",
            "restart_policy": "after 60 s, not after exit codes 2, 3",
            "start_timeout_seconds": 90,
            "stop_timeout_seconds": 30,
        }
        == contexts["app"]
    )
    assert (contexts["log"]["essential"], contexts["log"]["restart_policy"]) == (False, "enabled")
    assert "restart_policy" not in contexts["db"]


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(deployment_state_change(), id="notice"),
        pytest.param(
            task_state_change(
                stopCode="TaskFailedToStart", stoppedReason="CannotPullContainerError: x"
            ),
            id="image pull",
        ),
    ],
)
def test_nothing_is_looked_up_where_nothing_can_be_learnt(
    aws: AwsStub, event: dict[str, Any]
) -> None:
    assert looked_up(judge(event)) == Evidence()
    assert aws.asked == []


def test_an_event_that_names_no_definition_says_so(aws: AwsStub) -> None:
    (said,) = looked_up(judge(task_state_change(taskDefinitionArn=ABSENT))).unknown
    assert said == "The event names no task definition to look up."
    assert aws.asked == []


@pytest.mark.parametrize("arn", ["s", ARN + "\n", ARN.replace("eu-central-1", "e.evil"), ARN[:-2]])
def test_what_is_no_arn_of_a_revision_is_not_asked_for(aws: AwsStub, arn: str) -> None:
    (said,) = looked_up(judge(task_state_change(taskDefinitionArn=arn))).unknown
    assert said.endswith("failed with InvalidArn: the event does not name a revision.")
    assert aws.asked == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (refused("AccessDeniedException"), "AccessDeniedException: allow the action."),
        (refused("ThrottlingException"), "ThrottlingException: AWS had too many requests"),
        (refused("RequestLimitExceeded"), "RequestLimitExceeded: AWS had too many requests"),
        (refused("ClientException"), "ClientException: it may have been deleted."),
        (refused("ServerException"), "failed with ServerException."),
        ("reset", "failed with ConnectionClosedError."),
    ],
    ids=["denied", "throttled", "limited", "gone", "broken", "reset"],
)
def test_a_failed_look_up_is_one_sentence_in_the_alert_of_the_event(
    aws: AwsStub, answer: Any, said: str
) -> None:
    aws.held = answer
    judgement = failure(("app", 1), ("log", 0))
    alert, event = told(judgement), judgement.as_alert()
    (sentence,) = set(alert.message.splitlines()) - set(event.message.splitlines())
    start = f"The task definition could not be looked up: ecs:DescribeTaskDefinition on {ARN} "
    assert sentence.startswith(start)
    assert said in sentence
    assert (alert.event_id, alert.fingerprint, alert.title, alert.level) == (
        event.event_id,
        event.fingerprint,
        event.title,
        event.level,
    )


def test_a_definition_is_asked_for_once(aws: AwsStub) -> None:
    definitions = TaskDefinitions()
    for _ in range(3):
        assert definitions.find(ARN, timeout=5).containers[0].essential
    assert len(aws.asked) == 1


def test_threads_that_need_the_same_definition_ask_for_it_once(aws: AwsStub) -> None:
    definitions = TaskDefinitions()
    threads = [
        threading.Thread(target=definitions.find, args=[ARN], kwargs={"timeout": 10})
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(aws.asked) == 1


def test_nobody_waits_for_an_answer_to_another_thread_longer_than_its_time(aws: AwsStub) -> None:
    aws.held = "hang"
    definitions = TaskDefinitions()
    hanging = threading.Thread(target=_find, args=[definitions], daemon=True)
    hanging.start()
    while not aws.asked:
        hanging.join(0.001)
    with pytest.raises(AwsError, match="failed with Timeout"):
        definitions.find(ARN, timeout=0.01)
    aws.closing.set()
    hanging.join(10)


def _find(definitions: TaskDefinitions) -> None:
    with pytest.raises(AwsError):
        definitions.find(ARN, timeout=10)


def test_a_failed_look_up_is_remembered_for_a_while(aws: AwsStub) -> None:
    """Ten alerts of one revision ask once, and where there is no route one of them waits."""
    aws.held = refused("AccessDeniedException")
    definitions = TaskDefinitions()
    told = set()
    for _ in range(10):
        with pytest.raises(AwsError) as caught:
            definitions.find(ARN, timeout=5)
        told.add(str(caught.value))
    assert len(told) == len(aws.asked) == 1


def test_denied_tags_are_asked_for_once(aws: AwsStub) -> None:
    aws.answer_once("DescribeTaskDefinition", refused("AccessDeniedException"))
    definitions = TaskDefinitions(keys=["team"])
    for revision in (1, 2, 3):
        definitions.find(f"{ARN}{revision}", timeout=5)
    assert [body.get("include") for _, body in aws.asked] == [["TAGS"], [], [], []]


def test_an_alert_tells_one_failure_once(aws: AwsStub) -> None:
    aws.held = refused("AccessDeniedException")
    definitions = TaskDefinitions(keys=["team"])
    enrichers: list[Enricher] = [
        TaskDefinitionEnricher(definitions),
        TaskTagsEnricher(definitions, ["team"]),
        ContainerLogsEnricher(definitions),
    ]
    (judgement,) = enrich([failure(("app", 1))], enrichers, Deadline(), seconds=5)
    told = [text for text in judgement.diagnosis.unknown if "looked up" in text]
    assert len(told) == 1
    assert told[0].startswith("The task definition could not be looked up")
    assert len(aws.asked) == 2  # with the tags, and without


def test_an_error_that_is_remembered_has_all_fields_of_the_first(aws: AwsStub) -> None:
    aws.held = refused("AccessDeniedException")
    definitions = TaskDefinitions()
    fields = []
    for _ in range(2):
        with pytest.raises(AwsError) as caught:
            definitions.find(ARN, timeout=5)
        fields.append((str(caught.value), vars(caught.value)))
    assert fields[0] == fields[1]
    assert len(aws.asked) == 1


def test_a_failed_look_up_is_tried_again(aws: AwsStub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FAILED_SECONDS", 0.0)
    aws.held = refused("ServerException")
    definitions = TaskDefinitions()
    with pytest.raises(AwsError):
        definitions.find(ARN, timeout=5)
    aws.held = 200, ANSWER
    assert definitions.find(ARN, timeout=5).containers


def test_the_tags_that_were_asked_for_come_along(aws: AwsStub) -> None:
    definition = TaskDefinitions(keys=["team"]).find(ARN, timeout=5)
    assert definition.tags == {"team": "data"}
    assert aws.asked[0][1] == {"taskDefinition": ARN, "include": ["TAGS"]}


def test_tags_are_looked_up_again_after_a_while(
    aws: AwsStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_TAGS_SECONDS", 0.0)
    definitions, without_tags = TaskDefinitions(keys=["team"]), TaskDefinitions()
    for _ in range(2):
        definitions.find(ARN, timeout=5)
    assert len(aws.asked) == 2

    for _ in range(2):
        without_tags.find(ARN, timeout=5)
    assert len(aws.asked) == 3


def test_where_the_tags_are_denied_the_definition_comes_without_them(aws: AwsStub) -> None:
    aws.answer_once("DescribeTaskDefinition", refused("AccessDeniedException"))
    definition = TaskDefinitions(keys=["team"]).find(ARN, timeout=5)
    assert definition.containers
    assert [body.get("include") for _, body in aws.asked] == [["TAGS"], []]


def test_another_refusal_is_not_taken_for_one_of_the_tags(aws: AwsStub) -> None:
    aws.held = refused("ServerException")
    with pytest.raises(AwsError):
        TaskDefinitions(keys=["team"]).find(ARN, timeout=5)
    assert len(aws.asked) == 1


def test_the_client_is_made_before_the_first_look_up(aws: AwsStub) -> None:
    clients = AwsClients()
    TaskDefinitions(clients).prepare()
    assert clients._clients
    assert aws.asked == []


def test_no_secret_of_the_definition_leaves(aws: AwsStub, caplog: pytest.LogCaptureFixture) -> None:
    """Neither in the alert, nor in a log line at any level, nor in what is kept."""
    caplog.set_level(logging.DEBUG)
    definitions = TaskDefinitions(keys=["team"])
    enricher = TaskDefinitionEnricher(definitions)
    (found,) = enrich([failure(("app", 1))], [enricher], Deadline(), seconds=5)
    kept = definitions.find(ARN, timeout=5)
    assert kept.containers
    for text in (str(found.as_alert().to_dict()), caplog.text, repr(kept), repr(found)):
        assert SECRET not in text


def test_no_frame_of_a_failed_look_up_holds_the_answer_or_the_event(
    aws: AwsStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even where reading the answer is a bug."""
    monkeypatch.setattr("ecs_failure_alerts.tasks.definitions._containers", lambda *_: 1 / 0)
    event = task_state_change(overrides={"containerOverrides": [{"command": [SECRET]}]})

    def look_up() -> Any:
        return TaskDefinitionEnricher().enrich(judge(event), timeout=5)

    with pytest.raises(ZeroDivisionError) as caught:
        look_up()
    trace = caught.value.__traceback__
    assert trace is not None
    trace = trace.tb_next  # past the test itself
    while trace := trace and trace.tb_next:
        held = [v for v in trace.tb_frame.f_locals.values() if not callable(v)]
        assert SECRET not in str([getattr(v, "raw", v) for v in held])
