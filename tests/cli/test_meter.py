"""On a terminal a command says how far it is, and elsewhere it does not."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import pytest

from ecs_failure_alerts.cli import _meter, main
from ecs_failure_alerts.cli._meter import Meter


class Terminal(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        """Return that it is one."""
        return True


def open_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Return a terminal that is standard error; standard output goes elsewhere."""
    monkeypatch.setattr(_meter, "_PAUSE_SECONDS", 0)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    return terminal


def test_events_rate_and_time_left_are_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    terminal = open_terminal(monkeypatch)
    (tmp_path / "a.json").write_bytes(b" " * 100)
    meter = Meter([str(tmp_path / "a.json")])
    meter.show(1_500, 50)
    assert re.fullmatch(r"\r1,500 events, [0-9,]+ a second, 0:00 left\x1b\[K", terminal.getvalue())


@pytest.mark.parametrize("file", ["-", "none.json", "a.json.gz"])
def test_no_time_is_told_where_the_size_is_not_known(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, file: str
) -> None:
    terminal = open_terminal(monkeypatch)
    (tmp_path / "a.json.gz").write_bytes(b" " * 100)
    Meter([file if file == "-" else str(tmp_path / file)]).show(10, 50)
    assert re.fullmatch(r"\r10 events, [0-9,]+ a second\x1b\[K", terminal.getvalue())


def test_no_time_is_told_where_nothing_was_read_yet(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    terminal = open_terminal(monkeypatch)
    (tmp_path / "a.json").write_bytes(b" ")
    Meter([str(tmp_path / "a.json")]).show(0, 0)
    assert re.fullmatch(r"\r0 events, 0 a second\x1b\[K", terminal.getvalue())


def test_a_file_that_grows_has_no_time_left(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    terminal = open_terminal(monkeypatch)
    (tmp_path / "a.json").write_bytes(b" ")
    Meter([str(tmp_path / "a.json")]).show(10, 50)
    assert "0:00 left" in terminal.getvalue()


def test_the_line_makes_room_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = open_terminal(monkeypatch)
    meter = Meter([])
    meter.show(1, 1)
    meter.clear()
    assert terminal.getvalue().endswith("\x1b[K\r\x1b[K")


def test_the_line_is_cleared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = open_terminal(monkeypatch)
    meter = Meter([])
    meter.clear()
    assert terminal.getvalue() == ""

    meter.show(1, 1)
    meter.clear()
    meter.clear()
    assert terminal.getvalue().count("\r\x1b[K") == 1


def test_answers_that_go_elsewhere_leave_the_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    terminal = open_terminal(monkeypatch)
    file = tmp_path / "events.jsonl"
    file.write_text("{}\n" * 1_001, "utf-8")
    main(["match", "--pattern", '{"source": ["a"]}', str(file)])
    assert terminal.getvalue().count("\r\x1b[K") == 1


def test_a_report_shows_its_progress_where_its_answer_will_be(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The answer comes last, so it does not show the progress."""
    terminal = open_terminal(monkeypatch)
    monkeypatch.setattr(sys, "stdout", Terminal())
    file = tmp_path / "events.jsonl"
    file.write_text("{}\n" * 600, "utf-8")
    main(["report", str(file)])
    assert "600 events" in terminal.getvalue()


def test_the_line_is_not_written_all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = open_terminal(monkeypatch)
    monkeypatch.setattr(_meter, "_PAUSE_SECONDS", 60)
    Meter([]).show(1, 1)
    assert terminal.getvalue() == ""


@pytest.mark.parametrize("output", ["terminal", "dumb"])
def test_nothing_is_shown_where_the_answers_are_or_the_terminal_is_dumb(
    monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    terminal = open_terminal(monkeypatch)
    if output == "dumb":
        monkeypatch.setenv("TERM", "dumb")
    else:
        monkeypatch.setattr(sys, "stdout", Terminal())
    meter = Meter([])
    meter.show(1, 1)
    meter.clear()
    assert terminal.getvalue() == ""
