"""The thread beside the event loop that knows words: where they end, and which phrases were labelled so far."""

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from cachetools import LRUCache

from bot.domain.project import Offsets, Sentence
from ner_engine.annotation import Prediction
from ner_engine.spacy_alone import import_spacy

if TYPE_CHECKING:
    from ner_engine.prediction.phrase_memory import PhraseMemory
    from ner_engine.prediction.predictor import Tokenizer

KEPT = 4_000
"""Phrases that are kept ready over all projects, 5 MB a thousand; those of the project asked last are in any case."""
LANGUAGES = 8
"""Tokenizers that are kept ready, 5 to 60 MB each."""

_tokenizers: "LRUCache[str, Tokenizer]" = LRUCache(LANGUAGES)
_one_at_a_time = threading.Lock()
"""They belong to the process: to make one takes 0.1 s, and each is asked by one thread at a time."""


class TokenizerThread:
    """Labelling does not wait behind predictions: this has a thread of its own.

    spaCy comes with the first question, off the event loop.
    """

    def __init__(self, *, kept: int = KEPT) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tokens")
        self._memories: LRUCache[int, PhraseMemory] = LRUCache(
            # One alone may be larger than all that is kept.
            kept,
            getsizeof=lambda memory: min(len(memory), kept),
        )

    def close(self) -> None:
        """Begin nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def tokens(
        self, texts: Sequence[str], *, language: str = "en"
    ) -> list[tuple[Offsets, ...]]:
        """The token offsets of each text; raises TokenizerMissing."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._tokens_now, texts, language)

    async def sentences(self, texts: Sequence[str]) -> list[tuple[Offsets, ...]]:
        """The offsets of the sentences in each text, edge blanks left out."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._sentences_now, texts)

    async def recall(
        self,
        project_id: int,
        phrases: Sequence[tuple[str, str]],
        sentences: Sequence[Sentence],
    ) -> list[Prediction]:
        """Where a project's labelled phrases, the newest first, stand in each sentence."""
        if not phrases:
            # The first cards of all need not wait for spaCy.
            return [Prediction() for _ in sentences]
        loop = asyncio.get_running_loop()
        now = (project_id, phrases, sentences)
        return await loop.run_in_executor(self._thread, self._recall_now, *now)

    def _tokens_now(self, texts: Sequence[str], language: str) -> list[tuple[Offsets, ...]]:
        with _one_at_a_time:
            return _tokenizer(language).offsets_of(texts)

    def _sentences_now(self, texts: Sequence[str]) -> list[tuple[Offsets, ...]]:
        from ner_engine.sentences import split_sentences  # noqa: PLC0415 - with the first question

        return [split_sentences(text) for text in texts]

    def _recall_now(
        self,
        project_id: int,
        phrases: Sequence[tuple[str, str]],
        sentences: Sequence[Sentence],
    ) -> list[Prediction]:
        memory = self._memories.pop(project_id, None) or _new_memory()
        memory.learn(phrases)
        self._memories[project_id] = memory  # put back, so that its new size counts
        return [memory.find(sentence.text, sentence.tokens) for sentence in sentences]


def _tokenizer(language: str) -> "Tokenizer":
    if language not in _tokenizers:
        import_spacy()
        from ner_engine.prediction.predictor import Tokenizer  # noqa: PLC0415 - as all of spaCy

        _tokenizers[language] = Tokenizer(language)
    return _tokenizers[language]


def _new_memory() -> "PhraseMemory":
    import_spacy()
    from ner_engine.prediction.phrase_memory import PhraseMemory  # noqa: PLC0415 - brings spaCy

    return PhraseMemory()
