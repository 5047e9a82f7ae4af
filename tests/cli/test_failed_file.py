"""What was not delivered is saved, so that it can be sent again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from command_line import Saver
from ecs_failure_alerts.cli import main
from ecs_failure_alerts.cli._failed_file import FailedFile, json_line
from ecs_failure_alerts.testing import SentryInbox, task_state_change
from ports import reserved_port
from strategies import CHARACTERS


@pytest.mark.parametrize("content", ["", "\n\n", "[]"])
def test_a_file_with_nothing_in_it_has_failed_and_stops_no_other(
    save: Saver, inbox: SentryInbox, tmp_path: Path, content: str
) -> None:
    (nothing := tmp_path / "nothing").write_text(content)
    failed = tmp_path / "failed"
    files = [save(task_state_change()), str(nothing), save(task_state_change(taskArn="x"))]
    assert main(["send", "--dsn", inbox.dsn, "--failed", str(failed), *files]) == 1
    assert len(inbox.events) == 2
    assert failed.read_text() == ""


def test_nobody_else_may_read_what_failed(save: Saver, inbox: SentryInbox, tmp_path: Path) -> None:
    """Also where the file was there before."""
    (failed := tmp_path / "failed").touch(0o644)
    main(["send", "--dsn", inbox.dsn, "--failed", str(failed), save(task_state_change())])
    assert failed.stat().st_mode & 0o077 == 0


def test_where_nothing_was_read_an_earlier_runs_file_is_kept(
    save: Saver, inbox: SentryInbox, tmp_path: Path
) -> None:
    (failed := tmp_path / "failed").write_text("saved")
    assert main(["send", "--dsn", inbox.dsn, "--failed", str(failed), "no-such-file"]) == 1
    assert failed.read_text() == "saved"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_a_file_that_takes_no_more_is_named_and_left_alone(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    mode = Path("/dev/full").stat().st_mode
    with reserved_port() as port:
        dsn = f"http://{'0' * 32}@127.0.0.1:{port}/1"
        assert main(["send", "--dsn", dsn, "--failed", "/dev/full", save("{broken")]) == 2
    assert "ecs-failure-alerts: /dev/full: No space left on device" in capsys.readouterr().err
    assert Path("/dev/full").stat().st_mode == mode


def test_a_dry_run_takes_no_file_for_what_failed(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["send", "--dry-run", "--failed", "x", save(task_state_change())]) == 2
    assert "expected --dry-run or --failed, got both" in capsys.readouterr().err


def test_sending_the_saved_file_sends_exactly_what_failed(
    save: Saver, inbox: SentryInbox, tmp_path: Path
) -> None:
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


def test_the_input_cannot_take_what_failed(
    save: Saver, inbox: SentryInbox, capsys: pytest.CaptureFixture[str]
) -> None:
    """It would be emptied first."""
    file = save(task_state_change())
    before = Path(file).read_bytes()
    assert main(["send", "--dsn", inbox.dsn, "--failed", file, file]) == 2
    assert Path(file).read_bytes() == before
    assert "--failed" in capsys.readouterr().err


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(CHARACTERS),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(CHARACTERS), inner),
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


def test_an_event_with_a_huge_number_fails_is_saved_and_sent_from_there(
    save: Saver, inbox: SentryInbox, tmp_path: Path
) -> None:
    event = json.dumps(task_state_change()).replace('"version": "0"', '"version": "0", "x": 1e999')
    inbox.answer(400, times=1)
    failed = tmp_path / "failed"
    command = ["send", "--dsn", inbox.dsn]
    assert main([*command, "--failed", str(failed), save(event)]) == 1
    assert main([*command, str(failed)]) == 0
    assert len(inbox.events) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_a_full_file_goes_on_counting_and_raises_at_the_end() -> None:
    failed = FailedFile(Path("/dev/full"))
    failed.write("{}\n")
    failed.write("{}\n")
    assert failed.missing == 2
    with pytest.raises(OSError, match="2 failed events not saved"):
        failed.close()
