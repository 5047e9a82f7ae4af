"""How values show."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import field, frozen

from ecs_failure_alerts import judge
from ecs_failure_alerts._reprs import shown
from ecs_failure_alerts.testing import task_state_change


@frozen
class ByAttrs:
    """A value with the ``repr`` that attrs makes."""

    name: str
    size: int | None = None
    text: str = field(default="a", repr=str.upper)
    secret: str = field(default="s3cr3t", repr=False)


@frozen
class Shown:
    """The same value with ours."""

    name: str
    size: int | None = None
    text: str = field(default="a", repr=str.upper)
    secret: str = field(default="s3cr3t", repr=False)

    __repr__ = shown


@pytest.mark.parametrize("values", [("it's",), ("b", 5, "text", "x")], ids=repr)
def test_a_value_shows_as_attrs_would_show_it(values: tuple[Any, ...]) -> None:
    assert repr(Shown(*values)) == repr(ByAttrs(*values)).replace("ByAttrs", "Shown")


def test_a_judgement_shows_its_values_all_the_way_down() -> None:
    shown = repr(judge(task_state_change()))
    assert shown.startswith("Judgement(event=TaskStateChange(last_status='STOPPED'")
    assert "containers=(Container(name=" in shown
    assert "workload=Workload(type=<WorkloadType." in shown
