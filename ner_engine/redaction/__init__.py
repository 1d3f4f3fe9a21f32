"""Texts in which entities are replaced: found by a model, replaced by pure functions.

- ``styles``: what an entity is replaced by; ``replacing``: a text with its replacements
- ``recurrences``: the other places of what was found once
- ``documents``: a text of any length, read sentence by sentence; what cannot be read is masked
- ``together``: some documents by what was found in them; ``files``: the texts of a file, and the file without them
"""

from ner_engine.redaction.documents import Document, document_of, sentences_of
from ner_engine.redaction.recurrences import Recurrences
from ner_engine.redaction.replacing import Redacted, Replaced, disjoint, redact
from ner_engine.redaction.styles import (
    KEY_BYTES,
    STYLES,
    UNREAD,
    Replace,
    Style,
    new_key,
    pseudonym,
    style_of,
)
from ner_engine.redaction.together import count, learn, redact_all, spans_of

__all__ = [
    "KEY_BYTES", "STYLES", "UNREAD", "Document", "Recurrences", "Redacted", "Replace", "Replaced", "Style", "count",
    "disjoint", "document_of", "learn", "new_key", "pseudonym", "redact", "redact_all", "sentences_of", "spans_of",
    "style_of",
]  # fmt: skip
