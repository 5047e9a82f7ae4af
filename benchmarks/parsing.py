"""From the event as Lambda hands it over, a dict, to typed objects."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from importlib.util import find_spec
from types import GenericAlias
from typing import Any, Final, TypeAlias

from attrs import field as attrs_field
from attrs import fields, frozen
from measuring import Figure, per_call, race, ratios
from sample_events import EVENTS, text

from ecs_failure_alerts import Container, TaskStateChange, parse_event

Parser: TypeAlias = Callable[[dict[str, Any]], object]

#: Our own fields, by their types: what every peer's class has too.
CONTAINER: Final = tuple(a.name for a in fields(Container) if a.name != "raw")
DETAIL: Final = tuple(
    a.name
    for a in fields(TaskStateChange)
    if a.name not in {"raw", "id", "account", "region", "time", "containers"}
)
ENVELOPE: Final = ("id", "account", "region")
OTHER_TYPES: Final[dict[str, Any]] = {
    "name": str,
    "last_status": str,
    "exit_code": int | None,
    "version": int | None,
}


def camel(name: str) -> str:
    """Spell a name as AWS does."""
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


def type_of(name: str) -> Any:
    """Return the type of a field."""
    known = OTHER_TYPES.get(name, str | None)
    return datetime | None if name.endswith("_at") else known


def many(member: Any) -> Any:
    """Return the type of a tuple of any length."""
    return GenericAlias(tuple, (member, ...))


def pydantic_model() -> Parser:
    """A model of the same fields, frozen like ours."""
    from pydantic import BaseModel, ConfigDict, Field, create_model

    class Base(BaseModel):
        model_config = ConfigDict(
            alias_generator=camel, frozen=True, coerce_numbers_to_str=True, populate_by_name=False
        )

    def model(name: str, names: tuple[str, ...], **more: Any) -> type[BaseModel]:
        typed: dict[str, Any] = {n: (type_of(n), ... if n == "name" else None) for n in names}
        return create_model(name, __base__=Base, **typed, **more)

    containers = many(model("Container", CONTAINER))
    detail = model("Detail", DETAIL, containers=(containers, ()))
    event = model(
        "Event",
        ENVELOPE,
        time=(datetime | None, None),
        source=(str, ...),
        detail_type=(str, Field(alias="detail-type")),
        detail=(detail, ...),
    )
    return event.model_validate


def powertools_parser() -> Parser:
    """`parse()` with a model of the same fields on powertools' own model of the envelope."""
    from aws_lambda_powertools.utilities.parser import parse
    from aws_lambda_powertools.utilities.parser.models import EventBridgeModel
    from pydantic import BaseModel, ConfigDict, create_model

    class Base(BaseModel):
        model_config = ConfigDict(alias_generator=camel, coerce_numbers_to_str=True)

    def model(name: str, names: tuple[str, ...], **more: Any) -> type[BaseModel]:
        typed: dict[str, Any] = {n: (type_of(n), ... if n == "name" else None) for n in names}
        return create_model(name, __base__=Base, **typed, **more)

    containers = many(model("Container", CONTAINER))
    detail = model("Detail", DETAIL, containers=(containers, ()))
    event = create_model("Event", __base__=EventBridgeModel, detail=(detail, ...))
    return lambda data: parse(event=data, model=event)


def msgspec_convert() -> Parser:
    """`msgspec.convert()` to frozen structs of the same fields."""
    import msgspec

    def struct(name: str, names: tuple[str, ...], *more: Any, **rename: str) -> Any:
        typed: list[Any] = [
            (n, type_of(n)) if n == "name" else (n, type_of(n), None) for n in names
        ]
        renamed = {n: rename.get(n, camel(n)) for n in (*names, *(m[0] for m in more))}
        return msgspec.defstruct(
            name, [*typed, *more], frozen=True, kw_only=True, rename=renamed.get
        )

    containers = many(struct("Container", CONTAINER))
    detail = struct("Detail", DETAIL, ("containers", containers, ()))
    event = struct(
        "Event",
        ENVELOPE,
        ("time", datetime | None, None),
        ("source", str),
        ("detail_type", str),
        ("detail", detail),
        detail_type="detail-type",
    )
    return lambda data: msgspec.convert(data, event, strict=False)


def cattrs_structure() -> Parser:
    """`cattrs` to frozen attrs classes of the same fields."""
    import cattrs
    from attrs import make_class
    from cattrs.gen import make_dict_structure_fn, override

    field: Any = attrs_field
    converter = cattrs.Converter()
    converter.register_structure_hook(datetime, lambda value, _: datetime.fromisoformat(value))

    def attrs_class(name: str, names: tuple[str, ...], **more: Any) -> Any:
        own: dict[str, Any] = {
            n: field(type=type_of(n)) if n == "name" else field(type=type_of(n), default=None)
            for n in names
        }
        made = make_class(name, own | more, frozen=True, slots=True, kw_only=True)
        renamed: Any = {n: override(rename=camel(n)) for n in own}
        if "detail_type" in more:
            renamed["detail_type"] = override(rename="detail-type")
        converter.register_structure_hook(made, make_dict_structure_fn(made, converter, **renamed))
        return made

    containers = many(attrs_class("Container", CONTAINER))
    detail = attrs_class("Detail", DETAIL, containers=field(type=containers, default=()))
    event = attrs_class(
        "Event",
        ENVELOPE,
        time=field(type=datetime | None, default=None),
        source=field(type=str),
        detail_type=field(type=str),
        detail=field(type=detail),
    )
    return lambda data: converter.structure(data, event)


@frozen
class Peer:
    """A way to do the same: its name, the packages it needs, how to make it, our goal."""

    name: str
    needs: tuple[str, ...]
    make: Callable[[], Parser]
    goal: float | None = None


PEERS: Final = (
    Peer("pydantic model", ("pydantic",), pydantic_model, goal=1.0),
    Peer("powertools parser", ("aws_lambda_powertools", "pydantic"), powertools_parser),
    Peer("cattrs", ("cattrs",), cattrs_structure),
    Peer("msgspec.convert (C)", ("msgspec",), msgspec_convert),
)


def figures(rounds: int) -> Iterator[Figure]:
    """Measure."""
    for size, event in EVENTS.items():
        what = f"parse_event(), {size}"
        document = text(event)
        gauges = {
            what: per_call(partial(parse_event, event)),
            "json.loads (floor)": per_call(partial(json.loads, document)),
        }
        for peer in PEERS:
            if all(map(find_spec, peer.needs)):
                parse = peer.make()
                parse(event)
                gauges[peer.name] = per_call(partial(parse, event))
        times = race(gauges, rounds)
        for peer in PEERS:
            against = times.get(peer.name)
            found = ratios(times[what], against) if against else ()
            yield Figure(what, peer.name, found, peer.goal)
        yield Figure(what, "json.loads (floor)", ratios(times[what], times["json.loads (floor)"]))
