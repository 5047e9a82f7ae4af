"""The Terraform example without AWS: what Terraform itself says of it, and what it renders."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ecs_failure_alerts import FailurePolicy
from ecs_failure_alerts.notices.pattern import notice_patterns
from ecs_failure_alerts.patterns import EventPattern
from ecs_failure_alerts.testing import task_state_change
from integration.components import require, unavailable
from integration.terraform import EXAMPLE, FOLDERS, Terraform, bare_copy, require_terraform

pytestmark = pytest.mark.integration

EVENTS = Path(__file__).parents[1] / "events"
SAM = EXAMPLE.parent / "sam" / "template.yaml"
Messages = list[dict[str, Any]]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a bare copy of the example."""
    require_terraform()
    return bare_copy(tmp_path_factory.mktemp("terraform"))


@pytest.fixture(scope="module")
def root(copy: Path) -> Terraform:
    """Return Terraform in the copy, initialised."""
    terraform = Terraform(copy)
    terraform.init()
    return terraform


@pytest.fixture(scope="module")
def modes(root: Terraform) -> Messages:
    """Return what the tests of the modes say, with the state that each came to."""
    return root.test("-verbose", "-filter=tests/modes.tftest.hcl")


@pytest.fixture(scope="module")
def notices(root: Terraform) -> Messages:
    """Return what the tests of the notices' rules say."""
    return root.test("-filter=tests/notices.tftest.hcl")


@pytest.fixture(scope="module")
def lookups(root: Terraform) -> Messages:
    """Return what the tests of look-ups say, with the state that each came to."""
    return root.test("-verbose", "-filter=tests/lookups.tftest.hcl")


@pytest.fixture(scope="module")
def config(root: Terraform) -> Messages:
    """Return what the tests of the configuration document say, with the state of each."""
    return root.test("-verbose", "-filter=tests/config.tftest.hcl")


@pytest.fixture(scope="module")
def validations(root: Terraform) -> Messages:
    """Return what the tests of the validations say."""
    return root.test("-filter=tests/validations.tftest.hcl")


def of_type(messages: Messages, kind: str) -> Iterator[Any]:
    """Return what the messages of one type hold."""
    return (message[kind] for message in messages if message["type"] == kind)


def failures(messages: Messages) -> list[str]:
    """Return what Terraform complains of."""
    return [f"{d['summary']}: {d['detail']}" for d in of_type(messages, "diagnostic")]


def resources(messages: Messages, run: str) -> dict[str, dict[str, Any]]:
    """Return the resources that a run of ``terraform test`` came to, by address."""
    (state,) = (
        message["test_state"]
        for message in messages
        if message["type"] == "test_state" and message["@testrun"] == run
    )
    return {item["address"]: item["values"] for item in state["root_module"]["resources"]}


def test_every_file_has_terraforms_own_format(copy: Path) -> None:
    assert Terraform(copy).run("fmt", "-check", "-diff", "-recursive") == ""


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_example_is_valid_without_a_warning(root: Terraform, folder: str) -> None:
    """And so are those below it."""
    terraform = Terraform(root.folder / folder)
    if folder != ".":
        terraform.init()
    said = json.loads(terraform.run("validate", "-json"))
    assert (said["valid"], said["diagnostics"]) == (True, [])


@pytest.mark.parametrize("folder", FOLDERS[1:])
def test_the_tests_of_the_examples_pass(copy: Path, folder: str) -> None:
    terraform = Terraform(copy / folder)
    terraform.init()
    messages = terraform.test()
    (summary,) = of_type(messages, "test_summary")
    assert summary["status"] == "pass", failures(messages)
    assert summary["passed"] >= 1


def test_the_tests_of_modes_and_options_pass(modes: Messages) -> None:
    """With a run for each mode."""
    (summary,) = of_type(modes, "test_summary")
    assert summary["status"] == "pass", failures(modes)
    runs = {run["run"] for run in of_type(modes, "test_run")}
    assert {"queue", "direct", "secret", "parameter_by_arn", "plain", "narrowed"} <= runs


def test_the_tests_of_look_ups_pass(lookups: Messages) -> None:
    (summary,) = of_type(lookups, "test_summary")
    assert summary["status"] == "pass", failures(lookups)
    assert summary["passed"] >= 17


