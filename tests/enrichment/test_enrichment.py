"""What look-ups add to alerts, and what they can never take from them."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from attrs import define, evolve, field
from hypothesis import given
from hypothesis import strategies as st

from ecs_failure_alerts import (
    Alert,
    Cause,
    DeliveryError,
    Enricher,
    Evidence,
    FailureAlerter,
    Judgement,
    LogLine,
    judge,
)
from ecs_failure_alerts._deadline import Deadline
from ecs_failure_alerts.enrichment import _enrichment, enrich
from ecs_failure_alerts.enrichment._evidence import point_to_lines
from ecs_failure_alerts.notifiers.sentry import sentry_event
from ecs_failure_alerts.tasks.definition_wordings import DEFINITION_WORDINGS
from ecs_failure_alerts.tasks.wordings import WORDINGS
from ecs_failure_alerts.testing import RecordingNotifier, task_state_change
from ecs_failure_alerts.workers import _workers
from rows import each
from strategies import CHARACTERS
from waits import LIMITS

AT = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
JUDGEMENT = judge(task_state_change())
ALERT = JUDGEMENT.as_alert()


@define(eq=False)
class Asked:
    """An enricher that does as it is told, and keeps what it was asked."""

    do: Callable[[Judgement], Any]
    name: str = "crystal ball"
    asked: list[Judgement] = field(factory=list)

    def enrich(self, judgement: Judgement, *, timeout: float) -> Any:
        """Do it."""
        self.asked.append(judgement)
        return self.do(judgement)


def finding(**found: Any) -> Asked:
    """Make an enricher that finds this for every alert."""
    return Asked(lambda _: Evidence(**found))


def raising(error: BaseException) -> Asked:
    """Make an enricher that raises."""

    def do(_: Judgement) -> Any:
        raise error

    return Asked(do)


@pytest.fixture(autouse=True)
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the enrichers all of their time, because the tests give little."""
    monkeypatch.setattr(_enrichment, "_GRACE_SECONDS", 0.001)


@pytest.fixture
def stuck() -> Iterator[Asked]:
    """Return an enricher that hangs as long as the test lasts."""
    go_on = threading.Event()
    yield Asked(lambda _: go_on.wait(30), name="stuck one")
    go_on.set()


def told(*enrichers: Enricher, seconds: float = 2, of: Judgement = JUDGEMENT) -> Judgement:
    """Return what is told of one failure."""
    (judgement,) = enrich([of], enrichers, Deadline(), seconds=seconds)
    return judgement


def alert_of(*enrichers: Enricher, seconds: float = 2) -> Alert:
    """Return the alert about one failure."""
    alert = told(*enrichers, seconds=seconds).alert
    assert alert is not None
    return alert


def identity(alert: Alert) -> tuple[object, ...]:
    """Return what a backend knows an alert by."""
    return alert.event_id, alert.fingerprint, alert.title, alert.timestamp


def different(number: int) -> Judgement:
    """Return the failure of another task."""
    arn = f"arn:aws:ecs:eu-west-1:123456789012:task/jobs/{number:032x}"
    return judge(task_state_change(taskArn=arn))


def test_what_was_found_is_in_the_alert() -> None:
    line = LogLine(AT, "Killed", "app")
    alert = alert_of(
        finding(
            log=[line],
            contexts={"log 1": {"group": "/ecs/etl"}},
            tags={"aws.tag.team": "data"},
            release="1.4",
            links={"log": "https://logs.example/1"},
            unknown=["The log was cut."],
        )
    )
    assert alert.log == (line,)
    assert alert.contexts["log 1"] == {"group": "/ecs/etl"}
    assert alert.tags["aws.tag.team"] == "data"
    assert (alert.release, alert.links) == ("1.4", {"log": "https://logs.example/1"})
    assert "The log was cut.\nNext: " in alert.message


def test_what_is_known_of_a_container_is_in_its_own_context() -> None:
    name = JUDGEMENT.diagnosis.culprits[0].name
    alert = alert_of(finding(containers={name: {"essential": True}, "other": {"essential": False}}))
    (context,) = [c for c in alert.contexts.values() if c.get("name") == name]
    assert context["essential"] is True
    assert not any(c.get("essential") is False for c in alert.contexts.values())


