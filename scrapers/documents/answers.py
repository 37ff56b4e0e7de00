"""What passes between the host of documents and the process that reads them.

Both ways: four bytes of length, most significant first, then as many bytes. There goes a document;
back comes JSON, which the host can read without trusting the process that wrote it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from scrapers.documents.model import Document, DocumentError, Facts
from scrapers.model import Moment

LENGTH = 4
MAX_ANSWER = 64 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome; ``tired`` asks for another process before the next document."""

    outcome: Document | DocumentError
    tired: bool


def framed(body: bytes) -> bytes:
    """``body`` behind its length."""
    return len(body).to_bytes(LENGTH, "big") + body


def packed(answer: Answer) -> bytes:
    """An answer as JSON."""
    outcome = answer.outcome
    said: dict[str, Any] = {"tired": answer.tired}
    if isinstance(outcome, DocumentError):
        said["error"] = {"reason": outcome.reason, "detail": outcome.detail}
    else:
        said["document"] = asdict(outcome)
    return json.dumps(said, default=datetime.isoformat).encode()


def unpacked(body: bytes) -> Answer:
    """The answer in JSON. Raises ValueError, KeyError or TypeError where it is none."""
    said = json.loads(body)
    if "error" in said:
        return Answer(DocumentError(**said["error"]), said["tired"])
    document = said["document"]
    facts = document.pop("facts")
    if facts["published"]:
        at = datetime.fromisoformat(facts["published"]["at"])
        facts["published"] = Moment(at, facts["published"]["precision"])
    return Answer(Document(**document, facts=Facts(**facts)), said["tired"])
