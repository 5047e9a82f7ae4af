"""Who is told what: by conditions and level, once for each notifier, never nobody in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import permutations
from typing import Any

import pytest
from attrs import define, field

from ecs_failure_alerts import (
    DeliveryError,
    Evidence,
    FailureAlerter,
    FailurePolicy,
    Judgement,
    Outcome,
    Route,
    Rule,
)
from ecs_failure_alerts.testing import RecordingNotifier, task_state_change
from rows import each

ARN = "arn:aws:ecs:eu-central-1:123456789012"


def failure(family: str = "nightly-report", **changes: Any) -> dict[str, Any]:
    """Return the event of a failed job of *family*."""
    definition = f"{ARN}:task-definition/{family}:17"
    task = f"{ARN}:task/jobs/{family}"
    return task_state_change(taskArn=task, taskDefinitionArn=definition, **changes)


def told(*routes: Any, event: dict[str, Any] | None = None, **options: Any) -> Outcome:
    """Return what becomes of one failure."""
    (outcome,) = FailureAlerter(*routes, **options).process(event or failure()).outcomes
    return outcome


@pytest.fixture
def one() -> RecordingNotifier:
    """Return a team's notifier."""
    return RecordingNotifier(name="one")


@pytest.fixture
def other() -> RecordingNotifier:
    """Return another team's notifier."""
    return RecordingNotifier(name="other")


def test_each_team_is_told_of_its_own(one: RecordingNotifier, other: RecordingNotifier) -> None:
    alerter = FailureAlerter(Route(one, family="etl-*"), Route(other, family=["web", "shop"]))
    alerter.process([failure("etl-1"), failure("shop"), failure("etl-2")]).raise_for_failures()

    assert {alert.workload.name for alert in one.alerts} == {"etl-1", "etl-2"}
    assert [alert.workload.name for alert in other.alerts] == ["shop"]


def test_several_routes_may_take_an_alert(one: RecordingNotifier, other: RecordingNotifier) -> None:
    outcome = told(Route(one, cause="container_exit"), other)
    assert [receipt.notifier for receipt in outcome.receipts] == ["one", "other"]


def test_a_notifier_in_several_routes_is_told_once(one: RecordingNotifier) -> None:
    outcome = told(Route(one, family="nightly-*"), Route(one, cause="container_exit"), one)
    assert len(outcome.receipts) == len(one.alerts) == 1


def test_two_notifiers_of_one_name_are_two() -> None:
    """Each has receipts of its own, and a retry tells only the one that has not confirmed."""
    well, down = RecordingNotifier(), RecordingNotifier(error=DeliveryError("no", retryable=True))
    alerter = FailureAlerter(Route(well), Route(down))
    (outcome,) = alerter.process(failure()).outcomes
    assert Route(well) != Route(down)
    assert (len(outcome.receipts), len(outcome.errors)) == (1, 1)

    down.error = None
    alerter.process(failure()).raise_for_failures()
    assert (len(well.alerts), len(down.alerts)) == (1, 1)


@pytest.mark.parametrize(
    ("min_level", "level", "taken"),
    [
        ("fatal", "error", False),
        ("error", "fatal", True),
        ("error", "error", True),
        ("error", "warning", False),
        ("info", "info", True),
    ],
)
def test_a_route_takes_its_level_and_what_is_louder(
    one: RecordingNotifier, min_level: Any, level: Any, taken: bool
) -> None:
    policy = FailurePolicy(rules=[Rule(level)])
    outcome = told(Route(one, min_level=min_level), policy=policy)
    assert (outcome.status, len(one.alerts)) == (
        ("delivered", 1) if taken else ("not_delivered", 0)
    )