def test_what_the_event_says_stays() -> None:
    alert = alert_of(
        finding(
            tags={"ecs.cause": "none"},
            contexts={"ecs_task": {"cluster": "none"}},
            containers={"app": {"name": "none"}},
        )
    )
    assert (alert.tags, alert.contexts) == (ALERT.tags, ALERT.contexts)


def test_enrichers_are_asked_in_their_order_and_know_what_was_found_before() -> None:
    first, second = finding(tags={"found": "1"}), finding(tags={"found": "2"}, release="2")
    alert = alert_of(first, second)
    assert second.asked[0].as_alert().tags["found"] == "1"
    assert (alert.tags["found"], alert.release) == ("2", "2")


def test_a_better_diagnosis_makes_a_better_alert_that_is_the_same_one() -> None:
    better = evolve(
        JUDGEMENT.diagnosis, cause=Cause.OUT_OF_MEMORY, level="warning", summary="It ran out."
    )
    alert = alert_of(finding(diagnosis=better))
    assert (alert.cause, alert.level) == (Cause.OUT_OF_MEMORY, "warning")
    assert alert.message.startswith("It ran out.")
    assert identity(alert) == identity(ALERT)


def test_a_clean_exit_silences_the_alert_and_nobody_is_asked_any_more() -> None:
    clean = evolve(JUDGEMENT.diagnosis, cause=Cause.CLEAN_EXIT, alert=False, level=None)
    after = finding()
    assert told(finding(diagnosis=clean), after).alert is None
    assert after.asked == []


@each("cause", sorted(set(Cause) - {Cause.CLEAN_EXIT}))
def test_no_other_cause_silences_an_alert(cause: Cause) -> None:
    silent = evolve(JUDGEMENT.diagnosis, cause=cause, alert=False, level=None)
    alert = alert_of(finding(diagnosis=silent))
    assert alert.cause is JUDGEMENT.diagnosis.cause
    assert "The look-up of the crystal ball failed with ValueError." in alert.message


@each("error", [KeyError("s3cr3t"), SystemExit(1), KeyboardInterrupt(), MemoryError()])
def test_whatever_an_enricher_raises_costs_its_look_up_alone(error: BaseException) -> None:
    alert = alert_of(raising(error), finding(release="1"))
    assert f"The look-up of the crystal ball failed with {type(error).__name__}." in alert.message
    assert "s3cr3t" not in alert.message
    assert (alert.release, identity(alert)) == ("1", identity(ALERT))


@each(
    "found",
    [
        None,
        {"tags": {}},
        Evidence(contexts={"a": {"b": object()}}),
        Evidence(contexts={"a": {"b": float("nan")}}),
    ],
)
def test_what_no_backend_could_take_costs_its_look_up_alone(found: Any) -> None:
    alert = alert_of(Asked(lambda _: found), finding(release="1"))
    assert "The look-up of the crystal ball failed with " in alert.message
    assert alert.release == "1"


@each(
    "wrong",
    [
        *({"tags": {"a": 1}}, {"tags": {1: "a"}}, {"tags": "a=b"}, {"tags_known": "no"}),
        *({"log": ["line"]}, {"log": "line"}, {"log": [LogLine(datetime.now(UTC), 1, "app")]}),  # type: ignore[arg-type]
        *({"contexts": {"a": "b"}}, {"contexts": {"a": {1: "b"}}}, {"containers": [{}]}),
        *({"release": 1}, {"diagnosis": "none"}, {"links": []}, {"links": {"a": None}}),
        *({"unknown": [1]}, {"unknown": 1}, {"unknown": "Nobody owns it."}),
    ],
    ids=str,
)
def test_evidence_of_a_wrong_kind_is_refused_by_the_name_of_the_argument(
    wrong: dict[str, Any],
) -> None:
    """Letters of one sentence would come to the person on call one a line, say."""
    with pytest.raises(TypeError, match=rf"^{next(iter(wrong))}: expected [^'(]+, got "):
        Evidence(**wrong)


def test_an_error_about_evidence_shows_no_value() -> None:
    wrongs: list[dict[str, Any]] = [
        {name: "s3cr3t"} for name in ("unknown", "tags", "links", "log")
    ]
    for wrong in wrongs:
        with pytest.raises(TypeError) as caught:
            Evidence(**wrong)
        assert "s3cr3t" not in str(caught.value)


