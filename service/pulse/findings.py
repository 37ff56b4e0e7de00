"""What is found wrong with sources right now: one finding for each cause, none for quiet days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from types import MappingProxyType
from typing import Final

from service.pulse import wording
from service.pulse.drift import drifted
from service.pulse.model import Finding, FindingKind, Vital
from service.pulse.rhythm import STRETCHED, quiet

Standing = Mapping[tuple[FindingKind, str], datetime]
"""What was found before and still stands: by kind and subject, since when."""

_NOTHING: Final[Standing] = MappingProxyType({})
_SUBJECTS = {True: "government", False: "outlets"}
_NAMED_AFTER = {True: 3, False: 2}  # failures in a row; of a trouble that passes by itself or not
_STRUCK_AFTER = 2
_FEWEST = 5  # sources that fail alike are no chance any more
_DARK, _WAVE, _LIT = 1 / 2, 1 / 4, 1 / 20  # shares of the sources
_WAVE_LASTS = timedelta(days=1)
_AHEAD = 3  # posts by which a route is left behind
_APART = timedelta(hours=3)
_TOGETHER = 3.0  # usual intervals, where many fall silent at once: a holiday nobody knew of


def findings(
    vitals: Sequence[Vital], now: datetime, standing: Standing = _NOTHING
) -> list[Finding]:
    """What is wrong with the sources at ``now``, aware.

    ``standing`` is what was found the last time and not gone since: an outage that stands is over
    only when nearly all of its sources answer again, and a source that was named before it stays
    named. Of sources that fail or fall silent together only the outage is told.
    """
    found: list[Finding] = []
    for government, group in _SUBJECTS.items():
        members = [each for each in vitals if each.government is government]
        found += _Group(group, members, now, standing).findings()
    return found


def subject(vital: Vital) -> str:
    """Of which outage a source would be part."""
    return _SUBJECTS[vital.government]


@dataclass(frozen=True, slots=True)
class _Group:
    """The sources that may fail for the same reason: all of the government, or all outlets."""

    subject: str
    members: Sequence[Vital]
    now: datetime
    standing: Standing

    def findings(self) -> list[Finding]:
        struck = self._struck()
        dark = self._dark(struck)
        found = []
        if dark:
            since = min(each.failing_since or self.now for each in struck)
            detail = wording.dark(struck, len(self.members), since)
            found.append(Finding("outage", self.subject, detail))
        # When an outage is over, those that still fail have not been asked again.
        unasked = dark or ("outage", self.subject) in self.standing
        return [*found, *self._broken(dark=unasked), *self._quiet(dark=dark), *self._drifted()]

    def _stands(self, kind: FindingKind, vital: Vital) -> bool:
        return (kind, vital.source_id) in self.standing

    def _struck(self) -> list[Vital]:
        """Those that fail as if by a common cause; not those that were broken before."""
        return [
            each
            for each in self.members
            if each.passing
            and each.failures >= _STRUCK_AFTER
            and not self._stands("source-broken", each)
        ]

    def _dark(self, struck: Sequence[Vital]) -> bool:
        if ("outage", self.subject) in self.standing:
            return len(struck) > max(1, _LIT * len(self.members))
        return len(struck) >= max(_FEWEST, _DARK * len(self.members))

    def _broken(self, *, dark: bool) -> list[Finding]:
        failing = [each for each in self.members if each.passing and each.failures]
        wave = len(failing) >= max(_FEWEST, _WAVE * len(self.members))
        found = []
        for each in self.members:
            since = each.failing_since or self.now
            new = not self._stands("source-broken", each)
            if not _fails(each) or (new and (dark or self._early(each, since, wave=wave))):
                continue
            found.append(Finding("source-broken", each.source_id, wording.broken(each, since)))
        return found

    def _early(self, vital: Vital, since: datetime, *, wave: bool) -> bool:
        """Whether it may yet turn out that others fail for the same reason."""
        if not vital.passing or len(self.members) < _FEWEST:
            return False
        lasted = self.now - since
        return lasted < self._asked_once or (wave and lasted < _WAVE_LASTS)

    @property
    def _asked_once(self) -> timedelta:
        """The time in which half of the sources are polled at least once."""
        return timedelta(seconds=STRETCHED * median(each.every for each in self.members))

    def _quiet(self, *, dark: bool) -> list[Finding]:
        silent = []
        for each in self.members:
            stands = self._stands("source-quiet", each)
            if stands or not (dark or _fails(each)):
                silence = quiet(each, self.now)
                if silence is not None:
                    silent.append((each, silence, stands))
        just = {
            each.source_id
            for each, silence, stands in silent
            if not stands and silence.intervals is not None and silence.intervals <= _TOGETHER
        }
        together = len(just) >= max(_FEWEST, _WAVE * len(self.members))
        said = {
            each.source_id: wording.silent(silence)
            for each, silence, _ in silent
            if not (together and each.source_id in just)
        }
        said |= {} if dark else self._left_behind()
        return [Finding("source-quiet", name, detail) for name, detail in said.items()]

    def _left_behind(self) -> dict[str, str]:
        """Routes that stand still while another one to the same posts moves on, and how it is said.

        What another route shows within hours of it may be the same post, known by other times.
        """
        by_id = {each.source_id: each for each in self.members}
        found = {}
        for each in self.members:
            if each.failures or not each.came or each.watched_since is None:
                continue
            known_to = max(each.came[-1] + _APART, each.watched_since)
            for name in each.siblings:
                came = by_id[name].came if name in by_id else ()
                newer = [at for at in came if known_to < at < self.now - _APART]
                if len(newer) >= _AHEAD:
                    found[each.source_id] = wording.left_behind(each.came[-1], name, len(newer))
        return found

    def _drifted(self) -> list[Finding]:
        told = [(each.source_id, drifted(each.shapes, each.lengths)) for each in self.members]
        return [Finding("source-drift", name, detail) for name, detail in told if detail]


def _fails(vital: Vital) -> bool:
    return vital.failures >= _NAMED_AFTER[vital.passing]
