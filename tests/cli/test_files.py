"""What may stand for files of events: files, folders and globs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ecs_failure_alerts.cli import main
from ecs_failure_alerts.cli._files import find_files
from ecs_failure_alerts.testing import task_state_change
from rows import each


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return a folder of events, a day in each folder inside it."""
    for day in ("01", "02"):
        folder = tmp_path / day
        folder.mkdir()
        for name in ("b.json", "a.json", ".hidden"):
            (folder / name).write_text(json.dumps(task_state_change()), "utf-8")
    return tmp_path


def test_a_folder_stands_for_all_its_files_in_order(archive: Path) -> None:
    """Hidden ones are not meant."""
    assert find_files([str(archive)]) == [
        str(archive / day / name) for day in ("01", "02") for name in ("a.json", "b.json")
    ]


def test_a_hidden_folder_is_not_read(archive: Path) -> None:
    (archive / ".git").mkdir()
    (archive / ".git" / "config.json").write_text("{}", "utf-8")
    assert not [file for file in find_files([str(archive)]) if ".git" in file]


@pytest.mark.parametrize("command", ["explain", "report"])
def test_a_folder_without_files_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert main([command, str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        f"{tmp_path} is not readable:\n  expected files of events in this folder, found none\n"
    )


def test_a_folder_without_files_costs_no_other_events(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (archive / "03").mkdir()
    days = [str(archive / day) for day in ("01", "02", "03")]
    assert main(["explain", *days]) == 1
    assert "5 events: 4 alerts (4 container_exit), 1 unreadable" in capsys.readouterr().err


def test_a_glob_stands_for_what_it_matches(archive: Path) -> None:
    found = find_files([f"{archive}/**/a.*"])
    assert found == [str(archive / day / "a.json") for day in ("01", "02")]


@each("name", ["-", "", "none.json", "none/*.json"])
def test_what_is_not_there_is_left_for_the_reader_to_name(name: str) -> None:
    assert find_files([name]) == [name]


def test_a_file_may_be_called_like_a_glob(tmp_path: Path) -> None:
    (tmp_path / "a[1].json").write_text("{}", "utf-8")
    assert find_files([str(tmp_path / "a[1].json")]) == [str(tmp_path / "a[1].json")]


def test_all_events_of_a_folder_are_explained(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", str(archive)]) == 0
    assert capsys.readouterr().err == "4 events: 4 alerts (4 container_exit)\n"
