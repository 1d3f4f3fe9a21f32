"""The phrases people have labelled so far, found again in other texts: of use before there is a model."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.util import filter_spans
from spacy.vocab import Vocab

from ner_engine.annotation import Prediction, Span, fold

_KEY = "PHRASE"
"""All phrases are one rule: the label is looked up where one is found, so that it can change."""


class PhraseMemory:
    """Finds what it has learned wherever it stands on token borders. Not thread-safe.

    spaCy's PhraseMatcher is given texts letter by letter, folded. Words would not do: the tokenizer goes by
    case ("10|km" but "10KM", "St.|John's" but "st|.|john's"), and a phrase has to be found in both. The letters
    also keep the vocabulary small, whatever people write.
    """

    def __init__(self) -> None:
        self._phrases: tuple[tuple[str, str], ...] = ()
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._vocab = Vocab()
        self._matcher = PhraseMatcher(self._vocab, attr="ORTH")
        self._labels: Mapping[str, str] = {}

    def __len__(self) -> int:
        return len(self._labels)

    def learn(self, phrases: Sequence[tuple[str, str]]) -> None:
        """Know just these phrases with their labels, the newest first; only what is new costs time."""
        if self._phrases == tuple(phrases):
            return
        labels = label_by_phrase(phrases)
        if self._labels.keys() - labels.keys():
            # What was undone or erased is not kept. The matcher can only forget all phrases of a rule.
            self._begin_anew()
        self._matcher.add(_KEY, [self._read(new) for new in labels.keys() - self._labels.keys()])
        self._phrases, self._labels = tuple(phrases), labels

    def find(self, text: str, tokens: Sequence[tuple[int, int]]) -> Prediction:
        """The phrases in a text with these token borders, longer ones before those inside or across them."""
        starts, ends = {start for start, _ in tokens}, {end for _, end in tokens}
        folded = fold(text)
        doc = self._read(folded)
        whole = [
            doc[start:end]
            for _, start, end in self._matcher(doc)
            if start in starts and end in ends
        ]
        spans = tuple(
            Span(found.start, found.end, self._labels[folded[found.start : found.end]])
            for found in filter_spans(whole)
        )
        return Prediction(spans, (None,) * len(spans))

    def _read(self, folded: str) -> Doc:
        return Doc(self._vocab, words=list(folded))


def label_by_phrase(phrases: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Folded phrases with the label most people gave them; the newest one where two were given as often."""
    counted: dict[str, Counter[str]] = {}
    # Most phrases were labelled many times; each is folded once.
    for (phrase, label), times in Counter(phrases).items():
        counted.setdefault(fold(phrase), Counter())[label] += times
    return {phrase: labels.most_common(1)[0][0] for phrase, labels in counted.items()}