def test_an_alert_that_no_route_takes_is_not_delivered(one: RecordingNotifier) -> None:
    """It is loud, and the error says which routes there are."""
    outcome = told(
        Route(one, family="etl-*", min_level="warning"), Route(one, cause="out_of_memory")
    )
    assert (outcome.status, outcome.failed, outcome.retryable) == ("not_delivered", True, False)
    (error,) = outcome.errors
    assert str(error) == (
        "no route takes it; the routes are one (family etl-*, from warning up), one (cause "
        "out_of_memory): add one with otherwise, or a last one with drop"
    )


def test_the_last_route_may_drop_what_no_other_takes(one: RecordingNotifier) -> None:
    alerter = FailureAlerter(Route(one, family="etl"), Route(drop=True))
    report = alerter.process([failure("etl"), failure("web")])

    assert [outcome.status for outcome in report.outcomes] == ["delivered", "dropped"]
    assert report.failures == ()
    dropped = report.to_dict()["outcomes"][1]
    assert (dropped["status"], dropped["title"]) == ("dropped", "ContainerExit: web")


@define
class Looked:
    """A look-up of tags, which may fail."""

    tags: Mapping[str, str]
    error: Exception | None = None
    name: str = "tags"
    asked: int = 0

    def enrich(self, judgement: Judgement, *, timeout: float) -> Evidence:
        """Return the tags."""
        self.asked += 1
        if self.error is not None:
            raise self.error
        return Evidence(tags=self.tags)


def test_a_route_sees_the_tags_that_a_look_up_found(
    one: RecordingNotifier, other: RecordingNotifier
) -> None:
    looked = Looked({"aws.tag.team": "data"})
    routes = Route(one, tag="team=data"), Route(other, tag="team=web")
    outcome = told(*routes, enrichers=[looked])
    assert (outcome.status, len(one.alerts), len(other.alerts)) == ("delivered", 1, 0)


def test_without_the_look_up_such_a_route_does_not_fit(one: RecordingNotifier) -> None:
    assert told(Route(one, tag="team=data")).status == "not_delivered"


def test_nothing_is_dropped_because_a_look_up_failed(
    one: RecordingNotifier, other: RecordingNotifier
) -> None:
    """Somebody may want it: it comes again, and the next look-up tells."""
    looked = Looked({"aws.tag.team": "data"}, ZeroDivisionError())
    routes = Route(one, tag="team=data"), Route(other, family="other"), Route(drop=True)
    alerter = FailureAlerter(*routes, enrichers=[looked])
    (outcome,) = alerter.process(failure()).outcomes
    assert (outcome.status, outcome.retryable) == ("not_delivered", True)
    assert str(outcome.errors[0]) == (
        "the tags could not be looked up, so one (tag team=data) may be missing: "
        "the alert will be tried again"
    )

    looked.error = None
    alerter.process(failure()).raise_for_failures()
    assert len(one.alerts) == 1


def test_a_retry_whose_look_up_fails_forgets_nobody(
    one: RecordingNotifier, other: RecordingNotifier
) -> None:
    """Whoever was to be told the first time is still to be told."""
    looked, down = Looked({"aws.tag.team": "data"}), DeliveryError("503", retryable=True)
    alerter = FailureAlerter(Route(one, tag="team=data"), Route(other), enrichers=[looked])
    one.error = down
    assert alerter.process(failure()).failures

    one.error, looked.error = None, ZeroDivisionError()
    alerter.process(failure()).raise_for_failures()
    assert (len(one.alerts), len(other.alerts)) == (1, 1)


def test_a_retry_that_is_less_loud_without_tags_forgets_nobody(
    one: RecordingNotifier, other: RecordingNotifier
) -> None:
    looked, down = Looked({"aws.tag.team": "data"}), DeliveryError("503", retryable=True)
    policy = FailurePolicy(rules=[Rule("fatal", tag="team=data")])
    routes = Route(one, min_level="fatal"), Route(other)
    alerter = FailureAlerter(*routes, policy=policy, enrichers=[looked])
    one.error = down
    assert alerter.process(failure()).failures

    one.error, looked.error = None, ZeroDivisionError()
    alerter.process(failure()).raise_for_failures()
    assert (len(one.alerts), len(other.alerts)) == (1, 1)


