"""Rules of a policy: the last that fits decides, for as long as it holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from ecs_failure_alerts import Cause, Diagnosis, FailurePolicy, Rule, diagnose, parse_event
from ecs_failure_alerts.policy.cases import Case
from ecs_failure_alerts.policy.conditions import CONDITIONS
from ecs_failure_alerts.policy.fields import NEVER_ALERTING
from ecs_failure_alerts.testing import ABSENT, task_state_change
from rows import each
from rule_strategies import rules_for

#: When the tasks of these tests stop, unless they say otherwise.
STOPPED = datetime(2026, 3, 2, 2, 14, 8, 912_000, UTC)


def judged(*rules: Rule, policy: FailurePolicy | None = None, **changes: Any) -> Diagnosis:
    """Diagnose a task of the family ``nightly-report`` that exited with 1, with changes."""
    policy = attrs.evolve(policy or FailurePolicy(), rules=rules)
    return diagnose(parse_event(task_state_change(**changes)), policy)


def test_the_last_rule_that_fits_decides() -> None:
    silent, loud, other = Rule(None), Rule("fatal"), Rule("info", family="another")
    assert judged(silent, loud, other).level == "fatal"
    assert judged(loud, silent, other).level is None


@each(
    ("until", "fits"),
    [
        pytest.param(None, True, id="never-ends"),
        pytest.param(date(2026, 3, 2), True, id="its-last-day"),
        pytest.param(date(2026, 3, 1), False, id="the-day-before"),
        pytest.param(STOPPED, True, id="its-last-moment"),
        pytest.param(STOPPED - timedelta(milliseconds=1), False, id="the-moment-before"),
        pytest.param(STOPPED.astimezone(timezone(timedelta(hours=9))), True, id="another-zone"),
        pytest.param("2026-03-02", True, id="text-of-a-day"),
        pytest.param("2026-03-02T02:00:00Z", False, id="text-of-a-time"),
        pytest.param(date.max, True, id="last-day-of-all"),
    ],
)
def test_a_rule_fits_until_its_end_by_the_time_of_the_event(until: Any, *, fits: bool) -> None:
    assert (judged(Rule(None, until=until)).level is None) is fits


def test_a_rule_with_an_end_does_not_fit_an_event_without_time() -> None:
    times: dict[str, Any] = dict.fromkeys(
        ("time", "stoppedAt", "executionStoppedAt", "updatedAt"), ABSENT
    )
    found = judged(Rule(None, until=date.max), **times)
    assert found.alert
    assert found.decision.endswith("; rules[0] does not fit an event without time")


def test_a_decision_tells_of_a_rule_for_an_account_that_the_event_does_not_name() -> None:
    """Only of one that would have decided."""
    nowhere: dict[str, Any] = {"account": ABSENT, "taskArn": "task", "clusterArn": "jobs"}
    other, rule = Rule(None, account="1*", family="another"), Rule(None, account="1*")
    assert judged(rule).level is None
    said = judged(other, rule, **nowhere).decision
    assert said.endswith(" is error; rules[1] does not fit an event without account")
    assert "does not fit" not in judged(rule, Rule("fatal"), **nowhere).decision


@each(
    ("rule", "level"),
    [
        pytest.param(Rule("warning", family="nightly-report"), None, id="no-cause"),
        pytest.param(Rule("warning"), None, id="nothing-given"),
        pytest.param(Rule("warning", workload="scheduled"), None, id="workload"),
        pytest.param(Rule("warning", cause="*"), "warning", id="every-cause"),
        pytest.param(Rule("warning", cause="clean_exit"), "warning", id="its-cause"),
    ],
)
def test_a_rule_without_cause_makes_no_failure_of_a_success(rule: Rule, level: str | None) -> None:
    assert judged(rule, containers=[{"exitCode": 0}]).level == level
    assert judged(rule, containers=[{"exitCode": 1}]).level in {"warning", "error"}


def test_what_levels_make_a_failure_is_one_for_rules() -> None:
    policy = FailurePolicy(levels={("clean_exit", "scheduled"): "info"})
    rule = Rule("warning", family="nightly-report")
    assert judged(rule, policy=policy, containers=[{"exitCode": 0}]).level == "warning"


def test_the_table_has_a_row_for_all_that_a_policy_says() -> None:
    policy = FailurePolicy(
        levels={("clean_exit", "batch"): "info"},
        ignore_workloads=["service"],
        ignore_exit_codes=[143, 130],
        clusters=["prod", "stage"],
        services=["web"],
        families=["etl-*"],
        rules=[Rule("info"), Rule(None, family="importer", until="2026-12-04", why="known")],
    )
    rows = [row for row in policy.table() if row.name != "default"]
    assert [(row.name, row.conditions, row.level, row.why) for row in rows] == [
        ("levels", "cause clean_exit, workload batch", "info", None),
        ("ignore_workloads", "tasks of workload service", None, None),
        ("ignore_exit_codes", "cause container_exit, exit_code 130 or 143", None, None),
        ("clusters", "all but cluster prod or stage", None, None),
        ("services, families", "all but service web or family etl-*", None, None),
        ("rules[0]", "every failure", "info", None),
        ("rules[1]", "family importer, until the end of 2026-12-04 UTC", None, "known"),
    ]


@each(
    ("until", "words"),
    [
        (date(2026, 12, 4), "the end of 2026-12-04 UTC"),
        ("2026-12-04T18:00:00Z", "2026-12-04 18:00:00 UTC"),
        ("2026-12-04T18:00:00+01:00", "2026-12-04 18:00:00+01:00"),
    ],
)
def test_a_rule_is_told_with_its_last_moment(until: Any, words: str) -> None:
    rule = Rule(None, until=until, family="a")
    assert str(rule) == f"family a, until {words}"


def test_the_table_begins_with_what_every_policy_has() -> None:
    rows = [(row.conditions, row.level) for row in FailurePolicy().table()]
    assert ("cause container_exit", "error") in rows
    assert ("cause clean_exit, workload service", "warning") in rows
    assert {row.name for row in FailurePolicy().table()} == {"default"}


def test_the_decision_names_the_rule_and_why() -> None:
    rule = Rule(None, family="nightly-*", exit_code=1, why="fixed in\nrelease 12")
    assert judged(Rule("info"), rule).decision == (
        "no alert: container_exit of a scheduled workload is silent by rules[1] "
        "(family nightly-*, exit_code 1): fixed in release 12"
    )


def test_a_rule_raises_nothing_above_what_an_event_leaves_undecided() -> None:
    containers = [{"name": "a", "exitCode": 143}, {"name": "b", "exitCode": 0}]
    assert judged(Rule("fatal"), containers=containers).level == "warning"


def test_a_rule_raises_nothing_that_never_alerts() -> None:
    assert not judged(Rule("fatal"), lastStatus="RUNNING").alert


def test_a_rule_comes_after_all_else_that_a_policy_says() -> None:
    policy = FailurePolicy(
        levels={("*", "*"): None},
        ignore_exit_codes=[1],
        ignore_workloads=["scheduled"],
        clusters=["elsewhere"],
        families=["another"],
    )
    assert judged(policy=policy).level is None
    assert judged(Rule("info", family="nightly-report"), policy=policy).level == "info"


@each(
    ("level", "options", "message"),
    [
        pytest.param(
            "eror",
            {},
            "level: unknown level 'eror': did you mean error? "
            "expected one of fatal, error, warning, info, or None for silence",
            id="level",
        ),
        pytest.param(
            "info",
            {"cause": "not_stopped"},
            "cause: not_stopped never alerts: nothing about such a task is final",
            id="what-never-alerts",
        ),
        pytest.param(
            None,
            {"until": datetime(2026, 12, 4, 18)},
            "until: expected a date, or a time with a time zone, got 2026-12-04T18:00:00 without "
            "one: add Z for UTC, or an offset such as +01:00",
            id="until-without-zone",
        ),
        pytest.param(
            None,
            {"until": "Friday"},
            "until: expected a date, or a time with a time zone, got 'Friday': "
            "write it as 2026-12-04 or 2026-12-04T18:00:00Z",
            id="until-in-words",
        ),
        pytest.param(
            None,
            {"until": 5},
            "until: expected a date, or a time with a time zone, got 5: "
            "write a date such as 2026-12-04",
            id="until-as-a-number",
        ),
        pytest.param(None, {"why": 5}, "why: expected a string, got 5", id="why"),
    ],
)
def test_a_wrong_rule_is_refused_with_what_is_expected(
    level: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises((ValueError, TypeError)) as caught:
        Rule(level, **options)
    assert str(caught.value) == message


@each("name", list(CONDITIONS))
def test_an_error_about_a_condition_names_it(name: str) -> None:
    """A rule may have many."""
    wrongs: list[Any] = [[], 5.5, None]
    for wrong in wrongs:
        with pytest.raises((ValueError, TypeError), match=f"^{name}: expected "):
            Rule("error", **{name: wrong})


@given(strategies.json_values(), strategies.json_values(), strategies.json_values())
def test_whatever_a_rule_is_made_of_is_taken_or_refused(level: Any, until: Any, why: Any) -> None:
    try:
        rule = Rule(level, until=until, why=why)
    except (ValueError, TypeError):
        return
    assert judged(rule).decided_by in {"default", "rules[0]"}


class _NoOffset(tzinfo):
    """A time zone that does not say its offset, so that its times cannot be compared."""

    def utcoffset(self, dt: datetime | None, /) -> None:
        """Return none."""

    dst = utcoffset
    tzname = utcoffset


def test_a_time_whose_zone_has_no_offset_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^until: expected a date, or a time with a time zone"):
        Rule(None, until=datetime(2026, 12, 4, tzinfo=_NoOffset()))


@each(
    ("rules", "message"),
    [
        pytest.param(Rule(None), "rules: expected several rules, got Rule(", id="one-rule"),
        pytest.param(5, "rules: expected several rules, got 5: write [Rule(...)]", id="number"),
        pytest.param(
            [Rule(None), {"level": None}],
            "rules[1]: expected a Rule, got {'level': None}",
            id="no-rule",
        ),
    ],
)
def test_what_is_no_list_of_rules_is_refused(rules: Any, message: str) -> None:
    with pytest.raises(TypeError) as caught:
        FailurePolicy(rules=rules)
    assert str(caught.value).startswith(message)


def test_exit_code_143_of_the_importer_can_be_ignored_until_friday() -> None:
    """The first sentence that nobody could say without rules; 4 December 2026 is a Friday."""
    policy = FailurePolicy(
        rules=[Rule(None, family="importer", exit_code=143, until=date(2026, 12, 4))]
    )

    def alerts(family: str, code: int, stopped: str) -> bool:
        event = task_state_change(
            taskDefinitionArn=f"arn:aws:ecs:eu-central-1:123456789012:task-definition/{family}:7",
            containers=[{"exitCode": code}],
            stoppedAt=stopped,
        )
        return diagnose(parse_event(event), policy).alert

    friday, saturday = "2026-12-04T23:59:59.999Z", "2026-12-05T00:00:00Z"
    assert not alerts("importer", 143, friday)
    assert alerts("importer", 143, saturday)
    assert alerts("importer", 1, friday)
    assert alerts("exporter", 143, friday)


def test_spot_of_the_checkout_service_is_an_error() -> None:
    """The third sentence; the second is about routes."""
    policy = FailurePolicy(rules=[Rule("error", cause="spot_interruption", service="checkout")])

    def spot(service: str) -> dict[str, Any]:
        return task_state_change(
            group=f"service:{service}",
            startedBy="ecs-svc/9300480928766973637",
            stopCode="SpotInterruption",
            stoppedReason="Your Spot Task was interrupted.",
            containers=[{"exitCode": 143}],
        )

    assert diagnose(parse_event(spot("checkout")), policy).level == "error"
    assert diagnose(parse_event(spot("web")), policy).level is None
    assert policy.event_pattern().matches(spot("checkout"))
    assert not FailurePolicy().event_pattern().matches(spot("checkout"))


@given(strategies.task_events(), strategies.policies(), st.randoms(use_true_random=False))
def test_one_more_rule_decides_where_it_fits_and_nothing_where_it_does_not(
    event: dict[str, Any], policy: FailurePolicy, random: Random
) -> None:
    """Whatever the rules before it say."""
    task = parse_event(event)
    before = diagnose(task, policy)
    first, *_, last = (*rules_for(before.case, random), *rules_for(before.case, random))

    known = diagnose(task, attrs.evolve(policy, rules=[first]))
    after = diagnose(task, attrs.evolve(policy, rules=[first, last]))
    of_failures_alone = last.level is not None and not last.cause
    if not last.fits(before.case) or before.cause in NEVER_ALERTING:
        assert (after.level, after.decided_by) == (known.level, known.decided_by)
    elif not of_failures_alone:
        assert after.decided_by == "rules[1]"
        assert after.level in {last.level, "warning" if before.case.undecided else last.level}
    else:
        assert after.decided_by in {"rules[1]", known.decided_by}


def test_the_diagnosis_names_the_row_that_decided() -> None:
    assert judged().decided_by == "default"
    assert judged(Rule("info", family="x"), Rule("info")).decided_by == "rules[1]"
    assert judged(policy=FailurePolicy(ignore_exit_codes=[1])).decided_by == "ignore_exit_codes"


def test_the_case_of_a_diagnosis_is_what_rules_see() -> None:
    case = judged().case
    assert isinstance(case, Case)
    assert (case.cause, case.family, case.cluster) == (
        Cause.CONTAINER_EXIT,
        "nightly-report",
        "jobs",
    )
    assert [case.containers, case.exit_codes, case.time] == [("app",), {1}, STOPPED]
    assert case.account == "123456789012"


def test_a_rule_has_ended_once_its_last_moment_is_over() -> None:
    assert not Rule(None).has_ended(STOPPED)
    assert not Rule(None, until=STOPPED).has_ended(STOPPED)
    assert Rule(None, until=date(2026, 3, 1)).has_ended(STOPPED)


def test_a_rule_with_a_level_alerts_outside_the_clusters_unless_it_names_one() -> None:
    policy = FailurePolicy(clusters=["prod"])
    assert judged(policy=policy).level is None
    assert judged(Rule("error"), policy=policy).level == "error"
    assert judged(Rule("error", cluster="prod"), policy=policy).level is None
