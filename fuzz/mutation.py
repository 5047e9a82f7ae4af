"""
Changes to JSON documents that keep them JSON, mostly.

A fuzzer that changes bytes rarely gets past the JSON reader. This one changes one value or a
few: another value that stands at such a key in the seeds, another type, what Python's reader
takes and others do not, odd text, more of the same, a wrapping more.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any, Final, TypeAlias

from . import seeds

Place: TypeAlias = tuple[Any, Any]
"""A list or dict, and where in it."""

#: JSON text that no Python value prints as.
_RAW: Final = (
    "NaN",
    "-Infinity",
    "1e400",
    "-0",
    "1E+2",
    "137.0",
    "0.30000000000000000001",
    "9007199254740993.0",
    "1e-400",
    "1e00000000000000000000001",
    "9" * 4301,
    '{"lastStatus": 1, "lastStatus": "STOPPED"}',
    "[" * 70 + "{}" + "]" * 70,
    "[" * 5000 + "]" * 5000,
    '{"a":' * 200 + "[0]" + "}" * 200,
    '{"a":' * 5000 + "1" + "}" * 5000,
)
_SCALARS: Final = (
    *(None, True, False, 0, 1, -1, 137, 1.5, -0.0, 1e300, 10**19, 10**39, -(10**39), 2**53 + 1),
    *("", " ", "\0", "\ud800", "\udfff\ud800", "\u2028", "é", "{}", "[]", "null", "0", "-1"),
    *("9" * 4301, "x" * 41, "٣", "1e3", "NaN", "a\nb", "\ufeff", "ß" * 30),
    *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-W10-1", "20260302T021408Z"),
    *(253402300799, 253402300800, -62135596800, 1e11, 1772417648.5),
)
_MARK: Final = "\x01"  # around the number of a raw text, until the document is written


def _vocabulary() -> dict[str, list[Any]]:
    """Collect what stands at each key in the seeds."""
    found: dict[str, dict[str, Any]] = {}
    todo: list[Any] = seeds.events()
    pairs = "\n".join(list(seeds.pairs())[::4])
    for text in (*seeds.payloads(), *pairs.split("\n")):
        with suppress(ValueError):
            todo.append(json.loads(text))
    while todo:
        value = todo.pop()
        if isinstance(value, dict):
            for key, inner in value.items():
                found.setdefault(key, {})[json.dumps(inner)] = inner
        if isinstance(value, dict | list):
            todo += value.values() if isinstance(value, dict) else value
    return {key: list(values.values()) for key, values in found.items()}


_VALUES: Final = _vocabulary()
_KEYS: Final = list(_VALUES)


def mutate(text: bytes, random: Random) -> bytes | None:
    """Return a changed document; None if *text* is not JSON that can be changed."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return _mutate_line(text, random)
    root = [document]
    try:
        for _ in range(random.choice((1, 1, 1, 2, 4))):
            random.choice(_CHANGES)(root, random)
        written = json.dumps(root[0], ensure_ascii=random.random() < 0.9)
    except (ValueError, RecursionError):
        return None
    for number, raw in enumerate(_RAW):
        written = written.replace(json.dumps(f"{_MARK}{number}{_MARK}"), raw)
    return written.encode(errors="surrogatepass")


def _mutate_line(text: bytes, random: Random) -> bytes | None:
    """Change one line, where every line is a document."""
    lines = text.split(b"\n")
    number = random.randrange(len(lines))
    changed = mutate(lines[number], random) if len(lines) > 1 else None
    if changed is None:
        return None
    return b"\n".join([*lines[:number], changed, *lines[number + 1 :]])


def _places(root: list[Any]) -> list[Place]:
    places: list[Place] = []
    todo: list[Any] = [root]
    while todo and len(places) < 2000:
        value = todo.pop()
        steps = value.keys() if isinstance(value, dict) else range(len(value))
        for step in steps:
            places.append((value, step))
            if isinstance(value[step], dict | list):
                todo.append(value[step])
    return places


def _at_random(root: list[Any], random: Random) -> tuple[Any, Any, Any]:
    at, step = random.choice(_places(root))
    return at, step, at[step]


def _known_value(root: list[Any], random: Random) -> None:
    """Put what stands at the same key elsewhere."""
    places = [(at, step) for at, step in _places(root) if isinstance(at, dict) and step in _VALUES]
    if places:
        at, step = random.choice(places)
        at[step] = _copy(random.choice(_VALUES[step]))


