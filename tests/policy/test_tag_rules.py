"""Rules for tags: what a look-up finds decides anew, and nothing else that it finds silences."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from ecs_failure_alerts import Evidence, FailureAlerter, FailurePolicy, Judgement, Rule, judge
from ecs_failure_alerts.enrichment._evidence import add_evidence
from ecs_failure_alerts.policy.cases import read_tags
from ecs_failure_alerts.testing import (
    RecordingNotifier,
    batch_job_state_change,
    task_state_change,
)
from rows import each

OF_DATA = Evidence(tags={"aws.tag.team": "data"})


def found(*rules: Rule, evidence: Evidence = OF_DATA, **changes: Any) -> Judgement:
    """Judge a task by *rules*, and add what a look-up found."""
    base = judge(task_state_change(**changes), FailurePolicy(rules=rules))
    return add_evidence(base, [evidence])


@attrs.define
class Tags:
    """An enricher that finds one tag for every alert."""

    team: str
    name: str = "tags"

    def enrich(self, judgement: Judgement, *, timeout: float) -> Evidence:
        """Find it."""
        return Evidence(tags={"aws.tag.team": self.team})


def test_a_tag_that_was_looked_up_silences_where_a_rule_says_so() -> None:
    judgement = found(Rule(None, tag="team=data", why="they have their own alerts"))
    assert judgement.alert is None
    assert judgement.diagnosis.decision == (
        "no alert: container_exit of a scheduled workload is silent by rules[0] (tag team=data): "
        "they have their own alerts"
    )


def test_a_tag_that_was_looked_up_changes_the_level_and_not_the_identity() -> None:
    before, after = judge(task_state_change()).as_alert(), found(Rule("fatal", tag="team=d*"))
    assert after.alert is not None
    assert (after.alert.level, after.diagnosis.level) == ("fatal", "fatal")
    assert (after.alert.event_id, after.alert.fingerprint, after.alert.title) == (
        before.event_id,
        before.fingerprint,
        before.title,
    )


def test_a_rule_for_a_tag_does_not_fit_before_the_look_up() -> None:
    assert judge(task_state_change(), FailurePolicy(rules=[Rule(None, tag="team=*")])).alert


@each(
    "rules",
    [
        pytest.param([Rule(None, tag="team=web")], id="another-value"),
        pytest.param([Rule(None, tag="owner=data")], id="another-key"),
        pytest.param([Rule(None, tag="team=data", family="x")], id="another-family"),
        pytest.param([Rule(None, tag="team=data"), Rule("error")], id="a-later-rule"),
        pytest.param([], id="no-rules"),
    ],
)
def test_a_tag_changes_nothing_where_no_rule_for_it_decides(rules: list[Rule]) -> None:
    judgement = found(*rules)
    assert judgement.diagnosis.level == "error"
    assert judgement.alert is not None


def test_the_case_has_the_tags_that_were_found_by_their_own_keys() -> None:
    evidence = Evidence(tags={"aws.tag.team": "data", "owner": "ann"})
    assert found(evidence=evidence).case.tags == {"team": "data", "owner": "ann"}


def test_a_tag_of_the_event_itself_counts_before_one_that_was_looked_up() -> None:
    tags = [{"key": "team", "value": "web"}]
    assert found(Rule(None, tag="team=data"), tags=tags).alert is not None
    assert (
        judge(task_state_change(tags=tags), FailurePolicy(rules=[Rule(None, tag="team=web")])).alert
        is None
    )


def test_the_tags_of_a_batch_job_count() -> None:
    event = batch_job_state_change(tags={"team": "data", "resourceArn": "arn:aws:batch:x"})
    assert judge(event).diagnosis.alert
    assert not judge(event, FailurePolicy(rules=[Rule(None, tag="team=data")])).diagnosis.alert


def test_what_a_tag_silences_is_not_delivered_and_the_report_says_why() -> None:
    notifier = RecordingNotifier()
    alerter = FailureAlerter(
        notifier,
        policy=FailurePolicy(rules=[Rule(None, tag="team=data")]),
        enrichers=[Tags("data")],
    )
    (outcome,) = alerter.process(task_state_change()).outcomes
    assert notifier.alerts == []
    assert outcome.status == "no_alert"
    assert outcome.diagnosis is not None
    assert "rules[0] (tag team=data)" in outcome.diagnosis.decision


@each(
    ("tags", "read"),
    [
        pytest.param([{"key": "cost centre", "value": "7"}], {"cost_centre": "7"}, id="list"),
        pytest.param({"team": "data"}, {"team": "data"}, id="mapping"),
        pytest.param([{"key": "a"}, "b", {"key": 1, "value": "c"}], {}, id="no-tags"),
        pytest.param("team=data", {}, id="text"),
        pytest.param(None, {}, id="nothing"),
    ],
)
def test_tags_of_an_event_are_read_in_both_of_aws_forms(tags: Any, read: dict[str, str]) -> None:
    assert read_tags({"detail": {"tags": tags}}) == read


@given(strategies.json_values())
def test_whatever_stands_for_tags_is_read_or_left_out(value: Any) -> None:
    for raw in ({"detail": value}, {"detail": {"tags": value}}, {"detail": {"tags": [value]}}):
        assert all(isinstance(word, str) for pair in read_tags(raw).items() for word in pair)


@given(st.sampled_from([None, "info", "fatal"]), st.sampled_from(["data", "web"]), st.booleans())
def test_a_rule_for_a_tag_decides_as_if_the_event_had_the_tag(
    level: Any, team: str, later: bool
) -> None:
    """A look-up changes when a tag is known, and nothing else."""
    rules = [Rule(level, tag="team=data"), *([Rule("warning", family="nightly-*")] * later)]
    tags = [{"key": "team", "value": team}]
    known = judge(task_state_change(tags=tags), FailurePolicy(rules=rules)).diagnosis

    evidence = Evidence(tags={"aws.tag.team": team})
    looked_up = found(*rules, evidence=evidence).diagnosis
    assert (looked_up.level, looked_up.decision) == (known.level, known.decision)


@each(
    "rules, note",
    [
        ([Rule("error", why="no capacity to spare")], "Error by rules[0]: no capacity to spare"),
        ([Rule("info"), Rule("fatal", tag="team=data")], "Fatal by rules[1]"),
        ([], ""),
    ],
)
def test_an_alert_says_which_rule_set_its_level(rules: list[Rule], note: str) -> None:
    before_the_hint = found(*rules).as_alert().message.splitlines()[-2]
    assert (before_the_hint == note) is bool(note)
    assert note or " by " not in before_the_hint


def test_a_notice_says_which_rule_set_its_level() -> None:
    policy = FailurePolicy(rules=[Rule("error", cause="*", why="we ask for each")])
    alert = judge(batch_job_state_change(), policy).as_alert()
    assert alert.message.splitlines()[-2] == "Error by rules[0]: we ask for each"