@pytest.mark.parametrize(
    "asks", [{"tag": "team=data"}, {"min_level": "fatal"}, {"tag": "team=d*", "min_level": "fatal"}]
)
def test_whoever_may_be_missed_is_waited_for_while_the_others_are_told(
    one: RecordingNotifier, other: RecordingNotifier, asks: Any
) -> None:
    """The alert comes again until a look-up says whether it is for him."""
    looked = Looked({"aws.tag.team": "data"}, ZeroDivisionError())
    policy = FailurePolicy(rules=[Rule("fatal", tag="team=data")])
    alerter = FailureAlerter(Route(one, **asks), other, policy=policy, enrichers=[looked])
    (outcome,) = alerter.process(failure()).outcomes
    assert (outcome.status, outcome.retryable) == ("not_delivered", True)
    assert [receipt.notifier for receipt in outcome.receipts] == ["other"]

    looked.error = None
    alerter.process(failure()).raise_for_failures()
    assert (len(one.alerts), len(other.alerts)) == (1, 1)


@pytest.mark.parametrize("asks", [{"family": "etl"}, {"min_level": "fatal"}])
def test_nobody_is_waited_for_whom_no_tag_could_make_fit(
    one: RecordingNotifier, other: RecordingNotifier, asks: Any
) -> None:
    looked = Looked({}, ZeroDivisionError())
    policy = FailurePolicy(rules=[Rule("fatal", tag="team=data", family="etl")])
    routes = Route(one, tag="team=data", **asks), Route(other)
    outcome = told(*routes, policy=policy, enrichers=[looked])
    assert (outcome.status, len(one.alerts)) == ("delivered", 0)


def test_no_route_is_waited_for_that_takes_only_what_nobody_takes(
    one: RecordingNotifier, other: RecordingNotifier
) -> None:
    """Where somebody takes the alert, no tag could make it fit."""
    looked = Looked({}, ZeroDivisionError())
    routes = Route(one, otherwise=True, tag="team=data"), Route(other)
    outcome = told(*routes, enrichers=[looked])
    assert (outcome.status, len(one.alerts)) == ("delivered", 0)


def test_a_route_for_the_rest_is_waited_for_where_nobody_takes_the_alert(
    one: RecordingNotifier, other: RecordingNotifier
) -> None:
    looked = Looked({"aws.tag.team": "data"}, ZeroDivisionError())
    routes = Route(one, otherwise=True, tag="team=data"), Route(other, family="x")
    alerter = FailureAlerter(*routes, enrichers=[looked])
    (outcome,) = alerter.process(failure()).outcomes
    assert (outcome.status, outcome.retryable) == ("not_delivered", True)

    looked.error = None
    alerter.process(failure()).raise_for_failures()
    assert (len(one.alerts), len(other.alerts)) == (1, 0)


def test_what_may_be_dropped_by_tag_comes_again(one: RecordingNotifier) -> None:
    looked = Looked({"aws.tag.team": "data"}, ZeroDivisionError())
    routes = Route(one, family="x"), Route(drop=True, tag="team=data")
    alerter = FailureAlerter(*routes, enrichers=[looked])
    (outcome,) = alerter.process(failure()).outcomes
    assert (outcome.status, outcome.retryable) == ("not_delivered", True)
    assert "so dropped (tag team=data) may be missing" in str(outcome.errors[0])

    looked.error = None
    assert [outcome.status for outcome in alerter.process(failure()).outcomes] == ["dropped"]


def test_what_was_dropped_is_not_looked_up_again(one: RecordingNotifier) -> None:
    looked = Looked({})
    alerter = FailureAlerter(Route(one, tag="team=data"), Route(drop=True), enrichers=[looked])
    for _ in range(2):
        assert [outcome.status for outcome in alerter.process(failure()).outcomes] == ["dropped"]
    assert looked.asked == 1


