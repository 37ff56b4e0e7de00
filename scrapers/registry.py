"""Every declared source, found by folder: a new file in ``scrapers/sources`` needs no wiring."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType, ModuleType

import scrapers.sources
from scrapers.model import Source


def sources(folder: ModuleType = scrapers.sources) -> Mapping[str, Source]:
    """Sources of a package by id (the name of the file), in order of id.

    Raises TypeError naming the file that declares no ``SOURCE``.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__))
    return MappingProxyType({name: _source(f"{folder.__name__}.{name}") for name in names})


def _source(module_name: str) -> Source:
    module = importlib.import_module(module_name)
    if not hasattr(module, "SOURCE"):
        raise TypeError(f"{module.__file__} declares no SOURCE")
    source: Source = module.SOURCE
    return source
