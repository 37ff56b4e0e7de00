"""What the pages can do beside reading the store: judge by rules, reach channels, send mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from notifier.model import Channel, Traits
from service.judging.fields import Values, usual
from service.preview import Tools
from service.search import Search
from service.store.database import Database
from service.store.search import Searching
from service.wanted import Checks
from service.web.places import Places, built_in


@dataclass(frozen=True, slots=True)
class Means:
    """What this process was given. ``tools`` None: rules can be read but not tried.

    ``anonymous``: the API is read without a key too. ``places``: what sources are called.
    """

    values: Values = field(default_factory=usual)
    channels: Mapping[str, Channel] = field(default_factory=dict)
    traits: Mapping[str, Traits] = field(default_factory=dict)
    tools: Tools | None = None
    anonymous: bool = True
    places: Places = field(default_factory=built_in)

    def checks(self) -> Checks:
        """What something that is typed now is held against."""
        return Checks(self.values, self.channels, self.traits, datetime.now(UTC))

    def search(self, database: Database) -> Search | None:
        """What finds in the store by rules; None where they cannot be tried."""
        return Search(Searching(database), self.tools) if self.tools else None
