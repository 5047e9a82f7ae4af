"""The README keeps its own promises; `test_docs.py` runs its code as that of all documents."""

from __future__ import annotations

import re
import runpy
import shlex
import sys

import pytest

from documents import README, ROOT, blocks
from ecs_failure_alerts import FailurePolicy
from ecs_failure_alerts.causes import TASK_CAUSES
from ecs_failure_alerts.cli._demonstration import run_demo
from ecs_failure_alerts.task_patterns import coverage
from rows import each

pytestmark = pytest.mark.skipif(not README.exists(), reason="the tests run without the checkout")


def set_up() -> list[str]:
    """Return the first two commands: the demo and the tests."""
    return [block.text for block in blocks("sh", of=(README,))][:2]


def test_set_up_is_two_lines() -> None:
    """The first two sh blocks are one line each: the demo and the tests."""
    demo, tests = set_up()
    assert demo.count("\n") == tests.count("\n") == 1
    assert demo.rstrip().endswith("ecs-failure-alerts demo")
    assert tests.rstrip().endswith("pytest -q -n auto")


@each(
    ("version", "ends"),
    [((2, 7, 18), True), ((3, 10, 13), True), ((3, 11), False), ((3, 13, 1), False), ((4,), False)],
)
def test_set_up_ends_at_once_on_an_old_python(version: tuple[int, ...], *, ends: bool) -> None:
    """Before it installs anything, each command asks Python for its version."""
    for command in set_up():
        python, option, program, *_ = shlex.split(command)
        assert (python, option) == ("python3", "-c")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "version_info", version)
            said = told(program)
        assert ("Python 3.11 or newer" in said) is ends


def test_the_build_of_the_zip_ends_at_once_on_an_old_python(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The documents call it with whatever Python there is."""
    monkeypatch.setattr(sys, "version_info", (3, 10, 13))
    monkeypatch.setattr(sys, "path", [])  # without the modules beside it
    with pytest.raises(SystemExit, match=re.escape("Python 3.11 or newer")):
        runpy.run_path(str(ROOT / "adapters" / "lambda" / "build.py"), run_name="__main__")


def told(program: str) -> str:
    """Return what *program* ends with; nothing where it goes on."""
    try:
        exec(program)  # noqa: S102 - the README's own
    except SystemExit as error:
        return str(error)
    return ""


def test_the_demo_prints_what_the_first_screen_shows() -> None:
    """But for ids and times, which are new."""
    (shown,) = (block.text for block in blocks("text", of=(README,)))
    lines: list[str] = []
    run_demo(None, lines.append)
    new = re.compile(r"(?<=event )[0-9a-f]{7}(…|[0-9a-f]{25})|\d\d:\d\d:\d\d")
    assert new.sub("…", shown) == new.sub("…", "\n".join(lines)) + "\n"


def test_every_cause_is_explained() -> None:
    """The table of causes has every cause."""
    text = README.read_text("utf-8")
    assert [cause for cause in TASK_CAUSES if f"| `{cause}` |" not in text] == []


def test_the_table_of_rules_is_what_lint_says() -> None:
    """Of the default pattern and of the one that is copied most, row by row."""
    copied = {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        "detail": {
            "containers": {"exitCode": [{"anything-but": [0]}], "reason": [{"exists": True}]}
        },
    }
    patterns = [coverage(FailurePolicy().event_pattern()), coverage(copied)]
    text = README.read_text("utf-8")

    for word, tables in (
        ("misses", [pattern.misses for pattern in patterns]),
        ("wakes for", [pattern.wakes_for for pattern in patterns]),
    ):
        for kind in {*tables[0], *tables[1]}:
            cells = " | ".join(str(table.get(kind, 0)) for table in tables)
            assert f"| {word} {kind} | {cells} |" in text
