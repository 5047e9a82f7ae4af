"""What a policy makes of a notice."""

from __future__ import annotations

import pytest

from ecs_failure_alerts import FailurePolicy, judge, read_payload
from ecs_failure_alerts.testing import schedule_dead_letter, service_action
from notice_events import refused_run


@pytest.mark.parametrize(("services", "alerts"), [(("api",), True), (("web",), False), ((), True)])
def test_the_policys_services_count_for_a_services_notice(
    services: tuple[str, ...], alerts: bool
) -> None:
    policy = FailurePolicy(services=services)
    assert judge(service_action(), policy).diagnosis.alert is alerts


@pytest.mark.parametrize(
    "policy", [FailurePolicy(families=("etl",)), FailurePolicy(services=("api",))]
)
def test_a_list_that_a_notice_says_nothing_about_does_not_silence_it(
    policy: FailurePolicy,
) -> None:
    (record,) = read_payload(schedule_dead_letter())
    assert judge(record.event or {}, policy).diagnosis.alert


@pytest.mark.parametrize(("families", "alerts"), [(("etl",), True), (("web",), False)])
def test_the_policys_families_count_where_a_run_names_one(
    families: tuple[str, ...], alerts: bool
) -> None:
    policy = FailurePolicy(families=families)
    assert judge(refused_run("AGENT"), policy).diagnosis.alert is alerts


@pytest.mark.parametrize("ignored", ["service_action", "service_action.task_start_impaired"])
def test_a_cause_is_silenced_by_its_name_or_by_its_group(ignored: str) -> None:
    policy = FailurePolicy(levels={(ignored, "*"): None})
    assert not judge(service_action(), policy).diagnosis.alert