def test_the_tests_of_the_document_pass(config: Messages) -> None:
    (summary,) = of_type(config, "test_summary")
    assert summary["status"] == "pass", failures(config)
    assert summary["passed"] >= 38


def test_the_tests_of_notices_and_schedules_pass(notices: Messages) -> None:
    (summary,) = of_type(notices, "test_summary")
    assert summary["status"] == "pass", failures(notices)
    assert summary["passed"] >= 7


def test_a_copy_passes_beside_the_users_own_variables(tmp_path: Path) -> None:
    """What a user has in terraform.tfvars does not change what the tests test."""
    require_terraform()
    require("hcl2")
    import hcl2

    own = {
        "name": "ours",
        "mode": "direct",
        "lambda_zip": "no-such.zip",
        "sentry_dsn": {"plain": "https://public@sentry.example/1"},
        "config": {"rules": [{"level": "error", "cause": "user_stopped"}]},
        "config_text": None,
        "notifier_access": {"topics": ["arn:aws:sns:eu-west-1:123456789012:ours"]},
        "alarm_actions": ["arn:aws:sns:eu-west-1:123456789012:ours"],
        "clusters": ["ours"],
        "event_bus_name": "ours",
        "event_pattern": '{"source": ["aws.ecs"], "detail": {}}',
        "lookups": {"definition": True},
        "settings": {"ECS_ALERTS_ENVIRONMENT": "ours"},
        "batch_size": 100,
        "batch_window": 20,
        "scheduled_rules": ["ours"],
        "schedule_groups": ["ours"],
        "architecture": "x86_64",
        "log_retention_days": 7,
        "kms_key_arn": "arn:aws:kms:eu-west-1:123456789012:key/ours",
        "vpc": {"subnet_ids": ["subnet-9"], "security_group_ids": ["sg-9"]},
        "tags": {"team": "ours"},
        "service_events": False,
        "refused_runs": True,
        "batch_events": True,
        "workflow_events": True,
        "task_retirement": True,
    }
    variables = hcl2.loads((EXAMPLE / "variables.tf").read_text())["variable"]
    assert own.keys() == {json.loads(name) for block in variables for name in block}

    terraform = Terraform(bare_copy(tmp_path))
    (terraform.folder / "terraform.tfvars.json").write_text(json.dumps(own))
    terraform.init()
    messages = terraform.test()
    (summary,) = of_type(messages, "test_summary")
    assert summary["status"] == "pass", failures(messages)


def test_what_the_variables_refuse_is_refused(validations: Messages) -> None:
    (summary,) = of_type(validations, "test_summary")
    assert summary["status"] == "pass", failures(validations)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_validation_has_a_run_that_it_refuses(folder: str) -> None:
    require("hcl2")
    import hcl2

    tests = "".join(path.read_text() for path in (EXAMPLE / folder / "tests").glob("*.hcl"))
    for block in hcl2.loads((EXAMPLE / folder / "variables.tf").read_text())["variable"]:
        for name, variable in block.items():
            runs = tests.count(f"expect_failures = [var.{json.loads(name)}]")
            assert runs >= len(variable.get("validation", [])), name


def test_every_resource_that_can_have_tags_has_them(root: Terraform) -> None:
    """In the examples too."""
    require("hcl2")
    import hcl2

    (provider,) = json.loads(root.run("providers", "schema", "-json"))["provider_schemas"].values()
    tagged = set()
    for path in EXAMPLE.rglob("*.tf"):
        blocks = hcl2.loads(path.read_text())
        for module in (m for block in blocks.get("module", []) for m in block.values()):
            assert module["tags"] == "${var.tags}", path
        for block in blocks.get("resource", []):
            for kind, named in block.items():
                schema = provider["resource_schemas"][json.loads(kind)]["block"]
                if "tags" not in schema["attributes"]:
                    continue
                for name, resource in named.items():
                    assert resource.get("tags") == "${var.tags}", f"{path}: {kind} {name}"
                    tagged.add(json.loads(kind))
    assert len(tagged) == 11


def test_another_mode_never_leaves_the_rule_without_a_target(modes: Messages) -> None:
    (plan,) = (
        message["test_plan"]
        for message in modes
        if message["type"] == "test_plan" and message["@testrun"] == "moved"
    )
    actions = {
        change["address"]: change["change"]["actions"] for change in plan["resource_changes"]
    }
    for kind in ("tasks", "services"):
        assert actions[f'aws_cloudwatch_event_target.this["{kind}"]'] == ["update"]
        assert actions[f'aws_lambda_permission.this["{kind}"]'] == ["create"]
    assert actions["aws_sqs_queue.this[0]"] == ["delete"]
    assert actions["aws_sqs_queue.schedules"] == ["no-op"]


