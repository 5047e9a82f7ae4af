"""The published JSON Schema and the reader agree on what a document is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from hypothesis import event, example, given
from hypothesis import strategies as st

from ecs_failure_alerts.configuration import LOOKUPS as KEYS_OF_LOOKUPS
from ecs_failure_alerts.configuration import NOTIFIERS, RULE, TOP, read_configuration, schema
from ecs_failure_alerts.configuration import ROUTE as KEYS_OF_ROUTES
from ecs_failure_alerts.exceptions import ConfigError
from strategies import json_values

#: What only the document as a whole tells, or a calendar, or a compiler of regular expressions.
BEYOND_A_SCHEMA: Final = re.compile(
    r"expected a date such as|unknown notifier|a route with drop must be the last|never alerts"
    r"|unknown cause|unknown workload type|expected one variable in release_from"
    r"|expected a regular expression|unknown part of a template|names of log"
    r"|expected one role for each account|a variable that holds a version"
    r"|expected an account as a string|got an address|expected keys of at most"
)

#: What the environment may set, so that a document need not.
ELSEWHERE: Final = frozenset({"dsn", "group", "keys", "stream"})
LEFT_TO_IT: Final = re.compile("where this runs|expected (log_group|log_stream|tag_keys) as well")


@cache
def validator() -> Any:
    """
    Return what checks a document by the schema.

    jsonschema is imported by the one process that needs it: it takes a second where it has the
    libraries for its formats.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError
    from jsonschema.validators import extend

    def pattern(_: Any, pattern: str, value: Any, __: Any) -> Iterator[Exception]:
        """Read a pattern as JSON Schema has it: in Python ``$`` fits before a line end, too."""
        if isinstance(value, str) and not re.fullmatch(pattern.removeprefix("^")[:-1], value):
            yield ValidationError(f"{value!r} does not match {pattern!r}")

    return extend(Draft202012Validator, {"pattern": pattern})(schema())


NAMES: Final = st.sampled_from(["data", "pager", "sentry", "a b", ""])
GLOBS: Final = st.sampled_from(["etl-*", "importer", "*", "my service", "", "a?", "x\n"])

#: Values at which one side or the other may stumble.
SCALARS: Final[st.SearchStrategy[Any]] = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        1,
        143,
        143.0,
        1.5,
        -1,
        11,
        1e300,
        "",
        "x",
        "x\n",
        [],
        {},
        [[]],
        ["a", 1],
    ]
)


