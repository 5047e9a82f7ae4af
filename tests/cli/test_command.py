"""The command: explain and send, as a person or a script uses them."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ecs_failure_alerts import __version__, judge
from ecs_failure_alerts.cli import main
from ecs_failure_alerts.cli._cards import card
from ecs_failure_alerts.settings import DSN_VARIABLES
from ecs_failure_alerts.testing import ABSENT, SentryInbox, task_state_change
from ports import reserved_port

EVENTS = sorted((Path(__file__).parents[1] / "events").glob("*.json"))
OOM = {"exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"}


@pytest.fixture
def inbox() -> Iterator[SentryInbox]:
    """Give an open inbox."""
    with SentryInbox() as inbox:
        yield inbox


class Saver:
    """Saves payloads to files and gives their names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    def __call__(self, *payloads: Any) -> str:
        """Save payloads as JSON lines; text and bytes as they are."""
        self.count += 1
        file = self.folder / f"{self.count}.json"
        content = b"\n".join(
            p if isinstance(p, bytes) else (p if isinstance(p, str) else json.dumps(p)).encode()
            for p in payloads
        )
        file.write_bytes(content)
        return str(file)


@pytest.fixture
def save(tmp_path: Path) -> Saver:
    """Give a function that saves payloads."""
    return Saver(tmp_path)


