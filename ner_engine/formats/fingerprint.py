"""The hash of training data, by which two trainings on the same data are told."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace

from ner_engine.annotation import AnnotatedText
from ner_engine.formats.json_lines import to_json


def fingerprint(gold: Iterable[AnnotatedText]) -> str:
    """The hash of the data, whatever its order: sha256, in hex.

    Without the groups: they change how a model is scored, not what it learns.
    """
    texts = (replace(annotated, group=None) for annotated in gold)
    lines = sorted(json.dumps(to_json(annotated), sort_keys=True) for annotated in texts)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
