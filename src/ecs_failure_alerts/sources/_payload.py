"""
The reader of payloads: it finds the events inside one.

A payload is the input of a Lambda, or the content of a saved file. `_wrappings` has a table of the
forms that events may be wrapped in. Forms may be inside each other, such as SNS in SQS.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import evolve

from .. import _json
from .._deadline import Deadline
from .._frames import iterated_without_locals
from .._texts import kind
from ..exceptions import EventError, UnsupportedEvent
from ._missing_tasks import find_missing_tasks
from ._records import LATE, SourceRecord, in_time, unreadable, with_few_faults, without_broken_end
from ._wrappings import CONTROL_MESSAGE, EVENTS, WRAPPINGS, Wrapping, at
from .packing import PackingError, is_packed, unpack, unpack_file

if TYPE_CHECKING:
    from .documents import Document

Payload: TypeAlias = Mapping[str, Any] | list[Any] | str | bytes | bytearray
Load: TypeAlias = Callable[..., Any]

#: Wrappings inside each other at most.
_MOST_WRAPPINGS: Final = 16
#: The place of a message, not inside another one.
_MESSAGE: Final = re.compile(r"[^\[\]]*\[[0-9]+\]")
#: The place of a message of SQS in the Lambda's own input. A pipe sends a list.
_OF_QUEUE: Final = re.compile(r"(Records)?\[[0-9]+\]")
_EVENT_KEYS: Final = frozenset({"detail-type", "source", "detail"})
_EXPECTED: Final = (
    "expected an EventBridge event, SQS or SNS records, a Lambda destination's record, log events, "
    "the output of describe-tasks or receive-message, or a list of any of these"
)
_PATTERN: Final = "expected an event, got an event pattern: pass it to lint, and an event here"
_EMPTY: Final = "an empty list: there is no event in it"


def read_payload(
    payload: Payload, *, load: Load = _json.load, seconds: float | None = None
) -> Iterator[SourceRecord]:
    """
    Find every event inside *payload*.

    Args:
        payload: One EventBridge event, a list of them, or a form that docs/other-alerting-code.md
            lists, such as SQS and SNS records, a Lambda destination's record, log events and
            the output of ``aws ecs describe-tasks``. Or JSON text with one or several of these;
            bytes may be in gzip.
        load: The function that reads JSON text, given the text and its place. It raises
            `EventError`.
        seconds: Seconds for reading; None for no limit. Each message of a batch gets half of what
            is left of them, so that a hostile one takes little from the others.

    Yields:
        A record for each event, in order. What cannot be read becomes a record with an error, and
        the rest is still read. If over 20 parts of a message cannot be read, the last record of
        the message stands for the others.
    """
    records = _Reader(load, Deadline.after(seconds)).read(payload, SourceRecord(), 0)
    return iterated_without_locals(with_few_faults(records))


def read_part(text: bytes, line: int, *, load: Load = _json.load) -> Iterator[SourceRecord]:
    """
    Find every event in a part of a text that is read part by part.

    Args:
        text: The part, such as a line.
        line: The line in which the part begins, counted from 1: the place of its records.
        load: The function that reads JSON text, as for `read_payload()`.
    """
    reader, place = _Reader(load, Deadline()), SourceRecord(f"line {line}")
    try:
        value = load(text, place.place)
    except EventError:
        value = None
    if not isinstance(value, dict | list):
        from .documents import documents  # noqa: PLC0415 - for broken text

        parts = documents(_json.decode(text), _is_payload, line - 1)
        return with_few_faults(reader.read_parts(parts, SourceRecord(), 1))
    return with_few_faults(reader.read(value, place, 1))


class _Reader:
    """
    Walks through a payload, wrapping by wrapping.

    Each method takes a value, a record with its place, and its depth.
    """

    def __init__(self, load: Load, deadline: Deadline) -> None:
        self.load = load
        self.deadline = deadline
        self.limit = deadline

    def read_text(
        self, text: str | bytes | bytearray, place: SourceRecord, depth: int
    ) -> Iterator[SourceRecord]:
        """Read one JSON document or several, perhaps in gzip."""
        if isinstance(text, bytes | bytearray) and is_packed(text):
            yield from self._read_packed(text, place, depth)
        elif isinstance(text, str):
            yield from self._read_json(text.removeprefix("\ufeff"), place, depth)
        else:
            yield from self._read_json(text, place, depth)

    def _read_packed(
        self, data: bytes | bytearray, place: SourceRecord, depth: int
    ) -> Iterator[SourceRecord]:
        try:
            for line, block, is_cut in unpack_file(data):
                records = self._read_json(block, place, depth, line) if block else iter(())
                yield from without_broken_end(records) if is_cut else records
        except PackingError as error:
            yield unreadable(None, place, str(error))

    def _read_json(
        self, text: str | bytes | bytearray, place: SourceRecord, depth: int, lines_before: int = 0
    ) -> Iterator[SourceRecord]:
        if not text.strip():
            yield unreadable(None, place, "empty: there is nothing to read")
            return

        try:
            value = self.load(text, place.place)
        except EventError as error:
            fault = evolve(place, error=error.with_traceback(None), raw=_json.decode(text))
        else:
            yield from self.read(value, place, depth + 1)
            return

        yield from self._read_documents(fault, depth, lines_before)

    def _read_documents(
        self, fault: SourceRecord, depth: int, lines_before: int
    ) -> Iterator[SourceRecord]:
        """Read a text that is not one JSON document; *fault* has the text and the error."""
        from .documents import documents_in_time  # noqa: PLC0415 - for files and broken text
        from .lookalikes import explain_text  # noqa: PLC0415

        parts = list(documents_in_time(fault.raw, _is_payload, lines_before, self.limit))
        place = evolve(fault, error=None, raw=None)

        if all(part.fault for part in parts):
            explanation = explain_text(fault.raw)
            if explanation is not None:
                yield unreadable(fault.raw, place, explanation)
                return
            like_json = sum(part.text.startswith(("{", "[", '"')) for part in parts)
            if like_json * 2 < len(parts):
                # Prose, such as a log or a page: once, not line by line.
                form = "binary data" if "\0" in fault.raw else "text without JSON"
                yield unreadable(fault.raw, place, f"not an event but {form}: {_EXPECTED}")
                return
        if len(parts) < 2 and all(part.fault or part.text == fault.raw.strip() for part in parts):
            yield fault
            return
        yield from self.read_parts(parts, place, depth)

    def read_parts(
        self, parts: Iterable[Document], place: SourceRecord, depth: int
    ) -> Iterator[SourceRecord]:
        """Read the documents of a text; some may be broken."""
        for part in parts:
            line = f"line {part.line}"
            where = f"{place.place}: {line}" if place.place else line
            inside = SourceRecord(where, place.id, place.queue)
            if part.fault is None:
                yield from self.read(part.text, inside, depth + 1)
            else:
                yield unreadable(part.text, inside, part.fault)

    def read(self, value: Any, place: SourceRecord, depth: int) -> Iterator[SourceRecord]:
        """Read a JSON value."""
        if depth > _MOST_WRAPPINGS:
            yield unreadable(value, place, "wrapped too many times")
            return

        if isinstance(value, _json.OBJECT):
            yield from self._read_mapping(value, place, depth)
        elif isinstance(value, str | bytes | bytearray):
            yield from self.read_text(value, place, depth)
        elif isinstance(value, list | tuple):
            yield from self._read_list(value, place, depth)
        else:
            yield unreadable(value, place, f"not an event but {kind(value)}: {_EXPECTED}")

    def _read_list(
        self, members: list[Any] | tuple[Any, ...], place: SourceRecord, depth: int
    ) -> Iterator[SourceRecord]:
        if not members:
            yield unreadable(None, place, _EMPTY)
        for index, member in enumerate(members):
            inside = SourceRecord(f"{place.place}[{index}]", place.id, place.queue)
            yield from self.read(member, inside, depth + 1)

    def _read_mapping(
        self, value: Mapping[str, Any], place: SourceRecord, depth: int
    ) -> Iterator[SourceRecord]:
        is_event = not _EVENT_KEYS.isdisjoint(value)

        for wrapping in EVENTS if is_event else WRAPPINGS:
            found = list(wrapping.find(value))
            if found:
                yield from self._unwrap(value, wrapping, found, place, depth)
                return
        if not is_event:
            yield _no_event(value, place)
        elif isinstance(at(value, "source"), list) or isinstance(at(value, "detail-type"), list):
            yield unreadable(value, place, _PATTERN)
        else:
            event = self._with_read_detail(value)
            yield SourceRecord(place.place, place.id, place.queue, event, raw=value)

    def _with_read_detail(self, event: Mapping[str, Any]) -> Mapping[str, Any]:
        """Read a detail that is JSON text, as in an entry of PutEvents."""
        detail = at(event, "detail")
        if not isinstance(detail, str):
            return event
        try:
            return {**event, "detail": self.load(detail)}
        except EventError:
            return event  # its parser names the fault

    def _unwrap(
        self,
        value: Mapping[str, Any],
        wrapping: Wrapping,
        found: list[tuple[str, Any]],
        place: SourceRecord,
        depth: int,
    ) -> Iterator[SourceRecord]:
        is_message = _MESSAGE.fullmatch(place.place) is not None
        from_sqs = value.get("eventSource") == "aws:sqs"
        queue = place.queue or (from_sqs and _OF_QUEUE.fullmatch(place.place) is not None)
        in_record = place.queue or place.id is not None
        record = evolve(place, id=place.id if in_record else wrapping.id_of(value), queue=queue)
        missing = list(find_missing_tasks(value))

        all_foreign = True
        for step, inner in found:
            inside = record.inside(step)
            if wrapping.packed:
                records = self._unpack(inner, inside, depth)
            elif inner or not missing:
                records = self.read(inner, inside, depth + 1)
            else:
                continue
            if is_message or (self.limit is self.deadline and not isinstance(inner, list)):
                self.limit = self.deadline.half()
                records = in_time(records, self.limit, inner, inside)
            for one in records:
                all_foreign = all_foreign and one.is_foreign
                yield one

        if all_foreign and found[0][0]:  # else the mapping itself was read, in another form
            from .buried import event_beside  # noqa: PLC0415 - for foreign events only

            yield from event_beside(value, found, record)
        for step, why in missing:  # nothing to send again
            yield unreadable(None, place.inside(step), why)

    def _unpack(self, packed: str, place: SourceRecord, depth: int) -> Iterator[SourceRecord]:
        if self.deadline.left() == 0:  # a short text may be a hundred times as long
            yield unreadable(packed, place, LATE)
            return
        try:
            text = unpack(packed)
        except PackingError as error:
            yield unreadable(packed, place, str(error))
        else:
            yield from self._read_json(text, place, depth + 1)


def _is_payload(value: Any) -> bool:
    """Return whether *value* is an event, or something that may hold one."""
    return isinstance(value, dict) and (
        not _EVENT_KEYS.isdisjoint(value)
        or any(True for wrapping in WRAPPINGS for _ in wrapping.find(value))
    )


def _no_event(value: Mapping[str, Any], place: SourceRecord) -> SourceRecord:
    from .buried import find_buried  # noqa: PLC0415 - for what cannot be read only
    from .lookalikes import explain_mapping  # noqa: PLC0415

    if value.get("messageType") == CONTROL_MESSAGE and not find_buried(value):
        return evolve(place, error=UnsupportedEvent("aws.logs", CONTROL_MESSAGE), raw=value)
    return unreadable(value, place, explain_mapping(value) or f"not an event: {_EXPECTED}")