def test_a_later_state_of_what_was_dropped_is_told(one: RecordingNotifier) -> None:
    """It may tell another cause, which a route takes."""
    alerter = FailureAlerter(Route(one, cause="out_of_memory"), Route(drop=True))
    killed = [{"exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"}]
    later = failure(version=6, containers=killed)
    statuses = [alerter.process(event).outcomes[0].status for event in (failure(version=5), later)]
    assert (statuses, len(one.alerts)) == (["dropped", "delivered"], 1)


def test_a_later_state_of_what_was_told_reaches_who_takes_that_alone(
    one: RecordingNotifier, other: RecordingNotifier
) -> None:
    alerter = FailureAlerter(Route(one, cause="out_of_memory"), other)
    killed = [{"exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"}]
    for event in (failure(version=5), failure(version=6, containers=killed), failure(version=5)):
        alerter.process(event).raise_for_failures()
    assert (len(one.alerts), len(other.alerts)) == (1, 1)


def test_a_failed_look_up_of_other_things_leaves_the_tags_known(one: RecordingNotifier) -> None:
    class Logs(Looked):
        finds_tags = False

    found, logs = Looked({"aws.tag.team": "web"}), Logs({}, ZeroDivisionError())
    routes = Route(one, tag="team=data"), Route(drop=True)
    assert told(*routes, enrichers=[found, logs]).status == "dropped"
    assert told(*routes, enrichers=[logs]).status == "dropped"


def test_an_error_names_the_first_few_routes(one: RecordingNotifier) -> None:
    routes = [Route(one, family=f"etl-{number}") for number in range(300)]
    (error,) = told(*routes).errors
    assert (
        "the routes are one (family etl-0), one (family etl-1), one (family etl-2) and 297 more: "
        in (str(error))
    )


@pytest.mark.parametrize("given", ["slack://T0KEN/x", "https://T0KEN@sentry.example/1"])
def test_no_value_that_may_be_secret_is_echoed(given: Any) -> None:
    for refuse in (Route, FailureAlerter):
        with pytest.raises(TypeError, match="got something of the type str") as refused:
            refuse(given)
        assert "T0KEN" not in str(refused.value)


def test_a_look_up_that_failed_does_not_matter_where_no_route_asks_for_tags(
    one: RecordingNotifier,
) -> None:
    looked = Looked({}, ZeroDivisionError())
    routes = Route(one, family="other"), Route(drop=True)
    assert told(*routes, enrichers=[looked]).status == "dropped"


def test_a_route_by_tag_takes_all_of_a_storm(one: RecordingNotifier) -> None:
    """Ten alerts at most are looked up; those of the same definition have the same tags."""
    looked = Looked({"aws.tag.team": "data"})
    alerter = FailureAlerter(Route(one, tag="team=data"), Route(drop=True), enrichers=[looked])
    alerter.process(list(storm(30))).raise_for_failures()
    assert (looked.asked, len(one.alerts)) == (10, 30)


def test_a_rule_by_tag_silences_all_of_a_storm(one: RecordingNotifier) -> None:
    looked = Looked({"aws.tag.team": "data", "owner": "nobody"})
    policy = FailurePolicy(rules=[Rule(None, tag="team=data")])
    report = FailureAlerter(one, policy=policy, enrichers=[looked]).process(list(storm(30)))
    assert {outcome.status for outcome in report.outcomes} == {"no_alert"}
    assert looked.asked == 10


@define
class Owners(Looked):
    """A look-up of tags that differ from family to family."""

    owners: Mapping[str, str] = field(factory=dict)

    def enrich(self, judgement: Judgement, *, timeout: float) -> Evidence:
        """Return the owner."""
        self.asked += 1
        return Evidence(tags={"aws.tag.team": self.owners.get(judgement.case.family or "", "web")})


