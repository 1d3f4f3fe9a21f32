"""A frozen sentence encoder: texts and their tokens in, one vector a token out."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from cachetools import TTLCache

from ner_engine.encoder.columns import TaughtColumns, find_columns, open_columns
from ner_engine.encoder.encoded_text import EncodedText
from ner_engine.encoder.files import STEP, EncoderFiles, card_of, place_of, read_encoder
from ner_engine.encoder.halves import Halves, to_floats
from ner_engine.encoder.installed import MODEL
from ner_engine.encoder.pooling import POOLS, pieces_of
from ner_engine.encoder.scratch import Scratch
from ner_engine.encoder.session import Vectors, shared_session
from ner_engine.encoder.vector_store import VectorStore, vector_name
from ner_engine.encoder.word_forms import FORMS, word_forms
from ner_engine.encoder.word_shapes import WIDTH, word_shapes
from ner_engine.errors import EncoderChanged
from ner_engine.recipes import Features
from ner_engine.settings import TrainingSettings

#: Word pieces that neighbouring windows share: a piece is taken where it sees most.
OVERLAP = 64
#: Most bytes of vectors kept of what was asked last without being remembered, about 40 sentences, and for how many
#: seconds: a card asks for predictions, then for hints, of one text.
RECENT_BYTES, RECENT_SECONDS = 4 * 2**20, 60.0
#: Most bytes of vectors remembered in memory: about 750 sentences of 28 tokens, 1,548 wide.
CACHE_BYTES = 64 * 2**20


class FrozenEncoder:
    """Hidden states of some layers, by onnxruntime on one thread.

    Each text runs on its own: on one core batches of 4 to 32 were from 12 % faster to 5 % slower,
    and so no vector ever depends on a text's neighbours.
    """

    def __init__(
        self,
        files: EncoderFiles,
        features: Features,
        columns: TaughtColumns | None = None,
        forms: int = 0,
    ) -> None:
        self.name, self.sha256, self._features = files.card.name, files.sha256, features
        self._window = files.card.window
        self._session = shared_session(files, features.layers)
        #: Where remembered vectors are kept from process to process.
        self.store: VectorStore | None = None
        self._cache: OrderedDict[EncodedText, Halves] = OrderedDict()
        self._cached_bytes = 0
        # By hashes: no text is kept here. A model is loaded, and tried, while another one answers.
        self._lock = threading.Lock()
        self._recent: TTLCache[bytes, Halves] = TTLCache(
            RECENT_BYTES, RECENT_SECONDS, getsizeof=lambda halves: int(halves.nbytes)
        )
        self._hidden = self._session.width // len(features.layers)
        self._pooled = len(features.pooling) * len(features.layers) * self._hidden
        #: What is taken from it.
        self.features = features
        self.columns = columns
        #: How many columns each form of a word has.
        self.forms = forms
        self._own_width = self._pooled + (WIDTH if features.shapes else 0)
        #: So many numbers of a row are what the encoder sees in a text, taught columns among them.
        self.seen = self._own_width + (columns.width if columns else 0)
        self.width = self.seen + FORMS * forms
        self._scratch: Scratch | None = None

    def encode(self, wanted: EncodedText, *, remember: bool = False) -> Vectors:
        """One row a token, ``width`` wide; zeros for a token the encoder's own tokenizer drops, columns apart."""
        return to_floats(self.halves(wanted, remember=remember))

    def halves(self, wanted: EncodedText, *, remember: bool = False) -> Halves:
        """The same of half precision, which all have been, so that it does not matter where they come from.

        ``remember`` keeps the rows for the next time, in the store, too, if there is one.
        """
        halves = self._remembered(wanted)
        if halves is None:
            halves = self.read(wanted) if remember else self._again(wanted)
        if remember:
            self.remember(wanted, halves)
        return halves

    def read(self, wanted: EncodedText) -> Halves:
        """The same, from the store if it is there, else computed and kept there; several threads may ask."""
        if self.store is None:
            return self._beside(self._compute(wanted), wanted)
        key = self.key(wanted)
        vectors = self.store.read(key)
        if vectors is None or vectors.shape != (len(wanted), self._own_width):
            vectors = self._compute(wanted)
            self.store.write(key, vectors)
        return self._beside(vectors, wanted)

    def remember(self, wanted: EncodedText, halves: Halves) -> None:
        """Keep the rows of a text; beyond CACHE_BYTES those used longest ago go from memory to a file."""
        if wanted in self._cache:
            self._cache.move_to_end(wanted)
            return
        self._cache[wanted], self._cached_bytes = halves, self._cached_bytes + halves.nbytes
        while self._cached_bytes > CACHE_BYTES and len(self._cache) > 1:
            text, oldest = self._cache.popitem(last=False)
            self._cached_bytes -= oldest.nbytes
            if self._scratch is None:
                self._scratch = Scratch(self.store.directory if self.store else None, self.width)
            self._scratch.write(text, oldest)

    def put_aside(self) -> None:
        """Put all that is remembered in the file where memory has no room for it: a copy of the process only reads."""
        if self._scratch:
            for text, halves in self._cache.items():
                self._scratch.write(text, halves)

    def _remembered(self, wanted: EncodedText) -> Halves | None:
        halves = self._cache.get(wanted)
        if halves is None and self._scratch:
            return self._scratch.read(wanted)
        return halves

    def _again(self, wanted: EncodedText) -> Halves:
        """What was computed within the last minute, else computed and kept as long."""
        name = wanted.digest()
        with self._lock:
            halves = self._recent.get(name)
        if halves is None:
            halves = self._beside(self._compute(wanted), wanted)
            if halves.nbytes <= RECENT_BYTES:
                with self._lock:
                    self._recent[name] = halves
        return halves

    def _beside(self, halves: Halves, wanted: EncodedText) -> Halves:
        """The vectors with taught columns and word forms behind them.

        Those are not in the store, so that models with and without them share what is there.
        """
        if self.columns:
            halves = self.columns.beside(halves)
        if not self.forms:
            return halves
        words = [wanted.text[start:end] for start, end in wanted.tokens]
        return np.concatenate([halves, word_forms(words, self.forms)], axis=1)

    def forget(self) -> None:
        """Drop all vectors that this process remembers."""
        self._cache.clear()
        self._cached_bytes = 0
        with self._lock:
            self._recent.clear()
        if self._scratch:
            self._scratch.close()
            self._scratch = None

    def key(self, wanted: EncodedText) -> str:
        """The name of a text's vectors in a store, by all they depend on."""
        return vector_key(self.sha256, self._features, wanted)

    def mean_of(self, rows: Vectors) -> Vectors:
        """Of rows that `encode` gave the one vector a token that is nearest to the mean of its pieces."""
        pooling = self._features.pooling
        place = pooling.index("mean") if "mean" in pooling else len(pooling) - 1
        start = place * (self._pooled // len(pooling))
        return rows[:, start : start + self._hidden]

    def piece_counts(self, words: Sequence[str]) -> list[int]:
        """Of how many word pieces each word is made: of the more, the rarer it is."""
        encodings = self._session.pieces.encode_batch_fast(list(words), add_special_tokens=False)
        return [len(encoding.ids) for encoding in encodings]

    def _compute(self, wanted: EncodedText) -> Halves:
        parts = [self._pool(wanted)]
        if self._features.shapes:
            parts.append(word_shapes([wanted.text[start:end] for start, end in wanted.tokens]))
        return np.concatenate(parts, axis=1).astype(np.float16)

    def _pool(self, wanted: EncodedText) -> Vectors:
        encoding = self._session.pieces.encode(wanted.text, add_special_tokens=False)
        vectors = np.zeros((len(wanted), self._pooled), dtype=np.float32)
        if not len(wanted) or not encoding.ids:
            return vectors
        first, last = pieces_of(encoding.offsets, wanted.borders)
        known = first <= last
        pieces = self._piece_vectors(encoding.ids)
        pooled = [POOLS[name](pieces, first[known], last[known]) for name in self._features.pooling]
        vectors[known] = self._finish(np.concatenate(pooled, axis=1))
        return vectors

    def _finish(self, pooled: Vectors) -> Vectors:
        if not self._features.normalize:
            return pooled
        parts = pooled.reshape(-1, self._hidden)
        # So long that a number's root mean square is 1/2, about what it is in the default encoder.
        lengths = np.linalg.norm(parts, axis=1, keepdims=True) / (np.sqrt(self._hidden) / 2)
        return np.asarray(parts / np.maximum(lengths, 1e-6), dtype=np.float32).reshape(pooled.shape)

    def _piece_vectors(self, ids: list[int]) -> Vectors:
        room = self._window - self._session.special
        if len(ids) <= room:
            return self._session.run(ids)
        width = len(self._features.layers) * self._hidden
        vectors = np.empty((len(ids), width), dtype=np.float32)
        for start in range(0, len(ids) - OVERLAP, room - OVERLAP):
            rows = self._session.run(ids[start : start + room])
            skip = OVERLAP // 2 if start else 0
            vectors[start + skip : start + len(rows)] = rows[skip:]
        return vectors


def vector_key(sha256: str, features: Features, wanted: EncodedText) -> str:
    """The name of a text's vectors in a store, by the encoder's hash and what is taken from it."""
    return vector_name(wanted.text, repr((sha256, features, wanted.text, wanted.tokens)))


def open_encoder(
    directory: str | None,
    features: Features,
    sha256: str | None = None,
    columns: str | None = None,
    forms: int = 0,
) -> FrozenEncoder:
    """The encoder of a directory, or the default one; the same object when asked again.

    One with a ``sha256`` is looked for by it, and the directory is only where it was: see
    :func:`place_of`. ``columns`` is the hash of those to set beside its vectors, ``forms`` how many columns
    each form of a word has there.
    Raises EncoderMissing, EncoderChanged, EncoderUnreadable, ColumnsMissing.
    """
    place = place_of(directory, sha256) if sha256 else directory
    encoder = _open_once(place, features, columns, forms)
    if sha256 not in {None, encoder.sha256}:
        raise EncoderChanged(file=MODEL, step=STEP)
    return encoder


def encoder_for(settings: TrainingSettings) -> FrozenEncoder | None:
    """The encoder a training with these settings learns over; None where the preset needs none.

    Raises EncoderMissing, EncoderChanged, EncoderUnreadable, ColumnsMissing.
    """
    features = settings.recipe.features
    if features is None:
        return None
    card = card_of(settings.encoder_dir)
    features = replace(features, layers=(card.layer,), pooling=card.pooling)
    columns = find_columns(card.sha256, features)
    return open_encoder(
        settings.encoder_dir,
        features,
        columns=columns.sha256 if columns else None,
        forms=settings.recipe.forms if settings.word_forms else 0,
    )


@lru_cache(maxsize=2)
def _open_once(
    directory: str | None, features: Features, columns: str | None, forms: int
) -> FrozenEncoder:
    files = read_encoder(directory)
    taught = open_columns(columns) if columns else None
    if taught and not taught.card.reads(files.sha256, features):
        raise EncoderChanged(file=MODEL, step=STEP)
    return FrozenEncoder(files, features, taught, forms)
