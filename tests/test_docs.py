"""The documents do what they say: code runs, output is the real one, links lead somewhere."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from documents import (
    DOCS,
    DOCUMENTS,
    FOR_USERS,
    README,
    Block,
    Folder,
    blocks,
    broken,
    commands,
    links,
    name,
    read,
)
from ecs_failure_alerts import Cause, build_alert, diagnose, parse_event
from ecs_failure_alerts.causes import (
    NOTICE_CAUSES,
    TASK_CAUSES,
    TASK_WORKLOADS,
    WorkloadType,
)
from ecs_failure_alerts.configuration import (
    LOOKUPS,
    NOTIFIERS,
    ROUTE,
    RULE,
    TOP,
    Key,
    read_configuration,
)
from ecs_failure_alerts.delivery._collapse import collapse
from ecs_failure_alerts.notices.pattern import notice_patterns
from ecs_failure_alerts.policy import SIDE_CONTAINERS, FailurePolicy
from ecs_failure_alerts.policy.conditions import CONDITIONS
from ecs_failure_alerts.settings import SETTINGS
from ecs_failure_alerts.tasks.signs import CAUSE_TABLE
from ecs_failure_alerts.tasks.wordings import RERUN, ROLE, WORDINGS
from ecs_failure_alerts.testing import SentryInbox, task_state_change
from rows import each

pytestmark = pytest.mark.skipif(not DOCS.exists(), reason="the tests run without the checkout")

needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")

#: What is run or read, text by `test_readme.py`; anything else nobody would hold to its word.
LANGUAGES = {"python", "console", "sh", "json", "toml", "hcl", "text"}
#: The set-up in the README makes an environment; `.ci/run` runs it.
SET_UP = [str(block) for block in blocks("sh", of=(README,))[:2]]


def by_block(found: Sequence[Block]) -> pytest.MarkDecorator:
    """Make one test of each block."""
    return pytest.mark.parametrize("block", [pytest.param(block, id=str(block)) for block in found])


@pytest.fixture(scope="module")
def inbox() -> Iterator[SentryInbox]:
    """Yield the Sentry that the blocks' DSN leads to."""
    with SentryInbox() as inbox:
        yield inbox


@pytest.fixture
def folder(tmp_path: Path, inbox: SentryInbox) -> Folder:
    """Return a folder to run in."""
    return Folder(tmp_path, {"ECS_ALERTS_SENTRY_DSN": inbox.dsn})


