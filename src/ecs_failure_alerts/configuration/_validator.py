"""The validator of a document, section by section."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from .._texts import echo, unknown
from ..aws.clients import AwsClients
from ..exceptions import Problem
from ..policy import IGNORE_CONTAINERS, SIDE_CONTAINERS
from ..policy.rules import Rule
from ._paths import at_key, echo_unless_address
from ._reader import TableReader
from .sections import (
    DROP,
    LOOKUPS,
    NOT_BESIDE_DROP,
    ROUTE,
    RULE,
    SECTIONS,
    SENTRY,
    TOP,
    TYPE,
    TYPES,
    Key,
    notifier_keys,
)
from .values import Configuration, NotifierEntry, release_variables

#: The containers that come with the library; those of a document are added.
_USUAL: Final[Mapping[str, tuple[str, ...]]] = {
    "side_containers": SIDE_CONTAINERS,
    "ignore_containers": IGNORE_CONTAINERS,
}

#: Keys of an event, of records and of the output of DescribeTasks; no configuration has them.
_OF_EVENTS: Final = frozenset({"detail-type", "Records", "tasks"})

#: A key for editors of JSON, without meaning here.
_SCHEMA: Final = "$schema"


def read_sections(
    document: Mapping[str, Any], elsewhere: Collection[str] = ()
) -> tuple[Configuration, list[Problem]]:
    """
    Read *document*; return what it says and all its faults.

    Args:
        document: The document as a dict.
        elsewhere: Arguments that the environment sets, so that the document need not.
    """
    reader = TableReader(private="notifiers")
    if not _OF_EVENTS.isdisjoint(document):
        reader.fault("", "expected a configuration, got events: check takes them by --event")
        return Configuration(), reader.faults
    if not document:
        names = ", ".join(SECTIONS)
        reader.fault("", f"expected some of {names}; got an empty document")

    read = reader.read(document, TOP, "", also=(_SCHEMA, *SECTIONS))
    configuration = Configuration(
        containers={name: (*_USUAL.get(name, ()), *given) for name, given in read.items()},
        rules=tuple(_rules(reader, document.get("rules", []))),
        notifiers=_notifiers(reader, document.get("notifiers", {}), elsewhere),
        lookups=_lookups(reader, document.get("lookups", {}), elsewhere),
        warnings=reader.warnings,
    )
    configuration.routes = tuple(
        _routes(reader, document.get("routes", []), configuration.notifiers)
    )

    variables = release_variables(configuration.notifiers)
    if len(variables) > 1 and "release_from" not in elsewhere:
        reader.fault(
            "notifiers",
            f"expected one variable in release_from, got {' and '.join(variables)}: use "
            "the same one in every notifier",
        )

    return configuration, reader.faults


def _rules(reader: TableReader, value: Any) -> Iterator[Rule]:
    for path, table in reader.entries(value, "rules"):
        before = len(reader.faults)
        given = reader.read(table, RULE, path)
        if len(reader.faults) > before:
            continue
        try:
            yield Rule(**given)
        except ValueError as error:
            reader.fault(path, str(error))


def _notifiers(
    reader: TableReader, value: Any, elsewhere: Collection[str]
) -> dict[str, NotifierEntry]:
    found = {}
    for name, table in reader.named(value, "notifiers"):
        path = at_key("notifiers", name)
        type_ = _type(reader, table, path)
        keys = notifier_keys(name, type_, elsewhere)
        given = reader.read(table, keys, path, also=(TYPE,)) if type_ else {}
        found[name] = NotifierEntry(type_, given)
        _warn_of_secrets(reader, table, keys, path)
    return found


def _type(reader: TableReader, table: Mapping[str, Any], path: str) -> str:
    """Return a notifier's type; empty if it is missing or unknown."""
    if TYPE in table:
        return str(reader.convert(table[TYPE], TYPES, at_key(path, TYPE)) or "")
    reader.fault(at_key(path, TYPE), TYPES.refusal("none"))
    return ""


def _warn_of_secrets(
    reader: TableReader, table: Mapping[str, Any], keys: Iterable[Key], path: str
) -> None:
    for key in keys:
        value = table.get(key.name)
        if isinstance(value, str) and key.kind.reveals(value):
            kept = [k.name for k in keys if k.argument == key.argument and k is not key]
            message = f"a secret in plain text: keep it in AWS, and set {' or '.join(kept)}"
            reader.warnings.append(Problem(at_key(path, key.name), message))


def _routes(
    reader: TableReader, value: Any, names: Mapping[str, NotifierEntry]
) -> Iterator[dict[str, Any]]:
    tables = list(reader.entries(value, "routes"))

    for path, table in tables:
        given = reader.read(table, ROUTE, path)
        notifier = given.get("notifier")
        if table.get(DROP) is True:
            _check_drop(reader, table, path, is_last=path == tables[-1][0])
        elif not {"notifier", DROP} & table.keys() and not reader.was_meant(path, "notifier"):
            reader.fault(path, "expected notifier or drop, got neither: name a notifier")
        elif notifier is not None and notifier not in {*names, SENTRY}:
            reader.fault(at_key(path, "notifier"), _unknown_notifier(notifier, names))
        yield given

    if tables and all(DROP in table and "notifier" not in table for _, table in tables):
        reader.fault("routes", "expected a route with a notifier, got none: add one before drop")


def _check_drop(reader: TableReader, table: Mapping[str, Any], path: str, *, is_last: bool) -> None:
    beside = [key for key in NOT_BESIDE_DROP if key in table]
    if beside:
        reader.fault(path, f"drop and {beside[0]} are set together: leave out one of them")
    elif not is_last:
        reader.fault(path, "a route with drop must be the last: move it to the end")


def _unknown_notifier(name: str, names: Mapping[str, NotifierEntry]) -> str:
    if names:
        return unknown("notifier", name, names)
    return f"unknown notifier {echo(name)}: expected a table [notifiers.{name}], got none"


def _lookups(reader: TableReader, value: Any, elsewhere: Collection[str]) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        reader.fault(
            "lookups", f"expected a table under [lookups], got {echo_unless_address(value)}"
        )
        return {}

    given = reader.read(value, LOOKUPS, "lookups")
    if "wanted" in given:
        given["wanted"] = frozenset(given["wanted"])
    present = {*value, *(key.name for key in LOOKUPS if key.argument in elsewhere)}
    for key, other in (("log_group", "log_stream"), ("log_stream", "log_group")):
        if key in value and other not in present:
            reader.fault(at_key("lookups", key), f"expected {other} as well, got none: set both")
    if "tags" in given.get("wanted", ()) and "tag_keys" not in present:
        reader.fault("lookups.wanted", "expected tag_keys as well as tags, got none: name the keys")

    roles = given.pop("roles", ())
    if any(roles):
        given["clients"] = _clients(reader, filter(None, roles))
    return given


def _clients(reader: TableReader, roles: Iterable[str]) -> AwsClients | None:
    """Build the AWS clients that assume *roles*."""
    try:
        return AwsClients(tuple(roles))
    except ValueError as error:
        reader.fault("lookups.roles", str(error))
        return None