@each("text", ["a\n\x1b[2J\u202e\ud800\0b", "x" * 100_000], ids=["controls", "long"])
def test_no_text_that_was_found_steers_a_screen_or_grows_an_alert(text: str) -> None:
    """Names in AWS, lines of a log and what a user's own enricher finds are foreign."""
    found = finding(
        tags={text: text},
        log=(LogLine(datetime.now(UTC), text, text),),
        release=text,
        links={text: text},
        contexts={text: {text: text}},
        containers={"app": {text: text}},
        unknown=(text,),
    )
    told = json.dumps(alert_of(found).to_dict(), ensure_ascii=False)
    assert told.isprintable()
    assert "\\u00" not in told
    assert len(told) < 20_000


def test_a_line_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a time with a time zone"):
        LogLine(datetime(2026, 11, 28), "Killed", "app")


def test_what_hangs_is_left_behind_with_what_comes_after_it(stuck: Asked) -> None:
    after = finding(release="2")
    for seconds in LIMITS:
        alert = alert_of(finding(release="1"), stuck, after, seconds=seconds)
        if stuck.asked and alert.release:
            break

    assert alert.release == "1"
    assert "The look-up of the stuck one did not finish in time." in alert.message
    assert "The look-up of the crystal ball did not finish in time." in alert.message
    assert (identity(alert), after.asked) == (identity(ALERT), [])


def test_nobody_is_asked_once_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_enrichment, "_GRACE_SECONDS", 5.0)
    asked = finding()
    alert = alert_of(asked, seconds=4)
    assert asked.asked == []
    assert "The look-up of the crystal ball did not finish in time." in alert.message


def test_less_than_six_seconds_are_left_to_the_delivery() -> None:
    asked = finding()
    (judgement,) = enrich([JUDGEMENT], [asked], Deadline.after(5.9), seconds=3)
    assert asked.asked == []
    assert "Nothing was looked up: too little time was left." in judgement.as_alert().message


def test_look_ups_take_a_quarter_of_the_time_left_at_most() -> None:
    given: list[float] = []

    class Timed:
        name = "clock"

        def enrich(self, judgement: Judgement, *, timeout: float) -> Evidence:
            given.append(timeout)
            return Evidence()

    enrich([JUDGEMENT], [Timed()], Deadline.after(8), seconds=10)
    enrich([JUDGEMENT], [Timed()], Deadline.after(80), seconds=3)
    short, long = given
    assert 1.5 < short < 2
    assert 2.5 < long < 3


def test_ten_alerts_are_looked_up_and_one_of_each_kind_first() -> None:
    alike = [different(number) for number in range(12)]
    other = judge(task_state_change(group="service:web"))
    asked = finding()
    found = enrich([*alike, other], [asked], Deadline(), seconds=5)
    assert len(asked.asked) == 10
    assert other in asked.asked
    said = ["more than 10 alerts came at once" in j.as_alert().message for j in found]
    assert said == [False] * 9 + [True] * 3 + [False]


