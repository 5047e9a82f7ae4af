"""What is remembered, for how long, and how much of it."""

from __future__ import annotations

from ecs_failure_alerts._memory import Memory


def test_a_value_is_found_by_its_key() -> None:
    memory: Memory[str, int] = Memory(60)
    memory.keep("a", 1)
    memory.keep("a", 2)
    assert (memory.find("a"), memory.find("b")) == (2, None)


def test_a_value_is_forgotten_after_its_time() -> None:
    memory: Memory[str, int] = Memory(0)
    memory.keep("a", 1)
    assert memory.find("a") is None


def test_without_a_time_the_values_are_forgotten_that_were_kept_first() -> None:
    memory: Memory[str, int] = Memory(None, most=2)
    for number, key in enumerate("abca"):
        memory.keep(key, number)
    assert [memory.find(key) for key in "abc"] == [3, None, 2]


def test_a_value_that_is_kept_again_is_the_newest() -> None:
    memory: Memory[str, int] = Memory(None, most=2)
    for number, key in enumerate("abac"):
        memory.keep(key, number)
    assert [memory.find(key) for key in "abc"] == [2, None, 3]
