"""The command pattern: the event pattern of a policy."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from ecs_failure_alerts import EventPattern, FailurePolicy
from ecs_failure_alerts.cli import main
from ecs_failure_alerts.cli._terraform import event_rule
from ecs_failure_alerts.notices.pattern import notice_patterns
from rows import each

NOTICES = sorted(notice_patterns())
STOPPED = '{"detail": {"lastStatus": ["STOPPED"]}}'


def test_pattern_is_the_policys(capsys: pytest.CaptureFixture[str]) -> None:
    """`pattern` prints the default policy's pattern as JSON."""
    assert main(["pattern"]) == 0
    printed = EventPattern.from_json(capsys.readouterr().out)
    assert printed == FailurePolicy().event_pattern()


def test_clusters_and_ignored_causes_change_the_policy_of_the_pattern(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call = ["pattern", "--cluster", "jobs", "--ignore-cause", "spot_interruption"]
    assert main([*call, "--format", "compact"]) == 0
    policy = FailurePolicy(clusters=["jobs"], levels={("spot_interruption", "*"): None})
    assert capsys.readouterr().out == policy.event_pattern().to_json() + "\n"


def test_a_cause_that_does_not_exist_is_named_with_those_that_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["pattern", "--ignore-cause", "oom"]) == 2
    assert "--ignore-cause: unknown cause 'oom'" in capsys.readouterr().err


def test_all_causes_cannot_be_ignored_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """As in the settings."""
    assert main(["pattern", "--ignore-cause", "*"]) == 2
    assert "which would silence every alert" in capsys.readouterr().err


def test_a_pattern_beyond_the_quota_is_printed_and_complained_about(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """EventBridge has the quota."""
    clusters = [word for number in range(60) for word in ("--cluster", f"cluster-{number:04}")]
    assert main(["pattern", *clusters]) == 1
    assert "quota is 2048" in capsys.readouterr().err


def test_the_format_terraform_is_a_rule_laid_out_as_terraform_has_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
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


@each("kind", NOTICES)
def test_a_kind_of_notice_has_a_pattern_of_its_own(
    kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--kind` prints the rule that `notice_patterns()` builds."""
    assert main(["pattern", "--kind", kind]) == 0
    assert EventPattern.from_json(capsys.readouterr().out) == notice_patterns()[kind]


@each("kind", NOTICES)
def test_clusters_narrow_a_kind_as_they_narrow_the_policy(
    kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--cluster` reaches the rules for notices."""
    assert main(["pattern", "--kind", kind, "--cluster", "prod-*", "--format", "compact"]) == 0
    pattern = notice_patterns(FailurePolicy(clusters=["prod-*"]))[kind]
    assert capsys.readouterr().out == pattern.to_json() + "\n"


def test_tasks_are_the_kind_without_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever called `pattern` before there were kinds gets what it printed then."""
    main(["pattern"])
    before = capsys.readouterr().out
    assert main(["pattern", "--kind", "tasks"]) == 0
    assert capsys.readouterr().out == before


def test_an_unknown_kind_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A kind without a rule is a call that makes no sense."""
    with pytest.raises(SystemExit) as stopped:
        main(["pattern", "--kind", "schedules"])
    assert stopped.value.code == 2
    assert "retirement" in capsys.readouterr().err


def test_the_rule_for_services_is_held_to_eventbridges_quota_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clusters = [word for number in range(60) for word in ("--cluster", f"cluster-{number:04}")]
    assert main(["pattern", "--kind", "services", *clusters]) == 1
    assert "quota is 2048" in capsys.readouterr().err


def test_rules_of_two_kinds_share_no_name(capsys: pytest.CaptureFixture[str]) -> None:
    """The rules of all kinds fit into one Terraform file and one account."""
    for kind in ("tasks", *NOTICES):
        assert main(["pattern", "--kind", kind, "--format", "terraform"]) == 0
    text = capsys.readouterr().out

    resources = re.findall(r'^resource "aws_cloudwatch_event_rule" "(\w+)"', text, re.MULTILINE)
    names = re.findall(r'^  name        = "([\w-]+)"', text, re.MULTILINE)
    assert len(set(resources)) == len(set(names)) == len(NOTICES) + 1
