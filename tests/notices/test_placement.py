"""Why ECS has no place for a task, as a word for the group and for a person."""

from __future__ import annotations

from ecs_failure_alerts import Judgement, judge
from ecs_failure_alerts.testing import service_action
from notice_events import ARN
from rows import each


def placed(reason: str) -> Judgement:
    """Judge a placement failure for *reason*."""
    return judge(service_action("SERVICE_TASK_PLACEMENT_FAILURE", reason=reason))


@each(
    ("reason", "word", "said"),
    [
        ("RESOURCE:GPU", "RESOURCE:GPU", "no instance has a GPU left (RESOURCE:GPU)"),
        ("ATTRIBUTE", "ATTRIBUTE", "an attribute that the task definition requires"),
        ("MemberOf placement constraint unsatisfied.", "MEMBEROF", "the placement constraint"),
        ("ECS was unable to assume the role 'x'.", "role", "ECS cannot assume a role"),
        ("Something new happened.", "other", "Something new happened"),
        ("NEW_CODE", "NEW_CODE", "NEW_CODE"),
    ],
)
def test_why_there_is_no_place_is_a_word_for_the_group_and_a_sentence_for_a_person(
    reason: str, word: str, said: str
) -> None:
    judgement = placed(reason)
    assert judgement.as_alert().fingerprint[-1] == word
    assert said in judgement.diagnosis.summary


@each(
    ("reason", "hint"),
    [
        ("RESOURCE:PORTS", "host port"),
        ("RESOURCE:GPU", "GPU"),
        ("AGENT", "ECS agent"),
        ("ECS was unable to assume the role 'x'.", "trust policy"),
        ("something new", "Add capacity"),
    ],
)
def test_the_hint_is_about_what_is_missing(reason: str, hint: str) -> None:
    assert hint in placed(reason).diagnosis.hint


@each(
    ("providers", "is_told"),
    [("", True), ("FARGATE_SPOT", True), ("FARGATE FARGATE_SPOT", True), ("FARGATE", False)],
)
def test_fargate_is_not_advised_where_it_had_no_capacity(providers: str, is_told: bool) -> None:
    event = service_action(
        "SERVICE_TASK_PLACEMENT_FAILURE",
        reason="RESOURCE:FARGATE",
        capacityProviderArns=[f"{ARN}:capacity-provider/{name}" for name in providers.split()],
    )
    assert ("FARGATE_SPOT" in judge(event).diagnosis.hint) == is_told
