"""The command explain, as a person or a script uses it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from command_line import Saver, lines, standard_input
from ecs_failure_alerts.cli import main
from ecs_failure_alerts.testing import ABSENT, task_state_change

OOM = {"exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"}


def test_explains_as_json(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """An event is one JSON object on a line, with all that is promised."""
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
    assert said["task_arn"] == event["detail"]["taskArn"]


def test_absent_values_are_null(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """What the event does not say is null."""
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


def test_explains_past_what_is_unreadable(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be read is an error with its paths and status 1, and the rest is explained."""
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


@pytest.mark.parametrize(
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
def test_explains_every_shape(
    save: Saver, capsys: pytest.CaptureFixture[str], payload: Any
) -> None:
    """Whatever the event is wrapped in, it is explained."""
    assert main(["explain", "--format", "json", save(payload)]) == 0
    assert [said["cause"] for said in lines(capsys)] == ["container_exit"]


def test_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A dash is standard input."""
    standard_input(monkeypatch, json.dumps(task_state_change()).encode())
    assert main(["explain", "--format", "json", "-"]) == 0
    assert len(lines(capsys)) == 1


def test_json_says_where(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """Each explanation as JSON says where its event stands."""
    main(["explain", "--format", "json", save([task_state_change()] * 2)])
    assert [line["place"] for line in lines(capsys)] == ["[0]", "[1]"]


def test_unreadable_as_text(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """In text form what cannot be read goes to standard error, with every path."""
    file = save(task_state_change(lastStatus=5, cpu=[]))
    assert main(["explain", file]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"{file} is not readable:\n  detail")
    assert "detail.lastStatus: expected a string, got 5" in said.err
    assert "detail.cpu: expected a string or an integer, got a list" in said.err


def test_missing_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is not there is said, with status 1, and the others are explained."""
    there = tmp_path / "there.json"
    there.write_text(json.dumps(task_state_change()), "utf-8")
    assert main(["explain", str(tmp_path / "none.json"), str(there)]) == 1
    printed = capsys.readouterr()
    assert "none.json" in printed.err
    assert "ContainerExit: nightly-report" in printed.out


def test_no_event_in_it(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that holds a list of nothing is said to."""
    assert main(["explain", save("[]")]) == 1
    assert "there is no event in it" in capsys.readouterr().err


def test_tasks_that_ecs_does_not_have(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """What describe-tasks prints an hour after the stop is no success, and is explained."""
    printed = '{"tasks": [], "failures": [{"arn": "a:task/b/c", "reason": "MISSING"}]}'
    file = save(printed)
    assert main(["explain", file]) == 1
    assert capsys.readouterr().err == (
        f"{file}: failures[0] is not readable:\n"
        "  ECS does not have this task: it forgets stopped tasks "
        'after about an hour (task "c")\n'
    )


def test_place_among_several_files(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """With several files each place begins with its file, once."""
    broken = save("[5]")
    assert main(["explain", "--format", "json", broken, "none.json"]) == 1
    assert [line["place"] for line in lines(capsys)] == [f"{broken}: [0]", "none.json"]


def test_names_file_and_line_of_what_is_unreadable(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    """Among thousands of lines the one that cannot be read is found by its file and line."""
    file = save(task_state_change(), task_state_change(lastStatus=5), "{broken")
    assert main(["explain", file]) == 1
    errors = capsys.readouterr().err
    assert f"{file}: line 2 is not readable:\n  detail.lastStatus: expected" in errors
    assert f"{file}: line 3 is not readable:\n  not JSON" in errors


def test_names_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What came by a pipe is called that."""
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


@pytest.mark.parametrize("detail_type", ["ECS Service Action", "Something New"])
@pytest.mark.parametrize("command", [["explain"], ["explain", "--json"], ["send", "--dry-run"]])
def test_event_of_another_type_is_ignored(
    save: Saver, capsys: pytest.CaptureFixture[str], command: list[str], detail_type: str
) -> None:
    """An event of another source has one answer, whatever looks at it: ignored, and why."""
    file = save({"source": "aws.s3", "detail-type": detail_type, "detail": {}})
    assert main([*command, file]) == 0
    said = capsys.readouterr()
    assert "ignored" in said.out + said.err
    assert f'got "{detail_type}" from "aws.s3"' in (said.out + said.err).replace('\\"', '"')


def test_json_has_a_short_form(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """What people try first works: --json is --format json."""
    file = save(task_state_change())
    outputs = []
    for option in (["--json"], ["--format", "json"]):
        assert main(["explain", *option, file]) == 0
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1]


def test_json_has_time_and_place_of_the_stop(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    """A script finds the stop's time, cluster, account and Region without reading ARNs."""
    file = save(task_state_change(stoppedAt="2026-03-02T02:14:08Z"))
    assert main(["explain", "--json", file]) == 0
    (said,) = lines(capsys)
    assert said["stopped_at"] == "2026-03-02T02:14:08.000Z"
    assert said["cluster"] == "jobs"
    assert (said["account"], said["region"]) == ("123456789012", "eu-central-1")


@pytest.mark.parametrize(
    ("verdict", "event"),
    [
        ("alert", task_state_change()),
        ("no_alert", task_state_change(stopCode="UserInitiated")),
        ("ignored", {"source": "aws.s3", "detail-type": "x", "detail": {}}),
        ("unreadable", {}),
    ],
)
def test_json_has_a_status(
    save: Saver, capsys: pytest.CaptureFixture[str], verdict: str, event: dict[str, Any]
) -> None:
    """Every line has a status, so that a script can tell what cannot be read from silence."""
    main(["explain", "--json", save(event)])
    assert [line["status"] for line in lines(capsys)] == [verdict]


def test_empty_name_of_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    """A variable that was empty in somebody's script is told from a folder."""
    assert main(["explain", ""]) == 1
    assert "expected the name of a file, or -; got an empty one" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param("failures: []\ntasks:\n- attachments: []\n", "YAML", id="yaml"),
        pytest.param("-----\n|  DescribeTasks  |\n+---+---+\n", "as a table", id="table"),
        pytest.param("TASKS\teu-central-1b\t2026\n", "as text", id="text"),
        pytest.param("PK\x03\x04", "a zip file", id="zip"),
    ],
)
def test_names_what_is_not_json(
    save: Saver, capsys: pytest.CaptureFixture[str], content: str, name: str
) -> None:
    """What the aws command prints by other settings is told as what it is, once, with a way out."""
    file = save(content)
    assert main(["explain", file]) == 1
    head, told = capsys.readouterr().err.splitlines()
    assert head == f"{file} is not readable:"
    assert f"{name}: " in told


def test_packed_file(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is packed, as S3 has exports of an archive, is read, and its lines counted."""
    good = json.dumps(task_state_change())
    file = save(gzip.compress(f"{good}\n{{broken\n{good}\n".encode()))
    assert main(["explain", file]) == 1
    said = capsys.readouterr()
    assert said.out.count("ContainerExit: ") == 2
    assert f"{file}: line 2 is not readable:" in said.err


@pytest.mark.parametrize("command", ["explain", "send"])
def test_help_tells_the_exit_statuses(capsys: pytest.CaptureFixture[str], command: str) -> None:
    """A script's author finds in the help what each exit status means."""
    with pytest.raises(SystemExit):
        main([command, "--help"])
    assert "exit status: 0 if " in capsys.readouterr().out


def test_text_is_one_error(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """A file without any JSON, such as somebody's notes, is one error, not one a line."""
    file = save("Dear diary,\n\ntoday a task died.\nNobody knows why.\n")
    assert main(["explain", file]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 2
