"""Bytes packed in base64 and gzip are read within a limit of memory, or said to be broken."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_failure_alerts import SourceRecord, read_payload
from ecs_failure_alerts.sources import packing
from ecs_failure_alerts.sources.packing import LARGEST_RECORD, PackingError, unpack, unpack_file
from ecs_failure_alerts.testing import task_state_change
from rows import each

EVENT = task_state_change()
TEXT = json.dumps(EVENT)
#: Bytes that a file of these tests may unpack to.
SHORT = LARGEST_RECORD + 2_000_000
#: Ten megabytes of blanks; several such members in a row are gzip as well.
BLANKS = gzip.compress(b" " * 10_000_000, 1)


def read(payload: Any) -> list[SourceRecord]:
    """Return all records of a payload."""
    return list(read_payload(payload))


def in_log(data: bytes) -> dict[str, Any]:
    """Build a subscription's payload of *data*."""
    return {"awslogs": {"data": b64encode(data).decode()}}


@each(
    ("data", "said"),
    [
        pytest.param(BLANKS * 50, "at most 10 MB unpacked", id="bomb"),
        pytest.param(gzip.compress(TEXT.encode())[:-9], "only its beginning", id="cut-off"),
        pytest.param(b"\x1f\x8bnonsense", "expected gzip, got broken bytes", id="broken"),
        pytest.param(b" " * (LARGEST_RECORD + 1), "at most 10 MB, got more", id="large"),
    ],
)
def test_a_hostile_record_is_an_error(data: bytes, said: str) -> None:
    """A record that cannot be unpacked is one record with an error, and takes little memory."""
    payload = in_log(data)
    tracemalloc.start()
    (record,) = read(payload)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert said in str(record.error)
    assert record.place == "awslogs.data"
    assert record.raw == payload["awslogs"]["data"]
    assert peak < 4 * LARGEST_RECORD


def test_text_that_is_not_base64_is_said_and_not_shown() -> None:
    (record,) = read({"awslogs": {"data": "s3cr3t!"}})
    assert str(record.error) == "awslogs.data: expected base64, got other text"


@each("sign", ["!", "\n", "\u00e9", "-"])
def test_base64_with_a_sign_of_another_alphabet_is_refused(sign: str) -> None:
    """Half of a text that is passed over would be another text."""
    text = b64encode(TEXT.encode()).decode()
    with pytest.raises(PackingError, match="expected base64, got other text"):
        unpack(f"{text[:8]}{sign}{text[8:]}")


def test_a_record_of_several_pieces_is_whole() -> None:
    long = bytes(range(256)) * 1000
    assert unpack(b64encode(gzip.compress(long))) == long


def test_blocks_of_a_file_are_counted_by_the_lines_before() -> None:
    line = b"{" + b"x" * 999_998 + b"\n"
    blocks = [
        (before, block.count(b"\n"))
        for before, block, _ in unpack_file(gzip.compress(line * 25, 1))
    ]
    assert len(blocks) == 3
    assert [before for before, _ in blocks] == [0, blocks[0][1], blocks[0][1] + blocks[1][1]]
    assert sum(count for _, count in blocks) == 25


def test_a_large_file_is_read_in_blocks() -> None:
    """A file of more than 10 MB is read with the lines counted through, in little memory."""
    line = json.dumps({**EVENT, "padding": "x" * 500_000})  # few long lines: tracing is slow
    count = SHORT // len(line)
    packed = gzip.compress(f"{line}\n".encode() * count + b"{broken\n", 1)

    tracemalloc.start()
    last = SourceRecord()
    for number, record in enumerate(read_payload(packed), 1):
        assert number > count or record.event == json.loads(line)
        last = record
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (number, last.place) == (count + 1, f"line {count + 1}")
    assert peak < 15 * LARGEST_RECORD


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"{" * (LARGEST_RECORD + 1), "expected lines of at most 10 MB", id="line"),
        pytest.param(b"[]" + b" " * 99 + b"\n" * SHORT, "at most 12 MB", id="blank-lines"),
    ],
)
def test_a_hostile_file_is_an_error(
    data: bytes, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that unpacks to too much ends in an error that says what to do."""
    monkeypatch.setattr(packing, "LARGEST_FILE", SHORT)  # to read 200 MB takes seconds
    assert said in str(read(gzip.compress(data, 1))[-1].error)


def test_what_stands_whole_in_a_file_that_is_cut_off_is_read() -> None:
    packed = gzip.compress(f"{TEXT}\n".encode() * 3)
    *records, last = read(packed[:-8])
    assert [record.event for record in records] == [EVENT] * 3
    assert "only its beginning" in str(last.error)


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("missing", [8, 60])
def test_a_file_that_is_cut_off_is_one_fault(indent: int | None, missing: int) -> None:
    """What is broken only because it is cut off is not told as well."""
    packed = gzip.compress(json.dumps(EVENT, indent=indent).encode())
    faults = [str(record.error) for record in read(packed[:-missing]) if record.error]
    assert faults == ["expected whole gzip, got only its beginning"]


def test_a_broken_line_before_the_cut_is_a_fault_of_its_own() -> None:
    packed = gzip.compress(f"{TEXT}\n{{broken\n{TEXT}\n".encode())
    assert [bool(record.error) for record in read(packed[:-8])] == [False, True, False, True]


@given(st.binary(max_size=60))
def test_any_packed_bytes_are_records_with_an_event_or_an_error(data: bytes) -> None:
    for packed in (data, gzip.compress(data), b"\x1f\x8b" + data):
        for payload in (in_log(packed), packed):
            for record in read(payload):
                assert (record.event is None) is (record.error is not None)
