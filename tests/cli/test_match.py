"""The command match: whether events match a pattern."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ecs_failure_alerts.cli import main
from ecs_failure_alerts.testing import task_state_change

STOPPED = '{"detail": {"lastStatus": ["STOPPED"]}}'


@pytest.fixture
def event(tmp_path: Path) -> str:
    """Return a file with an event that has stopped."""
    path = tmp_path / "event.json"
    path.write_text(json.dumps(task_state_change()), "utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("pattern", "status"),
    [
        pytest.param(STOPPED, 0, id="match"),
        pytest.param(STOPPED.replace("STOPPED", "RUNNING"), 1, id="no-match"),
        pytest.param("{", 2, id="malformed"),
    ],
)
def test_match_says_so_by_its_status(event: str, pattern: str, status: int) -> None:
    """`match` exits with 0 for a match, 1 for none, 2 for a malformed pattern."""
    assert main(["match", "--pattern", pattern, event]) == status


def test_a_malformed_event_to_match_ends_with_status_2(tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    path.write_text("[1]", "utf-8")
    assert main(["match", "--pattern", STOPPED, str(path)]) == 2


def test_where_there_is_no_event_no_match_is_told(tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    path.write_text("[]", "utf-8")
    assert main(["match", "--pattern", STOPPED, str(path)]) == 2


def test_events_of_whatever_kind_are_matched_with_one_verdict_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text('{"a": 1}\n{"a": 2}\n', "utf-8")
    assert main(["match", "--pattern", '{"a": [1]}', str(path)]) == 1
    assert capsys.readouterr().out == "line 1: match\nline 2: no match\n"


@pytest.mark.parametrize("content", ["[5]", '{"a": 1}\n{broken\n{"a": 1}\n', ""])
def test_what_is_no_event_is_named_by_its_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(content, "utf-8")
    assert main(["match", "--pattern", '{"a": [1]}', str(path)]) == 2
    assert capsys.readouterr().err.startswith(f"{path}: ")


@pytest.mark.parametrize(
    "command",
    [
        ["explain"],
        ["report"],
        ["send", "--dry-run"],
        ["match", "--pattern", '{"source": ["aws.ecs"]}'],
    ],
)
@pytest.mark.parametrize("begin", ["", "words of a log\n", "[\n"])
def test_every_command_names_the_same_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str], begin: str
) -> None:
    """Of the file, whether it is read line by line or whole."""
    path = tmp_path / "events.jsonl"
    event = json.dumps(task_state_change())
    path.write_text(f"{begin}{event}\n{{broken\n{event}\n", "utf-8")
    line = 2 + begin.count("\n")
    main([*command, str(path)])
    said = capsys.readouterr().err
    assert f"{path}: line {line}" in said
    assert f"(line {line}, column 2)" in said


def test_explain_says_which_field_decided(event: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["match", "--explain", "--pattern", STOPPED.replace("STOPPED", "RUNNING"), event])
    assert "detail.lastStatus" in capsys.readouterr().out


def test_match_reads_the_pattern_from_a_file(event: str, tmp_path: Path) -> None:
    """A pattern may be given as a file."""
    path = tmp_path / "pattern.json"
    path.write_text(STOPPED, "utf-8")
    assert main(["match", "--pattern", str(path), event]) == 0


@pytest.mark.parametrize("number", ["1e400", "0.30000000000000000001", "9007199254740993.0"])
def test_a_number_that_no_double_stands_for_matches_its_own_spelling_only(
    number: str, tmp_path: Path
) -> None:
    """In any wrapping."""
    event = f'{{"source": "mine", "detail": {{"a": {number}}}}}'
    body = json.dumps({"Records": [{"body": event}]})
    for name, text in (("event", event), ("sqs", body)):
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        for wanted, status in ((number, 0), (repr(float("1e308")), 1)):
            pattern = f'{{"detail": {{"a": [{wanted}]}}}}'
            assert main(["match", "--pattern", pattern, str(file)]) == status


def test_match_of_a_task_that_ecs_does_not_have(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A task that ECS has forgotten is no event that a rule could drop."""
    answer = {"tasks": [], "failures": [{"arn": "arn:x/y", "reason": "MISSING"}]}
    (file := tmp_path / "answer.json").write_text(json.dumps(answer))
    assert main(["match", "--pattern", '{"source": ["aws.ecs"]}', str(file)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "ECS does not have this task" in said.err


def test_an_event_in_place_of_the_pattern_is_told(
    event: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Files are swapped easily."""
    assert main(["match", "--pattern", event, event]) == 2
    assert capsys.readouterr().err == (
        "expected a pattern, got an event: pass the pattern by --pattern, the event as FILE\n"
    )


def test_the_output_of_another_command_is_no_event_to_match(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "services.json"
    path.write_text('{"services": [{"serviceName": "x"}], "failures": []}', "utf-8")
    assert main(["match", "--pattern", STOPPED, str(path)]) == 2
    assert "got the output of describe-services: " in capsys.readouterr().err
