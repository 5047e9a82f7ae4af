"""Values: compared and shown by their fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from attrs import field, frozen

from ecs_failure_alerts import FailurePolicy, judge
from ecs_failure_alerts._values import Value
from ecs_failure_alerts.testing import task_state_change


@frozen
class ByAttrs:
    """A value for which attrs writes code."""

    name: str
    size: int | None = None
    text: str = field(default="a", repr=str.upper)
    raw: object = field(default="s3cr3t", repr=False, eq=False)


@frozen(eq=False, repr=False)
class Ours(Value):
    """The same value without."""

    name: str
    size: int | None = None
    text: str = field(default="a", repr=str.upper)
    raw: object = field(default="s3cr3t", repr=False, eq=False)


GIVEN: list[tuple[Any, ...]] = [
    ("it's",),
    ("b", 5, "text", "x"),
    ("b", 5, "text", []),
    ("b", 6, "text"),
    ("b", []),
]


@pytest.mark.parametrize("given", GIVEN, ids=repr)
def test_a_value_shows_as_attrs_would_show_it(given: tuple[Any, ...]) -> None:
    assert repr(Ours(*given)) == repr(ByAttrs(*given)).replace("ByAttrs", "Ours")


@pytest.mark.parametrize("given", GIVEN, ids=repr)
@pytest.mark.parametrize("other", GIVEN, ids=repr)
def test_values_are_equal_where_those_of_attrs_are(
    given: tuple[Any, ...], other: tuple[Any, ...]
) -> None:
    assert (Ours(*given) == Ours(*other)) is (ByAttrs(*given) == ByAttrs(*other))


def test_a_value_of_another_class_is_never_equal() -> None:
    assert Ours("a") != ByAttrs("a")
    assert Ours("a") != ("a", None, "a")


def test_equal_values_are_one_key() -> None:
    assert len({Ours("a", raw=1), Ours("a", raw=2), Ours("b")}) == 2


def test_a_value_with_a_list_is_no_key() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(ByAttrs("a", []))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="unhashable"):
        hash(Ours("a", []))  # type: ignore[arg-type]


def test_an_alert_and_a_policy_can_be_keys() -> None:
    alert = judge(task_state_change(containers=[{"exitCode": 1}])).alert
    assert alert is not None
    assert {alert: 1, FailurePolicy(): 2}[alert] == 1


def test_a_judgement_shows_its_values_all_the_way_down() -> None:
    shown = repr(judge(task_state_change()))
    assert shown.startswith("Judgement(event=TaskStateChange(last_status='STOPPED'")
    assert "containers=(Container(name=" in shown
    assert "workload=Workload(type=<WorkloadType." in shown


@pytest.mark.parametrize("make", [FailurePolicy, lambda: judge(task_state_change()).as_alert()])
def test_what_holds_mappings_is_hashed_by_its_identity(make: Callable[[], object]) -> None:
    first, second = make(), make()
    assert first == second
    assert len({first, second, first}) == 2
