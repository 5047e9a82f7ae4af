"""The settings: an alerter from environment variables and a configuration document."""

from ._parsers import silenced
from ._settings import (
    CONFIG_VARIABLES,
    DSN_VARIABLES,
    VARIABLES,
    alerter_from_env,
    event_fields_from_env,
    find_ineffective,
    policy_from_env,
    read_environment,
)
from ._variables import CONFIG, CONFIG_FILE, SETTINGS, Setting
from .environment import PREFIX

__all__ = [
    "CONFIG",
    "CONFIG_FILE",
    "CONFIG_VARIABLES",
    "DSN_VARIABLES",
    "PREFIX",
    "SETTINGS",
    "VARIABLES",
    "Setting",
    "alerter_from_env",
    "event_fields_from_env",
    "find_ineffective",
    "policy_from_env",
    "read_environment",
    "silenced",
]
