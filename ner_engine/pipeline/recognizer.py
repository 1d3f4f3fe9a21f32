"""The recognizer: a component of spaCy's that tags tokens by a conditional random field.

spaCy finds its factory by an entry point of the installed package. Beside a pretrained pipeline its
entities join those that are there, and win where they overlap.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.pipeline.ner import make_ner_scorer
from spacy.tokens import Doc, Span
from spacy.training import Example
from thinc.api import Model, set_dropout_rate

from ner_engine.encoder.encoded_text import EncodedText
from ner_engine.pipeline.crf import Chains, Floats, Lattice, best_path
from ner_engine.pipeline.tag_scheme import TagScheme
from ner_engine.pipeline.targets import Target, loss_of, target_of
from ner_engine.scoring.calibration import Calibration

FACTORY = "nerbot_ner"
#: How many examples show the network its shapes.
_SHOWN = 10
#: The least probability whose logarithm is taken.
_LEAST = 1e-6

#: The probability of a place's first tag below which an entity is as good as impossible there.
_POSSIBLE = 0.002

#: The calibrated confidence from which an entity takes the place of one that another component found.
SURE_BESIDE = 0.5

Span.set_extension("confidence", default=None, force=True)
Doc.set_extension("uncertainty", default=None, force=True)
Doc.set_extension("displaced", default=0, force=True)


@dataclass(frozen=True, slots=True)
class Reading:
    """What is found in a doc: first token, token after the last, label, and how sure it is.

    ``uncertainty`` is the mean of -log p over the tokens, p being that of the tag taken.
    """

    entities: tuple[tuple[int, int, str, float], ...]
    uncertainty: float


class CrfRecognizer(TrainablePipe):  # type: ignore[misc]  # spaCy's Cython classes are untyped
    """Finds entities, each with the probability that just this one is there.

    After it has run, ``span._.confidence`` and ``doc._.uncertainty`` tell how sure it is, and
    ``doc._.displaced`` how many entities of other components its own took the place of.
    """

    def __init__(self, vocab: Any, model: Model[Any, Any], name: str, *, scorer: Any) -> None:
        super().__init__(vocab, model, name, labels=[], calibration=[1.0, 0.0])
        self.scorer = scorer

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels it knows, in the order of its tags."""
        return tuple(self.cfg["labels"])

    @property
    def label_data(self) -> list[str]:
        """What ``spacy init labels`` writes down."""
        return list(self.labels)

    @property
    def scheme(self) -> TagScheme:
        """Its tags."""
        return TagScheme(self.labels)

    def add_label(self, label: str) -> int:
        """Add a label before the first training; 0 if it is known."""
        if label in self.labels:
            return 0
        self._allow_extra_label()
        self.cfg["labels"].append(label)
        self.vocab.strings.add(label)
        return 1

    def calibrate(self, calibration: Calibration) -> None:
        """Set how a confidence follows from a probability."""
        self.cfg["calibration"] = [calibration.slope, calibration.intercept]

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,  # noqa: ARG002 spaCy's signature
        labels: Sequence[str] | None = None,
    ) -> None:
        """Learn the labels, and give the network its shapes."""
        if labels is None:
            labels = sorted({ent.label_ for eg in get_examples() for ent in eg.reference.ents})
        for label in labels:
            self.add_label(label)
        docs = [example.predicted for example in islice(get_examples(), _SHOWN)]
        shown = [np.zeros((len(doc), len(self.scheme.tags)), dtype=np.float32) for doc in docs]
        self.model.initialize(X=docs, Y=shown)

    def predict(self, docs: Sequence[Doc]) -> list[Reading]:
        """What is in the docs, which stay as they are."""
        return [reading for reading, _ in self.read_and_weigh(docs, [()] * len(docs))]

    def read_and_weigh(
        self, docs: Sequence[Doc], entities: Sequence[Sequence[tuple[int, int, str]]]
    ) -> list[tuple[Reading, tuple[float, ...]]]:
        """What is in the docs, and how sure it is of given entities: first token, token after the last, label.

        0 for a label it does not know.
        """
        if not any(map(len, docs)):
            return [(Reading((), 0.0), (0.0,) * len(wanted)) for wanted in entities]
        scheme, chains = self.scheme, Chains.mean(self.model.predict(docs))
        lattice = Lattice(chains, scheme.grammar)
        read = []
        for number, shares in enumerate(lattice.unary):
            paths = [(some[0], scheme.path(*some)) for some in entities[number]]
            weighed = tuple(
                self._confidence(lattice.probability(number, start, path)) if path else 0.0
                for start, path in paths
            )
            read.append((self._read(scheme, lattice, chains, number, shares), weighed))
        return read

    def read_and_share(self, docs: Sequence[Doc]) -> list[tuple[Reading, Floats]]:
        """What is in the docs, and how probable each label is at each token: (tokens, labels), not calibrated."""
        scheme, size = self.scheme, len(self.labels)
        if not any(map(len, docs)) or not size:
            return [(Reading((), 0.0), np.zeros((len(doc), size))) for doc in docs]
        chains = Chains.mean(self.model.predict(docs))
        lattice = Lattice(chains, scheme.grammar)
        return [
            # The tags of a label are neighbours, behind the one of no entity.
            (
                self._read(scheme, lattice, chains, number, shares),
                shares[:, 1:].reshape(len(shares), size, -1).sum(axis=2),
            )
            for number, shares in enumerate(lattice.unary)
        ]

    def think(self, texts: Sequence[Doc | EncodedText]) -> list[Target]:
        """What another network is to learn of texts: how probable this one thinks each tag and each step between."""
        chains, grammar = Chains.mean(self.model.predict(texts)), self.scheme.grammar
        lattices = (
            Lattice(Chains([rows], chains.transitions), grammar) for rows in chains.emissions
        )
        return [Target.of_shares(lattice.unary[0], lattice.pairs) for lattice in lattices]

    def weigh_labels(
        self, doc: Doc, places: Sequence[tuple[int, int]]
    ) -> list[tuple[int, int, str, float]]:
        """The likeliest labels of places of a doc, with how sure it is of each: one of every place of one token, of
        longer ones those that are not as good as impossible."""
        if not len(doc) or not self.labels:
            return []
        scheme, chains = self.scheme, Chains.mean(self.model.predict([doc]))
        lattice = Lattice(chains, scheme.grammar)
        shares = lattice.unary[0]
        found = []
        for start, end in places:
            paths = {label: scheme.path(start, end, label) for label in self.labels}
            best = max(paths, key=lambda label: float(shares[start, paths[label][0]]))
            for label, path in paths.items():
                possible = float(shares[start, path[0]]) >= _POSSIBLE
                if possible or (label == best and end - start == 1):
                    sure = self._confidence(lattice.probability(0, start, path))
                    found.append((start, end, label, sure))
        return found

    def _read(
        self, scheme: TagScheme, lattice: Lattice, chains: Chains, number: int, shares: Floats
    ) -> Reading:
        path = best_path(chains.emissions[number], chains.transitions, scheme.grammar)
        if not len(path):
            return Reading((), 0.0)
        taken = shares[np.arange(len(path)), path]
        found = (
            (
                start,
                end,
                label,
                self._confidence(lattice.probability(number, start, path[start:end].tolist())),
            )
            for start, end, label in scheme.entities(path)
        )
        return Reading(tuple(found), float(-np.log(np.maximum(taken, _LEAST)).mean()))

    def _confidence(self, probability: float) -> float:
        return Calibration(*self.cfg["calibration"]).apply(probability)

    def set_annotations(self, docs: Sequence[Doc], readings: Sequence[Reading]) -> None:
        """Lay what was found over the docs' entities; what overlaps them takes their place if it is sure."""
        for doc, reading in zip(docs, readings, strict=True):
            theirs = {token for ent in doc.ents for token in range(ent.start, ent.end)}
            entities = [
                found
                for found in reading.entities
                if found[3] >= SURE_BESIDE or theirs.isdisjoint(range(found[0], found[1]))
            ]
            ours = [Span(doc, start, end, label) for start, end, label, _ in entities]
            taken = {token for start, end, *_ in entities for token in range(start, end)}
            others = [ent for ent in doc.ents if taken.isdisjoint(range(ent.start, ent.end))]
            doc._.displaced = len(doc.ents) - len(others)
            doc.set_ents([*others, *ours])
            for span, (*_, confidence) in zip(ours, entities, strict=True):
                span._.confidence = confidence
            doc._.uncertainty = reading.uncertainty

    def get_loss(
        self, examples: Iterable[Example], scores: Sequence[Chains]
    ) -> tuple[float, list[Chains]]:
        """The mean negative log likelihood of a text, summed over the members, and its gradient.

        Where tags are missing all their paths count together (Tsuboi and others 2008).
        """
        scheme = self.scheme
        return self._loss(scores, [target_of(example, scheme) for example in examples])

    def learn(
        self,
        texts: Sequence[Doc | EncodedText],
        targets: Sequence[Target],
        *,
        drop: float,
        sgd: Any,
    ) -> float:
        """Learn one batch, as spaCy's ``update`` does, from what a training keeps instead of docs; its loss."""
        if not any(map(len, texts)):
            return 0.0
        set_dropout_rate(self.model, drop)
        scores, backprop = self.model.begin_update(texts)
        loss, gradients = self._loss(scores, targets)
        backprop(gradients)
        self.finish_update(sgd)
        return loss

    def _loss(
        self, scores: Sequence[Chains], targets: Sequence[Target]
    ) -> tuple[float, list[Chains]]:
        loss, gradients = loss_of(Chains.stack(scores), targets, self.scheme)
        return loss, gradients.split()


@Language.factory(
    FACTORY,
    assigns=["doc.ents", "token.ent_iob", "token.ent_type", "span._.confidence"],
    default_score_weights={"ents_f": 1.0, "ents_p": 0.0, "ents_r": 0.0, "ents_per_type": None},
)
def make_crf_recognizer(nlp: Language, name: str, model: Model[Any, Any]) -> CrfRecognizer:
    """spaCy calls this for every component of the factory ``nerbot_ner``."""
    return CrfRecognizer(nlp.vocab, model, name, scorer=make_ner_scorer())
