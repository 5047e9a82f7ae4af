"""Rules that often fit a case, drawn at random: what a property about rules needs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from ecs_failure_alerts import Rule
from ecs_failure_alerts.causes import LEVELS
from ecs_failure_alerts.policy.cases import Case
from ecs_failure_alerts.policy.conditions import CONDITIONS

#: What many cases do not fit, for each condition.
_OTHERS: Mapping[str, tuple[Any, ...]] = {
    "cause": ("out_of_memory", "failed_to_start", "service_action.*", "*"),
    "workload": ("batch", "s*", ("service", "workflow")),
    "cluster": ("jobs", "ce_Batch_*", "elsewhere", "arn:aws:ecs:*"),
    "service": ("web", "*", "elsewhere"),
    "family": ("web", "nightly-*", "elsewhere"),
    "account": ("123456789012", "999999999999"),
    "container": ("app", "*", ("app", "web", "worker")),
    "exit_code": (1, 137, (0, 1, 2, 137, 143)),
    "tag": ("team=data", "team=*"),
}


def rules_for(case: Case, random: Random) -> tuple[Rule, ...]:
    """Return up to three rules, most of whose conditions *case* fits."""
    return tuple(_rule(case, random) for _ in range(random.randint(1, 3)))


def _rule(case: Case, random: Random) -> Rule:
    level = random.choice([*LEVELS, *LEVELS, None])
    chosen = {"cause"} if random.random() < 0.6 else set()
    chosen |= set(random.sample(sorted(CONDITIONS), random.choice([0, 0, 1, 1, 2, 3])))

    given: dict[str, Any] = {}
    for name in sorted(chosen):
        known = _known(case, name)
        given[name] = random.choice(known if known and random.random() < 0.9 else _OTHERS[name])
    if level is not None and given.get("cause") in {"not_stopped", "routine"}:
        del given["cause"]

    return Rule(level, until=_until(case, random), **given)


def _known(case: Case, name: str) -> tuple[Any, ...]:
    """Return values of the condition *name* that fit *case*; none where nothing does."""
    codes = tuple(code for code in case.exit_codes if code is not None)
    values: dict[str, tuple[Any, ...]] = {
        "cause": (case.cause, case.cause.partition(".")[0], "*"),
        "workload": (case.workload.type, "*"),
        "cluster": (*_name(case.cluster), *((case.cluster_arn,) if _is_arn(case) else ())),
        "service": _name(case.service),
        "family": _name(case.family),
        "account": (case.account,) if re.fullmatch("[0-9]{12}", case.account or "") else (),
        "container": ("*",),
        "exit_code": (codes,) if codes else (),
        "tag": tuple(f"{key}={value}" for key, value in case.tags.items()),
    }
    return values[name]


def _is_arn(case: Case) -> bool:
    return bool(re.fullmatch("arn:[A-Za-z0-9_:/-]*", case.cluster_arn or ""))


def _name(name: str | None) -> tuple[str, ...]:
    """Return a name, and two with a wildcard that it fits; none where AWS would not take it."""
    if not re.fullmatch("[A-Za-z0-9_-]+", name or ""):
        return ()
    return str(name), f"{str(name)[:2]}*", f"*{str(name)[-1]}"


def _until(case: Case, random: Random) -> datetime | None:
    """Return an end, mostly none; where the case has a time, one around it."""
    if random.random() < 0.7:
        return None
    at = case.time or datetime(2026, 3, 2, tzinfo=UTC)
    near = datetime(2, 1, 1, tzinfo=UTC) < at < datetime(9998, 1, 1, tzinfo=UTC)
    return at + timedelta(days=random.choice([-1, 0, 1])) if near else at
