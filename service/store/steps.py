"""The names of the steps, as wake-ups and people call them."""

from __future__ import annotations

from typing import Literal, get_args

Step = Literal[
    "poll",
    "collect",
    "attach",
    "read",
    "triage",
    "deliver",
    "revisit",
    "backfill",
    "admit",
    "index",
    "reconcile",
]
STEPS: tuple[Step, ...] = get_args(Step)
