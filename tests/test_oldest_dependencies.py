"""The oldest versions that are tested are those that are declared."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Final

import pytest

FOLDER = Path(__file__).parent
PROJECT = FOLDER.parent / "pyproject.toml"

#: Extras for who works on the project.
FOR_US: Final = frozenset({"bench", "dev", "fuzz", "integration", "test"})
#: Extras whose minimum versions nobody tests.
UNPINNED: Final = frozenset({"aws", "hcl"})


@pytest.mark.skipif(not PROJECT.exists(), reason="the tests run without the checkout")
def test_every_minimum_is_pinned_and_nothing_else() -> None:
    project = tomllib.loads(PROJECT.read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    for_users = extras.keys() - FOR_US
    pinned = [each for name in for_users - UNPINNED for each in extras[name]]
    needed = [*project["dependencies"], *pinned]
    declared = dict(requirement.partition(";")[0].split(">=") for requirement in needed)
    text = (FOLDER / "oldest-dependencies.txt").read_text("utf-8")
    tested = dict(re.findall(r"^([\w-]+)==([\d.]+)$", text, re.MULTILINE))
    assert set(re.findall(r"[\w-]+", extras["test"][0].partition("[")[2])) == for_users
    assert {name: re.sub(r"(\.0)+$", "", version) for name, version in tested.items()} == declared
