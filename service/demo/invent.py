"""Invented releases for the demo and the tests: varied, Korean, the same for the same seed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from service.demo.themes import DATE_ONLY, OUTLETS, SENTENCES, THEMES, Theme
from service.demo.words import WORDS
from service.demo.world import SITES, Release
from service.model import SEOUL

SHORTEST, LONGEST = 200, 5000
IDS_A_SEED = 100_000
_FIRST_ID = 157_000_000
_RECENT = 12

# Of a hundred: what each next release is.
_KINDS = {"ministry": 61, "mss": 15, "news": 12, "joint": 5, "mofa": 4, "date_only": 3}
_OWN_KIND = {"중소벤처기업부": "mss", "외교부": "mofa", **dict.fromkeys(DATE_ONLY, "date_only")}
_HEADS = {"부": "장관", "청": "청장", "처": "처장", "실": "실장", "회": "위원장"}

_WRITERS: dict[str, list[tuple[str, Theme]]] = {
    kind: [
        (ministry, theme)
        for theme in THEMES
        for ministry in theme.ministries
        if _OWN_KIND.get(ministry, "ministry") == kind
    ]
    for kind in ("ministry", "mss", "mofa", "date_only")
}
"""By kind: who writes about what."""


def releases(seed: int, count: int, start: datetime, hours: float) -> list[Release]:
    """``count`` releases in the order they come out, over ``hours`` from ``start`` (aware).

    No two texts are the same. Titles repeat only where two ministries put out one thing together,
    and where one ministry words it differently on its own site. ``published`` follows the order,
    but for the ministries that give a date only: 00:00:00 of the day. News items have the outlet
    as their ministry. Ids of two seeds that differ modulo 100 differ, up to IDS_A_SEED of them.
    """
    if count > IDS_A_SEED:
        raise ValueError(f"at most {IDS_A_SEED} releases a seed")
    rng = Random(seed)  # noqa: S311 -- invented text is no secret
    times = sorted(_moment(rng, start.astimezone(SEOUL), hours) for _ in range(count))
    # A number is given when a release is registered, not when it comes out.
    order = sorted(range(count), key=lambda place: place + rng.uniform(0, 40))
    first = _FIRST_ID + seed % 100 * IDS_A_SEED
    inventor = _Inventor(rng)
    return [inventor.next(first + place, at) for place, at in zip(order, times, strict=True)]


def history(before: datetime) -> list[Release]:
    """What stands on every site before anybody looks: a little of each, older than ``before``."""
    made = releases(99, 120, before - timedelta(days=3), hours=48)  # the rarest site has two then
    newest = [[each for each in made if site in each.sites][-5:] for site in SITES]
    return [each for each in made if any(each in some for some in newest)]


def _moment(rng: Random, start: datetime, hours: float) -> datetime:
    """A second within ``hours`` of ``start``, half of them in the two minutes after an hour."""
    span = timedelta(hours=hours)
    at = (start + rng.random() * span).replace(microsecond=0)
    if _chance(rng, 0.5):
        burst = at.replace(minute=0, second=0) + timedelta(seconds=rng.choice((0, 0, 5, 40, 110)))
        at = burst if start <= burst <= start + span else at
    midnight = at.replace(hour=0, minute=0, second=0)
    return at + timedelta(seconds=1) if at == midnight else at


def _chance(rng: Random, of_one: float) -> bool:
    return rng.random() < of_one


@dataclass
class _Inventor:
    """Remembers what it has written: no text twice, no title twice by chance."""

    rng: Random
    texts: set[str] = field(default_factory=set)
    titles: set[str] = field(default_factory=set)
    recent: list[tuple[Release, Theme]] = field(default_factory=list)
    paired: set[str] = field(default_factory=set)

    def next(self, release_id: int, at: datetime) -> Release:
        kind = self.rng.choices(list(_KINDS), list(_KINDS.values()))[0]
        if kind == "news" and (item := self._news(release_id, at)):
            return item
        made = None
        if kind == "joint":
            made = self._joint(release_id, at)
        elif kind == "mofa":
            made = self._mofa(release_id, at)
        elif kind in _WRITERS:
            made = self._plain(kind, release_id, at)
        made = made or self._plain("ministry", release_id, at)
        self.recent = [*self.recent, made][-_RECENT:]
        return made[0]

    def _plain(
        self, kind: str, release_id: int, at: datetime, site: str = "korea_kr"
    ) -> tuple[Release, Theme]:
        ministry, theme = self.rng.choice(_WRITERS[kind])
        sites = {site, "mss"} if kind == "mss" else {site}
        blank = Release(release_id, ministry, self._title(theme), "", at, sites=frozenset(sites))
        return self._write(blank, theme)

    def _joint(self, release_id: int, at: datetime) -> tuple[Release, Theme] | None:
        """Another ministry's wording of a recent release, None where all were followed up."""
        alone = [made for made in self.recent if made[0].title not in self.paired]
        if not alone:
            return None
        base, theme = self.rng.choice(alone)
        self.paired.add(base.title)
        names = {name for name, _ in _WRITERS["ministry"]} - {base.ministry}
        ministry = self.rng.choice(sorted(names))
        return self._write(Release(release_id, ministry, base.title, "", at), theme)

    def _mofa(self, release_id: int, at: datetime) -> tuple[Release, Theme]:
        """On its own site: another wording of what it gave the portal, or something of its own."""
        for base, theme in self.recent:
            if base.ministry == "외교부" and base.title not in self.paired:
                self.paired.add(base.title)
                site = frozenset({"mofa"})
                blank = Release(release_id, "외교부", base.title, "", at, sites=site)
                return self._write(blank, theme)
        site_of_its_own = _chance(self.rng, 0.5)
        made = self._plain("mofa", release_id, at, "mofa" if site_of_its_own else "korea_kr")
        if site_of_its_own:
            self.paired.add(made[0].title)
        return made

    def _news(self, release_id: int, at: datetime) -> Release | None:
        if not self.recent:
            return None
        base, theme = self.rng.choice(self.recent)
        site = self.rng.choice(sorted(OUTLETS))
        forms = (
            "{ministry}, {title}",
            "{title}…{ministry} “속도 낸다”",
            "“{title}” {ministry} 발표",
        )
        title = self.rng.choice(forms).format(ministry=base.ministry, title=base.title)
        if title in self.titles:
            return None
        self.titles.add(title)
        text = self._text(base.ministry, title, theme, SHORTEST + 100)
        return Release(release_id, OUTLETS[site], title, text, at, sites=frozenset({site}))

    def _write(self, blank: Release, theme: Theme) -> tuple[Release, Theme]:
        """``blank`` with the text and files that it lacks, and what it is about."""
        length = min(LONGEST, int(self.rng.lognormvariate(6.7, 0.6)))
        text = self._text(blank.ministry, blank.title, theme, length)
        at = blank.published
        if blank.ministry in DATE_ONLY:
            at = at.replace(hour=0, minute=0, second=0)
        stem = f"{at:%y%m%d}_{blank.title[:18].strip()}"
        kinds = self.rng.choice(((), (".hwpx",), (".hwpx", ".pdf"), (".hwpx", ".pdf", ".jpg")))
        files = tuple(f"{stem}{kind}" for kind in kinds)
        return replace(blank, text=text, published=at, files=files), theme

    def _title(self, theme: Theme) -> str:
        while True:
            title = self._fill(self.rng.choice(theme.titles))
            if _chance(self.rng, 0.05):
                title = f"{self.rng.choice(('(참고)', '[보도자료]', '[보도참고]'))} {title}"
            if title not in self.titles:
                self.titles.add(title)
                return title

    def _text(self, ministry: str, title: str, theme: Theme, length: int) -> str:
        while True:
            text = self._draft(ministry, title, theme, length)
            if text not in self.texts:
                self.texts.add(text)
                return text

    def _draft(self, ministry: str, title: str, theme: Theme, length: int) -> str:
        """Paragraphs up to ``length`` characters or a little more, never over LONGEST."""
        head = _HEADS[ministry[-1]]
        person = self._fill("{person}")
        particle = "은" if ministry[-1] in "청실" else "는"
        lines = [
            f"{ministry}({head} {person}){particle} {self._fill('{date}')} “{title}” 내용을 알렸다."
        ]
        if theme.call and _chance(self.rng, 0.5):
            lines.append(
                self._fill("신청 기간은 {date}부터 {date} 18시까지이며 누리집에서 받는다.")
            )
        contact = self._fill("담당 부서 책임자 과장 {person} 담당자 사무관 {person} (044-000-0000)")
        pool: list[str] = []
        while sum(map(len, lines)) + len(lines) + len(contact) < max(length, SHORTEST):
            if not pool:
                pool = self.rng.sample((*theme.sentences, *theme.sentences, *SENTENCES), k=12)
            mark = self.rng.choice(("", "", "□ ", "○ ", "- "))
            lines.append(mark + self._fill(pool.pop()))
        text = "\n".join([*lines, contact])
        return text if len(text) <= LONGEST else "\n".join([*lines[:-2], contact])

    def _fill(self, template: str) -> str:
        """``template`` with each brace drawn anew."""
        start = template.find("{")
        if start < 0:
            return template
        name, _, rest = template[start + 1 :].partition("}")
        return template[:start] + self._word(name) + self._fill(rest)

    def _word(self, name: str) -> str:
        rng = self.rng
        if name == "person":
            return self._word("surname") + self._word("given")
        if name == "date":
            return f"{rng.randint(1, 12)}월 {rng.randint(1, 28)}일"
        bounds = {"n": (10, 990), "m": (2, 9), "amount": (5, 950), "nth": (2, 30), "month": (1, 12)}
        if name in bounds:
            return str(rng.randint(*bounds[name]))
        if name == "pct":
            return f"{rng.randint(1, 95)}.{rng.randint(1, 9)}"
        return rng.choice(WORDS[name])
