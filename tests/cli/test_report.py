"""The command report, as a person or a script uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_line import Saver
from ecs_failure_alerts.cli import main
from ecs_failure_alerts.cli._recent_ids import RecentIds
from ecs_failure_alerts.testing import task_state_change

EVENTS = [
    task_state_change(group="service:web", containers=[{"exitCode": code}]) for code in (0, 1, 137)
]


OF_EC2 = {"source": "aws.ec2", "detail-type": "EC2 Instance State-change", "detail": {}}


def test_the_report_is_text(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", save(*EVENTS)]) == 0
    assert capsys.readouterr().out.startswith("3 events: 3 alerts, 0 silent")


def test_the_report_is_one_json_object(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--format", "json", save(*EVENTS)]) == 0
    assert json.loads(capsys.readouterr().out)["alerts"] == 3


def test_the_report_is_a_page(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--format", "html", save(*EVENTS)]) == 0
    assert capsys.readouterr().out.startswith("<!DOCTYPE html>")


def test_what_cannot_be_read_is_named_ten_times_and_counted(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    file = save(*EVENTS, *["{broken"] * 12, "words of a log")
    assert main(["report", file]) == 1
    said = capsys.readouterr()
    assert said.out.startswith("15 events: 3 alerts, 0 silent, 12 unreadable")
    assert said.err.startswith(f"{file}: line 4 is not readable:\n  not JSON")
    assert said.err.count("is not readable") == 10
    assert said.err.endswith("... and 2 more\nskipped lines without JSON: 1\n")


@pytest.mark.parametrize("second", [[], ["--policy-b", "b.env"]])
def test_json_and_text_count_the_same_events(
    save: Saver,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    second: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b.env").write_text("", "utf-8")
    file = save(*EVENTS, OF_EC2, "{broken", "words of a log")
    main(["report", *second, file])
    assert "5 events: 3 alerts, 0 silent, 1 ignored, 1 unreadable" in capsys.readouterr().out

    main(["report", "--format", "json", *second, file])
    told = json.loads(capsys.readouterr().out)
    for counts in [told["a"], told["b"]] if second else [told]:
        numbers = [counts[name] for name in ("events", "ignored", "unreadable", "skipped")]
        assert numbers == [5, 1, 1, 1]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_events_that_come_again_are_counted_whatever_file_they_are_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], jobs: str
) -> None:
    """They count as any other, in both reports of a comparison, too."""
    events = [{**EVENTS[0], "id": f"event-{number}"} for number in (1, 2, 3, 2)]
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_text("\n".join(map(json.dumps, events)), "utf-8")
    settings = tmp_path / ".quieter.env"
    settings.write_text("ECS_ALERTS_IGNORE_EXIT_CODES=1", "utf-8")
    assert main(["report", "--jobs", jobs, "--policy-b", str(settings), str(tmp_path)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.partition(", 2026")[0] for line in said[:2]] == [
        "A: 8 events: 8 alerts, 0 silent, at least 5 repeated",
        "B: 8 events: 8 alerts, 0 silent, at least 5 repeated",
    ]


def test_events_without_an_id_are_never_called_repeated(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    nameless = {key: value for key, value in EVENTS[0].items() if key != "id"}
    file = save([nameless, nameless])
    assert main(["report", file]) == 0
    said = capsys.readouterr().out
    assert said.startswith("2 events: 2 alerts, 0 silent, 2026")


@given(st.lists(st.sampled_from("abcdef")), st.lists(st.sampled_from("abcdef")))
def test_an_id_is_remembered_until_so_many_others_have_come(
    first: list[str], second: list[str]
) -> None:
    recent, known = RecentIds(3), list[str]()
    repeats = 0
    for id_ in [*first, *second]:
        repeats += id_ in known[-3:]
        known += [] if id_ in known[-3:] else [id_]
    assert recent.count_repeats(first) + recent.count_repeats(second) == repeats


def test_a_file_without_events_is_no_success(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", save("[]")]) == 1
    assert capsys.readouterr().out == "1 event: 0 alerts, 0 silent, 1 unreadable\n"


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param("# A comment\n\nECS_ALERTS_IGNORE_EXIT_CODES=1\n", id="lines"),
        pytest.param("export ECS_ALERTS_IGNORE_EXIT_CODES='1'", id="shell"),
        pytest.param('ECS_ALERTS_IGNORE_EXIT_CODES="1" # OOM', id="comment behind"),
        pytest.param('{"ECS_ALERTS_IGNORE_EXIT_CODES": "1"}', id="json"),
    ],
)
def test_two_policies_are_compared(
    save: Saver, tmp_path: Path, capsys: pytest.CaptureFixture[str], settings: str
) -> None:
    (a, b) = tmp_path / "a.env", tmp_path / "b.env"
    a.write_text("", "utf-8")
    b.write_text(settings, "utf-8")
    file = save(*EVENTS)
    command = ["report", "--format", "json", "--policy-a", str(a), "--policy-b", str(b), file]
    assert main(command) == 0
    (change,) = json.loads(capsys.readouterr().out)["changes"]
    assert (change["a"], change["b"], change["events"]) == ("error", "silent", 1)


def test_the_first_policy_is_the_environments_own(
    save: Saver, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ECS_ALERTS_IGNORE_EXIT_CODES", "1")
    assert main(["report", save(*EVENTS)]) == 0
    assert capsys.readouterr().out.startswith("3 events: 2 alerts, 1 silent")


def test_a_warning_about_a_configuration_names_its_file(
    save: Saver, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "b.toml"
    file.write_text('[[rules]]\nlevel = "silent"\n', "utf-8")
    assert main(["report", "--policy-b", str(file), save(*EVENTS)]) == 0
    (record,) = caplog.records
    assert record.getMessage() == f"{file}: rules[0]: this rule silences every alert"


@pytest.mark.parametrize("form", ["%s", "ECS_ALERTS_CONFIG='%s'"])
def test_an_error_in_a_configuration_names_its_file(
    save: Saver, tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    """Also if it stands in the variable for one, in a file of settings."""
    file = tmp_path / "b.env"
    file.write_text(form % '{"rules": [{"level": "loud"}]}', "utf-8")
    assert main(["report", "--policy-b", str(file), save(*EVENTS)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"ecs-failure-alerts: {file}: ")
    assert "rules[0].level" in said


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("A=1\nno setting", "line 2: expected NAME=VALUE, got something else"),
        ("export", "line 1: expected NAME=VALUE, got something else"),
        ("A=1 2", "line 1: expected NAME=VALUE, got more words: put the value in quotes"),
        ("A='1", "line 1: expected NAME=VALUE, got an open quote: close it"),
        ('{"A": 1}', "A: expected a string, got 1"),
        ("{", "not JSON: Expecting property name enclosed in double quotes (line 1, column 2)"),
        ('{"A":' * 100_000, "b.env: nested too deeply"),
        (f'{{"A": 1{"0" * 5000}}}', "b.env: a number has more digits than can be read"),
        ("ECS_ALERTS_IGNORE_EXIT_CODES=x", "ECS_ALERTS_IGNORE_EXIT_CODES"),
        (
            json.dumps(EVENTS[0]),
            "b.env: expected settings, got an event: pass it without the option",
        ),
    ],
)
def test_settings_that_make_no_sense_are_refused(
    save: Saver, tmp_path: Path, capsys: pytest.CaptureFixture[str], settings: str, said: str
) -> None:
    file = tmp_path / "b.env"
    file.write_text(settings, "utf-8")
    assert main(["report", "--policy-b", str(file), save(*EVENTS)]) == 2
    assert said in capsys.readouterr().err
