"""What the command knows of where it writes."""

from __future__ import annotations

import io

import pytest

from ecs_failure_alerts.cli._terminal import write_each_line


@pytest.mark.parametrize("end", ["", "\n"], ids=["begun", "whole"])
def test_a_whole_line_is_written_at_once(end: str) -> None:
    written = io.BytesIO()
    stream = io.TextIOWrapper(io.BufferedWriter(written), write_through=False)
    write_each_line(stream)
    stream.write(f"line{end}")
    assert written.getvalue() == f"line{end}".encode() * (end == "\n")


def test_what_holds_no_line_back_stays_as_it_is() -> None:
    stream = io.StringIO()
    write_each_line(stream)
    print("line", file=stream)
    assert stream.getvalue() == "line\n"
