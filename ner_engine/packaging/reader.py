"""Reads a model by numpy, onnxruntime and tokenizers alone: the README beside it says how."""

import json
import os
import re
from hashlib import blake2b
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # onnxruntime reports to its maker unless told not to
from onnxruntime import InferenceSession
from tokenizers import Tokenizer


class Reader:
    """Finds (start, end, label) of entities; ``tokens`` are (start, end) of all words of a text."""

    def __init__(self, folder: str | Path = Path(__file__).parent) -> None:
        self.told = told = SimpleNamespace(**json.loads(Path(folder, "model.json").read_bytes()))
        self.encoder = InferenceSession(Path(folder, "encoder.onnx"), **told.options)
        self.head = InferenceSession(Path(folder, "head.onnx"))
        self.pieces = Tokenizer.from_file(str(Path(folder, "tokenizer.json")))

    def find(self, text: str, tokens: Any = None) -> list[tuple[int, int, str]]:  # noqa: D102
        tokens = tokens or [word.span() for word in re.finditer(self.told.words, text)]
        found, start, scores = [], 0, self._scores(text, tokens) if tokens else []
        first, last, *follows = np.array(self.told.transitions, np.float32)
        paths, reached = np.zeros((len(first), 0), np.int64), np.zeros_like(first)
        for number, row in enumerate(scores):
            ways = reached[:, None] + (follows if number else first)
            paths = np.c_[paths[ways.argmax(axis=0)], np.arange(len(row))]
            reached = ways.max(axis=0) + row
        best = paths[(reached + last).argmax()]
        for (begin, end), tag in zip(tokens, (self.told.tags[each] for each in best), strict=True):
            start = begin if tag[0] in "BU" else start
            found += [(start, end, tag[2:])] if tag[0] in "LU" else []
        return found

    def _scores(self, text: str, tokens: Any) -> Any:
        pieces = self.pieces.encode(text, add_special_tokens=False)
        spans = np.array(pieces.offsets, np.int64).reshape(-1, 2)
        shapes = np.array([self._shape(text[start:end]) for start, end in tokens], np.float32)
        given = {"spans": spans, "tokens": np.array(tokens, np.int64), "shapes": shapes}
        return self.head.run(None, given | {"pieces": self._vectors(pieces.ids)})[0]

    def _vectors(self, pieces: list[int]) -> Any:
        told, vectors = self.told, np.zeros((len(pieces), self.told.width), np.float32)
        for start in range(0, len(pieces) and max(len(pieces) - told.overlap, 1), told.step):
            ids = np.array([*told.before, *pieces[start : start + told.room], *told.after])
            roles = {"ids": ids, "mask": ids**0, "kinds": ids * 0, "places": np.arange(len(ids))}
            given = {name: roles[role].astype(kind)[None] for name, role, kind in told.inputs}
            rows = np.concatenate(self.encoder.run(told.outputs, given), axis=-1)[0]
            skip = told.overlap // 2 if start else 0
            vectors[start + skip : start + told.room] = rows[told.begin + skip : told.end]
        return vectors

    def _shape(self, word: str) -> list[Any]:
        own = [word.isupper(), word.istitle(), word.islower(), any(map(str.isupper, word[1:]))]
        own += [word.isdigit(), any(map(str.isdigit, word)), not word.isalnum(), len(word) <= 2]
        own += [len(word) >= 10, word[:1] in {"@", "#"}, "-" in word]
        low, size = word.lower(), self.told.forms // 8
        forms = (f"w{low}", f"p{low[:3]}", f"s{low[-3:]}") if size else ()
        drawn = b"".join(blake2b(each.encode(), digest_size=size).digest() for each in forms)
        return [*own, *np.unpackbits(np.frombuffer(drawn, np.uint8))]