def standard_input(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """Let the command read *content* from standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Give what was printed as JSON lines."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


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


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in EVENTS])
def test_cards_fit(path: Path, capsys: pytest.CaptureFixture[str], save: Saver) -> None:
    """A card fits in 80 columns, but for a word that is longer, such as the link."""
    document = json.loads(path.read_text(encoding="utf-8"))
    assert main(["explain", save(document["event"])]) == 0
    for line in capsys.readouterr().out.splitlines():
        assert len(line) <= 80 or len(line[14:].split()) == 1
        assert line == line.rstrip()


def test_card(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """A card says what, why, who and what to do."""
    assert main(["explain", save(task_state_change(containers=[{"name": "etl", **OOM}]))]) == 0
    card = capsys.readouterr().out
    head = card.splitlines()[0]
    assert re.fullmatch(r"OutOfMemory: nightly-report +ALERT \(error\)", head)
    assert len(head) == 80
    for text in (
        "ran out of memory",
        "out_of_memory, by detail.containers[0].reason",
        "etl: exit code 137 (SIGKILL) <- at fault",
        "EssentialContainerExited",
        "nightly-report:17",
        "14 min 5 s after created",
        "https://eu-central-1.console.aws.amazon.com/ecs/v2/clusters/jobs/tasks/",
        "Raise the memory limit",
    ):
        assert text in card
    assert "\033" not in card


def test_card_with_a_long_name(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """A name that is too long for the head is cut, not left out."""
    main(["explain", save(task_state_change(group=f"service:{'x' * 200}"))])
    head = capsys.readouterr().out.splitlines()[0]
    assert re.fullmatch(r"ContainerExit: x{40,}\.\.\.  ALERT \(error\)", head)
    assert len(head) == 80


def test_card_without_an_alert(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """The card of what does not alert says why it does not; that of an alert need not."""
    main(["explain", save(task_state_change(containers=[{"exitCode": 0}]))])
    assert re.search(
        r"^  decision +no alert: clean_exit of a scheduled workload is silent$",
        capsys.readouterr().out,
        re.MULTILINE,
    )
    main(["explain", save(task_state_change())])
    assert "decision" not in capsys.readouterr().out


def test_json_says_where(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """Each explanation as JSON says where its event stands."""
    main(["explain", "--format", "json", save([task_state_change()] * 2)])
    assert [line["place"] for line in lines(capsys)] == ["[0]", "[1]"]


def test_card_of_one_time(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the event has a single time of the task, there is no span to tell."""
    times = ("created", "pullStarted", "pullStopped", "started", "executionStopped", "stopping")
    event = task_state_change()
    for name in times:
        del event["detail"][f"{name}At"]
    main(["explain", save(event)])
    assert "after" not in capsys.readouterr().out


def test_cards_stand_apart(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """Between two cards there is an empty line."""
    main(["explain", save(task_state_change(), task_state_change())])
    first, second = capsys.readouterr().out.rstrip("\n").split("\n\n")
    assert first == second


@pytest.mark.parametrize(
    ("terminal", "no_color"),
    [(True, ""), (True, "1"), (False, "")],
    ids=["terminal", "no-color", "file"],
)
def test_color(
    save: Saver,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    terminal: bool,
    no_color: str,
) -> None:
    """Colour is for terminals only, and NO_COLOR turns it off."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    monkeypatch.setenv("NO_COLOR", no_color)
    for changes in ({}, {"stopCode": "UserInitiated"}):
        main(["explain", save(task_state_change(**changes))])  # type: ignore[arg-type]
    assert ("\033[" in capsys.readouterr().out) is (terminal and not no_color)


def test_nothing_steers_the_terminal(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """No text of an event reaches the terminal as a control sequence."""
    odd = "\033[2J\a\r\x9b1m\u202e\ud800"
    event = task_state_change(
        group=f"service:{odd}",
        stopCode=odd,
        stoppedReason=odd,
        containers=[{"name": odd, "reason": odd}],
    )
    assert (
        main(
            ["explain", save(event, {**event, "source": odd}, f"{{{odd}".encode(errors="replace"))]
        )
        == 1
    )
    said = capsys.readouterr()
    assert not set(said.out + said.err) & set(odd.replace("[2J", "").replace("1m", ""))


def test_unreadable_as_text(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """In text form what cannot be read goes to standard error, with every path."""
    assert main(["explain", save(task_state_change(lastStatus=5, cpu=[]))]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "the input is not readable" in said.err
    assert "detail.lastStatus: expected a string, got 5" in said.err
    assert "detail.cpu: expected a string or an integer, got a list" in said.err


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param([], id="nothing"),
        pytest.param(["explain"], id="no-file"),
        pytest.param(["explain", "--format", "xml", "x"], id="format"),
        pytest.param(["fly"], id="command"),
    ],
)
def test_calls_that_make_no_sense(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A call that makes no sense exits with 2."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


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
    assert main(["explain", save(printed)]) == 1
    assert capsys.readouterr().err == (
        "failures[0] is not readable:\n  ECS does not have this task: it forgets stopped tasks "
        'after about an hour (task "c")\n'
    )


def test_place_among_several_files(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """With several files each place begins with its file, once."""
    broken = save("[5]")
    assert main(["explain", "--format", "json", broken, "none.json"]) == 1
    assert [line["place"] for line in lines(capsys)] == [f"{broken}: [0]", "none.json"]


def test_setting_that_does_not_exist(save: Saver, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that looks like a setting and is none is said, as in the Lambda."""
    monkeypatch.setenv("ECS_ALERTS_IGNORE_CAUSE", "x")
    answer = run("explain", save(task_state_change()))
    assert answer.returncode == 0
    assert b"ECS_ALERTS_IGNORE_CAUSE is unknown, and ignored: did you mean" in answer.stderr


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """The version comes with the program's name, as people paste it into reports."""
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"ecs-failure-alerts {__version__}\n"


def test_sends(save: Saver, inbox: SentryInbox, capsys: pytest.CaptureFixture[str]) -> None:
    """Alerts are sent and each receipt is printed; the rest is said too."""
    file = save(
        task_state_change(),
        task_state_change(stopCode="UserInitiated"),
        {"source": "aws.s3", "detail-type": "x", "detail": {}},
    )
    assert main(["send", "--dsn", inbox.dsn, "--environment", "prod", file]) == 0
    (event,) = inbox.events
    assert event["environment"] == "prod"
    said = capsys.readouterr()
    delivered, silent, ignored = said.out.splitlines()
    task_id = event["tags"]["ecs.task_id"]
    said_of_it = f"ContainerExit: nightly-report ({task_id}): sentry event {event['event_id']}"
    assert delivered.endswith(said_of_it)
    assert silent.startswith("no alert ")
    assert ignored.startswith("ignored ")
    assert said.err.startswith("3 records, 0 failed, ")


def test_sends_a_dead_letter_queue(save: Saver, inbox: SentryInbox) -> None:
    """A saved dead-letter queue is sent."""
    message = {"MessageId": "m", "Body": json.dumps({"requestPayload": task_state_change()})}
    assert main(["send", "--dsn", inbox.dsn, save({"Messages": [message]})]) == 0
    assert len(inbox.events) == 1


def test_says_what_failed(
    save: Saver, inbox: SentryInbox, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is not delivered or not readable is said, with status 1."""
    inbox.answer(403)
    assert main(["send", "--dsn", inbox.dsn, save(task_state_change(), "{broken", "{}")]) == 1
    errors = capsys.readouterr().err
    task_id = task_state_change()["detail"]["taskArn"].rpartition("/")[2]
    said = f"FAILED     ContainerExit: nightly-report ({task_id}): sentry: 127.0.0.1 answered 403"
    assert said in errors
    assert "FAILED     line 2" in errors
    assert "3 records, 3 failed" in errors


@pytest.mark.parametrize("content", ["", "\n\n", "[]"])
def test_file_with_nothing_in_it(
    save: Saver, inbox: SentryInbox, tmp_path: Path, content: str
) -> None:
    """A file with nothing in it has failed, leaves nothing to send again, and stops no other."""
    (nothing := tmp_path / "nothing").write_text(content)
    failed = tmp_path / "failed"
    files = [save(task_state_change()), str(nothing), save(task_state_change(taskArn="x"))]
    assert main(["send", "--dsn", inbox.dsn, "--failed", str(failed), *files]) == 1
    assert len(inbox.events) == 2
    assert failed.read_text() == ""


def test_file_for_what_failed_is_its_owners(
    save: Saver, inbox: SentryInbox, tmp_path: Path
) -> None:
    """Nobody else may read what failed, also where the file was there before."""
    (failed := tmp_path / "failed").touch(0o644)
    main(["send", "--dsn", inbox.dsn, "--failed", str(failed), save(task_state_change())])
    assert failed.stat().st_mode & 0o077 == 0


def test_standard_input_is_not_written_over(save: Saver, inbox: SentryInbox) -> None:
    """A file that is standard input cannot be the one for what failed."""
    file = Path(save(task_state_change()))
    before = file.read_text()
    with file.open("rb") as given:
        answer = run("send", "--dsn", inbox.dsn, "--failed", str(file), "-", stdin=given)
    assert answer.returncode == 2
    assert b"is an input too" in answer.stderr
    assert file.read_text() == before


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
@pytest.mark.parametrize(
    "numbers", [["SIGTERM"], ["SIGHUP"], ["SIGINT"], ["SIGINT", "SIGINT"], ["SIGHUP", "SIGTERM"]]
)
def test_ended_amid_sending(
    save: Saver, inbox: SentryInbox, tmp_path: Path, numbers: list[str]
) -> None:
    """Whatever ends the command, and how often, what was not confirmed is saved, and it says so."""
    inbox.answer("hang")
    count = 30 if len(numbers) == 1 else 800  # which take a while to save
    events = [task_state_change(taskArn=f"arn:aws:ecs:r:1:task/jobs/{n}") for n in range(count)]
    failed = tmp_path / "failed"
    program = """if True:
        import signal, sys
        from ecs_failure_alerts.cli import main
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # else ignored where the tests run by nohup
        sys.exit(main(["send", *sys.argv[1:]]))
    """
    arguments = ["--dsn", inbox.dsn, "--failed", str(failed), save(*events)]
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments], stderr=subprocess.PIPE
    ) as process:
        while not inbox.requests:
            time.sleep(0.01)
            assert process.poll() is None
        for number in numbers:
            process.send_signal(getattr(signal, number))
            time.sleep(0.01)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    (ended,) = said.decode().splitlines()
    assert ended.startswith("ended after 0 records, 0 failed, ")
    assert ended.endswith(f" of {count}; what was not delivered is in {failed}")
    saved = [json.loads(line)["detail"]["taskArn"] for line in failed.read_text().splitlines()]
    assert sorted(saved) == sorted(event["detail"]["taskArn"] for event in events)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
def test_goes_on_after_the_terminal_is_gone(
    save: Saver, inbox: SentryInbox, tmp_path: Path
) -> None:
    """Under nohup, which has SIGHUP ignored, the command goes on."""
    inbox.answer("slow", seconds=0.3)
    command = [sys.executable, "-m", "ecs_failure_alerts", "send", "--dsn", inbox.dsn]
    command += ["--failed", str(tmp_path / "failed"), save(task_state_change())]
    with subprocess.Popen(["/usr/bin/env", "nohup", *command], stdout=subprocess.PIPE) as process:
        while not inbox.requests:
            time.sleep(0.01)
            assert process.poll() is None
        process.send_signal(signal.SIGHUP)
        process.communicate(timeout=30)
    assert process.returncode == 0
    assert len(inbox.events) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
@pytest.mark.parametrize("on_a_terminal", [False, True])
def test_says_that_it_waits(save: Saver, inbox: SentryInbox, on_a_terminal: bool) -> None:
    """While Sentry asks to wait, that is said, with how far it is."""
    inbox.answer(429, times=2, retry_after="0.01")
    command = [sys.executable, "-m", "ecs_failure_alerts", "send", "--dsn", inbox.dsn]
    terminal, side = os.openpty()
    try:
        done = subprocess.run(
            [*command, save(task_state_change())],
            stdout=subprocess.PIPE,
            stderr=side if on_a_terminal else subprocess.PIPE,
            check=True,
            timeout=60,
        )
        said = os.read(terminal, 4096) if on_a_terminal else done.stderr
    finally:
        os.close(side)
        os.close(terminal)
    tally = b"0 records, 0 failed, 0 a second; " if on_a_terminal else b""
    assert said.count(tally + b"waiting 0 s, as Sentry asks") == 2
    assert len(inbox.events) == 1


def test_in_a_thread(save: Saver, inbox: SentryInbox, tmp_path: Path) -> None:
    """Called where no signal arrives, the command sends as ever."""
    arguments = ["send", "--dsn", inbox.dsn, "--failed", str(tmp_path / "failed")]
    arguments.append(save(task_state_change()))
    thread = threading.Thread(target=main, args=[arguments])
    thread.start()
    thread.join(30)
    assert len(inbox.events) == 1


def test_name_that_was_mistyped(save: Saver, inbox: SentryInbox, tmp_path: Path) -> None:
    """Where nothing was read, the file for what failed keeps what an earlier run saved."""
    (failed := tmp_path / "failed").write_text("saved")
    assert main(["send", "--dsn", inbox.dsn, "--failed", str(failed), "no-such-file"]) == 1
    assert failed.read_text() == "saved"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_no_room_for_what_failed(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that takes no more is named, and is left what it is."""
    mode = Path("/dev/full").stat().st_mode
    with reserved_port() as port:
        dsn = f"http://{'0' * 32}@127.0.0.1:{port}/1"
        assert main(["send", "--dsn", dsn, "--failed", "/dev/full", save("{broken")]) == 2
    assert "ecs-failure-alerts: /dev/full: No space left on device" in capsys.readouterr().err
    assert Path("/dev/full").stat().st_mode == mode


def test_environment_that_sentry_would_not_take(
    save: Saver, inbox: SentryInbox, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name of an environment that Sentry would drop is refused, as in the settings."""
    file = save(task_state_change())
    assert main(["send", "--dsn", inbox.dsn, "--environment", "a/b", file]) == 2
    assert "expected an environment of at most 64 characters" in capsys.readouterr().err


def test_dry_run_saves_nothing(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """A dry run refuses to be asked for a file of what failed."""
    assert main(["send", "--dry-run", "--failed", "x", save(task_state_change())]) == 2
    assert "--failed has nothing to save in a dry run" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such shell")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_outputs(save: Saver, inbox: SentryInbox, closed: str) -> None:
    """Where an output is closed, as some daemons have it, alerts are sent all the same."""
    file = save(task_state_change())
    line = f"exec {shlex.quote(sys.executable)} -m ecs_failure_alerts send {file} {closed}"
    environ = os.environ | {"ECS_ALERTS_SENTRY_DSN": inbox.dsn}
    answer = subprocess.run(
        ["/bin/sh", "-c", line], capture_output=True, check=False, timeout=60, env=environ
    )
    assert (answer.returncode, len(inbox.events)) == (0, 1)
    assert b"Traceback" not in answer.stderr


def test_unreadable_event_of_a_task(
    save: Saver, inbox: SentryInbox, capsys: pytest.CaptureFixture[str]
) -> None:
    """An event that cannot be read is said with its task, where that much can be read."""
    event = task_state_change(stoppedAt=["x"], taskArn="arn:aws:ecs:r:1:task/jobs/7e57")
    assert main(["send", "--dsn", inbox.dsn, save(event)]) == 1
    assert capsys.readouterr().err.startswith(
        "FAILED     the input (7e57): detail.stoppedAt: expected a time"
    )


def test_saves_what_failed(save: Saver, inbox: SentryInbox, tmp_path: Path) -> None:
    """What failed is saved, and sending that file sends exactly it."""
    first = task_state_change()
    second = task_state_change(taskArn="arn:aws:ecs:eu-central-1:123456789012:task/jobs/second")
    inbox.answer(400, times=1)
    saved = tmp_path / "failed.jsonl"
    command = ["send", "--dsn", inbox.dsn, "--failed", str(saved)]
    assert main([*command, save(first), save({**second, "source": 5})]) == 1
    assert [json.loads(line) for line in saved.read_text().splitlines()] == [
        first,
        {**second, "source": 5},
    ]
    assert main(["send", "--dsn", inbox.dsn, str(saved)]) == 1
    assert len(inbox.events) == 1


def test_does_not_overwrite_its_input(
    save: Saver, inbox: SentryInbox, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that is to be sent cannot be the one for what failed: it would be emptied first."""
    file = save(task_state_change())
    before = Path(file).read_bytes()
    assert main(["send", "--dsn", inbox.dsn, "--failed", file, file]) == 2
    assert Path(file).read_bytes() == before
    assert "--failed" in capsys.readouterr().err


@pytest.mark.parametrize("variable", ["ECS_ALERTS_SENTRY_DSN", "SENTRY_DSN"])
def test_dsn_of_the_environment(
    save: Saver, inbox: SentryInbox, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """The DSN may come from the environment."""
    monkeypatch.setenv(variable, inbox.dsn)
    assert main(["send", save(task_state_change())]) == 0
    assert len(inbox.events) == 1


def test_needs_a_dsn(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a DSN nothing is sent, with status 2, and every way to give one is named."""
    assert main(["send", save(task_state_change())]) == 2
    error = capsys.readouterr().err
    for way in (*DSN_VARIABLES, "--dsn", "--dry-run"):
        assert way in error


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(["--dsn", "foo"], "--dsn: expected a Sentry DSN", id="dsn"),
        pytest.param(
            ["--dsn", "https://k@h/1", "--environment", "a/b"],
            "--environment: expected an environment",
            id="environment",
        ),
        pytest.param(
            ["--dry-run", "--environment", "a/b"],
            "--environment: expected an environment",
            id="dry-run",
        ),
    ],
)
def test_wrong_option(
    save: Saver, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    """What is wrong with an option is said of the option, not of the variable that it replaces."""
    assert main(["send", *options, save(task_state_change())]) == 2
    assert capsys.readouterr().err.startswith(f"ecs-failure-alerts: {said}")


def test_wrong_variable(
    save: Saver, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wrong with a variable is said of the variable."""
    monkeypatch.setenv("SENTRY_DSN", "foo")
    assert main(["send", save(task_state_change())]) == 2
    assert capsys.readouterr().err.startswith("ecs-failure-alerts: SENTRY_DSN: expected a Sentry")


def test_dsn_in_the_place_of_settings(
    save: Saver, inbox: SentryInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A DSN of the command line takes the place of all that the environment says of one."""
    for variable in DSN_VARIABLES:
        monkeypatch.setenv(variable, "another")
    assert main(["send", "--dsn", inbox.dsn, save(task_state_change())]) == 0
    assert len(inbox.events) == 1


def test_settings_are_those_of_the_function(
    save: Saver, inbox: SentryInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment is read as the function reads it: what is blank counts as not set."""
    monkeypatch.setenv("ECS_ALERTS_SENTRY_DSN", " ")
    monkeypatch.setenv("ECS_ALERTS_ENVIRONMENT", " ")
    monkeypatch.setenv("SENTRY_DSN", inbox.dsn)
    assert main(["send", save(task_state_change())]) == 0
    assert "environment" not in inbox.events[0]


@pytest.mark.parametrize("command", ["send", "demo"])
def test_wrong_dsn_is_not_echoed(
    save: Saver, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """A DSN that is none is refused and not echoed."""
    files = [save(task_state_change())] if command == "send" else []
    assert main([command, "--dsn", "https://s3cr3t@host", *files]) == 2
    said = capsys.readouterr()
    assert "s3cr3t" not in said.out + said.err
    assert "expected a Sentry DSN" in said.err


def test_dry_run(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """A dry run prints the Sentry events, needs no DSN, and shows no secret."""
    secret = {"containerOverrides": [{"environment": [{"name": "X", "value": "s3cr3t"}]}]}
    file = save(task_state_change(overrides=secret), task_state_change(stopCode="UserInitiated"))
    assert main(["send", "--dry-run", "--environment", "prod", file]) == 0
    said = capsys.readouterr()
    (event,) = (json.loads(line) for line in said.out.splitlines())
    assert event["exception"]["values"][0]["type"] == "ContainerExit: nightly-report"
    assert event["environment"] == "prod"
    assert "no alert" in said.err
    assert "s3cr3t" not in said.out + said.err


def test_dry_run_of_what_is_unreadable(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """A dry run says once where it cannot read something, with status 1."""
    assert main(["send", "--dry-run", save("{}", task_state_change(), "x")]) == 1
    said = capsys.readouterr()
    assert "no event" in said.err
    assert said.err.splitlines()[-1].startswith("line 3: not JSON: ")
    assert len(said.out.splitlines()) == 1


def test_dry_run_of_another_source(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """A dry run ignores what `send` ignores: events that are of no task."""
    assert main(["send", "--dry-run", save({"source": "aws.ec2", "detail-type": "X"})]) == 0
    assert ": ignored: detail-type: " in capsys.readouterr().err


def test_demo(capsys: pytest.CaptureFixture[str]) -> None:
    """The demo succeeds with nothing configured."""
    assert main(["demo"]) == 0
    assert capsys.readouterr().out.count("confirmed by Sentry") == 2


def test_demo_that_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """The demo fails where nobody takes its alerts."""
    with reserved_port() as port:
        assert main(["demo", "--dsn", f"http://{'0' * 32}@127.0.0.1:{port}/1"]) == 1
    assert "NOT DELIVERED" in capsys.readouterr().out


def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own."""
    command = [sys.executable, "-m", "ecs_failure_alerts", *arguments]
    return subprocess.run(command, capture_output=True, check=False, timeout=60, **options)


def test_as_a_process() -> None:
    """As a process the command reads standard input, and its status is the verdict's."""
    event = json.dumps(task_state_change(stoppedReason="naïve ✓")).encode()
    answer = run("explain", "-", input=event)
    assert (answer.returncode, answer.stderr) == (0, b"")
    assert b"ContainerExit: nightly-report" in answer.stdout
    assert run("explain", "-", input=b"{}").returncode == 1


def test_terminal_that_cannot_show_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that cannot show a character does not end the explanation."""
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    event = json.dumps(task_state_change(stoppedReason="naïve ✓")).encode()
    answer = run("explain", "-", input=event + b"\n" + event)
    assert (answer.returncode, answer.stderr) == (0, b"")
    assert answer.stdout.count(b"na\\xefve \\u2713") == 2


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such pipes")
@pytest.mark.parametrize("count", [1, 3000], ids=["short", "long"])
def test_reader_that_leaves(save: Saver, count: int) -> None:
    """A reader that has seen enough, such as head, ends the command quietly: that is no failure."""
    file = save(*[task_state_change()] * count)
    command = [sys.executable, "-m", "ecs_failure_alerts", "explain", file]
    reader, writer = os.pipe()
    os.close(reader)
    try:
        answer = subprocess.run(
            command, stdout=writer, stderr=subprocess.PIPE, check=False, timeout=60
        )
    finally:
        os.close(writer)
    assert (answer.returncode, answer.stderr) == (0, b"")


def test_many_containers_at_fault_take_linear_time() -> None:
    """The card of ten times as many containers takes about ten times as long, not a hundred."""
    seconds = []
    for count in (300, 3000):
        containers = [{"name": f"c{number}", "exitCode": 1} for number in range(count)]
        judgement = judge(task_state_change(containers=containers))
        begin = time.process_time()
        drawn = card(judgement, color=False)
        seconds.append(time.process_time() - begin)
        assert drawn.count("<- at fault") == count
    assert seconds[1] < 25 * seconds[0] + 0.05


def test_card_without_a_console() -> None:
    """A task whose ARN leads to no page of the console has a card with the ARN instead."""
    link = "arn:aws:ecs:eu-central-1:123456789012:task/jobs/1"
    for arn, label in ((link, b"console"), ("x", b"task"), (ABSENT, None)):
        answer = run("explain", "-", input=json.dumps(task_state_change(taskArn=arn)).encode())
        assert answer.returncode == 0
        shown = [label for label in (b"console", b"task") if b"  %b " % label in answer.stdout]
        assert shown == ([label] if label else [])


def test_output_of_a_host(save: Saver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Called as a function, the command writes to whatever stands for standard output."""
    output = io.StringIO()
    monkeypatch.setattr(sys, "stdout", output)
    assert main(["explain", save(task_state_change())]) == 0
    assert "ContainerExit" in output.getvalue()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_interrupted(tmp_path: Path) -> None:
    """Ctrl-C ends the command with 130 and no traceback."""
    pipe = tmp_path / "events"
    os.mkfifo(pipe)
    # Started in the background of a shell, a process ignores the signal: undo that.
    program = """if True:
        import signal, sys
        from ecs_failure_alerts.cli import main
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.exit(main(["explain", sys.argv[1]]))
    """
    command = [sys.executable, "-c", program, str(pipe)]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        writer = opened_by_a_reader(pipe)
        try:
            process.send_signal(signal.SIGINT)
            # A signal between two calls is looked at once the next one returns: let it.
            os.close(writer)
            assert process.wait(30) == 130
            assert process.stderr is not None
            assert process.stderr.read() == b""
        finally:
            process.kill()


def opened_by_a_reader(pipe: Path) -> int:
    """Open a named pipe for writing, once somebody reads it."""
    for _ in range(3000):
        with contextlib.suppress(OSError):
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        time.sleep(0.01)
    raise TimeoutError


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such pipes")
def test_goes_on_sending(save: Saver, inbox: SentryInbox) -> None:
    """Where nobody reads what `send` says any more, it sends the rest all the same."""
    count = 30
    arn = "arn:aws:ecs:eu-central-1:123456789012:task/jobs/"
    file = save(*[task_state_change(taskArn=f"{arn}{number}") for number in range(count)])
    command = [sys.executable, "-u", "-m", "ecs_failure_alerts", "send", "--dsn", inbox.dsn, file]
    reader, writer = os.pipe()
    os.close(reader)
    try:
        answer = subprocess.run(
            command, stdout=writer, stderr=subprocess.PIPE, check=False, timeout=60
        )
    finally:
        os.close(writer)
    assert answer.returncode == 0
    assert answer.stderr.startswith(b"30 records, 0 failed")
    assert len(inbox.deliveries) == count


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
@pytest.mark.parametrize("both", [False, True])
def test_tally_on_a_terminal(save: Saver, inbox: SentryInbox, both: bool) -> None:
    """On a terminal the tally is one line that is written over, by what is said as well."""
    file = save(task_state_change(), task_state_change(taskArn="arn:aws:ecs:r:1:task/jobs/2"))
    command = [sys.executable, "-m", "ecs_failure_alerts", "send", "--dsn", inbox.dsn, file]
    terminal, side = os.openpty()
    try:
        output = side if both else subprocess.PIPE
        subprocess.run(command, stdout=output, stderr=side, check=True, timeout=60)
        said = os.read(terminal, 4096)
    finally:
        os.close(side)
        os.close(terminal)
    assert said.count(b"\r1 records, 0 failed") == said.count(b"\r2 records, 0 failed") == 1
    assert said.endswith(b"\033[K\r\n")
    if both:
        first, second, _, _ = said.split(b"\r\n")
        for number, line in enumerate((first, second)):
            written_over = rb"\r%d records, .*\033\[K\r\033\[Kdelivered  .*" % number
            assert re.fullmatch(written_over, line)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such shell")
@pytest.mark.parametrize("command", ["explain -", "match --pattern '{\"a\": [1]}' -", "lint -"])
def test_no_standard_input(command: str) -> None:
    """A process without standard input is told so, without a traceback."""
    line = f"exec {shlex.quote(sys.executable)} -m ecs_failure_alerts {command} <&-"
    answer = subprocess.run(["/bin/sh", "-c", line], capture_output=True, check=False, timeout=60)
    assert answer.returncode in {1, 2}
    assert b"there is no standard input" in answer.stderr
    assert b"Traceback" not in answer.stderr


def test_missing_pattern(capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is not there is named."""
    assert main(["lint", "no-such-file"]) == 2
    assert (
        capsys.readouterr().err == "ecs-failure-alerts: no-such-file: No such file or directory\n"
    )
