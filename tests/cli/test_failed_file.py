"""What was not delivered is saved, so that it can be sent again."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from command_line import Saver, run
from ecs_failure_alerts.cli import main
from ecs_failure_alerts.cli._failed_file import FailedFile, json_line
from ecs_failure_alerts.testing import SentryInbox, task_state_change
from ports import reserved_port


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


def test_dry_run_saves_nothing(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    """A dry run refuses to be asked for a file of what failed."""
    assert main(["send", "--dry-run", "--failed", "x", save(task_state_change())]) == 2
    assert "--failed has nothing to save in a dry run" in capsys.readouterr().err


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


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(JSON_VALUES)
@example(float("inf"))
@example(["Infinity", -float("inf"), 'a "quoted" Infinity \\', {"Infinity": float("inf")}])
def test_a_saved_line_is_read_again_as_it_was(value: Any) -> None:
    """Whatever JSON holds, also numbers that are too large for Python, its line is JSON again."""
    line = json_line(value)
    assert line.count("\n") == 1
    assert line.endswith("\n")
    assert json.loads(line, parse_constant=pytest.fail) == value


def test_number_that_is_too_large(save: Saver, inbox: SentryInbox, tmp_path: Path) -> None:
    """An event with such a number fails, is saved, and is sent from there."""
    event = json.dumps(task_state_change()).replace('"version": "0"', '"version": "0", "x": 1e999')
    inbox.answer(400, times=1)
    failed = tmp_path / "failed"
    command = ["send", "--dsn", inbox.dsn]
    assert main([*command, "--failed", str(failed), save(event)]) == 1
    assert main([*command, str(failed)]) == 0
    assert len(inbox.events) == 1


LIMIT_OF_A_FILE = """if True:
    import resource, signal, sys
    from ecs_failure_alerts.cli import main
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
    sys.exit(main(["send", *sys.argv[2:]]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_disk_that_fills_up(save: Saver, inbox: SentryInbox, tmp_path: Path) -> None:
    """Where the disk is full amid the work, the rest is sent, and whole lines are what is left."""
    inbox.answer(403, times=30)
    arn = "arn:aws:ecs:eu-central-1:123456789012:task/jobs/"
    events = [task_state_change(taskArn=f"{arn}{number}") for number in range(45)]
    failed = tmp_path / "failed"
    size = len(json.dumps(events[0])) * 5 // 2
    command = [sys.executable, "-c", LIMIT_OF_A_FILE, str(size), "--dsn", inbox.dsn]

    answer = subprocess.run(
        [*command, "--failed", str(failed), save(*events)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    saved = [json.loads(line) for line in failed.read_text("utf-8").splitlines()]
    lost = answer.stderr.count("FAILED") - len(saved)
    assert (answer.returncode, len(saved)) == (2, 2)
    assert len(inbox.deliveries) > 0
    assert answer.stderr.endswith(
        f"{failed}: File too large: {lost} of what failed are not in it; "
        "send the same input again\n"
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_counts_what_it_could_not_take() -> None:
    """The file goes on counting, and raises once it is closed."""
    failed = FailedFile(Path("/dev/full"))
    failed.write("{}\n")
    failed.write("{}\n")
    assert failed.missing == 2
    with pytest.raises(OSError, match="2 of what failed are not in it"):
        failed.close()
