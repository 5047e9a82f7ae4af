"""The rules for notices: none drops what would alert."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any, Final

import attrs
from hypothesis import example, given
from hypothesis import strategies as st

import strategies
from ecs_failure_alerts import EventError, FailurePolicy, build_alert, diagnose
from ecs_failure_alerts.notices import READERS, parse_notice
from ecs_failure_alerts.notices.pattern import notice_patterns
from rows import each
from rule_strategies import rules_for

ROWS: Final = [
    json.loads(text)
    for text in (Path(__file__).parent / "notices.jsonl").read_text("utf-8").splitlines()
]
EVENTS: Final = [row["event"] for row in ROWS if "detail-type" in row["event"]]
ALERTING: Final = {
    row["name"]: row["event"]
    for row in ROWS
    if row["expect"]["should_alert"] and "detail-type" in row["event"]
}
WORDS: Final = sorted(
    {
        value
        for event in EVENTS
        for value in (event["detail"].values() if isinstance(event["detail"], dict) else ())
        if isinstance(value, str)
    }
)


@st.composite
def notices(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an event like those that AWS sends, with members changed, added or left out."""
    alerting = st.sampled_from([*ALERTING.values()])
    event: dict[str, Any] = deepcopy(draw(st.sampled_from(EVENTS) | alerting | alerting))
    words = st.sampled_from(WORDS)
    known = words | words | st.none() | strategies.json_values()
    for target in (event, event["detail"]):
        if isinstance(target, dict):
            for key in draw(st.lists(st.sampled_from(sorted(target)), max_size=2)):
                if key not in {"source", "detail-type", "detail"}:
                    target[key] = draw(known)
            for key in draw(st.lists(st.sampled_from(sorted(target)), max_size=1)):
                if key not in {"source", "detail-type", "detail"}:
                    target.pop(key, None)
    return event


def passes(event: Mapping[str, Any], policy: FailurePolicy) -> bool:
    """Return whether one of the rules passes *event*."""
    return any(pattern.matches(event) for pattern in notice_patterns(policy).values())


@each("event", ALERTING.values(), ids=ALERTING)
def test_a_rule_passes_what_alerts(event: dict[str, Any]) -> None:
    """No labelled alert is dropped."""
    assert passes(event, FailurePolicy())


@given(
    notices(),
    st.sampled_from([(), ("prod",), ("pro*",), ("elsewhere",)]),
    st.sampled_from([(), ("api",), ("x",)]),
)
@example(
    {
        "source": "aws.ecs",
        "detail-type": "ECS Service Action",
        "detail": {"eventType": "ERROR", "eventName": "X", "clusterArn": "no ARN"},
    },
    ("prod",),
    (),
)
def test_whatever_alerts_passes(
    event: dict[str, Any], clusters: tuple[str, ...], names: tuple[str, ...]
) -> None:
    """``diagnose(notice).alert`` implies that the pattern for its kind matches."""
    policy = FailurePolicy(clusters=clusters, services=names, families=names)
    try:
        diagnosis = diagnose(parse_notice(event), policy)
    except EventError:
        return
    assert passes(event, policy) or not diagnosis.alert


@given(
    notices(),
    st.sampled_from([(), ("prod",), ("elsewhere", "pro*")]),
    st.randoms(use_true_random=False),
)
def test_whatever_alerts_by_rules_passes(
    event: dict[str, Any], clusters: tuple[str, ...], random: Random
) -> None:
    """The same where rules make an alert of what is outside of the clusters, or is silent."""
    try:
        notice = parse_notice(event)
    except EventError:
        return
    policy = FailurePolicy(clusters=clusters, levels={("*", "*"): None})
    rules = rules_for(diagnose(notice, policy).case, random)
    policy = attrs.evolve(policy, rules=rules)
    assert passes(event, policy) or not diagnose(notice, policy).alert


@given(notices())
def test_every_event_is_a_notice_or_an_error(event: dict[str, Any]) -> None:
    """Whatever a known type holds, it is diagnosed and worded, or refused."""
    try:
        notice = parse_notice(event)
    except EventError:
        return
    alert = build_alert(notice, diagnose(notice))

    assert json.dumps(alert.to_dict(), allow_nan=False)
    assert len(alert.event_id) == 32


#: Every name of a field that an event of the kinds has, at any depth.
FIELDS: Final = sorted(
    {word for row in ROWS for word in re.findall(r'"([A-Za-z_-]+)\\*": ', json.dumps(row["event"]))}
)


def details() -> st.SearchStrategy[Any]:
    """Draw a detail with fields that a reader reads, of any type."""
    values = strategies.json_values() | st.sampled_from(WORDS) | st.integers(0, 3)
    nested = st.dictionaries(st.sampled_from(FIELDS), values, max_size=6)
    member = values | nested | st.lists(values | nested, max_size=3)
    return st.dictionaries(st.sampled_from(FIELDS), member, max_size=12)


@given(st.sampled_from(sorted(READERS)), details() | strategies.json_values())
def test_any_detail_is_read_or_refused(kind: tuple[str, str], detail: Any) -> None:
    """No value makes a reader raise anything but its own error."""
    source, detail_type = kind
    event = {"source": source, "detail-type": detail_type, "detail": detail}
    try:
        notice = parse_notice(event)
    except EventError:
        return
    assert build_alert(notice, diagnose(notice)).message


@each("row", [row for row in ROWS if row["expect"]["kind"] == "routine"])
def test_routine_seldom_wakes_the_function(row: dict[str, Any]) -> None:
    """Of what is routine only what a pattern cannot tell passes a rule."""
    if passes(row["event"], FailurePolicy()):
        assert row["name"] in {
            "old-made-not-ecs-batch-job-failed",  # names no job definition
            "old-made-not-ecs-cloudtrail-runtask",  # names no caller
            "made-batch-array-parent",
            "made-health-retirement-services",
            "made-hook-failed-by-person",
            "made-runtask-person-denied",
            "made-runtask-sso-person",
        }


def test_the_patterns_fit_into_a_rule() -> None:
    """EventBridge takes 2,048 characters."""
    patterns = notice_patterns(FailurePolicy(clusters=("prod-*", "stage")))
    assert all(len(pattern.to_json()) <= 2048 for pattern in patterns.values())