def test_the_rule_gets_the_policys_pattern(modes: Messages) -> None:
    """It is compact enough for EventBridge."""
    rendered = resources(modes, "queue")["aws_cloudwatch_event_rule.this"]["event_pattern"]
    assert json.loads(rendered) == json.loads(FailurePolicy().event_pattern().to_json())
    assert len(rendered) <= 2048
    pattern = EventPattern.from_json(rendered)
    assert pattern.matches(task_state_change())
    assert not pattern.matches(task_state_change(containers=[{"exitCode": 0}]))


def clusters_of(*names: str) -> list[str]:
    """Return ARNs of clusters."""
    return [f"arn:aws:ecs:eu-west-1:123456789012:cluster/{name}" for name in names]


#: By what clusters hold, whether they may name a cluster of AWS Batch.
CLUSTERS = {
    "one": (clusters_of("jobs"), False),
    "several": (clusters_of("jobs", "jobs-old", "prod-eu"), False),
    "of_batch": (clusters_of("AWSBatch-CE-7bf73129"), True),
    "also_of_batch": (clusters_of("jobs", "CE_Batch_7bf73129"), True),
    "wildcard": (clusters_of("prod-*"), True),
    "wildcard_and_name": (clusters_of("jobs", "*-old"), True),
    "account": ([f"arn:aws:ecs:*:123456789012:cluster/{name}" for name in ("*", "jobs")], True),
    "name": (["jobs"], False),
    "names": (["jobs", "prod-*"], True),
    "name_of_batch": (["AWSBatch-CE-7bf73129"], True),
}


@contextlib.contextmanager
def planned(root: Terraform, variables: dict[str, str]) -> Iterator[str]:
    """Write tests that plan with *variables*, by the name of a run; give the option for them."""
    head = (EXAMPLE / "tests" / "validations.tftest.hcl").read_text().partition("\nrun ")[0]
    runs = [
        f'run "{name}" {{\n command = plan\n variables {{\n {text}\n }}\n}}\n'
        for name, text in variables.items()
    ]
    path = root.folder / "tests" / "planned.tftest.hcl"
    path.write_text("\n".join([head, *runs]))
    try:
        yield f"-filter={path.relative_to(root.folder)}"
    finally:
        path.unlink()


@pytest.fixture(scope="module")
def narrowed(root: Terraform) -> dict[str, dict[str, EventPattern]]:
    """Return the patterns that the rules get for `CLUSTERS`, each by the rule's address."""
    variables = {name: f"clusters = {json.dumps(arns)}" for name, (arns, _) in CLUSTERS.items()}
    with planned(root, variables) as only:
        messages = root.test("-verbose", only)
    assert not failures(messages)
    plans = {m["@testrun"]: m["test_plan"] for m in messages if m["type"] == "test_plan"}
    found = {}
    for name, plan in plans.items():
        found[name] = {
            change["address"]: EventPattern.from_json(change["change"]["after"]["event_pattern"])
            for change in plan["resource_changes"]
            if change["type"] == "aws_cloudwatch_event_rule"
        }
    return found


def unknown_stop(cluster_arn: str) -> dict[str, Any]:
    """Build an event that passes every policy's pattern if the cluster is among its own."""
    return task_state_change(stopCode="Unknown", clusterArn=cluster_arn)


