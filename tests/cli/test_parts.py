"""A file is read in parts, and what is read is what reading it whole would give."""

from __future__ import annotations

import gzip
import io
import json
import os
import tracemalloc
from collections.abc import Iterator
from typing import Any, BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_failure_alerts import SourceRecord, read_payload
from ecs_failure_alerts.cli import _parts
from ecs_failure_alerts.cli._files import records_of
from ecs_failure_alerts.cli._parts import Part, read_parts
from ecs_failure_alerts.testing import task_state_change
from rows import each
from strategies import CHARACTERS

EVENT = task_state_change()
TEXT = json.dumps(EVENT)
LINE = f"{TEXT}\n".encode()


def parts(content: bytes) -> list[Part]:
    """Return the parts of a file."""
    return list(read_parts(io.BytesIO(content)))


def read(content: bytes) -> list[SourceRecord]:
    """Return the records of a file that is read in parts."""
    return [record for part in parts(content) for record in records_of("", part)]


def told(records: list[SourceRecord]) -> list[tuple[str, Any, list[str]]]:
    """Return what each record says: its place, its event and what is wrong with it."""
    return [
        (r.place, r.event, [p.message.partition(" (line")[0] for p in r.error.problems if r.error])
        if r.error
        else (r.place, r.event, [])
        for r in records
    ]


lines = st.sampled_from(
    [
        TEXT,
        f"2026-11-28T01:02:03Z {TEXT}",
        json.dumps({"Message": TEXT, "Type": "Notification"}),
        json.dumps(EVENT, indent=2),
        "",
        "words of a log",
        "{broken",
        "[5]",
        "5",
        f"{TEXT} {TEXT}",
    ]
)


@given(st.lists(lines, max_size=6))
def test_what_is_read_in_parts_is_what_is_read_whole(others: list[str]) -> None:
    content = "\n".join([TEXT, *others]).encode()

    assert told(read(content)) == told(list(read_payload(content)))


@given(st.lists(lines, min_size=1, max_size=6))
def test_packed_lines_are_read_like_others(others: list[str]) -> None:
    content = "\n".join([TEXT, *others, TEXT]).encode()

    assert told(read(gzip.compress(content))) == told(read(content))


@given(
    st.lists(lines | st.text(CHARACTERS, max_size=30), max_size=5),
    st.sampled_from(["utf-8", "utf-16"]),
)
def test_whatever_a_file_begins_with_no_event_is_lost(texts: list[str], encoding: str) -> None:
    content = "\n".join(texts).encode(encoding, "replace")
    found = [record.event for record in read(content) if record.event]

    assert found == [record.event for record in read_payload(content) if record.event]


@each(
    "content",
    [
        pytest.param(json.dumps([EVENT] * 3).encode(), id="a-list"),
        pytest.param(json.dumps(EVENT, indent=1).encode(), id="an-indented-event"),
        pytest.param(LINE, id="a-line"),
        pytest.param(LINE + b"\n \n", id="a-line-and-blanks"),
        pytest.param(b"some words\n" + LINE, id="a-text"),
        pytest.param(LINE.decode().encode("utf-16"), id="utf-16"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"\n", id="an-empty-line"),
    ],
)
def test_what_is_no_json_lines_is_one_part(content: bytes) -> None:
    (part,) = parts(content)
    assert (part.line, part.content) == (None, content)


def test_each_line_is_a_part_with_its_number() -> None:
    content = LINE + b"\n" + LINE + b"{\n " + b"\n}\n" + LINE.strip()
    assert [(part.line, part.content) for part in parts(content)] == [
        (1, LINE),
        (3, LINE),
        (4, b"{\n \n}\n"),
        (7, LINE.strip()),
    ]


def opened_pipe() -> tuple[BinaryIO, BinaryIO]:
    """Return both ends of a pipe."""
    reading, writing = os.pipe()
    return os.fdopen(reading, "rb"), os.fdopen(writing, "wb", buffering=0)


def test_a_pipe_is_read_line_by_line() -> None:
    """A line is there as soon as it is written, not when the pipe ends."""
    reading, writing = opened_pipe()
    with reading:
        with writing:
            writing.write(LINE * 2)
            found: Iterator[Part] = read_parts(reading)
            assert [next(found).line, next(found).line] == [1, 2]
            writing.write(LINE)
            assert next(found).line == 3
        assert list(found) == []


def test_the_first_line_of_a_pipe_is_not_kept_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for the second line learns of the first one soon."""
    monkeypatch.setattr(_parts, "_WAIT_SECONDS", 0.01)
    reading, writing = opened_pipe()
    with reading, writing:
        writing.write(LINE)
        assert next(read_parts(reading)).line == 1


@pytest.mark.parametrize("packed", [False, True])
def test_memory_does_not_grow_with_the_file(packed: bool) -> None:
    """Of two megabytes of lines a small part is in memory at a time."""
    content = LINE * (2_000_000 // len(LINE))
    stream = io.BytesIO(gzip.compress(content, 1) if packed else content)

    tracemalloc.start()
    count = sum(1 for part in read_parts(stream) for _ in records_of("", part))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count == 2_000_000 // len(LINE)
    assert peak < 1_000_000


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        pytest.param(lambda data: data[:-9], "expected whole gzip, got only its", id="cut"),
        pytest.param(lambda data: data[:-4] + b"\xff" * 4, "got broken bytes", id="broken"),
    ],
)
def test_the_lines_before_broken_gzip_are_read(damage: Any, said: str) -> None:
    """The break is told after them."""
    *good, last = read(damage(gzip.compress(LINE * 600, 1)))

    assert len(good) > 300
    assert said in str(last.error)


def test_a_packed_line_may_be_as_long_as_a_record() -> None:
    """A bomb ends in an error that says so."""
    *_, last = read(gzip.compress(LINE * 2 + b'{"a": "' + b" " * 10_000_000, 1))
    assert "expected lines of at most 10 MB, got a longer one" in str(last.error)


@pytest.mark.parametrize("content", [json.dumps([EVENT], indent=1).encode(), b"some words"])
def test_a_packed_file_that_is_no_json_lines_is_one_part(content: bytes) -> None:
    packed = gzip.compress(content)
    (part,) = parts(packed)
    assert (part.line, part.content) == (None, packed)


def test_a_packed_file_that_is_broken_from_its_first_line_on_is_told() -> None:
    (record,) = read(gzip.compress(LINE)[:5] + b"\xff" * 20)
    assert "expected gzip, got broken bytes" in str(record.error)
