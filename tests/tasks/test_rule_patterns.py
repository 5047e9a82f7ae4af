"""The event pattern of a policy with rules: it never drops what a rule makes an alert of."""

from __future__ import annotations

from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_failure_alerts import FailurePolicy, Rule, diagnose, parse_event
from ecs_failure_alerts.testing import task_state_change
from rows import each
from rule_strategies import rules_for
from strategies import ARN, ending, policies, task_events

#: So many events are looked at where chance is to reach every corner.
EVENTS = 250


def with_rules(event: dict[str, Any], policy: FailurePolicy, random: Random) -> FailurePolicy:
    """Return *policy* with rules, most of whose conditions *event* fits."""
    rules = rules_for(diagnose(parse_event(event), policy).case, random)
    return attrs.evolve(policy, rules=rules)


@given(task_events(), policies(), st.randoms(use_true_random=False))
def test_whatever_alerts_matches(
    event: dict[str, Any], policy: FailurePolicy, random: Random
) -> None:
    """`diagnose(task, policy).alert` implies `policy.event_pattern().matches(task.raw)`."""
    policy = with_rules(event, policy, random)
    assert policy.event_pattern().matches(event) or not diagnose(parse_event(event), policy).alert


@pytest.fixture(scope="module")
def raised() -> list[tuple[dict[str, Any], FailurePolicy]]:
    """Events, each with a policy by whose rules alone it alerts."""
    found = []
    for seed in range(EVENTS):
        random = Random(seed)  # noqa: S311
        event = ending(random)
        event["account"] = "123456789012"
        event["detail"]["taskDefinitionArn"] = f"{ARN}:task-definition/etl-{seed % 3}:1"
        event["detail"]["stoppedAt"] = "2026-03-02T02:14:08.912Z"
        clusters = random.choice([(), (), ("jobs",), ("default", "ce_*")])

        policy = with_rules(event, FailurePolicy(clusters=clusters), random)
        without = attrs.evolve(policy, rules=())
        if diagnose(parse_event(event), policy).alert > diagnose(parse_event(event), without).alert:
            found.append((event, policy))
    return found


def test_what_alerts_by_a_rule_alone_matches(
    raised: list[tuple[dict[str, Any], FailurePolicy]],
) -> None:
    """Of the events at least a tenth alert by a rule alone, and the pattern drops none."""
    assert len(raised) > EVENTS / 10
    assert [event for event, policy in raised if not policy.event_pattern().matches(event)] == []


def test_the_events_catch_a_pattern_that_knows_no_rules(
    raised: list[tuple[dict[str, Any], FailurePolicy]],
) -> None:
    """The pattern of the same policy without its rules drops a good share of them."""
    dropped = [
        event
        for event, policy in raised
        if not attrs.evolve(policy, rules=()).event_pattern().matches(event)
    ]
    assert len(dropped) > len(raised) / 3


USER_STOP = task_state_change(stopCode="UserInitiated", stoppedReason="Task stopped by user")


@each(
    ("rules", "matches"),
    [
        pytest.param([Rule("info", cause="user_stopped", family="importer")], True, id="raised"),
        pytest.param(
            [Rule("info", cause="user_stopped", until="2020-01-01")], True, id="until-the-past"
        ),
        pytest.param(
            [Rule("info", cause="user_stopped", until="2099-01-01")], True, id="until-the-future"
        ),
        pytest.param([Rule("fatal", family="importer")], False, id="failures-alone"),
        pytest.param([Rule("info", cause="clean_exit")], False, id="another-cause"),
        pytest.param(
            [Rule("info", cause="user_stopped", family="importer"), Rule(None, cause="user_*")],
            False,
            id="raised-and-silenced",
        ),
        pytest.param(
            [Rule("info", cause="user_stopped"), Rule(None, cause="user_*", until="2020-01-01")],
            True,
            id="raised-and-silenced-for-a-time",
        ),
        pytest.param(
            [Rule("info", cause="user_stopped"), Rule(None, family="importer")],
            True,
            id="raised-and-silenced-for-some",
        ),
    ],
)
def test_a_stop_by_a_user_passes_where_a_rule_may_raise_it(
    rules: list[Rule], *, matches: bool
) -> None:
    assert FailurePolicy(rules=rules).event_pattern().matches(USER_STOP) is matches


def test_rules_that_raise_nothing_leave_the_default_pattern_as_it_is() -> None:
    rules = [Rule("fatal", family="etl-*"), Rule(None, cluster="dev"), Rule("info", exit_code=3)]
    assert FailurePolicy(rules=rules).event_pattern() == FailurePolicy().event_pattern()


@each(
    ("rules", "passes"),
    [
        pytest.param([], {"prod"}, id="none"),
        pytest.param([Rule(None, family="x")], {"prod"}, id="silence"),
        pytest.param([Rule("error", cluster="st*")], {"prod", "stage"}, id="raised-in-another"),
        pytest.param([Rule("error", family="x")], {"prod", "stage", "dev"}, id="raised-in-any"),
        pytest.param([Rule("error", cause="deployment_failed")], {"prod"}, id="raised-for-no-task"),
    ],
)
def test_clusters_leave_out_nothing_that_a_rule_raises(rules: list[Rule], passes: set[str]) -> None:
    pattern = FailurePolicy(clusters=["prod"], rules=rules).event_pattern()
    events = {
        name: task_state_change(clusterArn=f"{ARN}:cluster/{name}")
        for name in ("prod", "stage", "dev")
    }
    assert {name for name, event in events.items() if pattern.matches(event)} == passes
