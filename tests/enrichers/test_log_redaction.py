"""What no single line shows: a private key over several lines."""

from __future__ import annotations

import base64
import random
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_failure_alerts._deadline import Deadline
from ecs_failure_alerts.enrichers._own_patterns import OwnPatterns
from ecs_failure_alerts.enrichers._split_secrets import redact_split
from ecs_failure_alerts.enrichers.log_redaction import redact_lines
from linear_time import assert_linear
from rows import each
from strategies import CHARACTERS

#: What stands in the middle of keys: the same every time, and no key of anybody.
_BYTES: Final = random.Random(1).randbytes(1200)  # noqa: S311
BODY: Final = [
    base64.b64encode(_BYTES[at : at + 48]).decode() for at in range(0, len(_BYTES) - 48, 48)
] + [base64.b64encode(b"short end").decode()]

KINDS: Final = ("", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED ")
AROUND: Final = ("starting worker 3", "Traceback (most recent call last):", "exit status 1")


def leave(lines: list[str], limit: int = 100) -> list[str]:
    """Return the lines as they leave."""
    return [line.text for line in redact_lines(lines, limit, OwnPatterns(), Deadline())]


def key(kind: str = "", before: str = "") -> list[str]:
    """Return a private key, line by line, behind what a logger puts before each."""
    begin, end = (f"-----{word} {kind}PRIVATE KEY-----" for word in ("BEGIN", "END"))
    return [before + line for line in (begin, *BODY, end)]


def has_leaked(lines: list[str]) -> bool:
    """Return whether a part of the key is in *lines*."""
    return any(part in line for part in BODY for line in lines)


@given(
    st.sampled_from(KINDS),
    st.sampled_from(["", "2026-03-02T02:14:09Z ", "INFO app: ", "app | "]),
    st.lists(st.sampled_from(AROUND), max_size=3),
    st.lists(st.sampled_from(AROUND), max_size=3),
)
def test_a_key_over_lines_is_redacted_and_the_lines_around_it_stay(
    kind: str, prefix: str, above: list[str], below: list[str]
) -> None:
    left = leave([*above, *key(kind, prefix), *below])
    assert not has_leaked(left)
    assert left[: len(above)] == above
    assert left[len(left) - len(below) :] == below


@given(st.data(), st.sampled_from(["", "app | "]))
def test_any_part_of_a_key_is_redacted(data: st.DataObject, prefix: str) -> None:
    """The limit may cut a key off at its begin, the time at its end, or both."""
    lines = key(before=prefix)
    begin = data.draw(st.integers(0, len(lines) - 2))
    end = data.draw(st.integers(begin + 2, len(lines)))
    assert not has_leaked(leave(["starting worker 3", *lines[begin:end]]))


def test_the_lines_above_those_that_are_shown_tell_that_they_are_a_key() -> None:
    lines = key()
    assert leave(lines, limit=1) == ["[redacted: private key]"]
    assert leave(lines[:-1], limit=1) == ["[redacted: private key]"]


def test_what_follows_a_key_without_end_stays() -> None:
    lines = [*key()[:-1], "KeyError: no such job", "exit status 1"]
    assert leave(lines)[-2:] == lines[-2:]


def test_another_key_after_one_without_end_is_found() -> None:
    left = leave([*key()[:-1], *key("RSA "), "exit status 1"])
    assert not has_leaked(left)
    assert left[-1] == "exit status 1"


def test_a_header_of_a_key_is_a_part_of_it() -> None:
    lines = ["-----BEGIN RSA PRIVATE KEY-----", "Proc-Type: 4,ENCRYPTED", "", *BODY]
    assert not has_leaked(leave(lines))


def test_a_key_of_putty_is_redacted() -> None:
    lines = ["Private-Lines: 2", *BODY[:2], "Private-MAC: 0123456789abcdef"]
    assert not has_leaked(leave(lines))


def test_a_key_in_one_line_leaves_the_rest_of_the_line() -> None:
    line = "bad key " + "\\n".join(key()) + " of app"
    assert leave([line]) == ["bad key [redacted: private key] of app"]


@pytest.mark.parametrize("what", ["CERTIFICATE", "PUBLIC KEY"])
def test_what_is_public_stays(what: str) -> None:
    lines = [f"-----BEGIN {what}-----", *BODY, f"-----END {what}-----"]
    assert leave(lines) == lines
    assert leave(lines[3:]) == lines[3:]


def test_one_line_of_base64_is_no_key() -> None:
    assert leave(["hash", BODY[0], "done"]) == ["hash", BODY[0], "done"]


@each(
    "unit",
    [
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN CERTIFICATE-----",
        "-----END PRIVATE KEY-----",
        "-----END CERTIFICATE-----",
        BODY[0],
        f"{BODY[0]}\n-----END CERTIFICATE-----",
        "a " * 2000,
        "|" * 4000,
    ],
)
def test_hostile_lines_take_linear_time(unit: str) -> None:
    assert_linear(lambda count: leave((unit.split("\n") * count)[:count], limit=20), 200)


@each(
    "text",
    [
        "- name: DB_PASSWORD\n  value: {}",
        '"name": "DB_PASSWORD",\n  "value": "{}"',
        "12:00:01 INFO name=DB_PASSWORD\n12:00:02 INFO value={}",
        "--password\n{}",
        '  "--db-password",\n  "{}",',
        "mysql -h db -u app \\\n  -p{}",
        "mysql -u app --password=x1y2 \\\n  -p{} shop",
        "docker login -u app \\\n  -p {} r.io",
        "DB_PASSWORD=\\\n{}",
        'password = """\n{}',
    ],
)
def test_a_secret_on_the_line_after_what_tells_it_is_redacted(text: str) -> None:
    """Of a list of variables, of arguments, or of a command that goes on."""
    left = leave(text.format("hunter2").split("\n"))
    assert "hunter2" not in left[1]
    assert "redacted" in left[1]


@each(
    "text",
    [
        "name: LOG_LEVEL\nvalue: debug1",
        "name: DB_PASSWORD\nlistening on 8080",
        "  --password\n      Password of the user",
        "\\\nvalue: 17",
        "C:\\app\\\n-p8080",
        "wget -q --no-check\n17",
        "--no-password\n--ask-pass",
        "mysql -psecret1 \\\n-h db1",
    ],
)
def test_a_line_after_one_that_goes_on_stays(text: str) -> None:
    lines = text.split("\n")
    assert leave(lines)[1] == lines[1]


@each("unit", ["name: ", "a \\", "--a ", "name=a,"])
def test_what_may_go_on_takes_linear_time(unit: str) -> None:
    assert_linear(lambda count: redact_split(unit * count, unit * count), 4_000)


def test_a_value_of_nothing_but_brackets_takes_linear_time() -> None:
    assert_linear(lambda count: redact_split("password:", "x]" + "}" * count + " x"), 16_000)


def test_half_a_secret_at_the_end_of_what_is_read_is_not_shown() -> None:
    """A connection string that is cut before its host has no shape, so its place is not shown."""
    line = "password='" + "x" * 200 + "' "
    line = (line * 9)[:1_950] + " postgres://app:" + "HUNTER2" * 20 + "@db"
    assert "HUNTER2" not in leave([line])[0]


def test_the_short_last_line_of_a_key_without_begin_is_redacted() -> None:
    """The limit has cut the key's begin off."""
    lines = ["aB3d" * 16, "Qk4x" * 16, "c2hvcnQ=", "-----END PRIVATE KEY-----", "started"]
    left = leave(lines)
    assert left[-1] == "started"
    assert not any(part in line for line in left for part in ("c2hvcnQ", "aB3d", "Qk4x"))


@each(
    ("above", "line", "left"),
    [
        ("password:", "hunter2xx", "[redacted: secret]"),
        ("the password is", "hunter2xx", "[redacted: secret]"),
        ('  "DB_PASSWORD":', '  "correct horse",', "  [redacted: secret],"),
        ("apiKey: >-", "  abc12345", "  [redacted: secret]"),
        ('"password": [', '"hunter2",', "[redacted: secret],"),
        ("tokens =>", "- abc12345", "- abc12345"),
        ("token =>", "- abc12345", "- [redacted: secret]"),
        ("10:00:01 INFO password =", "10:00:02 INFO hunter2", "10:00:02 INFO [redacted: secret]"),
    ],
)
def test_a_secret_on_the_line_after_its_name_is_redacted(above: str, line: str, left: str) -> None:
    """Prompts, YAML and tall JSON have it so. The line above may be one that is not shown."""
    assert leave([above, line])[1] == left
    assert leave([above, line], limit=1) == [left]


@each(
    ("above", "line"),
    [
        ("DB_PASSWORD=", "INFO starting worker"),
        ("password:", "none"),
        ("password:", "${DB_PASSWORD}"),
        ("Unexpected token:", "}"),
        ("the reason is", "hunter2"),
        ("files:", "- main.py"),
        ("password", "hunter2"),
    ],
)
def test_a_line_that_is_no_value_of_the_name_above_stays(above: str, line: str) -> None:
    assert leave([above, line]) == [above, line]


@given(st.text(CHARACTERS, max_size=300), st.text(CHARACTERS, max_size=300))
def test_two_lines_are_always_two(above: str, line: str) -> None:
    assert len(leave([above, line])) == 2


def test_invisible_signs_do_not_hide_a_key() -> None:
    assert not has_leaked(leave(["\u200b".join((line[:9], line[9:])) for line in key()]))
