"""A wrong document is refused with every fault, at its path, in words that help a stranger."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_failure_alerts._options import LOOKUPS
from ecs_failure_alerts.configuration import NOTIFIERS, read_configuration
from ecs_failure_alerts.exceptions import ConfigError
from rows import each

#: Documents with what is said of each; three dots stand for the rest of a line, and ``<types>`` and
#: ``<look-ups>`` for those that there are.
WRONG: Final = (Path(__file__).parent / "wrong_documents.txt").read_text("utf-8")

#: What every secret in them has in it.
SECRET: Final = "s3cr3t"


def wrong_documents() -> Sequence[object]:
    """Return each document of the file, with what has to be said of it."""
    found = []
    for part in WRONG.removeprefix("=== ").split("\n\n=== "):
        name, _, rest = part.partition("\n")
        document, _, said = rest.rpartition("\n---\n")
        said = said.replace("<types>", ", ".join(NOTIFIERS))
        said = said.replace("<look-ups>", ", ".join(LOOKUPS))
        found.append(pytest.param(document, said.splitlines(), id=name))
    return found


def faults(document: str | bytes) -> list[str]:
    """Return what is said of a document that is refused, fault by fault."""
    with pytest.raises(ConfigError) as caught:
        read_configuration(document, "teams.toml")

    error = caught.value
    assert str(error) == f"teams.toml: {'; '.join(map(str, error.problems))}"
    assert SECRET not in f"{error!r} {error.args} {vars(error)}"
    assert error.__cause__ is None
    return [str(problem) for problem in error.problems]


@each(("document", "said"), wrong_documents())
def test_a_wrong_document_is_refused_with_every_fault(document: str, said: list[str]) -> None:
    for line, expected in zip(faults(document), said, strict=True):
        shown = f"{line[: len(expected) - 3]}..." if expected.endswith("...") else line
        assert shown == expected


@each(
    ("document", "said"),
    [
        pytest.param(
            "[lookups]".encode("utf-16"),
            "expected UTF-8, got UTF-16: save the file as UTF-8",
            id="UTF-16",
        ),
        pytest.param(
            "[[rules]]\nwhy = 'f\xfcr'".encode("latin-1"),
            "expected UTF-8, got another encoding in line 2: save the file as UTF-8",
            id="Latin-1",
        ),
        pytest.param(
            "#" * 1_000_000, "expected at most 200,000 characters, got 1,000,000", id="a megabyte"
        ),
        pytest.param("a = " + "[" * 5_000, "nested too deeply", id="deep lists in TOML"),
        *(
            pytest.param('{"a": ' * n + "1" + "}" * n, "nested too deeply", id=f"{n} objects")
            for n in (50, 900, 5_000)
        ),
        pytest.param(
            "a = " + "1" * 5_000, "a number has more digits than can be read", id="a long number"
        ),
        pytest.param("a." * 20_000 + "b = 1", "nested too deeply", id="a deep key"),
        pytest.param(
            '"a\\"." . ' * 20_000 + "b = 1", "nested too deeply", id="a deep key in quotes"
        ),
        pytest.param("'a'." * 20_000 + "b = 1", "nested too deeply", id="one in other quotes"),
    ],
)
def test_what_cannot_be_a_document_is_refused_at_once(document: str | bytes, said: str) -> None:
    assert faults(document) == [said]


def test_a_reason_is_of_200_characters_at_most() -> None:
    rule = '[[rules]]\nlevel = "silent"\nwhy = "{}"\n'
    assert read_configuration(rule.format("x" * 200), "teams.toml").rules[0].why == "x" * 200
    assert faults(rule.format("x" * 201)) == [
        f'rules[0].why: expected a string of at most 200 characters, got "{"x" * 37}..."'
    ]


HIDDEN: Final = st.sampled_from(
    [
        f"xoxb-{SECRET}",
        f"https://{SECRET}@x.example/1",
        f"env:{SECRET}_KEY",
        f"a {SECRET}\n",
        123,
        None,
    ]
)
KEYS: Final = sorted({key.name for keys in NOTIFIERS.values() for key in keys})
TABLE: Final = st.fixed_dictionaries(
    {"type": st.sampled_from(sorted(NOTIFIERS)) | HIDDEN},
    optional={key: HIDDEN | st.lists(HIDDEN) for key in (*KEYS, f"whsec_{SECRET}", f"a {SECRET}")},
)


@given(st.dictionaries(st.sampled_from(["a", f"a.{SECRET}"]), TABLE | HIDDEN) | HIDDEN)
def test_nothing_that_stands_at_the_notifiers_is_echoed(notifiers: object) -> None:
    document = json.dumps({"rules": [{"level": "loud"}], "notifiers": notifiers})
    with pytest.raises(ConfigError) as caught:
        read_configuration(document, "teams.toml")
    assert SECRET not in f"{caught.value} {caught.value!r} {vars(caught.value)}"


@each("link", ["https://tickets.example/OPS-1", "https://blog.example/@somebody/1", "a@b.example"])
def test_a_reason_may_be_the_link_of_a_ticket(link: str) -> None:
    rule = f'[[rules]]\nlevel = "silent"\nwhy = "fixed by {link}"\n'
    assert read_configuration(rule, "teams.toml").rules[0].why == f"fixed by {link}"


def test_the_text_of_an_error_tells_the_first_twenty_faults() -> None:
    with pytest.raises(ConfigError) as caught:
        read_configuration("[[rules]]\nlevel = 3\n" * 22, "teams.toml")
    assert len(caught.value.problems) == 22
    assert "rules[19]" in str(caught.value)
    assert str(caught.value).endswith("; and 2 more")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("teams.yaml", "expected TOML or JSON, got a file that ends with .yaml"),
        ("teams.json", "not JSON: Expecting value (line 1, column 3)"),
    ],
)
def test_the_end_of_a_files_name_decides_its_form(name: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_configuration('[[rules]]\nlevel = "silent"\n', name, name)
    assert str(caught.value) == f"{name}: {said}"
