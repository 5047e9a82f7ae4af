"""The commands about patterns: pattern, match, lint."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from ecs_failure_alerts import EventPattern, FailurePolicy
from ecs_failure_alerts.cli import main
from ecs_failure_alerts.testing import task_state_change

STOPPED = '{"detail": {"lastStatus": ["STOPPED"]}}'


@pytest.fixture
def event(tmp_path: Path) -> str:
    """Give a file with an event that has stopped."""
    path = tmp_path / "event.json"
    path.write_text(json.dumps(task_state_change()), "utf-8")
    return str(path)


def test_pattern_is_the_policys(capsys: pytest.CaptureFixture[str]) -> None:
    """`pattern` prints the default policy's pattern as JSON."""
    assert main(["pattern"]) == 0
    printed = EventPattern.from_json(capsys.readouterr().out)
    assert printed == FailurePolicy().event_pattern()


def test_pattern_takes_clusters_and_causes(capsys: pytest.CaptureFixture[str]) -> None:
    """`--cluster` and `--ignore-cause` change the policy."""
    call = ["pattern", "--cluster", "jobs", "--ignore-cause", "spot_interruption"]
    assert main([*call, "--format", "compact"]) == 0
    policy = FailurePolicy(clusters=["jobs"], levels={("spot_interruption", "*"): None})
    assert capsys.readouterr().out == policy.event_pattern().to_json() + "\n"


def test_pattern_of_an_unknown_cause(capsys: pytest.CaptureFixture[str]) -> None:
    """A cause that does not exist is named, with those that do."""
    assert main(["pattern", "--ignore-cause", "oom"]) == 2
    assert "unknown cause 'oom'" in capsys.readouterr().err


def test_no_pattern(capsys: pytest.CaptureFixture[str]) -> None:
    """An empty pattern, as of a variable that is not set, is said to be one."""
    assert main(["lint", ""]) == 2
    assert "the pattern is empty" in capsys.readouterr().err


def test_pattern_of_every_cause(capsys: pytest.CaptureFixture[str]) -> None:
    """All causes cannot be ignored at once, as in the settings."""
    assert main(["pattern", "--ignore-cause", "*"]) == 2
    assert "which would silence every alert" in capsys.readouterr().err


def test_pattern_that_is_too_long(capsys: pytest.CaptureFixture[str]) -> None:
    """A pattern beyond EventBridge's quota is printed, and complained about."""
    clusters = [word for number in range(60) for word in ("--cluster", f"cluster-{number:04}")]
    assert main(["pattern", *clusters]) == 1
    assert "quota is 2048" in capsys.readouterr().err


def test_pattern_for_terraform(capsys: pytest.CaptureFixture[str]) -> None:
    """`--format terraform` gives a rule, laid out as Terraform has it."""
    assert main(["pattern", "--format", "terraform", "--cluster", "prod-*"]) == 0
    text = capsys.readouterr().out
    assert 'resource "aws_cloudwatch_event_rule"' in text
    terraform = shutil.which("terraform")
    if terraform:
        layout = subprocess.run(
            [terraform, "fmt", "-"], input=text, capture_output=True, text=True, check=True
        )
        assert layout.stdout == text


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


def test_match_of_a_malformed_event(tmp_path: Path) -> None:
    """An event that is none gives 2."""
    path = tmp_path / "event.json"
    path.write_text("[1]", "utf-8")
    assert main(["match", "--pattern", STOPPED, str(path)]) == 2


def test_match_of_nothing(tmp_path: Path) -> None:
    """Where there is no event there is no match to speak of."""
    path = tmp_path / "events.json"
    path.write_text("[]", "utf-8")
    assert main(["match", "--pattern", STOPPED, str(path)]) == 2


def test_match_of_any_event(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Events of whatever kind are matched, one verdict each."""
    path = tmp_path / "events.jsonl"
    path.write_text('{"a": 1}\n{"a": 2}\n', "utf-8")
    assert main(["match", "--pattern", '{"a": [1]}', str(path)]) == 1
    assert capsys.readouterr().out == "line 1: match\nline 2: no match\n"


def test_match_explains(event: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--explain` says which field decided."""
    main(["match", "--explain", "--pattern", STOPPED.replace("STOPPED", "RUNNING"), event])
    assert "detail.lastStatus" in capsys.readouterr().out


def test_match_reads_the_pattern_from_a_file(event: str, tmp_path: Path) -> None:
    """A pattern may be given as a file."""
    path = tmp_path / "pattern.json"
    path.write_text(STOPPED, "utf-8")
    assert main(["match", "--pattern", str(path), event]) == 0


@pytest.mark.parametrize(
    ("pattern", "status", "said"),
    [
        pytest.param(FailurePolicy().event_pattern().to_json(), 0, "nothing found", id="nothing"),
        pytest.param(STOPPED, 0, "[any-source]", id="warnings"),
        pytest.param('{"source": "aws.ecs"}', 1, "[malformed]", id="errors"),
    ],
)
def test_lint(pattern: str, status: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`lint` prints what it finds, and exits with 1 for errors only."""
    assert main(["lint", pattern]) == status
    assert said in capsys.readouterr().out


def test_lint_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """`--format json` gives an object a finding."""
    main(["lint", "--format", "json", '{"source": "aws.ecs"}'])
    finding = json.loads(capsys.readouterr().out)
    assert finding["code"] == "malformed"
    assert finding["path"] == "source"


def test_a_file_that_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is not there is a wrong call."""
    assert main(["lint", "no-such-file.json"]) == 2
    assert "no-such-file.json" in capsys.readouterr().err


@pytest.mark.parametrize("number", ["1e400", "0.30000000000000000001", "9007199254740993.0"])
def test_matches_numbers_by_their_spelling(number: str, tmp_path: Path) -> None:
    """A number that no double stands for matches its own spelling only, in any wrapping."""
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
