"""The forwarder of the central bus, upgraded from the time when it had one rule."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, Final

import pytest

from integration.components import require
from integration.moto_server import moto_server
from integration.terraform import Terraform, bare_copy, require_terraform

pytestmark = [pytest.mark.integration, pytest.mark.slow]

#: Of the forwarder when it had the rule for tasks alone, applied to moto.
LANDED: Final = Path(__file__).with_name("terraform_states") / "forwarder.json"


@pytest.fixture(scope="module")
def changes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Return what an upgrade plans, by address."""
    require_terraform()
    require("boto3", "moto.server")
    folder = tmp_path_factory.mktemp("forwarder")
    forwarder = bare_copy(folder) / "examples" / "central-bus" / "forwarder"
    state = shutil.copy(LANDED, folder / "terraform.tfstate")
    variables = {
        "region": "eu-west-1",
        "event_bus_arn": "arn:aws:events:eu-west-1:123456789012:event-bus/ecs-task-events",
        "alarm_actions": ["arn:aws:sns:eu-west-1:123456789012:on-call"],
    }
    (forwarder / "terraform.tfvars.json").write_text(json.dumps(variables))

    with moto_server(folder) as aws:
        terraform = Terraform(forwarder, aws.env)
        terraform.init()
        options = ("-input=false", "-refresh=false", f"-state={state}", "-out=upgrade")
        terraform.run("plan", *options)
        plan = json.loads(terraform.run("show", "-json", "upgrade"))

    return {change["address"]: change for change in plan["resource_changes"]}


def test_an_upgrade_destroys_nothing(changes: dict[str, dict[str, Any]]) -> None:
    destroyed = [
        address for address, change in changes.items() if "delete" in change["change"]["actions"]
    ]
    assert destroyed == []


def test_an_upgrade_keeps_every_resource(changes: dict[str, dict[str, Any]]) -> None:
    kept = [change for change in changes.values() if change["change"]["actions"] != ["create"]]
    landed = [
        instance
        for resource in json.loads(LANDED.read_text())["resources"]
        if resource["mode"] == "managed"
        for instance in resource["instances"]
    ]
    assert len(kept) == len(landed)


def test_the_rule_keeps_its_address_and_the_target_moves(
    changes: dict[str, dict[str, Any]],
) -> None:
    target = changes['aws_cloudwatch_event_target.this["tasks"]']
    assert "previous_address" not in changes["aws_cloudwatch_event_rule.this"]
    assert target["previous_address"] == "aws_cloudwatch_event_target.this"


def test_the_rule_for_services_is_new(changes: dict[str, dict[str, Any]]) -> None:
    rule = changes['aws_cloudwatch_event_rule.notices["services"]']
    assert rule["change"]["actions"] == ["create"]