def several(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw one value, or a list of some."""
    return values | st.lists(values, max_size=3)


#: Every key that a table below has.
DRAWN: Final[set[str]] = set()


def table(
    needed: Mapping[str, st.SearchStrategy[Any]] | None = None, /, **keys: st.SearchStrategy[Any]
) -> st.SearchStrategy[Any]:
    """Draw a table: mostly what it needs and two keys at most, so that many a one is right."""
    everything = {**(needed or {}), **keys}
    DRAWN.update(needed or {}, keys)
    rare = {key: values | SCALARS for key, values in everything.items()} | {"else": SCALARS}
    few = st.lists(st.sampled_from(sorted(keys)), max_size=2, unique=True).flatmap(
        lambda names: st.fixed_dictionaries(
            {**(needed or {}), **{name: keys[name] for name in names}}
        )
    )
    return few | few | few | st.fixed_dictionaries({}, optional=rare)


CAUSES: Final = st.sampled_from(["user_stopped", "failed_to_start", "service_*", "oom*", "loud"])
CONDITIONS: Final[dict[str, st.SearchStrategy[Any]]] = {
    "cause": several(CAUSES | st.just("routine")),
    "workload": several(st.sampled_from(["service", "batch", "s*", "job", "*"])),
    "cluster": several(GLOBS | st.just("arn:aws:ecs:eu-central-1:111122223333:cluster/a")),
    "service": several(GLOBS),
    "family": several(GLOBS),
    "account": several(st.sampled_from(["111122223333", "1111*", "*", "1111", "1" * 13])),
    "container": several(GLOBS),
    "exit_code": several(st.sampled_from([0, 143, -1, 2**40])),
    "tag": several(st.sampled_from(["team=data", "team=*", "team", "t*=x", "a=b=c", "a=", "=b"])),
}
LEVELS: Final = st.sampled_from(["error", "info", "silent", "loud"])
UNTIL: Final = st.sampled_from(
    [
        *("2026-12-04", "2026-12-04T18:00:00Z", "2026-12-04 18:00:00.5+01:00"),
        *(
            "2026-12-04T18:00Z",
            "2026-02-30",
            "2026-12-04T18:00:00",
            "soon",
            "20261204",
            "2026-W01-1",
        ),
        *("2026-12-04T25:00:00Z", "2026-12-04\n", "2026-12-04T18:00:00+99:00"),
    ]
)
KEPT: Final = st.sampled_from(
    ["/ecs/dsn", "arn:aws:ssm:eu-central-1:111122223333:parameter/x", "a b"]
)
URLS: Final = st.sampled_from(
    ["https://x.example/hook", "http://k@x.example/1", "slack://a/b", "x"]
)
PLACES: Final = ("", "_ssm_parameter", "_secret_id")
TAGS: Final = st.sampled_from(["ecs.image_tag", "env:APP_VERSION", "env:PASSWORD", "a b", "env:"])
NOTIFIER: Final = table(
    {"type": st.sampled_from([*NOTIFIERS, "slack"])},
    **{f"dsn{place}": KEPT | URLS for place in PLACES},
    **{f"url{place}": KEPT | URLS for place in PLACES},
    **{f"signing_key{place}": KEPT for place in PLACES},
    topic_arn=st.sampled_from(["arn:aws:sns:eu-central-1:111122223333:a", "a"]),
    format=st.sampled_from(["chat", "json", "xml"]),
    environment=st.sampled_from(["production", "a/b", "x" * 65, "a\n", "None", " ", ""]),
    release=st.sampled_from(["1.2", "a/b", "x" * 201, "Latest", ".."]),
    environment_from=TAGS,
    release_from=TAGS,
    logger=st.sampled_from(["alerts", "a b"]),
)
RIGHT_NOTIFIER: Final = st.one_of(
    table(
        {"type": st.just("sentry"), "dsn_secret_id": KEPT},
        environment=st.sampled_from(["production", "a/b", "x" * 65, "a\n", "None", " ", ""]),
        release=st.sampled_from(["1.2", "a/b", "x" * 201, "Latest", ".."]),
        environment_from=TAGS,
        release_from=TAGS,
    ),
    table({"type": st.just("sentry")}, environment=st.just("production")),
    table({"type": st.just("apprise"), "url": URLS}, url_secret_id=KEPT),
    table({"type": st.just("webhook"), "url": URLS}, **{f"signing_key{p}": KEPT for p in PLACES}),
)
ROUTE: Final = table(
    {"notifier": NAMES},
    min_level=LEVELS,
    collapse=st.booleans(),
    otherwise=st.booleans(),
    drop=st.booleans(),
    **CONDITIONS,
) | table({"drop": st.just(True)}, min_level=LEVELS, **CONDITIONS)
TEMPLATES: Final = st.sampled_from(["/ecs/{family}", "{famly}", "x", ""])
LOOKUPS: Final = table(
    wanted=several(st.sampled_from(["logs", "tags", "definition", "log"])),
    seconds=st.sampled_from([3, 0.5, 0, 10, 10.5]),
    roles=several(
        st.sampled_from(
            [f"arn:aws:iam::11112222333{n}:role/r" for n in "345"]
            + ["r", "arn:foo:iam::111122223333:role/x!"]
        )
    ),
    log_lines=st.sampled_from([1, 100, 0, 101, 30.0]),
    log_redact=several(st.sampled_from(["a+", "(", "https://x"])),
    log_group=TEMPLATES,
    log_stream=TEMPLATES,
    tag_keys=several(st.sampled_from(["team", "", "x" * 129, "a\nb", "a\x00"])),
)
DOCUMENTS: Final = table(
    side_containers=several(GLOBS),
    ignore_containers=several(GLOBS),
    main_containers=several(GLOBS),
    rules=st.lists(
        table({"level": LEVELS}, until=UNTIL, why=GLOBS | URLS | st.just("@"), **CONDITIONS),
        max_size=2,
    ),
    notifiers=st.dictionaries(NAMES, NOTIFIER | RIGHT_NOTIFIER, max_size=2),
    routes=st.lists(ROUTE, max_size=2),
    lookups=LOOKUPS,
)


def refusals(document: Any, elsewhere: frozenset[str]) -> list[str]:
    """Return what the reader says against a document, where the environment sets *elsewhere*."""
    try:
        read_configuration(json.dumps(document), "it", "it.json", elsewhere)
    except ConfigError as error:
        return [problem.message for problem in error.problems]
    return []


@given(DOCUMENTS | json_values(), st.sampled_from([ELSEWHERE, frozenset()]))
@example({"rules": [{"level": None}]}, ELSEWHERE)
@example({"rules": [{"level": "error", "exit_code": True}]}, ELSEWHERE)
@example({"notifiers": {"a": {"type": "log", "logger": "a\n"}}}, ELSEWHERE)
@example({"notifiers": {"sentry": {"type": "sentry"}}}, ELSEWHERE)
@example({"notifiers": {"sentry": {"type": "sentry"}}}, frozenset())
@example({"notifiers": {"another": {"type": "sentry"}}}, ELSEWHERE)
@example({"lookups": {"wanted": "tags", "log_group": "x"}}, ELSEWHERE)
@example({"notifiers": {"a": {"type": "apprise", "url_secret_id": "x://a"}}}, ELSEWHERE)
@example({"notifiers": {"a": {"type": "webhook", "url_ssm_parameter": "x://a"}}}, ELSEWHERE)
def test_the_schema_and_the_reader_accept_and_refuse_the_same(
    document: Any, elsewhere: frozenset[str]
) -> None:
    """But for what no schema can say, of which the reader refuses more."""
    said = refusals(document, elsewhere)
    event("right" if not said else "wrong")
    if not validator().is_valid(document):
        assert said
        return

    left = [line for line in said if elsewhere or not LEFT_TO_IT.search(line)]
    assert all(BEYOND_A_SCHEMA.search(line) for line in left), said


def test_the_documents_have_every_key_now_and_then() -> None:
    sections = (TOP, RULE, KEYS_OF_ROUTES, KEYS_OF_LOOKUPS, *NOTIFIERS.values())
    assert {key.name for keys in sections for key in keys} - DRAWN == set(), "draw it in a table"


def test_the_schema_is_a_json_schema() -> None:
    validator().check_schema(schema())
