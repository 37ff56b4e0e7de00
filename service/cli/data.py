"""``pabal match``, ``audit``, ``same``: the judging room on files, pipes and what is stored.

JSON Lines in and out have the forms that docs/formats.md gives.
"""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.config import Settings
from service.errors import UserError
from service.jsonl import records, tell
from service.model import day_of
from service.since import Since, since
from service.terminal import begin

if TYPE_CHECKING:
    from service.audit import Audit
    from service.judging.rules import Rule
    from service.preview import Preview

_AsJson = Annotated[bool, typer.Option("--json", help="JSON Lines")]


def match(
    rule: Annotated[str, typer.Argument(help="규칙 / a rule")],
    source: Annotated[
        str | None, typer.Argument(help="JSON Lines 파일 또는 - / a file or -", show_default="-")
    ] = None,
    back: Annotated[
        str | None,
        typer.Option(
            "--since",
            help="저장된 글에서: 30d, 2w, 12h, 2026-10-01 / of what is stored instead",
        ),
    ] = None,
    as_json: _AsJson = False,
) -> None:
    """규칙이 글에 맞는지, 어디에 맞는지 봅니다. / Whether a rule holds for texts, and where."""
    if back is None:
        _match_records(rule, source or "-", as_json=as_json)
    elif source is None:
        _match_stored(rule, since(back), as_json=as_json)
    else:
        raise UserError(
            f"{source}: --since는 저장된 글을 보므로 파일과 함께 쓸 수 없습니다 "
            "(--since looks at what is stored: give a file or --since, not both)"
        )


def _match_stored(typed: str, ago: Since, *, as_json: bool) -> None:
    from service import catalogue  # noqa: PLC0415
    from service.judging.fields import Values  # noqa: PLC0415
    from service.judging.rules import parse  # noqa: PLC0415
    from service.reading.publishers import Registry  # noqa: PLC0415
    from service.shown_rules import preview_records, show_preview  # noqa: PLC0415

    settings = begin()
    known = frozenset(catalogue.every(settings))
    rule = parse(typed, Values(Registry.load(), sources=known))
    found = asyncio.run(_preview(settings, rule, ago, whole=as_json))
    if as_json:
        tell(preview_records(typed, found))
    else:
        show_preview(typed, found)


async def _preview(settings: Settings, rule: Rule, ago: Since, *, whole: bool) -> Preview:
    from service.lookback import opened  # noqa: PLC0415
    from service.preview import NEWEST, preview  # noqa: PLC0415
    from service.store.past import Past  # noqa: PLC0415

    async with opened(settings) as (database, tools):
        return await preview(Past(database), rule, ago, tools, None if whole else NEWEST)


def _match_records(rule: str, source: str, *, as_json: bool) -> None:
    from service.judging.facts import of_record  # noqa: PLC0415
    from service.judging.fields import Values  # noqa: PLC0415
    from service.judging.matcher import Matcher  # noqa: PLC0415
    from service.judging.morphemes import Morphology  # noqa: PLC0415
    from service.judging.names import spellings  # noqa: PLC0415
    from service.judging.rules import parse  # noqa: PLC0415
    from service.reading.publishers import Registry  # noqa: PLC0415

    registry = Registry.load()
    spell = partial(spellings, registry=registry)
    matcher = Matcher({0: parse(rule, Values(registry))}, spell)
    given = list(records(source))
    parts = [
        (str(each.get("title") or ""), _text(each), of_record(each, registry)) for each in given
    ]
    trials = [matcher.trial(*each) for each in parts]
    windows = sorted(frozenset[str]().union(*(each.windows for each in trials)))
    morphs = dict(
        zip(windows, Morphology(registry.names()).analyse(windows), strict=True) if windows else ()
    )
    for record, (title, _, _), trial in zip(given, parts, trials, strict=True):
        found = trial.decide(morphs)
        hits = [list(span) for each in found for span in each.hits]
        result = {"id": record.get("id"), "matched": bool(found), "hits": hits}
        shown = f"{'✓' if found else '–'} {record.get('id')} {title} {hits}"
        typer.echo(json.dumps(result, ensure_ascii=False) if as_json else shown)


def audit(
    back: Annotated[
        str, typer.Option("--since", help="이만큼 돌아봅니다 / look back: 30d, 2w, 12h, 2026-10-01")
    ] = "30d",
    as_json: _AsJson = False,
) -> None:
    """한 번도, 또는 오래 맞지 않은 규칙과 그 까닭. / Rules without a hit, and why."""
    from service.shown_rules import audit_records, show_audit  # noqa: PLC0415

    settings, ago = begin(), since(back)
    found = asyncio.run(_audit(settings, ago))
    if as_json:
        tell(audit_records(found))
    else:
        show_audit(found)


async def _audit(settings: Settings, ago: Since) -> Audit:
    from service import catalogue  # noqa: PLC0415
    from service.audit import Sources, audit  # noqa: PLC0415
    from service.lookback import opened  # noqa: PLC0415
    from service.parts import declared  # noqa: PLC0415
    from service.store.overview import Overview  # noqa: PLC0415
    from service.store.past import Past  # noqa: PLC0415

    async with opened(settings) as (database, tools):
        every, polled = catalogue.every(settings), declared(settings)
        state = Sources(every, polled, await Overview(database).sources())
        return await audit(Past(database), ago, tools, state)


def same(
    source: Annotated[str, typer.Argument(help="JSON Lines 파일 또는 - / a file or -")] = "-",
    as_json: _AsJson = False,
) -> None:
    """두 글이 같은 글인지 봅니다. / Whether two texts are one announcement, and why."""
    from service.judging import story  # noqa: PLC0415

    for record in records(source):
        verdict = story.same(*(_copy(record, side) for side in ("a", "b")))
        result = {"id": record.get("id"), **verdict._asdict()}
        shown = f"{'=' if verdict.same else '≠'} {record.get('id')} {verdict.reason}"
        typer.echo(json.dumps(result, ensure_ascii=False) if as_json else shown)


def _copy(record: dict[str, Any], side: str) -> Any:
    from service.judging.story import Copy  # noqa: PLC0415
    from service.reading.record import given  # noqa: PLC0415

    doc = record.get(side)
    if not isinstance(doc, dict):
        raise UserError(f"id {record.get('id')}: '{side}' 문서가 없습니다 (no document '{side}')")
    try:
        known = given(doc)
    except ValueError as error:
        raise UserError(f"id {record.get('id')}: {side}: published: {error}") from error
    return Copy(
        doc.get("url"), known.title or "", _text(doc), known.publisher, day_of(known.published_at)
    )


def _text(record: dict[str, Any]) -> str:
    text = record.get("text")
    if not isinstance(text, str):
        raise UserError(f"id {record.get('id')}: 'text'가 없습니다 (no 'text')")
    return text
