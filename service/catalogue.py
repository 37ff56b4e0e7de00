"""Every source there is: those that come with Pabal and those of PABAL_SOURCES_DIR."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import MappingProxyType

from scrapers import registry
from scrapers.keys import HOSTS
from scrapers.model import Source
from scrapers.own import BadDeclaration
from service.config import Settings
from service.errors import BadSetting, UserError
from service.reading.publishers import Registry


def every(settings: Settings) -> Mapping[str, Source]:
    """All sources by id, on or off. Raises UserError for a declaration that cannot be."""
    built_in = registry.sources()
    if settings.sources_dir is None:
        return built_in
    try:
        own = registry.own_sources(settings.sources_dir)
        found = {**built_in, **own}
        publishers = Registry.load()
        for name, source in own.items():
            _check(name, source, found, publishers)
    except BadDeclaration as bad:
        raise UserError(str(bad)) from None
    except OSError as error:
        raise BadSetting("PABAL_SOURCES_DIR", f"{settings.sources_dir}: {error.strerror}") from None
    return MappingProxyType(dict(sorted(found.items())))


def off(source: Source, settings: Settings) -> str | None:
    """Why a source is not polled unless it is named, or cannot be polled; None where it is."""
    lacked = ", ".join(settings.lacks(source.needs))
    return source.off or (f"{lacked} 설정이 필요합니다 / needs {lacked}" if lacked else None)


def check(file: str, source: Source, publishers: Registry) -> None:
    """Raises BadDeclaration where a publisher or a key that a source names is none."""
    said = source.publisher
    ids = [each.id for each in publishers]
    if said is not None and said not in ids:
        meant = publishers.find(said)
        near = [meant.id] if meant else difflib.get_close_matches(said, ids, n=1)
        korean, english = (f": {near[0]}?", f": did you mean {near[0]}?") if near else ("", "")
        raise BadDeclaration(
            file, "publisher", f"그런 기관 id가 없습니다{korean}", f"no such publisher{english}"
        )
    for each in source.needs:
        if each not in HOSTS:
            known = ", ".join(HOSTS)
            raise BadDeclaration(
                file, "url", f"{each} 열쇠는 없습니다: {known}", f"no key is called {each}"
            )


def _check(name: str, source: Source, found: Mapping[str, Source], publishers: Registry) -> None:
    """What a declaration says of others. Raises BadDeclaration."""
    check(f"{name}.toml", source, publishers)
    lead = source.route_of
    if lead is not None and (lead == name or lead not in found or found[lead].route_of):
        raise BadDeclaration(
            f"{name}.toml",
            "route_of",
            f"{lead}: 다른 출처의 id여야 하고, 그것이 또 다른 것의 route여서는 안 됩니다",
            "must be the id of another source that is itself no route of one",
        )
