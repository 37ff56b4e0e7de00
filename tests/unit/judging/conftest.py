from collections.abc import Collection

import pytest

from service.judging.morphemes import Morphology, Morphs
from service.reading.publishers import Registry


class Reader:
    """Kiwi with a memory of what it was asked for."""

    def __init__(self, morphology: Morphology) -> None:
        self._morphology = morphology
        self.asked: list[str] = []

    def one(self, window: str) -> Morphs:
        self.asked.append(window)
        return self._morphology.analyse([window])[0]

    def all(self, windows: Collection[str]) -> dict[str, Morphs]:
        return {window: self.one(window) for window in windows}


@pytest.fixture(scope="session")
def morphology() -> Morphology:
    return Morphology(Registry.load().names())


@pytest.fixture
def reader(morphology: Morphology) -> Reader:
    return Reader(morphology)
