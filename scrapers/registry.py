"""Every declared source, found by folder: a new file in ``scrapers/sources`` needs no wiring.

Whoever runs the service may have a folder of their own, of files without code.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType, ModuleType

import scrapers.sources
from scrapers import own
from scrapers.model import Source
from scrapers.own import BadDeclaration

_ID = re.compile(r"[a-z0-9_]{1,60}")
_LARGEST = 100_000  # bytes of a declaration


def sources(folder: ModuleType = scrapers.sources) -> Mapping[str, Source]:
    """Sources of a package by id (the name of the file), in order of id.

    Raises TypeError naming the file that declares no ``SOURCE``.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__))
    return MappingProxyType({name: _source(f"{folder.__name__}.{name}") for name in names})


def own_sources(folder: Path) -> Mapping[str, Source]:
    """Sources that the TOML files of a folder declare, by id, in order of id.

    Raises BadDeclaration, and OSError where there is no such folder.
    """
    found = {file.stem: own.read(text, file.name) for file, text in _declarations(folder)}
    return MappingProxyType(found)


def declaration(file: Path) -> str:
    """The text of a declaration. Raises BadDeclaration where the file holds none."""
    try:
        with file.open("rb") as opened:
            content = opened.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise BadDeclaration(file.name, "TOML", "너무 큽니다", f"over {_LARGEST} bytes")
        return content.decode("utf-8")
    except OSError as error:
        raise BadDeclaration(file.name, "TOML", "읽을 수 없습니다", str(error.strerror)) from None
    except UnicodeDecodeError:
        raise BadDeclaration(file.name, "TOML", "UTF-8이 아닙니다", "not UTF-8") from None


def is_id(name: str) -> bool:
    """Whether a source may be called so."""
    return _ID.fullmatch(name) is not None


def _declarations(folder: Path) -> Iterator[tuple[Path, str]]:
    """The files of a folder with their text, those that may not be called so refused."""
    ours = {module.name for module in pkgutil.iter_modules(scrapers.sources.__path__)}
    for file in sorted(each for each in folder.iterdir() if each.suffix == ".toml"):
        why = None
        if not is_id(file.stem):
            why = "영어 소문자, 숫자, 밑줄만 됩니다", "only a-z, 0-9 and _"
        elif file.stem in ours:
            why = "이미 있는 출처의 id입니다", "a source that comes with Pabal has this id"
        if why:
            raise BadDeclaration(file.name, "파일 이름 / its name", *why)
        yield file, declaration(file)


def _source(module_name: str) -> Source:
    module = importlib.import_module(module_name)
    if not hasattr(module, "SOURCE"):
        raise TypeError(f"{module.__file__} declares no SOURCE")
    said = (module.__doc__ or "").split("\n", 1)[0]
    source: Source = replace(module.SOURCE, what=said.rstrip("."))
    return source
