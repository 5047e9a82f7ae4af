"""The configuration at the desk: the commands that take one in place of the environment's."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from command_line import Saver, lines
from ecs_failure_alerts.cli import main
from ecs_failure_alerts.patterns import EventPattern
from ecs_failure_alerts.testing import SentryInbox, task_state_change
from rows import each

RULE = '[[rules]]\nlevel = "silent"\nfamily = "nightly-*"\n'


@pytest.fixture
def silence(tmp_path: Path) -> str:
    """Return the name of a file with a configuration that silences the event below."""
    file = tmp_path / "silence.toml"
    file.write_text(RULE, "utf-8")
    return str(file)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where a configuration can be written."""
    return tmp_path / "teams.toml"


@pytest.fixture
def failure(save: Saver) -> str:
    """Return the name of a file with a failure that alerts by default."""
    return save(task_state_change())


def test_explain_takes_a_configuration(
    silence: str, failure: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", "--json", "--config", silence, failure]) == 0
    assert lines(capsys)[0]["status"] == "no_alert"


def test_the_option_stands_in_the_place_of_the_environments_configuration(
    silence: str, failure: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ECS_ALERTS_CONFIG", '[[rules]]\nlevel = "fatal"\n')
    assert main(["explain", "--json", failure]) == 0
    assert lines(capsys)[0]["level"] == "fatal"
    assert main(["explain", "--json", "--config", silence, failure]) == 0
    assert lines(capsys)[0]["level"] is None


@each("command", ["explain", "pattern", "send", "send --dry-run"])
def test_a_wrong_configuration_is_told_by_its_name(
    command: str, tmp_path: Path, failure: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text('[[rule]]\nlevel = "silent"\n', "utf-8")
    events = [] if command == "pattern" else [failure]
    assert main([*command.split(), "--config", str(file), *events]) == 2
    assert capsys.readouterr().err == (
        f"ecs-failure-alerts: {file}: rule: unknown key, did you mean rules?\n"
    )


def test_send_goes_where_the_configuration_says(
    tmp_path: Path, failure: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with SentryInbox() as inbox:
        file = tmp_path / "teams.toml"
        file.write_text(f'[notifiers.data]\ntype = "sentry"\ndsn = "{inbox.dsn}"\n', "utf-8")
        assert main(["send", "--config", str(file), failure]) == 0
        assert len(inbox.events) == 1
    assert ": data event " in capsys.readouterr().out


@each(
    ("document", "said"),
    [
        ('[notifiers.lines]\ntype = "log"\n', ""),
        (RULE, "or a notifier in {file}; got neither; or use --dsn or --dry-run"),
        ('[notifiers.a]\ntype = "sentry"\ndsn = "https://k@x.example/1"\n', "notifiers.a: Sentry"),
    ],
)
def test_only_a_notifier_for_sentry_needs_its_sdk(
    document: str, said: str, file: Path, failure: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(document, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "ecs_failure_alerts.notifiers.sentry._client", None)
        assert main(["send", "--config", str(file), failure]) == (2 if said else 0)
    assert said.format(file=file) in capsys.readouterr().err


TEAMS = """
[notifiers.data]
type = "sentry"
dsn_ssm_parameter = "/data/dsn"
environment = "stage"
release = "1.2"

[notifiers.lines]
type = "log"

[[routes]]
notifier = "data"
family = "nightly-*"

[[routes]]
notifier = "lines"
family = ["nightly-*", "web"]
"""


@each(
    ("family", "told", "events"),
    [
        ("nightly-report", "nightly-report: would be sent to data, lines", [("stage", "1.2")]),
        ("web", "ContainerExit: web: would be sent to lines", []),
        ("other", "nobody: no route takes it, so it counts as not delivered", []),
    ],
)
def test_a_dry_run_says_who_would_be_told(
    family: str,
    told: str,
    events: list[tuple[str, str]],
    save: Saver,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = save.folder / "teams.toml"
    file.write_text(TEAMS, "utf-8")
    arn = f"arn:aws:ecs:eu-central-1:123456789012:task-definition/{family}:7"
    event = save(task_state_change(taskDefinitionArn=arn, group=f"family:{family}"))

    assert main(["send", "--dry-run", "--config", str(file), event]) == 0
    said = capsys.readouterr()
    assert said.err.rstrip().endswith(told)
    found = [json.loads(line) for line in said.out.splitlines()]
    assert [(event["environment"], event["release"]) for event in found] == events


@pytest.mark.parametrize("missing", [False, True])
def test_a_dry_run_refuses_what_the_real_run_would(
    file: Path,
    failure: str,
    missing: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A secret that its notifier does not take, or a package that is not installed."""
    type_, url = ("apprise", "json://localhost") if missing else ("webhook", "https://x.example")
    key = "" if missing else 'signing_key = "whsec_short"\n'
    file.write_text(f'[notifiers.team]\ntype = "{type_}"\nurl = "{url}"\n{key}', "utf-8")
    if missing:
        monkeypatch.setitem(sys.modules, "apprise", None)

    assert main(["send", "--dry-run", "--config", str(file), failure]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"ecs-failure-alerts: {file}: notifiers.team: ")


def test_a_dry_run_knows_the_rules(
    silence: str, failure: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["send", "--dry-run", "--config", silence, failure]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "is silent by rules[0]" in said.err


def test_a_pattern_passes_what_the_rules_may_alert_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spot = task_state_change(
        group="service:checkout",
        startedBy="ecs-svc/1",
        stopCode="SpotInterruption",
        stoppedReason="Your Spot Task was interrupted.",
    )
    file = tmp_path / "teams.toml"
    file.write_text('[[rules]]\nlevel = "error"\ncause = "spot_interruption"\n', "utf-8")

    assert main(["pattern"]) == 0
    assert not EventPattern.from_json(capsys.readouterr().out).matches(spot)
    assert main(["pattern", "--config", str(file)]) == 0
    assert EventPattern.from_json(capsys.readouterr().out).matches(spot)


@each(
    "document",
    [
        RULE,
        f"# of the data team\n\n{RULE}",
        json.dumps({"rules": [{"level": None, "family": "nightly-*"}]}),
    ],
)
def test_report_compares_configurations(
    document: str, tmp_path: Path, failure: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "b"
    file.write_text(document, "utf-8")
    assert main(["report", "--policy-b", str(file), failure]) == 0
    said = capsys.readouterr().out
    assert "A: 1 event: 1 alert" in said
    assert "B: 1 event: 0 alerts" in said


def test_report_names_the_file_of_a_wrong_configuration(
    tmp_path: Path, failure: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "b.toml"
    file.write_text('[[rules]]\nlevel = "loud"\n', "utf-8")
    assert main(["report", "--policy-a", str(file), failure]) == 2
    assert capsys.readouterr().err.startswith(
        f"ecs-failure-alerts: {file}: rules[0].level: unknown level 'loud'"
    )