@pytest.mark.parametrize("name", CLUSTERS)
def test_a_rule_of_clusters_passes_the_same_of_these_alone(
    narrowed: dict[str, dict[str, EventPattern]], name: str
) -> None:
    clusters, may_be_batch = CLUSTERS[name]
    whole = FailurePolicy().event_pattern()
    pattern = narrowed[name]["aws_cloudwatch_event_rule.this"]
    passed = beyond = 0
    for path in sorted(EVENTS.glob("*.json")):
        event = json.loads(path.read_text())["event"]
        for arn in clusters_of(
            *("jobs", "jobs-old", "jobs-older", "prod-eu", "prod-", "x-prod-eu"),
            *("AWSBatch-CE-7bf73129", "CE_Batch_7bf73129", "ce_batch_7bf73129"),
        ):
            event["detail"]["clusterArn"] = arn
            among = bool(
                FailurePolicy(clusters=clusters).event_pattern().matches(unknown_stop(arn))
            )
            passes, expected = pattern.matches(event), among and whole.matches(event)
            passed += passes
            if passes != expected:
                # Of AWS Batch the rule cannot know both: it passes a service's Spot interruption.
                beyond += 1
                event["detail"]["clusterArn"] = clusters_of("AWSBatch-CE")[0]
                assert passes, path
                assert among, path
                assert may_be_batch, path
                assert event["detail"]["stopCode"] == "SpotInterruption", path
                assert whole.matches(event), path
    assert passed > 50
    assert not beyond or may_be_batch


@pytest.mark.parametrize("name", CLUSTERS)
def test_the_rule_of_services_is_narrowed_as_the_policy_narrows_it(
    narrowed: dict[str, dict[str, EventPattern]], name: str
) -> None:
    """Terraform names ARNs before names, so the conditions may be in another order."""
    policy = FailurePolicy(clusters=CLUSTERS[name][0])
    expected = json.loads(notice_patterns(policy)["services"].to_json())
    rule = narrowed[name]['aws_cloudwatch_event_rule.notices["services"]']
    found = json.loads(rule.to_json())
    for pattern in (expected, found):
        pattern["detail"]["clusterArn"].sort(key=json.dumps)
    assert found == expected


def test_too_many_clusters_are_refused_with_what_to_do(root: Terraform) -> None:
    arns = clusters_of(*(f"cluster-{number}" for number in range(31)))
    with planned(root, {"many": f"clusters = {json.dumps(arns)}"}) as only:
        errors = failures(root.test(only))
    assert len(errors) == 2  # of the rules of tasks and of services
    for error in errors:
        assert "these 31 clusters" in error
        assert "EventBridge takes 2048: name fewer clusters" in error


def test_terraform_never_prints_a_plain_dsn(root: Terraform) -> None:
    """Even if it is refused."""
    secret = "c0ffee"
    written = '${join("", ["c0f", "fee"])}'  # the tests' own text is printed as well
    variables = {
        "taken": f'sentry_dsn = {{ plain = "https://{written}@sentry.example/1" }}',
        "refused": f'sentry_dsn = {{ plain = "{written}" }}',
    }
    with planned(root, variables) as only:
        done = root.attempt("test", "-verbose", only)
    said = done.stdout + done.stderr
    assert "ECS_ALERTS_SENTRY_DSN" in said
    assert "(sensitive value)" in said
    assert "sentry_dsn.plain must be a DSN of the form" in said
    assert secret not in said


def test_no_condition_names_the_dsn() -> None:
    """Terraform shows what a condition names."""
    text = (EXAMPLE / "variables.tf").read_text()
    assert set(re.findall(r"var\.sentry_dsn\.(\w+)", text)) == {"kms_key_arn"}


@pytest.mark.parametrize("run", ["small", "larger_than_the_environment_takes", "as_toml"])
def test_parliament_has_nothing_against_what_a_document_takes(config: Messages, run: str) -> None:
    """Its wildcards are the streams of the log, and what AWS adds to a secret's name."""
    policy = resources(config, run)["aws_iam_role_policy.this"]["policy"]
    assert policy.count("*") == policy.count(":log-stream:*") == 1
    done = run_tool("parliament", "--string", policy)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout


@pytest.mark.parametrize("run", ["queue", "direct", "secret", "options"])
def test_parliament_has_nothing_against_the_role(modes: Messages, run: str) -> None:
    """It has one wildcard."""
    policy = resources(modes, run)["aws_iam_role_policy.this"]["policy"]
    assert policy.count("*") == 1
    assert "log-stream:*" in policy
    done = run_tool("parliament", "--string", policy)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout


def test_parliament_has_nothing_against_what_look_ups_take(lookups: Messages) -> None:
    policy = resources(lookups, "everything")["aws_iam_role_policy.this"]["policy"]
    done = run_tool("parliament", "--string", policy)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout


