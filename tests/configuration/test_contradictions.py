"""A rule or route that can never fit is warned of, and none that may fit."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any, Final

from hypothesis import event as noted
from hypothesis import given
from hypothesis import strategies as st

import strategies
from ecs_failure_alerts import FailurePolicy, Route, function_notifier, judge
from ecs_failure_alerts.causes import BLAMELESS, LEVELS, Cause, Level
from ecs_failure_alerts.configuration import Configuration, read_configuration
from ecs_failure_alerts.configuration._contradictions import find_contradictions
from ecs_failure_alerts.tasks.signs import CAUSE_TABLE
from rows import each
from rule_strategies import rules_for

NOTICES: Final = [
    row["event"]
    for text in (Path(__file__).parents[1] / "notices" / "notices.jsonl").read_text().splitlines()
    if "detail-type" in (row := json.loads(text))["event"] and row["expect"]["should_alert"]
]
NOBODY: Final = function_notifier(print)


def warnings(**sections: Any) -> list[str]:
    """Return what a document warns of, but for that its routes leave a gap."""
    document = {"notifiers": {"a": {"type": "log"}}, **sections}
    found = read_configuration(json.dumps(document), "it", elsewhere=["keys"]).warnings
    return [str(warning) for warning in found if warning.path != "routes"]


@each(
    ("asked", "why"),
    [
        (
            {"cause": "run_refused", "exit_code": 1},
            "only tasks have exit codes, and it asks for cause run_refused",
        ),
        (
            {"cause": ["workflow", "batch"], "container": "app"},
            "only tasks have containers, and it asks for cause workflow or batch",
        ),
        (
            {"workload": "daemon", "exit_code": [1, 2]},
            "only tasks have exit codes, and it asks for workload daemon",
        ),
        (
            {"workload": ["scheduled", "standalone"], "service": "web"},
            "only services have a service name, and it asks for workload scheduled or standalone",
        ),
        (
            {"cause": "out_of_memory", "workload": ["daemon", "instance"]},
            "only tasks have such a cause, and it asks for workload daemon or instance",
        ),
        (
            {"cause": "scheduler_stopped", "exit_code": 143},
            "exit_code is that of a container at fault, and with cause scheduler_stopped none is",
        ),
        (
            {"cause": ["user_stopped", "clean_exit"], "container": "etl"},
            "container asks for one at fault, and with cause user_stopped or clean_exit none is",
        ),
        (
            {"cluster": "arn:aws:ecs:eu-central-1:111122223333:cluster/a", "account": "9" * 12},
            "the cluster is in account 111122223333, and it asks for account 999999999999",
        ),
    ],
)
def test_what_excludes_itself_is_warned_of_in_rules_and_routes(
    asked: dict[str, Any], why: str
) -> None:
    said = f"never fits, because {why}: leave out one of them"
    assert warnings(rules=[{"level": "error", **asked}]) == [f"rules[0]: this rule {said}"]
    assert warnings(routes=[{"notifier": "a", **asked}]) == [f"routes[0]: this route {said}"]


@each(
    "asked",
    [
        {"cause": ["run_refused", "container_exit"], "exit_code": 1},
        {"cause": ["scheduler_stopped", "container_exit"], "exit_code": 143},
        {"cause": "*", "container": "etl"},
        {"workload": "batch", "service": "web"},
        {"workload": "*", "service": "web"},
        {"cause": "daemon", "workload": "daemon"},
        {"cluster": "arn:aws:ecs:*:cluster/a", "account": "9" * 12},
        {"cluster": ["a", "arn:aws:ecs:e:111122223333:cluster/a"], "account": "9" * 12},
        {"cluster": "arn:aws:ecs:e:111122223333:cluster/a", "account": "1111*"},
    ],
)
def test_what_may_fit_is_not_warned_of(asked: dict[str, Any]) -> None:
    assert warnings(rules=[{"level": "error", **asked}]) == []


def test_the_causes_without_a_container_at_fault_are_those_of_the_table() -> None:
    """And the clean exit, which comes from exit codes alone."""
    blaming = {row.cause for row in CAUSE_TABLE if row.culprits != "none"}
    found = {row.cause for row in CAUSE_TABLE} - blaming | {Cause.CLEAN_EXIT}
    assert found == BLAMELESS


@given(strategies.task_events())
def test_no_container_is_at_fault_with_these_causes(event: Any) -> None:
    diagnosis = judge(event).diagnosis
    assert not (diagnosis.culprits and diagnosis.cause in BLAMELESS)


@each(
    ("route", "rule", "heard"),
    [
        ({"min_level": "fatal"}, {}, "error"),
        ({"min_level": "fatal"}, {"level": "fatal", "family": "a"}, None),
        ({"min_level": "error", "cause": "spot_interruption"}, {}, "warning"),
        ({"min_level": "error", "cause": "spot_interruption"}, {"level": "error"}, None),
        (
            {"min_level": "error", "cause": "user_stopped"},
            {"level": "info", "cause": "user_stopped"},
            "info",
        ),
    ],
)
def test_a_route_for_a_level_that_nothing_reaches_is_warned_of(
    route: dict[str, Any], rule: dict[str, Any], heard: str | None
) -> None:
    said = (
        f"routes[0]: this route takes nothing, because its failures are at most {heard}: lower "
        "min_level, or add a rule with a higher level"
    )
    rules = {"rules": [rule]} if rule else {}
    assert warnings(routes=[{"notifier": "a", **route}], **rules) == [said] * (heard is not None)


def test_a_route_for_what_is_silent_is_warned_of() -> None:
    route = {"notifier": "a", "cause": "user_stopped"}
    said = "this route takes nothing, because its failures are silent: add a rule with a level"
    assert warnings(routes=[route]) == [f"routes[0]: {said}"]
    assert warnings(routes=[route], rules=[{"level": "info", "cause": "user_stopped"}]) == []


@given(
    strategies.task_events() | st.sampled_from(NOTICES),
    st.randoms(use_true_random=False),
    st.sampled_from([None, *LEVELS]),
)
def test_what_fits_an_event_is_never_called_impossible(
    event: Any, random: Random, min_level: Level | None
) -> None:
    """Neither a rule that fits, nor a route that takes the alert of an event."""
    rules = rules_for(judge(event).case, random)
    judgement = judge(event, FailurePolicy(rules=rules))
    asked: dict[str, Any] = rules[0].given
    route = Route(NOBODY, min_level=min_level, **asked)

    level = {"min_level": min_level} if min_level else {}
    document = Configuration(rules=rules, routes=({"notifier": "a", **asked, **level},))
    paths = {problem.path for problem in find_contradictions(document)}

    for index, rule in enumerate(rules):
        assert not (rule.fits(judgement.case) and f"rules[{index}]" in paths)
    if judgement.alert and route.takes(judgement):
        noted("taken")
        assert "routes[0]" not in paths