@pytest.mark.integration
@by_block([block for block in blocks("python", of=FOR_USERS) if block.runs])
def test_a_block_of_python_runs_alone(
    block: Block, folder: Folder, inbox: SentryInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Each block of Python runs alone, beside the files that its document shows.

    One whose file is a test is run by pytest.
    """
    folder.save(block.document)
    if (block.file or "").startswith("test_"):
        result = folder.run(f"pytest -q -W error {block.file}")
        assert result.returncode == 0, result.stdout + result.stderr
        assert " passed" in result.stdout
        return
    monkeypatch.setenv("ECS_ALERTS_SENTRY_DSN", inbox.dsn)
    monkeypatch.chdir(folder.path)
    monkeypatch.syspath_prepend(folder.path)
    before = set(sys.modules)
    try:
        code = compile("\n" * block.line + block.text, name(block.document), "exec")
        exec(code, {"__name__": "documented"})  # noqa: S102
    finally:
        for module in set(sys.modules) - before:
            if (getattr(sys.modules[module], "__file__", None) or "").startswith(str(folder.path)):
                del sys.modules[module]


@pytest.mark.integration
@needs_bash
@by_block(blocks("console", of=FOR_USERS))
def test_a_command_prints_what_is_shown_under_it(block: Block, folder: Folder) -> None:
    folder.save(block.document)
    shown = list(commands(block))
    assert shown, "a console block has commands, which begin with $"
    for command, output in shown:
        result = folder.run(command)
        assert result.stdout + result.stderr == output, command


@pytest.mark.integration
@needs_bash
@by_block(
    [block for block in blocks("sh", of=FOR_USERS) if block.runs and str(block) not in SET_UP]
)
def test_a_block_of_shell_runs(block: Block, folder: Folder) -> None:
    """Only aws is played by a stand-in."""
    folder.save(block.document)
    result = folder.run(block.text)
    assert result.returncode == 0, result.stderr


@needs_bash
@each("block", blocks("sh"), ids=str)
def test_a_block_of_shell_parses_even_where_it_cannot_run(block: Block) -> None:
    result = subprocess.run(
        ["bash", "-n"],  # noqa: S607
        input=block.text,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert result.returncode == 0, result.stderr


@by_block(blocks("json"))
def test_a_block_of_json_is_json(block: Block) -> None:
    assert json.loads(block.text)


@pytest.mark.integration
@by_block(blocks("hcl"))
def test_a_block_of_terraform_parses(block: Block) -> None:
    hcl2 = pytest.importorskip("hcl2", reason="python-hcl2 is in the extra 'integration'")
    assert hcl2.loads(block.text)


@pytest.mark.integration
def test_mypy_accepts_every_file_of_python_that_is_shown(tmp_path: Path) -> None:
    pytest.importorskip("mypy", reason="mypy is in the extra 'dev'")
    files = [block for block in blocks("python", of=FOR_USERS) if block.file]
    assert files
    for block in files:
        (tmp_path / str(block.file)).write_text(block.text, "utf-8")
    result = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert result.returncode == 0, result.stdout


@each("document", [pytest.param(path, id=name(path)) for path in FOR_USERS])
def test_a_block_is_of_a_language_that_is_run_or_read(document: Path) -> None:
    found = {block.language for block in read(document)[0]}
    assert found <= LANGUAGES


def test_only_shell_that_needs_the_outside_does_not_run() -> None:
    """AWS, Terraform or a network; that of Dask has an integration test of its own."""
    at_rest = [block for block in blocks(*LANGUAGES) if not block.runs]
    assert {block.language for block in at_rest if "dask" not in block.words} <= {"sh"}


@each("document", [pytest.param(path, id=name(path)) for path in DOCUMENTS])
def test_every_link_inside_the_project_leads_somewhere(document: Path) -> None:
    """To a file, and to a heading that is there."""
    faults = {target: broken(document, target) for target in links(document)}
    assert {target: fault for target, fault in faults.items() if fault} == {}


def rows(document: str, header: str, *, under: str = "") -> list[list[str]]:
    """Return the rows of the first table with this header, under a heading; without backticks."""
    text = (DOCS / document).read_text("utf-8")
    if under:
        text = text.replace(f"### `{under}`", f"### {under}").partition(f"### {under}\n")[2]
    _, found, rest = text.partition(f"| {header} |\n")
    assert found, f"{document} has no table {header}"
    table = re.match(r"(\|.*\n)+", rest)
    assert table
    lines = table[0].splitlines()[1:]
    return [[cell.strip() for cell in line.replace("`", "").split("|")[1:-1]] for line in lines]


def assert_rows(
    document: str, header: str, expected: Sequence[list[str]], *, under: str = ""
) -> None:
    """Check that a table has these rows in this order, and print the rows that it lacks."""
    found = rows(document, header, under=under)
    lacking = "\n".join(f"| {' | '.join(cells)} |" for cells in expected if cells not in found)
    assert found == expected, f"{document} lacks, or has in another order:\n{lacking}"


def test_the_page_on_settings_has_the_rows_of_the_table() -> None:
    expected = [
        [setting.name, setting.meaning, setting.fallback or setting.unset] for setting in SETTINGS
    ]
    assert_rows("settings.md", "variable | holds | if unset", expected)


def test_the_page_on_rules_has_every_condition() -> None:
    """A condition of the code has a row, and no other row is there."""
    shown = [condition for condition, *_ in rows("rules.md", "condition | holds | fits")]
    assert shown == [*CONDITIONS, "until"]


def told(keys: Iterable[Key]) -> list[list[str]]:
    """Return the rows of a table of keys, as the page on the configuration has them."""
    return [
        [
            key.name,
            f"{key.kind.words}{', or several' * key.kind.several}".replace("|", ""),
            key.meaning,
            "needed" if key.required else key.unset,
        ]
        for key in keys
    ]


SECTIONS = {"Lists at the top": TOP, "[[rules]]": RULE, "[[routes]]": ROUTE, "[lookups]": LOOKUPS}


@each("section", sorted(SECTIONS))
def test_the_page_on_configuration_has_the_keys_of_each_section(section: str) -> None:
    header = "key | takes | holds | if unset"
    assert_rows("configuration.md", header, told(SECTIONS[section]), under=section)


def test_the_page_on_configuration_has_the_keys_of_each_notifier() -> None:
    expected = [[type_, *row] for type_, keys in NOTIFIERS.items() for row in told(keys)]
    assert_rows("configuration.md", "type | key | takes | holds | if unset", expected)


@each("block", blocks("toml", of=FOR_USERS), ids=str)
def test_a_block_of_toml_is_a_configuration_without_a_warning(block: Block) -> None:
    assert read_configuration(block.text, name(block.document)).warnings == []


def test_the_page_on_rules_shows_the_same_rules_in_python_and_in_toml() -> None:
    python, *_ = blocks("python", of=(DOCS / "rules.md",))
    toml, *_ = blocks("toml", of=(DOCS / "rules.md",))
    names: dict[str, Any] = {}
    exec(python.text, names)  # noqa: S102 - our own
    assert read_configuration(toml.text, "rules.md").rules == names["policy"].rules


def test_the_page_on_alerts_says_what_to_do_as_the_alert_does() -> None:
    expected = [
        [cause.value, text.title, text.hint.format(role=ROLE, rerun=RERUN)]
        for cause, text in TASK_CAUSES.items()
        if cause is not Cause.NOT_STOPPED
    ]
    assert_rows("alerts.md", "cause | title | next", expected)


def test_the_page_on_alerts_has_every_hint_of_the_evidence_in_order() -> None:
    group = "failed_to_start"
    expected = [
        [
            group if len(w.causes) > 1 else w.causes[0].value,
            evidence,
            hint.format(role=ROLE, rerun=RERUN),
        ]
        for w in WORDINGS
        for evidence, hint in (
            (w.evidence, w.hint),
            (f"{w.evidence}, of a service", w.for_service),
        )
        if hint
    ]
    assert_rows("alerts.md", "cause | evidence | next", expected)


def test_the_page_on_alerts_has_every_tag_context_and_field() -> None:
    """And no other."""
    events = [
        task_state_change(group="service:checkout"),
        task_state_change(containers=[{"reason": "OutOfMemoryError: killed", "exitCode": 0}]),
        task_state_change(
            group="night",
            capacityProviderName="spot",
            containerInstanceArn="arn:aws:ecs:eu-central-1:123456789012:container-instance/jobs/0c",
        ),
    ]
    tasks = [parse_event(event) for event in events]
    alerts = [build_alert(task, diagnose(task)) for task in tasks]
    alerts.append(collapse(alerts))
    tags = {tag for alert in alerts for tag in alert.tags}
    assert {row[0] for row in rows("alerts.md", "tag | holds")} == tags
    written = {row[0].removesuffix(", …") for row in rows("alerts.md", "context | holds")}
    assert written == alerts[-1].contexts.keys()
    fields = [row[0].split(", ") for row in rows("alerts.md", "field of `Alert` | holds")]
    assert {field for row in fields for field in row} == alerts[0].to_dict().keys()


@pytest.mark.parametrize("document", ["existing-lambda.md", "settings.md"])
def test_the_pages_say_the_time_and_memory_that_terraform_sets(document: str) -> None:
    terraform = (DOCS.parent / "examples" / "terraform" / "main.tf").read_text("utf-8")
    (memory,) = re.findall(r"^ *memory_size *= *(\d+)$", terraform, re.MULTILINE)
    (seconds,) = re.findall(r"^ *timeout *= *(\d+)$", terraform, re.MULTILINE)
    text = " ".join((DOCS / document).read_text("utf-8").replace("**", "").lower().split())
    assert f"give the function {seconds} seconds and {memory} mb or more" in text


def test_the_page_on_causes_has_the_rows_of_the_code_in_order() -> None:
    """Each with its AWS page."""
    table = rows("causes.md", "cause | known by | AWS says")
    said = [(row[0], row[2][row[2].index("(") + 1 : -1]) for row in table[:-2]]
    assert said == [(row.cause.value, row.page) for row in CAUSE_TABLE]
    assert [row[0] for row in table[-2:]] == ["container_exit", "clean_exit"]


def test_the_page_on_causes_has_the_default_levels() -> None:
    told: dict[tuple[str, str], Any] = {
        (cause, workload): None if level == "none" else level
        for cause, workload, level in rows("causes.md", "cause | workload | level")
    }
    policy = FailurePolicy(levels={("*", "*"): None, **told})
    for cause in TASK_CAUSES:
        for workload in TASK_WORKLOADS:
            expected = FailurePolicy().level(cause, workload)
            assert policy.level(cause, workload) == expected, f"{cause} of a {workload} task"


def test_the_page_on_causes_names_the_side_containers() -> None:
    text = " ".join((DOCS / "causes.md").read_text("utf-8").split())
    (listed,) = re.findall(r"compared in any case\): (.*?)\. ", text)
    assert listed == ", ".join(f"`{side}`" for side in SIDE_CONTAINERS)


def test_the_page_on_notices_has_every_rule() -> None:
    found = [rule for rule, *_ in rows("notices.md", "rule (`--kind`) | passes | needs")]
    assert found == list(notice_patterns())


def test_for_each_cause_of_a_notice_its_page_says_what_the_alert_says() -> None:
    """And at what level."""
    expected = [
        [cause.value, entry.levels[WorkloadType.SERVICE] or "none", entry.title, entry.hint]
        for cause, entry in NOTICE_CAUSES.items()
    ]
    assert_rows("notices.md", "cause | level | title | next", expected)
