"""The command as a process: its streams where they are closed, full, left or a terminal."""

from __future__ import annotations

import json
import os
import re
import select
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from command_line import Saver, run
from ecs_failure_alerts.testing import SentryInbox, task_state_change

pytestmark = pytest.mark.integration


def run_without_reader(*words: str) -> subprocess.CompletedProcess[bytes]:
    """Run Python with these words, and with an output that nobody reads any more."""
    command = [sys.executable, *words]
    reader, writer = os.pipe()
    os.close(reader)
    try:
        return subprocess.run(
            command, stdout=writer, stderr=subprocess.PIPE, check=False, timeout=60
        )
    finally:
        os.close(writer)


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
@pytest.mark.parametrize(
    "words", [["explain", "--json"], ["match", "--pattern", '{"source": ["aws.ecs"]}']]
)
def test_each_line_of_a_pipe_is_answered_before_the_next_one_comes(words: list[str]) -> None:
    """As of `tail -f`, with a pipe at the other end, too."""
    command = [sys.executable, "-m", "ecs_failure_alerts", *words, "-"]
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ
    ) as process:
        assert process.stdin
        assert process.stdout
        for _ in range(2):
            process.stdin.write(json.dumps(task_state_change()).encode() + b"\n")
            process.stdin.flush()
            assert select.select([process.stdout], [], [], 30)[0]
            assert process.stdout.readline()
        process.communicate(timeout=30)
    assert process.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such pipes")
@pytest.mark.parametrize("count", [1, 3000], ids=["short", "long"])
def test_a_reader_that_leaves_ends_the_command_quietly(save: Saver, count: int) -> None:
    """Such as head."""
    file = save(*[task_state_change()] * count)
    answer = run_without_reader("-m", "ecs_failure_alerts", "explain", file)
    assert (answer.returncode, answer.stderr) == (0, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such shell")
@pytest.mark.parametrize("command", ["explain -", "match --pattern '{\"a\": [1]}' -", "lint -"])
def test_a_process_without_standard_input_is_told_so(command: str) -> None:
    """Without a traceback."""
    line = f"exec {shlex.quote(sys.executable)} -m ecs_failure_alerts {command} <&-"
    answer = subprocess.run(["/bin/sh", "-c", line], capture_output=True, check=False, timeout=60)
    assert answer.returncode in {1, 2}
    assert b"there is no standard input" in answer.stderr
    assert b"Traceback" not in answer.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_a_full_disk_under_the_output_is_told_without_a_traceback(save: Saver) -> None:
    file = save(task_state_change())
    command = [sys.executable, "-m", "ecs_failure_alerts", "explain", file]
    with Path("/dev/full").open("w") as full:
        answer = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, check=False, timeout=60
        )
    assert answer.returncode == 2
    assert answer.stderr == b"ecs-failure-alerts: output: No space left on device\n"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
@pytest.mark.parametrize("on_a_terminal", [False, True])
def test_waiting_for_sentry_is_said_with_the_progress(
    save: Saver, inbox: SentryInbox, on_a_terminal: bool
) -> None:
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


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such pipes")
def test_sending_goes_on_where_nobody_reads_the_output(save: Saver, inbox: SentryInbox) -> None:
    count = 30
    arn = "arn:aws:ecs:eu-central-1:123456789012:task/jobs/"
    file = save(*[task_state_change(taskArn=f"{arn}{number}") for number in range(count)])
    answer = run_without_reader("-u", "-m", "ecs_failure_alerts", "send", "--dsn", inbox.dsn, file)
    assert answer.returncode == 0
    assert answer.stderr.startswith(b"30 records, 0 failed")
    assert len(inbox.deliveries) == count


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
@pytest.mark.parametrize("both", [False, True])
def test_the_tally_on_a_terminal_is_one_line_written_over(
    save: Saver, inbox: SentryInbox, both: bool
) -> None:
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


def test_a_terminal_that_cannot_show_a_character_ends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    event = json.dumps(task_state_change(stoppedReason="naïve ✓")).encode()
    answer = run("explain", "-", input=event + b"\n" + event)
    assert (answer.returncode, b"Traceback" in answer.stderr) == (0, False)
    assert answer.stdout.count(b"na\\xefve \\u2713") == 2


def test_standard_input_cannot_take_what_failed(save: Saver, inbox: SentryInbox) -> None:
    file = Path(save(task_state_change()))
    before = file.read_text()
    with file.open("rb") as given:
        answer = run("send", "--dsn", inbox.dsn, "--failed", str(file), "-", stdin=given)
    assert answer.returncode == 2
    assert b"expected another file, got an input" in answer.stderr
    assert file.read_text() == before


LIMIT_OF_A_FILE = """if True:
    import resource, signal, sys
    from ecs_failure_alerts.cli import main
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
    status = main(["send", *sys.argv[2:]])
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    sys.exit(status)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_a_full_disk_leaves_whole_lines_and_the_rest_is_sent(
    save: Saver, inbox: SentryInbox, tmp_path: Path
) -> None:
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
        f"{failed}: File too large: {lost} failed events not saved; send the same input again\n"
    )


def test_the_demo_runs_in_an_empty_folder_without_environment(tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-m", "ecs_failure_alerts", "demo"]
    environ = {"SYSTEMROOT": os.environ["SYSTEMROOT"]} if "SYSTEMROOT" in os.environ else {}
    answer = subprocess.run(
        command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False, timeout=60
    )
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.count("confirmed by Sentry") == 2
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_setting_is_said_as_in_the_lambda(
    save: Saver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECS_ALERTS_IGNORE_CAUSE", "x")
    answer = run("explain", save(task_state_change()))
    assert answer.returncode == 0
    assert b"ECS_ALERTS_IGNORE_CAUSE is unknown and ignored: did you mean" in answer.stderr