def _known_field(root: list[Any], random: Random) -> None:
    """Add a field that some event, payload or pattern has."""
    objects = [at[step] for at, step in _places(root) if isinstance(at[step], dict)]
    if objects:
        key = random.choice(_KEYS)
        random.choice(objects)[key] = _copy(random.choice(_VALUES[key]))


def _scalar(root: list[Any], random: Random) -> None:
    at, step, _ = _at_random(root, random)
    at[step] = random.choice(_SCALARS)


def _raw(root: list[Any], random: Random) -> None:
    at, step, _ = _at_random(root, random)
    at[step] = f"{_MARK}{random.randrange(len(_RAW))}{_MARK}"


def _remove(root: list[Any], random: Random) -> None:
    at, step, _ = _at_random(root, random)
    if at is not root:
        del at[step]


def _copy_elsewhere(root: list[Any], random: Random) -> None:
    """Put a part of the document in the place of another."""
    _, _, value = _at_random(root, random)
    at, step, _ = _at_random(root, random)
    at[step] = _copy(value)


def _rename(root: list[Any], random: Random) -> None:
    at, step, value = _at_random(root, random)
    if isinstance(at, dict):
        del at[step]
        at[random.choice((random.choice(_KEYS), f"{step}\ud800", step.upper(), ""))] = value


def _wrap(root: list[Any], random: Random) -> None:
    """Wrap a value in a list, an object, JSON text, or as AWS does."""
    at, step, value = _at_random(root, random)
    text = json.dumps(value)
    wrappings: tuple[Callable[[str], Any], ...] = (
        *seeds.WRAPPINGS,
        str,
        lambda text: [json.loads(text)],
        lambda text: {random.choice(_KEYS): json.loads(text)},
        lambda text: f"{text}\n{text}",
    )
    at[step] = random.choice(wrappings)(text)


def _inside_text(root: list[Any], random: Random) -> None:
    """Change a document that stands inside a string."""
    texts = [(at, step) for at, step in _places(root) if isinstance(at[step], str)]
    texts = [(at, step) for at, step in texts if at[step].startswith(("{", "[", '"'))]
    if texts:
        at, step = random.choice(texts)
        changed = mutate(at[step].encode(errors="replace"), random)
        if changed is not None:
            at[step] = changed.decode(errors="replace")


def _change_text(root: list[Any], random: Random) -> None:
    texts = [(at, step) for at, step in _places(root) if isinstance(at[step], str)]
    if texts:
        at, step = random.choice(texts)
        text = at[step]
        cut = random.randint(0, len(text))
        odd = random.choice(("\ud800", "\0", "\n", "*", "\\", '"', " ", "ß", "\U0001f600"))
        choices = (text[:cut], text[cut:], text[:cut] + odd + text[cut:], text.swapcase())
        at[step] = random.choice(choices)


def _grow(root: list[Any], random: Random) -> None:
    """Make more of a string, a list or an object; seldom very much more."""
    at, step, value = _at_random(root, random)
    times = random.choice((2, 2, 5, 5, 20, 100, 2000))
    room = random.choice((2_000, 2_000, 40_000))
    if isinstance(value, str):
        at[step] = value * min(times, 1 + room // (1 + len(value)))
    elif isinstance(value, list):
        at[step] = value * min(times, 1 + room // (1 + len(json.dumps(value))))
    elif isinstance(value, dict) and value:
        key, inner = random.choice(list(value.items()))
        times = min(times, room // (1 + len(json.dumps(inner))))
        value |= {f"{key}{number}": inner for number in range(times)}
    else:
        for _ in range(times):
            value = [value]
        at[step] = value


def _copy(value: Any) -> Any:
    return json.loads(json.dumps(value)) if isinstance(value, dict | list) else value


_CHANGES: Final[tuple[Callable[[list[Any], Random], None], ...]] = (
    *[_known_value] * 6,
    *[_known_field] * 2,
    *[_scalar] * 4,
    _raw,
    *[_remove] * 2,
    *[_copy_elsewhere] * 2,
    _rename,
    *[_wrap] * 2,
    *[_inside_text] * 3,
    *[_change_text] * 3,
    _grow,
)
