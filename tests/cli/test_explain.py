"""The command explain, as a person or a script uses it."""

from __future__ import annotations

import gzip
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from command_line import Saver, lines, standard_input
from ecs_failure_alerts.cli import main
from ecs_failure_alerts.testing import ABSENT, service_action, task_state_change
from rows import each
from wrapped_events import every_form

#: Columns of the labels of a card.
LABEL = 14
OOM = {"exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"}


def test_an_event_is_one_json_object_on_a_line(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    """It has all that is promised."""
    event = task_state_change(containers=[{"name": "etl", **OOM}, {"name": "log", "exitCode": 0}])
    assert main(["explain", "--format", "json", save(event)]) == 0
    (said,) = lines(capsys)
    assert said["cause"] == "out_of_memory"
    assert (said["alert"], said["level"]) == (True, "error")
    assert said["title"] == "OutOfMemory: nightly-report"
    assert said["summary"].startswith("Scheduled task nightly-report ran out of memory")
    assert said["culprits"] == ["etl"]
    assert said["exit_codes"] == {"etl": 137, "log": 0}
    assert said["workload"] == {"type": "scheduled", "name": "nightly-report"}
    assert said["evidence"] == ["detail.containers[0].reason"]
    assert said["decided_by"] == "default"
    assert said["task_arn"] == event["detail"]["taskArn"]


def test_what_the_event_does_not_say_is_null(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    event = task_state_change(
        taskArn=ABSENT,
        taskDefinitionArn=ABSENT,
        group=ABSENT,
        stopCode="UserInitiated",
        containers=[{"exitCode": ABSENT}],
    )
    assert main(["explain", "--format", "json", save(event)]) == 0
    (said,) = lines(capsys)
    assert (said["task_arn"], said["workload"]["name"], said["level"]) == (None, None, None)
    assert said["exit_codes"] == {"app": None}


def test_what_cannot_be_read_is_an_error_and_the_rest_is_explained(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error has its paths, and the status is 1."""
    broken = task_state_change(containers=[{"exitCode": "abc"}], lastStatus=None)
    files = [save(task_state_change(), broken, "{not json", task_state_change()), save("")]
    assert main(["explain", "--format", "json", *files]) == 1
    good, faulty, text, last, empty = lines(capsys)
    assert good["cause"] == last["cause"] == "container_exit"
    assert [problem["path"] for problem in faulty["problems"]] == [
        "detail.lastStatus",
        "detail.containers[0].exitCode",
    ]
    assert 'got "abc"' in faulty["problems"][1]["message"]
    assert "detail.lastStatus" in faulty["error"]
    assert [problem["path"] for problem in text["problems"]] == ["line 3"]
    assert empty["problems"][0]["path"] == ""


@each(
    "payload",
    [
        pytest.param([task_state_change()], id="list"),
        pytest.param({"tasks": [task_state_change()["detail"]]}, id="describe-tasks"),
        pytest.param(
            {"Records": [{"messageId": "m", "body": json.dumps(task_state_change())}]}, id="sqs"
        ),
        pytest.param({"Messages": [{"Body": json.dumps(task_state_change())}]}, id="queue"),
        pytest.param({"requestPayload": task_state_change()}, id="destination"),
    ],
)
def test_an_event_is_explained_in_any_wrapping(
    save: Saver, capsys: pytest.CaptureFixture[str], payload: Any
) -> None:
    assert main(["explain", "--format", "json", save(payload)]) == 0
    assert [said["cause"] for said in lines(capsys)] == ["container_exit"]


def test_a_dash_is_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    standard_input(monkeypatch, json.dumps(task_state_change()).encode())
    assert main(["explain", "--format", "json", "-"]) == 0
    assert len(lines(capsys)) == 1


def test_each_explanation_as_json_says_where_its_event_stands(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["explain", "--format", "json", save([task_state_change()] * 2)])
    assert [line["place"] for line in lines(capsys)] == ["[0]", "[1]"]


def test_as_text_what_cannot_be_read_goes_to_standard_error(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    """With every path."""
    file = save(task_state_change(lastStatus=5, cpu=[]))
    assert main(["explain", file]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"{file} is not readable:\n  detail")
    assert "detail.lastStatus: expected a string, got 5" in said.err
    assert "detail.cpu: expected a string or an integer, got a list" in said.err


@each("command", ["explain", "report"])
def test_the_fault_of_many_files_is_told_in_full_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    for name in ("a.tf", "b.tf", "c.tf"):
        (tmp_path / name).write_text("some words\nand more\n", "utf-8")
    assert main([command, str(tmp_path)]) == 1
    first, fault, second, third, *_ = capsys.readouterr().err.splitlines()
    assert first == f"{tmp_path / 'a.tf'} is not readable:"
    assert fault.startswith("  not an event but text without JSON: expected ")
    assert second == f"{tmp_path / 'b.tf'} is not readable: the same"
    assert third == f"{tmp_path / 'c.tf'} is not readable: the same"


def test_a_missing_file_is_said_and_the_others_are_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The status is 1."""
    there = tmp_path / "there.json"
    there.write_text(json.dumps(task_state_change()), "utf-8")
    assert main(["explain", str(tmp_path / "none.json"), str(there)]) == 1
    printed = capsys.readouterr()
    assert "none.json" in printed.err
    assert "ContainerExit: nightly-report" in printed.out


def test_a_list_of_nothing_is_said_to_be_one(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", save("[]")]) == 1
    assert "there is no event in it" in capsys.readouterr().err


def test_a_task_that_ecs_has_forgotten_is_no_success(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is explained."""
    printed = '{"tasks": [], "failures": [{"arn": "a:task/b/c", "reason": "MISSING"}]}'
    file = save(printed)
    assert main(["explain", file]) == 1
    assert capsys.readouterr().err == (
        f"{file}: failures[0] is not readable:\n"
        "  ECS does not have this task, because it forgets stopped tasks "
        'after about an hour (task "c")\n'
    )


def test_with_several_files_each_place_begins_with_its_file(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once."""
    broken = save("[5]")
    assert main(["explain", "--format", "json", broken, "none.json"]) == 1
    assert [line["place"] for line in lines(capsys)] == [f"{broken}: [0]", "none.json"]


def test_an_unreadable_line_is_named_by_file_and_number(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    file = save(task_state_change(), task_state_change(lastStatus=5), "{broken")
    assert main(["explain", file]) == 1
    errors = capsys.readouterr().err
    assert f"{file}: line 2 is not readable:\n  detail.lastStatus: expected" in errors
    assert f"{file}: line 3 is not readable:\n  not JSON" in errors


def test_what_came_by_a_pipe_is_called_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    standard_input(monkeypatch, b"{}")
    assert main(["explain", "-"]) == 1
    assert capsys.readouterr().err.startswith("standard input is not readable:")


def test_several_events_are_summed_up(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """At the end of several events one line on standard error says what they were."""
    killed = task_state_change(containers=[OOM])
    stopped = task_state_change(stopCode="UserInitiated")
    foreign = {"source": "aws.s3", "detail-type": "x", "detail": {}}
    file = save(killed, task_state_change(), killed, stopped, foreign, "{broken")
    for form in ("text", "json"):
        main(["explain", "--format", form, file])
        assert capsys.readouterr().err.splitlines()[-1] == (
            "6 events: 3 alerts (2 out_of_memory, 1 container_exit), "
            "1 silent, 1 ignored, 1 unreadable"
        )


def test_one_event_is_not_summed_up(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """A single event has its card, and nothing else."""
    assert main(["explain", save(task_state_change())]) == 0
    assert capsys.readouterr().err == ""


@each("detail_type", ["ECS Service Action", "Something New"])
@each("command", [["explain"], ["explain", "--json"], ["send", "--dry-run"]])
def test_an_event_of_another_source_is_ignored_and_said_why(
    save: Saver, capsys: pytest.CaptureFixture[str], command: list[str], detail_type: str
) -> None:
    file = save({"source": "aws.s3", "detail-type": detail_type, "detail": {}})
    assert main([*command, file]) == 0
    said = capsys.readouterr()
    assert "ignored" in said.out + said.err
    assert f'got "{detail_type}" from "aws.s3"' in (said.out + said.err).replace('\\"', '"')


def test_json_is_short_for_format_json(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """People try it first."""
    file = save(task_state_change())
    outputs = []
    for option in (["--json"], ["--format", "json"]):
        assert main(["explain", *option, file]) == 0
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1]


def test_the_json_has_time_cluster_account_and_region_of_the_stop(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    """A script need not read ARNs."""
    file = save(task_state_change(stoppedAt="2026-03-02T02:14:08Z"))
    assert main(["explain", "--json", file]) == 0
    (said,) = lines(capsys)
    assert said["stopped_at"] == "2026-03-02T02:14:08.000Z"
    assert said["cluster"] == "jobs"
    assert (said["account"], said["region"]) == ("123456789012", "eu-central-1")


@each(
    ("verdict", "event"),
    [
        ("alert", task_state_change()),
        ("no_alert", task_state_change(stopCode="UserInitiated")),
        ("ignored", {"source": "aws.s3", "detail-type": "x", "detail": {}}),
        ("unreadable", {}),
    ],
)
def test_every_json_line_has_a_status(
    save: Saver, capsys: pytest.CaptureFixture[str], verdict: str, event: dict[str, Any]
) -> None:
    """A script can tell what cannot be read from silence."""
    main(["explain", "--json", save(event)])
    assert [line["status"] for line in lines(capsys)] == [verdict]


def test_an_empty_file_name_is_told_from_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    """A variable was empty in somebody's script."""
    assert main(["explain", ""]) == 1
    assert "expected the name of a file, or -; got an empty one" in capsys.readouterr().err


@each(
    ("content", "name"),
    [
        pytest.param("failures: []\ntasks:\n- attachments: []\n", "YAML", id="yaml"),
        pytest.param("-----\n|  DescribeTasks  |\n+---+---+\n", "as a table", id="table"),
        pytest.param("TASKS\teu-central-1b\t2026\n", "as text", id="text"),
        pytest.param("PK\x03\x04", "a zip file", id="zip"),
    ],
)
def test_output_of_aws_that_is_not_json_is_named_with_a_way_out(
    save: Saver, capsys: pytest.CaptureFixture[str], content: str, name: str
) -> None:
    file = save(content)
    assert main(["explain", file]) == 1
    head, told = capsys.readouterr().err.splitlines()
    assert head == f"{file} is not readable:"
    assert f"{name}: " in told


def test_a_packed_file_is_read_and_its_lines_counted(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    """S3 has exports of an archive so."""
    good = json.dumps(task_state_change())
    file = save(gzip.compress(f"{good}\n{{broken\n{good}\n".encode()))
    assert main(["explain", file]) == 1
    said = capsys.readouterr()
    assert said.out.count("ContainerExit: ") == 2
    assert f"{file}: line 2 is not readable:" in said.err


@pytest.mark.parametrize("command", ["explain", "send"])
def test_the_help_tells_what_each_exit_status_means(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    assert "exit status: 0 if " in capsys.readouterr().out


def test_text_is_one_error(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """A file without any JSON, such as somebody's notes, is one error, not one a line."""
    file = save("Dear diary,\n\ntoday a task died.\nNobody knows why.\n")
    assert main(["explain", file]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 2


@each("form", every_form(task_state_change()))
def test_an_event_in_every_form_is_explained_as_the_event_itself(
    form: str, save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only its place is another."""
    event = task_state_change()
    assert main(["explain", "--json", save(event), save(every_form(event)[form])]) == 0
    direct, wrapped = lines(capsys)

    assert direct["status"] == "alert"
    assert {**wrapped, "place": direct["place"]} == direct


SECRET = 'exec: "mysql -pS3CR3T": executable file not found'


@each(
    ("form", "event"),
    [
        pytest.param("text", task_state_change(stoppedReason=SECRET), id="card-stop-reason"),
        pytest.param(
            "text",
            task_state_change(containers=[{"exitCode": 1, "reason": SECRET}]),
            id="card-container-reason",
        ),
        pytest.param(
            "text",
            service_action("SERVICE_TASK_PLACEMENT_FAILURE", reason=SECRET),
            id="card-notice",
        ),
        pytest.param(
            "json",
            service_action("SERVICE_TASK_PLACEMENT_FAILURE", reason=SECRET),
            id="json-summary",
        ),
    ],
)
def test_secrets_in_reasons_are_shown_only_if_asked_for(
    save: Saver, capsys: pytest.CaptureFixture[str], form: str, event: dict[str, Any]
) -> None:
    file = save(event)
    assert main(["explain", "--format", form, file]) == 0
    assert "S3CR3T" not in capsys.readouterr().out

    assert main(["explain", "--format", form, "--raw", file]) == 0
    assert "S3CR3T" in capsys.readouterr().out


def test_names_that_look_like_secrets_are_redacted_in_json(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody chose them; plain names stay as they are."""
    key = "AKIA" + "Q" * 16
    event = task_state_change(group=f"service:{key}", containers=[{"name": key, "exitCode": 1}])
    assert main(["explain", "--json", save(event)]) == 0
    assert key not in capsys.readouterr().out


def test_no_text_of_the_json_steers_a_screen(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = "a\n\u202e\x1b[2Jb"
    event = task_state_change(
        group=f"service:{odd}", stoppedReason=odd, containers=[{"name": odd, "exitCode": 1}]
    )
    assert main(["explain", "--json", save(event)]) == 0
    (said,) = lines(capsys)

    assert said["culprits"] == list(said["exit_codes"]) == ["a  [2Jb"]
    assert not set(json.dumps(said, ensure_ascii=False)) & set("\n\u202e\x1b")
    assert "\\n" not in json.dumps(said)


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("$ aws ecs describe-tasks --tasks 1\n", id="command-line"),
        pytest.param("[INFO] starting\nSTART RequestId: 1\n", id="log"),
        pytest.param("INFO loaded {name=a, b: 1}\nWARN map[a:b] {}\n", id="braces"),
    ],
)
def test_lines_of_words_around_an_event_are_counted_and_no_failure(
    save: Saver, capsys: pytest.CaptureFixture[str], before: str
) -> None:
    file = save(before + json.dumps({"tasks": [task_state_change()["detail"]]}, indent=4))
    assert main(["explain", file]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("ContainerExit: ")
    assert said.err == f"skipped lines without JSON: {before.count(chr(10))}\n"


@pytest.mark.parametrize(
    ("content", "form"),
    [
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"\0\rIHDR\n[\xff{\n" * 100, "binary data", id="png"),
        pytest.param(b"# Title\n\nSome words.\n[link](x)\n" * 50, "text", id="page"),
    ],
)
def test_a_wrong_file_is_one_error(
    save: Saver, capsys: pytest.CaptureFixture[str], content: bytes, form: str
) -> None:
    file = save(content)
    assert main(["explain", file]) == 1
    head, told = capsys.readouterr().err.splitlines()
    assert head == f"{file} is not readable:"
    assert told.startswith(f"  not an event but {form}")


@pytest.mark.parametrize("end", ['{"tasks": [{"a": "b', '{"tasks": ['])
def test_json_that_ends_too_early_is_called_cut_off(
    save: Saver, capsys: pytest.CaptureFixture[str], end: str
) -> None:
    assert main(["explain", save(end)]) == 1
    assert ": the text is cut off" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_does_not_alert_may_be_left_out(
    save: Saver, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    """What cannot be read is told all the same, and everything is counted."""
    stopped = task_state_change(stopCode="UserInitiated")
    foreign = {"source": "aws.s3", "detail-type": "x", "detail": {}}
    file = save(stopped, task_state_change(), foreign, "{broken")
    assert main(["explain", "--only", "alerts", "--format", form, file]) == 1
    said = capsys.readouterr()
    assert "UserStopped" not in said.out
    assert "ContainerExit" in said.out
    assert "aws.s3" not in said.out + said.err
    assert "not JSON" in said.out + said.err
    assert said.err.endswith("1 alert (1 container_exit), 1 silent, 1 ignored, 1 unreadable\n")


@pytest.mark.parametrize(("terminal", "widest"), [(30, 40), (40, 40), (60, 60), (300, 100)])
def test_a_card_is_as_wide_as_the_terminal(
    save: Saver, monkeypatch: pytest.MonkeyPatch, terminal: int, widest: int
) -> None:
    """From 40 to 100 columns; one long word, such as an address, may be longer."""
    monkeypatch.setattr(sys, "stdout", output := io.StringIO())
    monkeypatch.setattr(output, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", str(terminal))
    monkeypatch.setenv("NO_COLOR", "1")
    assert main(["explain", save(task_state_change(containers=[OOM]))]) == 0
    head, *rows = output.getvalue().splitlines()
    assert len(head) == widest
    assert [row for row in rows if len(row) > widest and " " in row[LABEL:].strip()] == []
