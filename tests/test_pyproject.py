"""What pyproject.toml says of this folder."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def test_every_path_to_mutate_is_there() -> None:
    """A path that is not there would be passed over in silence."""
    if not (ROOT / "src").exists():
        pytest.skip("the checkout is not here")
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
    paths = tools["mutmut"]["paths_to_mutate"].split(",")

    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_pip_of_an_older_python_tries_no_version_of_sentry_sdk() -> None:
    """It would try all of them, silently, before it says that this needs a newer Python."""
    if not (ROOT / "src").exists():
        pytest.skip("the checkout is not here")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    marker = f"; python_version {project['requires-python'].replace('>=', '>= ')}"

    extra = project["optional-dependencies"]["sentry"]
    assert [
        requirement for requirement in extra if marker not in requirement.replace("'", "")
    ] == []


def test_every_extra_that_is_named_exists() -> None:
    """In the documents, and by an extra that contains it; pip would only warn, or not even that."""
    if not (ROOT / "src").exists():
        pytest.skip("the checkout is not here")
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    texts = [
        project,
        *(path.read_text("utf-8") for path in [ROOT / "README.md", *DOCS.glob("*.md")]),
    ]
    named = {
        extra
        for text in texts
        for found in re.findall(r"(?:'\.|\"?ecs-failure-alerts)\[([a-z,]+)\]", text)
        for extra in found.split(",")
    }

    assert {"aws", "sentry", "test"} <= named
    assert named <= tomllib.loads(project)["project"]["optional-dependencies"].keys()
