"""The command pattern: the event pattern of a policy."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from ecs_failure_alerts import EventPattern, FailurePolicy
from ecs_failure_alerts.cli import main
from ecs_failure_alerts.cli._terraform import event_rule

STOPPED = '{"detail": {"lastStatus": ["STOPPED"]}}'


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


def test_terraform_takes_no_part_of_a_pattern_for_an_expression() -> None:
    """What begins an expression of Terraform is escaped."""
    text = event_rule(EventPattern({"a": ["${x}", "%{y}"]}))
    assert '"$${x}"' in text
    assert '"%%{y}"' in text


def test_the_heredoc_holds_the_pattern_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Terraform hands it to EventBridge as it stands."""
    assert main(["pattern", "--format", "terraform"]) == 0
    json_text = capsys.readouterr().out.split("<<-JSON\n")[1].split("\n  JSON\n")[0]
    assert EventPattern.from_json(json_text) == FailurePolicy().event_pattern()