def test_hanging_look_ups_do_not_add_up(stuck: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many calls follow, only so many threads are left behind."""
    monkeypatch.setattr(_workers, "_LEFT_BEHIND", 3)
    many, enrichers = [different(number) for number in range(10)], [stuck]
    for _ in range(300):
        if len(stuck.asked) < 3:
            enrich(many, enrichers, Deadline(), seconds=0.02)

    found = enrich(many, enrichers, Deadline(), seconds=5)
    assert "3 earlier calls have not come back" in found[0].as_alert().message
    assert len(stuck.asked) == 3


def test_an_alert_that_was_silenced_is_reported_as_none() -> None:
    clean = evolve(
        JUDGEMENT.diagnosis, cause=Cause.CLEAN_EXIT, alert=False, level=None, decision="it is done"
    )
    inbox = RecordingNotifier()
    alerter = FailureAlerter(inbox, enrichers=[finding(diagnosis=clean)])
    (outcome,) = alerter.process(task_state_change()).outcomes
    assert (outcome.status, inbox.alerts) == ("no_alert", [])
    assert outcome.to_dict()["decision"] == "it is done"


def test_a_retry_after_a_failed_look_up_is_the_same_alert() -> None:
    inbox = RecordingNotifier()
    inbox.error = DeliveryError("down", retryable=True)
    better = evolve(JUDGEMENT.diagnosis, cause=Cause.OUT_OF_MEMORY, culprits=())
    answers: Iterator[Any] = iter([Evidence(diagnosis=better), None])
    alerter = FailureAlerter(inbox, enrichers=[Asked(lambda _: next(answers))])
    first = alerter.process(task_state_change()).outcomes[0].alert
    inbox.error = None
    alerter.process(task_state_change())
    assert first is not None
    assert first.cause is Cause.OUT_OF_MEMORY
    assert identity(inbox.alerts[-1]) == identity(first)


@each(
    ("wrong", "todo"),
    [
        (Asked, "make one of it by Asked(...)"),
        (object(), "it needs a name and enrich()"),
        (lambda judgement: None, "it needs a name and enrich()"),
    ],
)
def test_what_is_no_enricher_is_refused(wrong: Any, todo: str) -> None:
    with pytest.raises(TypeError, match="expected an enricher, got") as caught:
        FailureAlerter(RecordingNotifier(), enrichers=[wrong])
    assert str(caught.value).endswith(f": {todo}")


@each("seconds", [0, -1, 10.1, float("nan"), float("inf")])
def test_a_time_for_look_ups_that_alerts_cannot_wait_is_refused(seconds: float) -> None:
    with pytest.raises(
        ValueError, match=r"^lookup_seconds: expected more than 0 and at most 10, got "
    ):
        FailureAlerter(RecordingNotifier(), lookup_seconds=seconds)


@each("seconds", [0.001, 10, 10.0])
def test_any_time_for_look_ups_up_to_the_longest_is_taken(seconds: float) -> None:
    FailureAlerter(RecordingNotifier(), lookup_seconds=seconds)


def test_in_sentry_lines_and_the_life_of_the_task_are_one_timeline() -> None:
    between = ALERT.timeline[1].at
    alert = alert_of(finding(log=[LogLine(between, "Killed", "app")], links={"log": "https://x"}))
    event = sentry_event(alert, release="none")
    crumbs = event["breadcrumbs"]["values"]
    assert [crumb["timestamp"] for crumb in crumbs] == sorted(c["timestamp"] for c in crumbs)
    (line,) = [crumb for crumb in crumbs if crumb["category"] == "log.app"]
    assert line["message"] == "Killed"
    assert event["exception"]["values"][0]["value"].endswith("\nlog: https://x")


OTHER = judge(task_state_change(group="service:web")).diagnosis
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(CHARACTERS)


@given(
    evidence=st.builds(
        Evidence,
        diagnosis=st.none()
        | st.builds(
            lambda cause, level: evolve(
                JUDGEMENT.diagnosis, cause=cause, level=level, culprits=(), workload=OTHER.workload
            ),
            st.sampled_from(Cause),
            st.sampled_from(["fatal", "error", "warning", "info"]),
        ),
        contexts=st.dictionaries(
            st.text(CHARACTERS), st.dictionaries(st.text(CHARACTERS), SCALARS)
        ),
        tags=st.dictionaries(st.text(CHARACTERS), st.text(CHARACTERS)),
        unknown=st.lists(st.text(CHARACTERS)),
        release=st.none() | st.text(CHARACTERS),
    )
)
def test_no_evidence_changes_what_a_backend_knows_an_alert_by(evidence: Evidence) -> None:
    """Event id, fingerprint, title and time come from the event alone."""
    alert = alert_of(Asked(lambda _: evidence))
    assert identity(alert) == identity(ALERT)
    assert alert.tags.items() >= {"ecs.task_id": ALERT.tags["ecs.task_id"]}.items()


def test_a_hint_points_to_the_lines_that_are_in_the_alert() -> None:
    found = told(finding(log=[LogLine(AT, "no route to host", "app")]))
    assert JUDGEMENT.diagnosis.hint == "Read the container's last log lines before the stop."
    assert found.diagnosis.hint == "Read the container's last log lines in this alert."
    assert found.as_alert().message.endswith(f"Next: {found.diagnosis.hint}")


HINTS: Final = [wording.hint for wording in (*DEFINITION_WORDINGS, *WORDINGS)]


def test_every_hint_that_names_a_containers_log_points_to_its_lines() -> None:
    """A hint that nobody may follow in vain: to look for what is there already."""
    named = re.compile(
        "container's (last )?log|the log of the container at|its last log", re.IGNORECASE
    )
    hints = [hint for hint in HINTS if named.search(hint)]
    assert len(hints) > 15
    assert [hint for hint in hints if "in this alert" not in point_to_lines(hint)] == []