@pytest.mark.parametrize(
    ("drop", "rules"),
    [
        ([Route(drop=True)], []),
        ([Route(drop=True, tag="team=web")], []),
        ([], [Rule(None, tag="team=web")]),
    ],
)
def test_a_batch_of_many_kinds_is_looked_up_to_its_end(
    one: RecordingNotifier, drop: list[Route], rules: list[Rule]
) -> None:
    """Ten at a time, and none twice, whatever becomes of them."""
    looked = Owners({}, owners={f"etl-{number:02}": "data" for number in range(20, 25)})
    policy = FailurePolicy(rules=rules)
    routes = Route(one, tag="team=data"), *drop
    alerter = FailureAlerter(*routes, policy=policy, enrichers=[looked])
    events = [failure(f"etl-{number:02}") for number in range(25)]

    assert [len(alerter.process(events).failures) for _ in range(4)] == [15, 5, 0, 0]
    assert (looked.asked, len(one.alerts)) == (25, 5)


def test_whom_a_batch_is_for_is_found_out_though_a_backend_is_down(
    one: RecordingNotifier, other: RecordingNotifier
) -> None:
    """What is known to be for the one that is down does not keep the rest from being looked up."""
    looked = Owners({}, owners={f"etl-{number:02}": "data" for number in range(12)})
    one.error = DeliveryError("503", retryable=True)
    routes = Route(one, tag="team=data"), Route(other, tag="team=web")
    alerter = FailureAlerter(*routes, enrichers=[looked])
    events = [failure(f"etl-{number:02}") for number in range(15)]
    for _ in range(2):
        assert alerter.process(events).failures
    assert len(other.alerts) == 3

    one.error = None
    alerter.process(events).raise_for_failures()
    assert len(one.alerts) == 12


def storm(count: int) -> Iterator[dict[str, Any]]:
    """Yield the events of runs of one job."""
    for number in range(count):
        event = failure()
        event["detail"]["taskArn"] += f"-{number}"
        yield event


@each(
    ("level", "said"),
    [
        ("fatal", ", only fatal"),
        ("error", ", from error up"),
        ("info", ", from info up"),
        (None, ""),
    ],
)
def test_a_route_says_what_it_takes(one: RecordingNotifier, level: Any, said: str) -> None:
    assert str(Route(one, family="etl", min_level=level)) == f"one (family etl{said})"


@pytest.mark.parametrize(("count", "rest"), [(3, ""), (4, " and 1 more"), (5, " and 2 more")])
def test_an_error_names_three_routes_and_counts_the_others(
    one: RecordingNotifier, count: int, rest: str
) -> None:
    (error,) = told(*(Route(one, family=f"etl-{number}") for number in range(count))).errors
    assert f"one (family etl-2){rest}: add one with otherwise" in str(error)
    assert "etl-3" not in str(error)


def test_a_route_that_drops_some_leaves_the_rest_loud(one: RecordingNotifier) -> None:
    routes = [Route(one, family="etl"), Route(drop=True, family="scratch-*")]
    assert told(*routes, event=failure("scratch-1")).status == "dropped"
    assert told(*routes, event=failure("web")).status == "not_delivered"


