"""Texts in which entities are replaced: found by a model, replaced by pure functions.

- ``styles``: what an entity is replaced by; ``replacing``: a text with its replacements
- ``recurrences``: the other places of what was found once
- ``documents``: a text of any length, read sentence by sentence; what cannot be read is masked
- ``together``: some documents by what was marked in them; ``files``: the texts of a file, and the file without them
- ``marks``: what a model marks; ``contract``: so that at most a promised share slips through
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
from ner_engine.redaction.together import (
    MarkedDocument,
    count,
    marked_documents,
    redact_all,
)
from ner_engine.redaction.values import LabelSlip, Marked, Marks, Slip

__all__ = [
    "KEY_BYTES",
    "STYLES",
    "UNREAD",
    "Document",
    "LabelSlip",
    "Marked",
    "MarkedDocument",
    "Marks",
    "Recurrences",
    "Redacted",
    "Replace",
    "Replaced",
    "Slip",
    "Style",
    "count",
    "disjoint",
    "document_of",
    "marked_documents",
    "new_key",
    "pseudonym",
    "redact",
    "redact_all",
    "sentences_of",
    "style_of",
]  # fmt: skip
