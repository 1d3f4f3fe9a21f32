"""nerbot's engine: annotated texts in, a trained and checked spaCy pipeline out.

It knows nothing of Slack, SQL or clocks. What needs spaCy is imported when it is first asked for.
"""

from ner_engine.annotation import (
    MAX_RUN,
    MAX_TEXT,
    AnnotatedText,
    Span,
    check_text,
    find_mentions,
    fold,
    from_json,
    from_offsets,
    from_record,
    parse_label,
    parse_line,
    snap_to_tokens,
    to_json,
    to_offsets,
    to_record,
)
from ner_engine.errors import EngineError
from ner_engine.settings import TrainingSettings

__all__ = [
    "MAX_RUN",
    "MAX_TEXT",
    "AnnotatedText",
    "EngineError",
    "Span",
    "TrainingSettings",
    "check_text",
    "find_mentions",
    "fold",
    "from_json",
    "from_offsets",
    "from_record",
    "parse_label",
    "parse_line",
    "snap_to_tokens",
    "to_json",
    "to_offsets",
    "to_record",
]
