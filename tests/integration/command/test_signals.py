"""Signals that reach the command: it ends in order, or goes on."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from command_line import Saver
from ecs_failure_alerts.testing import SentryInbox, task_state_change

pytestmark = pytest.mark.integration


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
            assert process.stderr.read() == b"ecs-failure-alerts: interrupted after 0 events\n"
        finally:
            process.kill()


def opened_by_a_reader(pipe: Path) -> int:
    """Open a named pipe for writing, once somebody reads it."""
    for _ in range(3000):
        with contextlib.suppress(OSError):
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        time.sleep(0.01)
    raise TimeoutError


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
def test_sending_goes_on_under_nohup(save: Saver, inbox: SentryInbox, tmp_path: Path) -> None:
    """It has SIGHUP ignored."""
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


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
@pytest.mark.parametrize(
    "numbers", [["SIGTERM"], ["SIGHUP"], ["SIGINT"], ["SIGINT", "SIGINT"], ["SIGHUP", "SIGTERM"]]
)
def test_whatever_ends_the_command_what_was_not_confirmed_is_saved(
    save: Saver, inbox: SentryInbox, tmp_path: Path, numbers: list[str]
) -> None:
    """However often; and it says so."""
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
    done = f"interrupted: 0 of {count} events done; {count} events saved in {failed}"
    assert ended == f"ecs-failure-alerts: {done}"
    saved = [json.loads(line)["detail"]["taskArn"] for line in failed.read_text().splitlines()]
    assert sorted(saved) == sorted(event["detail"]["taskArn"] for event in events)
