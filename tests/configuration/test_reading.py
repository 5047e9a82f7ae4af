"""A configuration document says what the library takes, whether it is TOML or JSON."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_failure_alerts.configuration import (
    Configuration,
    find_ended,
    find_missing_parts,
    read_configuration,
)
from ecs_failure_alerts.policy import IGNORE_CONTAINERS, SIDE_CONTAINERS, FailurePolicy
from ecs_failure_alerts.policy.rules import Rule
from linear_time import assert_linear
from rows import each

NAMES = ["family", "service", "container"]
VALUES = st.sampled_from(["a", "b", "c", "*"])

WHOLE = """
side_containers = ["audit"]
main_containers = "app"

[[rules]]
level = "silent"
family = "importer"
exit_code = [143, 137]
until = 2026-12-04
why = "fixed in release 12"

[[rules]]
level = "error"
cause = "spot_interruption"
until = 2026-12-04T18:00:00Z

[notifiers.data-sentry]
type = "sentry"
dsn_ssm_parameter = "/ecs-alerts/data/dsn"
environment = "production"
release_from = "env:APP_VERSION"

[notifiers.hook]
type = "webhook"
url = "https://example.com/hook"
signing_key_secret_id = "ecs-alerts/hook"

[[routes]]
notifier = "data-sentry"
family = "etl-*"
min_level = "warning"
collapse = false

[[routes]]
notifier = "hook"

