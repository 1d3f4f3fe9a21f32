"""The hash of training data, by which two trainings on the same data are told."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace

from ner_engine.annotation import AnnotatedText
from ner_engine.formats.json_lines import to_json

#: Bytes of the sum that is kept: with so many nobody finds other sentences with the same sum (MSet-Add-Hash, Clarke
#: et al. 2003, and Wagner's generalized birthday attack, which breaks sums of 256 bits).
_WIDTH = 256
_MODULUS = 1 << (8 * _WIDTH)


class Fingerprint:
    """The hash of data that comes one text after the other, in any order: the sum of the texts' own hashes, so that
    none of them has to be kept."""

    def __init__(self) -> None:
        self._sum = 0

    def add(self, annotated: AnnotatedText) -> None:
        """Take up a text. Without its group: that changes how a model is scored, not what it learns."""
        line = json.dumps(to_json(replace(annotated, group=None)), sort_keys=True)
        digest = hashlib.shake_256(line.encode()).digest(_WIDTH)
        self._sum = (self._sum + int.from_bytes(digest)) % _MODULUS

    def hexdigest(self) -> str:
        """The hash of all that was taken up: sha256, in hex."""
        return hashlib.sha256(self._sum.to_bytes(_WIDTH)).hexdigest()


def fingerprint(gold: Iterable[AnnotatedText]) -> str:
    """The hash of the data, whatever its order: sha256, in hex."""
    found = Fingerprint()
    for annotated in gold:
        found.add(annotated)
    return found.hexdigest()