def test_checkov_finds_nothing_but_what_is_skipped_with_a_reason(copy: Path) -> None:
    alone = copy.parent / "alone"
    alone.mkdir()
    for path in copy.iterdir():
        if path.is_file():
            shutil.copy(path, alone)
    for folder in (alone, copy):
        done = run_tool(
            *("checkov", "--directory", str(folder), "--framework", "terraform"),
            *("--skip-download", "--compact", "--output", "json"),
        )
        summary = json.loads(done.stdout)["summary"]
        assert summary["passed"] > 20
        assert (summary["failed"], summary["parsing_errors"]) == (0, 0), done.stdout
        assert done.returncode == 0


def test_cfn_lint_has_nothing_against_the_sam_template() -> None:
    done = run_tool("cfn-lint", str(SAM))
    assert (done.returncode, done.stdout) == (0, ""), done.stdout


@pytest.fixture(scope="module")
def sam() -> dict[str, Any]:
    """Return the SAM template."""
    require("cfnlint")
    from cfnlint.decode.cfn_yaml import load

    return dict(load(str(SAM)))


def properties_of(template: dict[str, Any]) -> dict[str, Any]:
    """Return the properties of a template's resources, by their names."""
    return {name: item["Properties"] for name, item in template["Resources"].items()}


def test_the_sam_rule_has_the_policys_pattern(sam: dict[str, Any]) -> None:
    pattern = properties_of(sam)["Rule"]["EventPattern"]
    assert pattern == json.loads(FailurePolicy().event_pattern().to_json())


def test_the_sam_rule_of_services_has_the_pattern_of_notices(sam: dict[str, Any]) -> None:
    """It leads where the rule of tasks does, and both may."""
    properties = properties_of(sam)
    rule = properties["ServicesRule"]
    assert rule["EventPattern"] == json.loads(notice_patterns()["services"].to_json())
    assert rule["Targets"] == properties["Rule"]["Targets"]
    (_, sends) = properties["RuleSends"]["PolicyDocument"]["Statement"]
    assert sends["Condition"]["ArnEquals"]["aws:SourceArn"] == [
        {"Fn::GetAtt": ["Rule", "Arn"]},
        {"Fn::GetAtt": ["ServicesRule", "Arn"]},
    ]


def test_the_sam_role_may_do_what_terraforms_may(sam: dict[str, Any], modes: Messages) -> None:
    (function,) = (
        item["Properties"]
        for item in sam["Resources"].values()
        if item["Type"] == "AWS::Serverless::Function"
    )
    # Where it has no role, SAM makes one of managed policies for all queues and all logs.
    assert function["Role"] == {"Fn::GetAtt": ["Role", "Arn"]}
    assert "Policies" not in function
    (role,) = (
        item["Properties"] for item in sam["Resources"].values() if item["Type"] == "AWS::IAM::Role"
    )
    assert set(role) == {"AssumeRolePolicyDocument", "Policies"}
    document = resources(modes, "queue")["aws_iam_role_policy.this"]["policy"]
    granted = sam_statements(sam) + sam_statements(sam, "HasDsn")
    actions = [
        [(statement["Sid"], statement["Action"]) for statement in statements]
        for statements in (granted, json.loads(document)["Statement"])
    ]
    assert actions[0] == actions[1]
    assert json.dumps(granted).count("*") == json.dumps(granted).count(":log-stream:*") == 1


def sam_statements(template: dict[str, Any], condition: str | None = None) -> list[Any]:
    """Return what the template's role is allowed, always or where a condition holds."""
    (policy,) = properties_of(template)["Role"]["Policies"]
    return [
        statement["Fn::If"][1] if condition else statement
        for statement in policy["PolicyDocument"]["Statement"]
        if statement.get("Fn::If", [None])[0] == condition
    ]


@pytest.fixture(scope="module")
def granted_by_terraform(lookups: Messages, config: Messages) -> dict[str, Any]:
    """Return the actions that the function's role may get, by the statement's name."""
    states = (
        resources(lookups, "everything"),
        resources(config, "small"),
        resources(config, "larger_than_the_environment_takes"),
    )
    return {
        statement["Sid"]: statement["Action"]
        for state in states
        for statement in json.loads(state["aws_iam_role_policy.this"]["policy"])["Statement"]
    }


