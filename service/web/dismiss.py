"""The page behind "not relevant": why something was told, and what a rule could leave out."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from fastapi import FastAPI, Request
from fastapi.responses import Response

from service import excluding
from service.judging.conditions import Spell
from service.judging.names import spellings
from service.reading.publishers import Registry
from service.store.dismissals import Case, Dismissals, Narrowed, Told
from service.web.shell import Shell
from service.web.tokens import there
from service.web.typed import Form, filled_in


def add_dismiss(app: FastAPI, house: Shell, dismissals: Dismissals) -> None:
    """Add the page to ``app``."""
    spell = partial(spellings, registry=Registry.load())

    @app.get("/dismiss/{token}")
    async def why(request: Request, token: str) -> Response:
        subscription, telling = house.numbers("dismiss", token, 2)
        case = there(await dismissals.case(subscription, telling))
        others = await dismissals.lately(subscription, telling)
        proposed = await asyncio.to_thread(_proposed, case, others, spell)
        return house.unkept(request, "dismiss", case=case, proposed=proposed)

    @app.post("/dismiss/{token}")
    async def dismiss(request: Request, token: str) -> Response:
        subscription, telling = house.numbers("dismiss", token, 2)
        case = there(await dismissals.case(subscription, telling))
        chosen = _chosen(case, await filled_in(request), spell)
        changed = await dismissals.dismiss(subscription, telling, chosen)
        return house.unkept(request, "dismiss", case=case, done=True, changed=changed)


def _proposed(
    case: Case, others: Sequence[Told], spell: Spell
) -> list[tuple[int, str, int, list[excluding.Proposal]]]:
    """Of each rule its id, its text, how much else it brought lately, what it could leave out."""
    return [
        (
            rule_id,
            text,
            sum(any(rule == text for rule, _ in each.excerpts) for each in others),
            excluding.proposals(text, case.told, others, spell),
        )
        for rule_id, text in case.rules.items()
    ]


def _chosen(case: Case, form: Form, spell: Spell) -> list[Narrowed]:
    """The rules without what was ticked, of the words that could be: nothing else is taken."""
    found = []
    for rule_id, text in case.rules.items():
        ticked = frozenset(form.get(f"rule-{rule_id}", ()))
        words = [each for each in excluding.candidates(text, case.told, spell) if each in ticked]
        if words and (said := excluding.narrowed(text, words, spell)) is not None:
            found.append(Narrowed(rule_id, text, *said))
    return found
