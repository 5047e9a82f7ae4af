"""The command with several processes says what it says with one."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys

import pytest

from command_line import Saver, run
from ecs_failure_alerts.testing import task_state_change

pytestmark = pytest.mark.integration


EVENTS = [
    task_state_change(containers=[{"exitCode": code % 3}], stopCode=stop_code)
    for code in range(30)
    for stop_code in ("EssentialContainerExited", "UserInitiated")
]


@pytest.mark.parametrize(
    "command",
    [
        ["explain"],
        ["explain", "--json", "--only", "alerts"],
        ["match", "--pattern", '{"detail":{"stopCode":["UserInitiated"]}}'],
    ],
)
def test_several_processes_write_what_one_writes(save: Saver, command: list[str]) -> None:
    file = save(*EVENTS, "{broken", 5)
    one, two = (run(*command, "--jobs", jobs, file) for jobs in ("1", "2"))

    assert (two.returncode, two.stdout, two.stderr) == (one.returncode, one.stdout, one.stderr)
    assert one.stdout


def test_several_processes_report_what_one_reports(save: Saver) -> None:
    file = save(*EVENTS * 400, "{broken")
    one, two = (run("report", "--jobs", jobs, file) for jobs in ("1", "2"))
    assert (two.returncode, two.stdout, two.stderr) == (one.returncode, one.stdout, one.stderr)
    assert one.stdout


def test_an_interrupt_ends_all_processes_without_a_word(save: Saver) -> None:
    """Ctrl-C goes to each process of a terminal."""
    # Started in the background of a shell, a process ignores the signal: undo that.
    program = """if True:
        import signal, sys
        from ecs_failure_alerts.cli import main
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.exit(main(["explain", "--jobs", "2", sys.argv[1]]))
    """
    with subprocess.Popen(
        [sys.executable, "-c", program, save(*EVENTS * 100)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()  # all processes are at work
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=20)

    assert process.returncode == 130
    assert re.fullmatch(rb"ecs-failure-alerts: interrupted after [0-9,]+ events?\n", errors)
