"""Malformed patterns: every fault is told, and the rest is checked all the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_failure_alerts.task_patterns import Finding, lint
from ecs_failure_alerts.testing import task_state_change
from rows import each
from strategies import CHARACTERS

ABOUT_TASKS = {"source": ["aws.ecs"], "detail-type": ["ECS Task State Change"]}


def faults(pattern: Any) -> list[Finding]:
    """Return what EventBridge refuses."""
    return [finding for finding in lint(pattern) if finding.code == "malformed"]


def test_all_faults_are_told_at_once() -> None:
    """EventBridge tells only of the first one."""
    pattern = {
        "source": "aws.ecs",
        "detail": {"lastStatus": "STOPPED", "containers": [{"exitCode": [{"not": 0}]}]},
    }
    assert [fault.path for fault in faults(pattern)] == [
        "source",
        "detail.lastStatus",
        "detail.containers",
        "detail.containers.exitCode[0]",
    ]
    assert "misses-failed-starts" in {finding.code for finding in lint(pattern)}


@each(
    ("detail", "path", "fix"),
    [
        pytest.param({"group": "a"}, "detail.group", "write a list, even for one", id="scalar"),
        pytest.param({"group": []}, "detail.group", "leave the field out", id="empty-list"),
        pytest.param({"group": {}}, "detail.group", "leave the field out", id="empty-object"),
        pytest.param({"group": [["a"]]}, "detail.group[0]", 'write ["a"]', id="list-in-list"),
        pytest.param({"group": [{}]}, "detail.group[0]", None, id="empty-operator"),
        pytest.param(
            {"group": {"prefix": "a"}}, "detail.group", "write a list, even for one", id="no-list"
        ),
        pytest.param(
            {"group": [{"startsWith": "a"}]},
            "detail.group[0]",
            'write [{"prefix": "a"}]',
            id="name",
        ),
        pytest.param(
            {"group": [{"anythingBut": ["a"]}]},
            "detail.group[0]",
            'write [{"anything-but": ["a"]}]',
            id="camel-case",
        ),
        pytest.param(
            {"group": [{"anything-but": ["a", 1, None]}]},
            "detail.group[0]",
            'write [{"anything-but": [1]}]',
            id="mixed",
        ),
        pytest.param(
            {"group": [{"anything-but": ["a", None]}]},
            "detail.group[0]",
            'write [{"anything-but": ["a"]}]',
            id="with-null",
        ),
        pytest.param(
            {"group": [{"anything-but": True}]}, "detail.group[0]", None, id="not-to-be-excluded"
        ),
        pytest.param(
            {"group": [{"contains": "a"}]}, "detail.group[0]", '"wildcard": "*a*"', id="contains"
        ),
        pytest.param(
            {"group": [{"exists": "False"}]}, "detail.group[0]", '{"exists": false}', id="exists"
        ),
        pytest.param(
            {"group": [{"prefix": ["a"]}]}, "detail.group[0]", '{"prefix": "a"}', id="list-of-one"
        ),
        pytest.param(
            {"group": [{"prefix": ["a", "b"]}]},
            "detail.group[0]",
            'write [{"prefix": "a"}, {"prefix": "b"}]',
            id="list-of-two",
        ),
        pytest.param(
            {"group": [{"anything-but-prefix": "a"}]},
            "detail.group[0]",
            'write [{"anything-but": {"prefix": "a"}}]',
            id="contrary",
        ),
        pytest.param(
            {"group": [{"regex": ".*a.*"}]}, "detail.group[0]", '{"wildcard": "*a*"}', id="regex"
        ),
        pytest.param(
            {"group": [{"regex": "^a.+$"}]}, "detail.group[0]", '{"wildcard": "a*"}', id="anchored"
        ),
        pytest.param({"group": [{"regex": "a|b"}]}, "detail.group[0]", None, id="real-regex"),
        pytest.param(
            {"version": [{"numeric": [">", "0"]}]},
            "detail.version[0]",
            'write [{"numeric": [">", 0]}]',
            id="number-as-a-string",
        ),
        pytest.param(
            {"version": [{"numeric": ["<>", "0"]}]},
            "detail.version[0]",
            'write [{"anything-but": [0]}]',
            id="unequal",
        ),
        pytest.param(
            {"$and": [{"group": ["a"]}, {"version": [1]}]},
            "detail.$and",
            "write the fields next to each other",
            id="and",
        ),
        pytest.param({"OR": [{"group": ["a"]}, {"version": [1]}]}, "detail.OR", "$or", id="or"),
        pytest.param(
            {"version": [{"numeric": ["!=", 0]}]},
            "detail.version[0]",
            'write [{"anything-but": [0]}]',
            id="not-equal",
        ),
        pytest.param({"version": [{"numeric": [">"]}]}, "detail.version[0]", None, id="no-operand"),
        pytest.param(
            {"$or": [{"group": ["a"]}]}, "detail.$or", "write two branches or more", id="one-branch"
        ),
        pytest.param(
            {"$or": {"group": ["a"]}}, "detail.$or", "write two branches or more", id="no-branches"
        ),
        pytest.param(
            {"$or": ["a", {"group": ["a"]}]},
            "detail.$or[0]",
            "write the fields in braces",
            id="text",
        ),
        pytest.param(
            {"$or": [{"prefix": ["a"]}, {"group": ["a"]}, {"group": ["b"]}]},
            "detail.$or[0].prefix",
            "rename it",
            id="reserved",
        ),
    ],
)
def test_a_fault_is_told_with_its_place_and_what_to_write(
    detail: dict[str, Any], path: str, fix: str | None
) -> None:
    """Where it is plain what is meant, that is told; nothing is made up."""
    (fault,) = faults({**ABOUT_TASKS, "detail": {"lastStatus": ["STOPPED"], **detail}})
    assert fault.path == path
    assert fix is None or fix in str(fault.fix)


@each(
    "text",
    [
        pytest.param("{", id="no-json"),
        pytest.param("[1]", id="no-object"),
        pytest.param(b"\xff\xfe", id="no-text"),
        pytest.param("{}", id="empty"),
        pytest.param('{"a":' * 3000 + "1" + "}" * 3000, id="nested-too-deep"),
        pytest.param('{"a": ' * 300 + "1" + "}" * 300, id="nested-deep-and-malformed"),
        pytest.param('{"a": ' * 600 + "[1]" + "}" * 600, id="too-many-levels"),
    ],
)
def test_what_is_no_pattern_gives_a_fault(text: str | bytes) -> None:
    """There is nothing else to check."""
    (fault,) = faults(text)
    assert fault.severity == "error"


def test_a_comma_too_many_does_not_hide_the_rest() -> None:
    """Commas inside of strings stay."""
    text = '{"source": ["aws.ecs",], "detail": {"stopCode": ["a,]"], },}'
    codes = {finding.code for finding in lint(text)}
    assert {"malformed", "unknown-value", "no-last-status"} <= codes


@each(
    ("text", "fix"),
    [
        pytest.param('{"source": ["aws.ecs"]} // of ECS', "remove the comments", id="slashes"),
        pytest.param('# of ECS\n{"source": ["aws.ecs"]}', "remove the comments", id="hash"),
        pytest.param('/* a\nb */{"source": ["//"]}', "remove the comments", id="block"),
        pytest.param("{'source': ['aws.ecs']}", "write double quotes", id="quotes"),
        pytest.param("source:\n  - aws.ecs", "this is YAML", id="yaml"),
        pytest.param(b"{ source = [] }", "this is Terraform's language", id="terraform"),
        pytest.param("[1]", "check each pattern of the list by itself", id="list"),
    ],
)
def test_text_that_is_no_json_is_told_what_to_do(text: str | bytes, fix: str) -> None:
    """Whoever pastes it from elsewhere learns what it is."""
    (fault,) = faults(text)
    assert (fault.fix or "").startswith(fix)


@given(st.text(CHARACTERS) | st.binary())
def test_any_text_is_checked(text: str | bytes) -> None:
    """Whatever a file holds, the lint ends with findings."""
    assert lint(text)


@each(
    "value",
    [
        pytest.param(task_state_change(), id="event"),
        pytest.param([task_state_change()], id="events"),
        pytest.param({"Records": [{"body": "{}", "eventSource": "aws:sqs"}]}, id="sqs"),
        pytest.param({"Records": [{"Sns": {}, "EventSource": "aws:sns"}]}, id="sns"),
        pytest.param({"TopicArn": "arn:aws:sns:a:1:b", "Message": "{}"}, id="notification"),
        pytest.param({"Messages": [{"Body": "{}", "MessageId": "1"}]}, id="receive-message"),
        pytest.param({"tasks": [{"taskArn": "a", "group": "b"}]}, id="describe-tasks"),
        pytest.param({"taskArn": "a", "lastStatus": "STOPPED"}, id="detail"),
    ],
)
def test_an_event_in_place_of_a_pattern_is_told(value: Any) -> None:
    """However it is wrapped; there is no pattern to find faults in."""
    (finding,) = lint(json.dumps(value))
    assert finding.code == "event"


@pytest.mark.parametrize(
    "wrap",
    [
        pytest.param(lambda pattern: {"EventPattern": pattern}, id="cloudformation"),
        pytest.param(lambda pattern: {"EventPattern": json.dumps(pattern)}, id="put-rule"),
        pytest.param(lambda pattern: json.dumps({"eventPattern": pattern}), id="cdk"),
    ],
)
def test_the_pattern_inside_a_rule_is_checked(wrap: Any) -> None:
    """A rule is no pattern, which is told."""
    rule = wrap({**ABOUT_TASKS, "detail": {"lastStatus": ["stopped"]}})
    assert {"rule", "wrong-case"} <= {finding.code for finding in lint(rule)}
    assert not faults(rule)


def test_a_rule_without_a_readable_pattern_is_told_of() -> None:
    """What stands under the name may be anything."""
    assert faults({"EventPattern": "{"})
    assert faults({"EventPattern": 5})


def test_what_cannot_be_mended_is_told_in_the_words_of_eventbridge() -> None:
    """More fields than a rule can have are left as they are."""
    (fault,) = faults({f"field{number}": ["a"] for number in range(300)})
    assert fault.message.startswith("more than 256 fields")