@pytest.mark.parametrize(
    "case",
    [
        ("LooksUp", "Lookups", "DescribeTaskDefinitions"),
        ("ReadsLogs", "LookupLogGroup", "ReadLogs"),
        ("LooksElsewhere", "LookupRoles", "LookUpElsewhere"),
        ("ReadsConfig", "ConfigParameter", "ReadConfig"),
        ("ReadsParameters", "NotifierParameterArns", "ReadParameters"),
        ("Publishes", "TopicArns", "Publish"),
    ],
)
def test_the_sam_template_grants_by_its_parameters_what_terraform_grants(
    sam: dict[str, Any], granted_by_terraform: dict[str, Any], case: tuple[str, str, str]
) -> None:
    """Nothing of it by default."""
    condition, parameter, sid = case
    (granted,) = sam_statements(sam, condition)
    assert (granted["Sid"], granted["Action"]) == (sid, granted_by_terraform[sid])

    assert parameter in json.dumps(sam["Conditions"][condition])
    assert sam["Parameters"][parameter]["Default"] == ""


def test_the_sam_template_outlasts_six_hours_without_sentry(sam: dict[str, Any]) -> None:
    """It has the alarms of the mode."""
    properties = properties_of(sam)
    mappings = [event["Properties"] for event in properties["Function"]["Events"].values()]
    assert [mapping["Queue"]["Fn::GetAtt"][0] for mapping in mappings] == ["Queue", "Schedules"]
    assert {*map(tuple, (m["FunctionResponseTypes"] for m in mappings))} == {
        ("ReportBatchItemFailures",)
    }
    for setting in ("VisibilityTimeout", "MessageRetentionPeriod", "RedrivePolicy"):
        assert properties["Schedules"][setting] == properties["Queue"][setting]
    variables = properties["Function"]["Environment"]["Variables"]
    assert variables["ECS_ALERTS_PARTIAL_BATCH"] == "1"
    visibility = properties["Queue"]["VisibilityTimeout"]
    assert visibility >= 6 * sam["Globals"]["Function"]["Timeout"]
    assert visibility * (properties["Queue"]["RedrivePolicy"]["maxReceiveCount"] - 1) >= 6 * 3600
    assert visibility < properties["LateAlarm"]["Threshold"] < 2 * visibility
    assert properties["Queue"]["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert properties["Rule"]["Targets"][0]["DeadLetterConfig"]["Arn"] == {
        "Fn::GetAtt": ["Undelivered", "Arn"]
    }
    metrics = {item["MetricName"] for item in properties.values() if "MetricName" in item}
    assert metrics == {
        *("Errors", "InvocationsFailedToBeSentToDlq", "ApproximateAgeOfOldestMessage"),
        "ApproximateNumberOfMessagesVisible",
    }


def test_sam_dead_letters_outlive_the_stack(sam: dict[str, Any]) -> None:
    """What got stuck is still there when the stack is deleted or a queue is replaced."""
    for name in ("Failed", "Undelivered"):
        resource = sam["Resources"][name]
        assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain",) * 2
        assert resource["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_sam_queues_refuse_what_is_not_theirs(sam: dict[str, Any]) -> None:
    """Each queue refuses requests without TLS, and dead letters of other queues."""
    properties = properties_of(sam)
    policies = [item for item in properties.values() if "Queues" in item]
    safe = {
        queue["Ref"]
        for policy in policies
        for queue in policy["Queues"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    }
    assert safe == {"Queue", "Failed", "Undelivered", "Schedules"}
    allowed = {name: properties[name]["RedriveAllowPolicy"] for name in safe}
    permissions = {name: policy["redrivePermission"] for name, policy in allowed.items()}
    assert permissions == dict.fromkeys(safe, "denyAll") | {"Failed": "byQueue"}
    sources = [source["Fn::Sub"] for source in allowed["Failed"]["sourceQueueArns"]]
    names = ["${AWS::StackName}", "${AWS::StackName}-schedules"]
    assert [source.partition("AccountId}:")[2] for source in sources] == names
    assert properties["Queue"]["QueueName"] == {"Ref": "AWS::StackName"}
    assert properties["Schedules"]["QueueName"] == {"Fn::Sub": names[1]}


def run_tool(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command-line tool, of our own environment first."""
    beside = Path(sys.executable).parent / name
    command = str(beside) if beside.exists() else shutil.which(name)
    if command is None:
        unavailable(f"{name} is not on PATH: pip install {name}")
    return subprocess.run(
        [command, *arguments], capture_output=True, text=True, check=False, timeout=120
    )
