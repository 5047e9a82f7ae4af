"""Values that AWS never writes into notices."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from .._texts import close_match
from ..tasks.fields import DETAIL_TYPES
from ._checks import Found, Rule, Subject
from ._notice_catalogue import NAMED_SENDERS, SENDERS, known_words
from ._subject import Field, asked_types
from ._words import literals, unknown_words, wrong_cases

#: The similarity (0 to 1) from which one word is taken for another.
_SIMILAR: Final = 0.85


def _cases(subject: Subject) -> Iterator[Found]:
    for field, words in _known(subject):
        yield from wrong_cases(field, words)


def _words(subject: Subject) -> Iterator[Found]:
    for field, words in _known(subject):
        yield from unknown_words(field, words, partial(_meant, words))


def _types(subject: Subject) -> Iterator[Found]:
    known = [*SENDERS, *DETAIL_TYPES]
    for field in subject.fields:
        for text in literals(field) if field.path == "detail-type" else ():
            near = close_match(text, known, _SIMILAR)
            if text not in known and near:
                message = f"nobody sends {json.dumps(text)}, so this never matches"
                yield Found(field.path, message, f"write {json.dumps(near)}")


def _senders(subject: Subject) -> Iterator[Found]:
    for rule in subject.pattern.sub_rules:
        source, detail_type = (rule.conditions.get(name) for name in ("source", "detail-type"))
        kinds = [name for name in NAMED_SENDERS if detail_type and name in detail_type.texts]
        senders = sorted({NAMED_SENDERS[name] for name in kinds})
        is_sent = source is None or any(map(source.accepts, senders))

        if kinds and detail_type and detail_type.texts <= set(kinds) and not is_sent:
            yield Found(
                "source",
                f"only {' and '.join(senders)} sends {' and '.join(map(json.dumps, kinds))}, so "
                "this never matches",
                f"write {' or '.join(map(json.dumps, senders))}",
            )


def _known(subject: Subject) -> Iterator[tuple[Field, Sequence[str]]]:
    """Return the fields whose values are all known, with these values."""
    known = known_words(asked_types(subject.pattern.sub_rules))
    return ((field, known[field.path]) for field in subject.fields if field.path in known)


def _meant(known: Sequence[str], text: str) -> str:
    near = close_match(text.upper(), known)
    return f"write {json.dumps(near)}" if near else "write one of these"


NOTICE_VALUES: Final = (
    Rule("wrong-case", "error", _cases, "others"),
    Rule("unknown-value", "error", _types, "others"),
    Rule("unknown-value", "error", _senders, "others"),
    Rule("unknown-value", "warning", _words, "others"),
)
