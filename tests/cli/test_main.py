"""The command as a process: its outputs, its ends, and calls that make no sense."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from command_line import Saver, run
from ecs_failure_alerts import __version__
from ecs_failure_alerts.cli import main
from ecs_failure_alerts.testing import SentryInbox, task_state_change


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param([], id="nothing"),
        pytest.param(["send"], id="no-file"),
        pytest.param(["explain", "--format", "xml", "x"], id="format"),
        pytest.param(["fly"], id="command"),
    ],
)
def test_a_call_that_makes_no_sense_exits_with_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_the_version_comes_with_the_programs_name(capsys: pytest.CaptureFixture[str]) -> None:
    """People paste it into reports."""
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"ecs-failure-alerts {__version__}\n"


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such shell")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_alerts_are_sent_where_an_output_is_closed(
    save: Saver, inbox: SentryInbox, closed: str
) -> None:
    """Some daemons have it so."""
    file = save(task_state_change())
    line = f"exec {shlex.quote(sys.executable)} -m ecs_failure_alerts send {file} {closed}"
    environ = os.environ | {"ECS_ALERTS_SENTRY_DSN": inbox.dsn}
    answer = subprocess.run(
        ["/bin/sh", "-c", line], capture_output=True, check=False, timeout=60, env=environ
    )
    assert (answer.returncode, len(inbox.events)) == (0, 1)
    assert b"Traceback" not in answer.stderr


def test_a_process_reads_standard_input_and_exits_with_the_verdict() -> None:
    event = json.dumps(task_state_change(stoppedReason="naïve ✓")).encode()
    answer = run("explain", "-", input=event)
    assert (answer.returncode, answer.stderr) == (0, b"")
    assert b"ContainerExit: nightly-report" in answer.stdout
    assert run("explain", "-", input=b"{}").returncode == 1


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such pipes")
@pytest.mark.parametrize("count", [1, 3000], ids=["short", "long"])
def test_a_reader_that_leaves_ends_the_command_quietly(save: Saver, count: int) -> None:
    """Such as head."""
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


def test_a_caller_may_replace_standard_output(save: Saver, monkeypatch: pytest.MonkeyPatch) -> None:
    output = io.StringIO()
    monkeypatch.setattr(sys, "stdout", output)
    assert main(["explain", save(task_state_change())]) == 0
    assert "ContainerExit" in output.getvalue()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_ctrl_c_ends_the_command_with_130_and_no_traceback(tmp_path: Path) -> None:
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


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such shell")
@pytest.mark.parametrize("command", ["explain -", "match --pattern '{\"a\": [1]}' -", "lint -"])
def test_a_process_without_standard_input_is_told_so(command: str) -> None:
    """Without a traceback."""
    line = f"exec {shlex.quote(sys.executable)} -m ecs_failure_alerts {command} <&-"
    answer = subprocess.run(["/bin/sh", "-c", line], capture_output=True, check=False, timeout=60)
    assert answer.returncode in {1, 2}
    assert b"there is no standard input" in answer.stderr
    assert b"Traceback" not in answer.stderr


def test_a_pattern_file_that_is_missing_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "no-such-file"]) == 2
    assert (
        capsys.readouterr().err == "ecs-failure-alerts: no-such-file: No such file or directory\n"
    )


def test_an_unknown_setting_is_said_as_in_the_lambda(
    save: Saver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECS_ALERTS_IGNORE_CAUSE", "x")
    answer = run("explain", save(task_state_change()))
    assert answer.returncode == 0
    assert b"ECS_ALERTS_IGNORE_CAUSE is unknown, and ignored: did you mean" in answer.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_output_on_a_full_disk(save: Saver) -> None:
    """Where the output takes no more, that is said, without a traceback."""
    file = save(task_state_change())
    command = [sys.executable, "-m", "ecs_failure_alerts", "explain", file]
    with Path("/dev/full").open("w") as full:
        answer = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, check=False, timeout=60
        )
    assert answer.returncode == 2
    assert answer.stderr == b"ecs-failure-alerts: output: No space left on device\n"
