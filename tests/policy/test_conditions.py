"""The conditions of rules and routes: which cases fit, and what is refused."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from ecs_failure_alerts import Cause, Rule, Workload, WorkloadType
from ecs_failure_alerts.causes import CAUSES
from ecs_failure_alerts.cli._steps import misfit
from ecs_failure_alerts.configuration import ROUTE, RULE
from ecs_failure_alerts.policy.cases import Case
from ecs_failure_alerts.policy.conditions import CONDITIONS, Conditions
from rows import each

CASE = Case(
    cause=Cause.CONTAINER_EXIT,
    workload=Workload(WorkloadType.SERVICE, "checkout"),
    account="111122223333",
    cluster_arn="arn:aws:ecs:eu-central-1:111122223333:cluster/prod",
    cluster="prod",
    service="checkout",
    family="checkout-web",
    containers=("app", "api"),
    exit_codes=frozenset({137, 143}),
    tags={"team": "data platform", "cost_centre": "7"},
)
#: A case that knows nothing beside its cause.
BARE = Case(Cause.CONTAINER_EXIT, Workload(WorkloadType.STANDALONE, None))


@each(
    ("given", "fits"),
    [
        pytest.param({}, True, id="nothing-given"),
        pytest.param({"cause": "container_exit"}, True, id="cause"),
        pytest.param({"cause": "failed_to_start"}, False, id="group"),
        pytest.param({"cause": "container_*"}, True, id="causes-by-wildcard"),
        pytest.param({"cause": ["health_check", "container_exit"]}, True, id="one-of-causes"),
        pytest.param({"workload": "service"}, True, id="workload"),
        pytest.param({"workload": ["batch", "scheduled"]}, False, id="other-workloads"),
        pytest.param({"cluster": "prod"}, True, id="cluster"),
        pytest.param({"cluster": "arn:aws:ecs:*:cluster/prod"}, True, id="cluster-by-arn"),
        pytest.param({"cluster": "arn:aws:ecs:*:cluster/stage"}, False, id="another-arn"),
        pytest.param({"cluster": "pro"}, False, id="part-of-a-name"),
        pytest.param({"service": "check*"}, True, id="service"),
        pytest.param({"service": "Checkout"}, False, id="case-counts"),
        pytest.param({"family": ["etl-*", "*-web"]}, True, id="one-of-families"),
        pytest.param({"account": "111122223333"}, True, id="account"),
        pytest.param({"account": "1111*"}, True, id="accounts"),
        pytest.param({"container": ["app", "api"]}, True, id="every-container"),
        pytest.param({"container": "app"}, False, id="one-of-two-containers"),
        pytest.param({"exit_code": [143, 137]}, True, id="every-exit-code"),
        pytest.param({"exit_code": 143}, False, id="one-of-two-exit-codes"),
        pytest.param({"tag": "team=data*"}, True, id="tag"),
        pytest.param({"tag": "team=data"}, False, id="part-of-a-tag"),
        pytest.param({"tag": "cost centre=7"}, True, id="key-as-a-backend-takes-it"),
        pytest.param({"tag": ["owner=ann", "team=*"]}, True, id="one-of-tags"),
        pytest.param({"service": "checkout", "cluster": "stage"}, False, id="one-of-two-fits"),
    ],
)
def test_a_case_fits_where_each_given_condition_does(given: dict[str, Any], *, fits: bool) -> None:
    assert Conditions(**given).fits(CASE) is fits


@each("name", sorted(CONDITIONS.keys() - {"cause", "workload", "exit_code"}))
def test_what_a_case_does_not_know_never_fits(name: str) -> None:
    given: dict[str, Any] = {name: "team=*" if name == "tag" else "*"}
    assert Conditions(**given).fits(CASE)
    assert not Conditions(**given).fits(BARE)


def test_an_exit_code_does_not_fit_where_no_container_is_at_fault() -> None:
    assert not Conditions(exit_code=0).fits(BARE)


def test_a_container_without_exit_code_fits_no_exit_code() -> None:
    codes: frozenset[int | None] = frozenset({143, None})
    assert not Conditions(exit_code=143).fits(attrs.evolve(CASE, exit_codes=codes))


def test_every_condition_of_the_table_is_a_member_of_its_class() -> None:
    assert set(CONDITIONS) == {field.name for field in attrs.fields(Conditions) if field.init}


@each("name", sorted(CONDITIONS))
def test_a_condition_can_be_written_in_a_configuration(name: str) -> None:
    """Both in a rule and in a route."""
    for section, keys in {"RULE": RULE, "ROUTE": ROUTE}.items():
        assert name in {key.name for key in keys}, f"add it to {section} in configuration"


@each("name", sorted(CONDITIONS))
def test_the_command_explains_why_a_condition_does_not_fit(name: str) -> None:
    given: dict[str, Any] = {"cause": "health_check", "workload": "batch", "exit_code": 3}
    other = Conditions(**{name: given.get(name, "team=x" if name == "tag" else "1" * 12)})
    for case in (CASE, BARE):
        assert name in misfit(other, case) or "no container" in misfit(other, case)


@each(
    ("given", "message"),
    [
        pytest.param({"cause": "health_chek"}, "did you mean health_check?", id="cause"),
        pytest.param({"cause": "health_*_x"}, "unknown cause 'health_*_x': ", id="no-cause-at-all"),
        pytest.param({"workload": "servce"}, "did you mean service?", id="workload"),
        pytest.param({"cluster": "a/b"}, "expected a cluster's name", id="cluster"),
        pytest.param({"service": "web!"}, "expected the name of a service", id="service"),
        pytest.param({"family": "etl:17"}, "expected the name of a service or family", id="family"),
        pytest.param({"container": "näme"}, "expected a container's name", id="container"),
        pytest.param({"account": "1234"}, "expected an account as a string of 12", id="account"),
        pytest.param({"account": 111122223333}, "put it in quotes", id="account-as-a-number"),
        pytest.param({"account": [111122223333]}, "write it in quotes", id="accounts-as-numbers"),
        pytest.param({"tag": "team"}, "expected a tag as KEY=VALUE", id="tag-without-value"),
        pytest.param({"tag": "=data"}, "expected a tag as KEY=VALUE", id="tag-without-key"),
        pytest.param({"tag": "team="}, "expected a tag as KEY=VALUE", id="tag-with-empty-value"),
        pytest.param({"tag": "t*=data"}, "expected a tag as KEY=VALUE", id="wildcard-in-a-key"),
        pytest.param({"exit_code": "143"}, "expected integers, got '143'", id="exit-code-as-text"),
        pytest.param({"exit_code": True}, "expected integers, got True", id="exit-code-as-a-flag"),
        pytest.param({"family": []}, "expected at least one value, got []", id="no-families"),
        pytest.param({"exit_code": set()}, "expected at least one value", id="no-exit-codes"),
        pytest.param({"cause": [5]}, "unknown cause 5: ", id="cause-as-a-number"),
        pytest.param({"family": 5}, "expected a string or several, got 5", id="family-as-a-number"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_expected(
    given: dict[str, Any], message: str
) -> None:
    with pytest.raises((ValueError, TypeError)) as caught:
        Conditions(**given)
    assert message in str(caught.value)


@each("name", sorted(CONDITIONS))
@each("empty", [(), [], "", {}, frozenset(), range(0)])
def test_nothing_is_no_value_of_a_condition(name: str, empty: Any) -> None:
    """A filter that finds nothing must not make a rule for everything."""
    for value in (empty, iter(empty)):
        with pytest.raises((ValueError, TypeError)):
            Conditions(**{name: value})


def _pickled(rule: Rule) -> Rule:
    """Return a rule as another process gets it."""
    restored = pickle.loads(pickle.dumps(rule))  # noqa: S301 - our own
    assert isinstance(restored, Rule)
    return restored


@each("again", [attrs.evolve, copy.deepcopy, _pickled])
def test_a_copy_has_the_same_conditions(again: Callable[[Rule], Rule]) -> None:
    rule = Rule("error", family="etl-*")
    assert again(rule) == rule
    assert again(rule).given == {"family": ("etl-*",)}


@given(st.sampled_from(sorted(CONDITIONS)), strategies.json_values())
def test_whatever_is_given_is_taken_or_refused(name: str, value: Any) -> None:
    """What is taken fits some cases or none, and raises nothing then."""
    given: dict[str, Any] = {name: value}
    try:
        conditions = Conditions(**given)
    except (ValueError, TypeError):
        return
    assert conditions.fits(CASE) in {True, False}
    assert str(conditions)


def test_conditions_show_as_a_person_reads_them() -> None:
    conditions = Conditions(family=["importer", "exporter"], exit_code=143)
    assert str(conditions) == "family importer or exporter, exit_code 143"
    assert str(Conditions()) == "everything"


def test_the_causes_and_workloads_that_may_fit_are_all_where_none_is_given() -> None:
    assert Conditions().causes == set(Cause) == set(CAUSES)
    assert Conditions().workloads == set(WorkloadType)
    assert Conditions(workload=["batch"]).workloads == {WorkloadType.BATCH}


def test_the_keys_of_tags_are_what_a_look_up_has_to_find() -> None:
    assert Conditions(tag=["team=a", "cost centre=7=8", "team=b"]).tag_keys == (
        "team",
        "cost centre",
    )