[lookups]
wanted = ["definition", "logs"]
seconds = 5
log_lines = 10
log_redact = "card=[0-9]+"
"""


def read(document: str | bytes, name: str = "") -> Configuration:
    """Read a document that is right."""
    return read_configuration(document, "teams.toml", name)


def warnings(document: str) -> list[str]:
    """Return what is said of a document that is taken."""
    found = read(document)
    paths = {name: f"notifiers.{name}" for name in found.notifiers}
    unmet = find_missing_parts(found, paths, found.arguments["enrichers"])
    return [str(warning) for warning in (*found.warnings, *unmet)]


def test_rules_are_those_of_the_policy() -> None:
    assert read(WHOLE).rules == (
        Rule(
            None,
            family="importer",
            exit_code=[143, 137],
            until=date(2026, 12, 4),
            why="fixed in release 12",
        ),
        Rule("error", cause="spot_interruption", until=datetime(2026, 12, 4, 18, tzinfo=UTC)),
    )


def test_side_containers_are_added_to_the_usual_ones() -> None:
    policy = FailurePolicy(**read(WHOLE).arguments["policy"])
    assert policy.side_containers == (*SIDE_CONTAINERS, "audit")
    assert policy.main_containers == ("app",)
    assert policy.ignore_containers == IGNORE_CONTAINERS


def test_notifiers_are_named_and_know_where_their_secrets_are() -> None:
    sentry, hook = read(WHOLE).notifiers.values()
    assert sentry.type == "sentry"
    assert str(sentry.arguments["dsn"]) == "the SSM parameter /ecs-alerts/data/dsn"
    assert sentry.arguments["environment"] == "production"
    assert hook.type == "webhook"
    assert str(hook.arguments["signing_key"]) == "the secret ecs-alerts/hook"
    assert hook.arguments["signing_key"].key == "signing_key"


def test_routes_keep_their_order_and_conditions() -> None:
    assert read(WHOLE).routes == (
        {
            "notifier": "data-sentry",
            "family": ("etl-*",),
            "min_level": "warning",
            "collapse": False,
        },
        {"notifier": "hook"},
    )


def test_look_ups_are_the_arguments_of_the_enrichers() -> None:
    arguments = read(WHOLE).arguments
    assert arguments["alerter"] == {"lookup_seconds": 5.0}
    assert arguments["enrichers"] == {
        "wanted": {"definition", "logs"},
        "lines": 10,
        "redact": ("card=[0-9]+",),
    }


def test_a_silent_level_is_null_in_json() -> None:
    document = {"rules": [{"level": None, "family": "a"}, {"level": "silent", "family": "b"}]}
    assert [rule.level for rule in read(json.dumps(document)).rules] == [None, None]


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(b"\xef\xbb\xbf[[rules]]\r\nlevel = 'error'\r\n", id="TOML"),
        pytest.param(b'\xef\xbb\xbf {"rules": [{"level": "error"}]}', id="JSON"),
        pytest.param('\ufeff[[rules]]\nlevel = "error"', id="text"),
        pytest.param("[[rules]]\rlevel = 'error'\r", id="line ends of an old Mac"),
    ],
)
def test_what_an_editor_adds_does_not_matter(document: str | bytes) -> None:
    assert read(document).rules == (Rule("error"),)


def test_a_document_may_name_its_schema() -> None:
    assert not read('{"$schema": "https://example.com/schema.json", "rules": []}').rules


def test_nothing_that_holds_a_secret_has_it_in_its_repr() -> None:
    document = '[notifiers.a]\ntype = "sentry"\ndsn = "https://s3cr3t@sentry.example/1"\n'
    configuration = read(document)
    assert "s3cr3t" not in f"{configuration!r} {configuration.notifiers!r}"


@pytest.mark.parametrize(
    ("document", "said"),
    [
        pytest.param(
            'type = "sentry"\ndsn = "https://key@sentry.example/1"',
            "notifiers.a.dsn: a secret in plain text: keep it in AWS, and set dsn_ssm_parameter or "
            "dsn_secret_id",
            id="DSN",
        ),
        pytest.param(
            'type = "webhook"\nurl = "https://example.com/hook"',
            "notifiers.a.url: a secret in plain text: keep it in AWS, and set url_ssm_parameter or "
            "url_secret_id",
            id="URL",
        ),
        pytest.param('type = "log"\nlogger = "alerts"', None, id="no secret"),
    ],
)
def test_a_secret_in_plain_is_taken_with_a_warning(document: str, said: str | None) -> None:
    assert warnings(f"[notifiers.a]\n{document}\n") == ([said] if said else [])


def test_a_notifier_that_no_route_names_is_warned_of() -> None:
    notifiers = '[notifiers.a]\ntype = "log"\n[notifiers.b]\ntype = "log"\n'
    assert warnings(notifiers) == []
    assert warnings(f'{notifiers}[[routes]]\nnotifier = "a"\n') == [
        "notifiers.b: no route names the notifier b, so it gets no alerts"
    ]


@each(
    ("rule", "is_covered"),
    [
        ('family = "etl"\nservice = "web"', True),
        ('family = ["etl", "importer"]', False),
        ('family = "etl"\nexit_code = 143', True),
        ("exit_code = 143", False),
    ],
)
def test_a_rule_that_a_later_one_covers_is_warned_of(rule: str, is_covered: bool) -> None:
    document = f'[[rules]]\nlevel = "error"\n{rule}\n[[rules]]\nlevel = "info"\nfamily = "etl"\n'
    expected = (
        "rules[0]: this rule never decides, because rules[1] comes later and fits all its events: "
        "move it below rules[1]"
    )
    assert warnings(document) == [expected] * is_covered
    assert warnings(f"{document}until = 2026-12-04\n") == []


RULE = '[[rules]]\nlevel = "{}"\n{}\n'
BELOW = (
    "this rule never decides, because {0} comes later and fits all its events: move it below {0}"
)
SAME = "this rule never decides, because {} comes later and asks for the same: remove one"


@each(
    ("conditions", "told"),
    [
        (["", ""], ["rules[0]: " + SAME.format("rules[1]")]),
        (['family = "a"', 'family = ["a", "a"]'], ["rules[0]: " + SAME.format("rules[1]")]),
        (['family = "*"', ""], ["rules[0]: " + BELOW.format("rules[1]")]),
        (
            ['family = "a"\nservice = "b"', 'family = "a"', ""],
            [f"rules[{at}]: " + BELOW.format("rules[2]") for at in (0, 1)],
        ),
        (
            ['family = "a"', 'family = "a"', ""],
            ["rules[0]: " + SAME.format("rules[1]"), "rules[1]: " + BELOW.format("rules[2]")],
        ),
        (
            ['family = "a"\nuntil = 2999-12-31', 'family = "a"'],
            ["rules[0]: " + BELOW.format("rules[1]")],
        ),
    ],
)
def test_a_rule_is_told_the_one_thing_to_do(conditions: list[str], told: list[str]) -> None:
    """Remove one of two equal rules; otherwise move it below the last rule that covers it."""
    assert warnings("".join(RULE.format("error", asked) for asked in conditions)) == told


@each(
    ("asked", "told"),
    [
        ('cause = "user_stopped"\nexit_code = 1', "this rule never fits, because "),
        ("until = 2020-12-31", None),
        ('cause = "user_stopped"\nexit_code = 1\nuntil = 2020-12-31', None),
    ],
)
def test_a_rule_that_fits_nothing_is_not_told_to_move(asked: str, told: str | None) -> None:
    """That a rule has ended is told elsewhere: see `find_ended()`."""
    found = warnings(RULE.format("error", asked) + RULE.format("info", 'cause = "*"'))
    assert [line.startswith(f"rules[0]: {told}") for line in found] == [True] * (told is not None)


@given(st.lists(st.dictionaries(st.sampled_from(NAMES), st.lists(VALUES, min_size=1)), max_size=5))
def test_who_follows_the_advice_comes_to_an_end(rules: list[dict[str, list[str]]]) -> None:
    """Every move or removal brings the rules nearer to an order in which each one decides."""
    for _ in range(20):
        document = json.dumps({"rules": [{"level": None, **rule} for rule in rules]})
        advice = [line for line in warnings(document) if "never decides" in line]
        if not advice:
            return

        index, other = map(int, re.findall(r"rules\[(\d)\]", advice[0])[:2])
        rule = rules[index]
        rules = [*rules[:index], *rules[index + 1 :]]
        if "move it" in advice[0]:
            rules.insert(other, rule)
    pytest.fail(f"the advice does not end: {advice}")


@given(st.lists(st.dictionaries(st.sampled_from(NAMES), st.lists(VALUES, min_size=1))))
def test_the_rules_that_are_warned_of_are_those_that_a_later_one_covers(
    rules: list[dict[str, list[str]]],
) -> None:
    """However they are found: here each is compared with each."""
    document = json.dumps({"rules": [{"level": None, **rule} for rule in rules]})
    covered = [
        f"rules[{index}]"
        for index, narrow in enumerate(rules)
        if any(
            all(
                name in narrow and ("*" in values or {*narrow[name]} <= {*values})
                for name, values in wide.items()
            )
            for wide in rules[index + 1 :]
        )
    ]
    said = [line.partition(": this rule never decides") for line in warnings(document)]
    assert [path for path, found, _ in said if found] == covered


def test_thousands_of_rules_take_linear_time() -> None:
    rule = "[[rules]]\nlevel = 'silent'\nfamily = 'a{}'\nexit_code = 1\n"

    def read_rules(count: int) -> None:
        assert len(read("".join(map(rule.format, range(count)))).rules) == count

    assert_linear(read_rules, 3_000)


def test_a_rule_for_any_cause_is_not_covered_by_one_for_failures() -> None:
    """A rule with a level that names no cause is for failures alone."""
    document = '[[rules]]\nlevel = "info"\n{}\n[[rules]]\nlevel = "error"\n'
    assert warnings(document.format('cause = "*"')) == []
    assert len(warnings(document.format('family = "etl"'))) == 1


@each(
    ("rules", "is_covered"),
    [
        (['level = "error"\nfamily = "a"', 'level = "info"\ncause = "*"'], True),
        (['level = "silent"\nfamily = "a"', 'level = "error"\nfamily = "a"'], False),
        (['level = "silent"\nfamily = "a"', 'level = "error"\nfamily = "a"\ncause = "*"'], True),
        (['level = "error"\nfamily = "a"', 'level = "silent"\nfamily = "a"'], True),
    ],
)
def test_a_rule_for_failures_alone_covers_no_silence(rules: list[str], is_covered: bool) -> None:
    document = "".join(f"[[rules]]\n{rule}\n" for rule in rules)
    assert any("never decides" in line for line in warnings(document)) is is_covered


SILENT = '[[rules]]\nlevel = "silent"\n'


@each(
    ("document", "is_silent"),
    [
        (SILENT, True),
        (f'{SILENT}cause = "*"\n', True),
        (f"{SILENT}until = 2999-12-31\n", True),
        (f"{SILENT}until = 2020-12-31\n", False),
        (f'{SILENT}family = "a"\n', False),
        (f'{SILENT}cause = "out_of_memory"\n', False),
        (f'{SILENT}[[rules]]\nlevel = "error"\nfamily = "a"\n', False),
        (f'{SILENT}{SILENT}family = "a"\n', True),
    ],
)
def test_a_rule_that_silences_everything_is_warned_of(document: str, is_silent: bool) -> None:
    assert ("rules[0]: this rule silences every alert" in warnings(document)) is is_silent


def test_a_rule_that_has_ended_is_found() -> None:
    found = find_ended(read(WHOLE), datetime(2026, 12, 5, tzinfo=UTC))
    message = "this rule has ended: remove it, or set a later until"
    assert [str(each_) for each_ in found] == [f"rules[{i}]: {message}" for i in (0, 1)]


@each(
    ("lookups", "advice"),
    [
        ("", 'set lookups.wanted = ["tags"] and lookups.tag_keys = ["team"]'),
        (
            '[lookups]\nwanted = "tags"\ntag_keys = "owner"\n',
            'set lookups.tag_keys = ["owner", "team"]',
        ),
        (
            '[lookups]\nwanted = "tags"\ntag_keys = "Team"\n',
            "lookups.tag_keys has Team, not team: case matters",
        ),
        ('[lookups]\nwanted = "tags"\ntag_keys = "team"\n', None),
    ],
)
def test_a_tag_that_no_look_up_finds_is_warned_of(lookups: str, advice: str | None) -> None:
    rule = '[[rules]]\nlevel = "info"\n{}tag = "team=data"\n'
    said = [f"rules[0].tag: no look-up finds the tag team: {advice}"] * (advice is not None)
    assert warnings(rule.format("") + lookups) == said
    assert warnings(rule.format('workload = "batch"\n') + lookups) == []  # it has tags of its own


TWO = '[notifiers.a]\ntype = "log"\n[[routes]]\nnotifier = "a"\n{}'


@each(
    ("route", "has_gap"),
    [
        ('family = "a"\n', True),
        ('min_level = "error"\n', True),
        ('family = "a"\n[[routes]]\ndrop = true\nfamily = "b"\n', True),
        ('family = "a"\n[[routes]]\ndrop = true\n', False),
        ("collapse = true\n", False),
        ('family = "a"\n[[routes]]\nnotifier = "a"\notherwise = true\n', False),
    ],
)
def test_routes_that_leave_a_gap_are_warned_of(route: str, has_gap: bool) -> None:
    said = (
        "routes: an alert that no route takes counts as not delivered: "
        "add a last route with otherwise = true, or with drop = true"
    )
    assert warnings(TWO.format(route)) == [said] * has_gap


def test_a_route_for_the_rest_where_there_is_none_is_warned_of() -> None:
    document = f'{TWO.format("")}[[routes]]\nnotifier = "a"\notherwise = true\n'
    assert warnings(document) == [
        "routes[1]: nothing is left for this route: routes[0] takes every alert"
    ]


def test_a_route_that_drops_what_is_never_left_is_warned_of() -> None:
    document = (
        '[notifiers.a]\ntype = "log"\n[[routes]]\nnotifier = "a"\n{}[[routes]]\ndrop = true\n'
    )
    assert warnings(document.format("")) == [
        "routes[1]: nothing is left to drop: routes[0] takes every alert"
    ]
    assert warnings(document.format('min_level = "error"\n')) == []


def test_blanks_before_a_document_take_linear_time() -> None:
    rule = "[[rules]]\nlevel = 'silent'\nfamily = 'a'"
    assert_linear(lambda count: read(" " * count + rule), 100_000)