@each(
    ("routes", "error", "said"),
    [
        ([], ValueError, "expected at least one notifier"),
        ([Route(drop=True)], ValueError, "expected at least one notifier"),
        (
            [Route(drop=True), RecordingNotifier()],
            ValueError,
            "a route that drops must be the last",
        ),
        (
            [RecordingNotifier(), Route(drop=True), RecordingNotifier()],
            ValueError,
            "a route that drops must be the last",
        ),
        ([Route], TypeError, "got the class Route: make one of it"),
        ([print], TypeError, "expected a notifier"),
    ],
)
def test_routes_that_would_lose_alerts_are_refused(
    routes: list[Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        FailureAlerter(*routes)


@each(
    ("given", "error", "said"),
    [
        ({}, TypeError, "expected a notifier, got something of the type NoneType"),
        ({"notifier": "sentry"}, TypeError, "something of the type str: make one"),
        (
            {"drop": True, "notifier": RecordingNotifier()},
            ValueError,
            "expected conditions alone",
        ),
        ({"drop": True, "min_level": "error"}, ValueError, "expected conditions alone"),
        ({"drop": True, "otherwise": True}, ValueError, "expected conditions alone"),
        (
            {"notifier": RecordingNotifier(), "min_level": "loud"},
            ValueError,
            "^min_level: unknown level 'loud'",
        ),
        ({"notifier": RecordingNotifier(), "family": ""}, ValueError, "^family: expected .* name"),
        ({"notifier": RecordingNotifier(), "account": 1}, TypeError, "^account: expected a string"),
        (
            {"notifier": RecordingNotifier(), "collapse": "yes"},
            TypeError,
            "^collapse: expected True, False or None, got 'yes'$",
        ),
        (
            {"notifier": RecordingNotifier(), "otherwise": 1},
            TypeError,
            "^otherwise: expected True or False, got 1$",
        ),
        ({"drop": "no"}, TypeError, "^drop: expected True or False, got 'no'$"),
    ],
)
def test_a_wrong_route_is_refused(given: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        Route(**given)


def test_a_route_shows_no_more_of_its_notifier_than_the_name() -> None:
    class Chat:
        name = "chat"

        def __repr__(self) -> str:
            return "https://chat/s3cr3t"

        def notify(self, alert: Any, *, timeout: float | None) -> Any:
            raise NotImplementedError

    assert "s3cr3t" not in repr(Route(Chat()))
    assert "notifier=chat" in repr(Route(Chat()))


def test_a_route_for_the_rest_takes_what_no_other_takes(
    one: RecordingNotifier, other: RecordingNotifier
) -> None:
    """Wherever it stands."""
    for routes in permutations([Route(one, family="etl"), Route(other, otherwise=True)]):
        report = FailureAlerter(*routes).process([failure("etl"), failure("web")])
        told = [[receipt.notifier for receipt in o.receipts] for o in report.outcomes]
        assert told == [[one.name], [other.name]]


def test_routes_for_the_rest_may_be_several(
    one: RecordingNotifier, other: RecordingNotifier
) -> None:
    routes = Route(one, family="etl", otherwise=True), Route(other, otherwise=True)
    assert len(told(*routes, event=failure("etl")).receipts) == 2
    assert len(told(*routes, event=failure("web")).receipts) == 1


def test_the_rest_is_told_at_once_where_tags_are_not_known(
    one: RecordingNotifier, other: RecordingNotifier
) -> None:
    """Who may have to be told by its tags is not forgotten."""
    looked = Looked({"aws.tag.team": "data"}, ZeroDivisionError())
    routes = Route(one, tag="team=data"), Route(other, otherwise=True)
    alerter = FailureAlerter(*routes, enrichers=[looked])
    (outcome,) = alerter.process(failure()).outcomes
    assert (outcome.status, len(other.alerts)) == ("not_delivered", 1)

    looked.error = None
    alerter.process(failure()).raise_for_failures()
    assert (len(one.alerts), len(other.alerts)) == (1, 1)


def test_a_retry_without_tags_tells_nobody_else(
    one: RecordingNotifier, other: RecordingNotifier
) -> None:
    looked = Looked({"aws.tag.team": "data"})
    routes = Route(one, tag="team=data"), Route(other, otherwise=True)
    alerter = FailureAlerter(*routes, enrichers=[looked])
    one.error = DeliveryError("no", retryable=True)
    assert alerter.process(failure()).failures

    one.error, looked.error = None, ZeroDivisionError()
    alerter.process(failure()).raise_for_failures()
    assert (len(one.alerts), other.alerts) == (1, [])


def test_a_route_for_the_rest_says_so(one: RecordingNotifier) -> None:
    assert str(Route(one, otherwise=True)).endswith("(everything, if no other route takes it)")


def test_a_route_that_drops_says_so() -> None:
    assert str(Route(drop=True, family="etl-*")) == "dropped (family etl-*)"
