"""``python -m ecs_failure_alerts``: the command."""

from __future__ import annotations

import sys

from .cli import main

sys.exit(main())
