"""What nerbot adds to spaCy's registries, so that its saved models are ordinary directories.

Import this module before ``spacy.load`` of such a model.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.ml.models.tok2vec import MaxoutWindowEncoder
from spacy.pipeline.ner import EntityRecognizer, make_ner_scorer
from spacy.tokens import Doc, Span
from spacy.util import registry
from thinc.api import Model, chain, glorot_uniform_init

from ner_engine.encoder import EncodedText, FrozenEncoder, Vectors, open_encoder
from ner_engine.settings import Features, Pooling

TOK2VEC = "nerbot.FrozenEncoderTok2Vec.v1"
BESIDE = "nerbot_ner"
_ENCODED = "nerbot_encoded_text"

# thinc tells arrays apart by classes that numpy's arrays are not.
Tok2Vec = Model[list[Doc], list[Any]]


@registry.architectures(TOK2VEC)  # type: ignore[untyped-decorator]  # a catalogue's decorator
def frozen_encoder_tok2vec(
    width: int,
    maxout_pieces: int,
    layers: list[int],
    directory: str | None = None,
    sha256: str | None = None,
    pooling: Sequence[Pooling] = ("first",),
    normalize: bool = False,  # noqa: FBT001, FBT002 spaCy's configs name every argument
) -> Tok2Vec:
    """A frozen encoder's vectors, brought to ``width`` and past one window of neighbours.

    The encoder's weights are not part of the model; ``sha256`` says which ones it was trained on.
    """
    features = Features(tuple(layers), tuple(pooling), normalize)
    encoder = open_encoder(directory, features, sha256)
    project: Tok2Vec = Model(
        "frozen_encoder",
        partial(_project, encoder=encoder),
        init=_initialize_projection,
        params={"W": None, "b": None},
        dims={"nO": width, "nI": encoder.width},
        # The rate is set by the training, as in every layer of spaCy's with this attribute.
        attrs={"dropout_rate": 0.0},
    )
    window = MaxoutWindowEncoder(width=width, window_size=1, maxout_pieces=maxout_pieces, depth=1)
    model: Tok2Vec = chain(project, window)
    model.set_dim("nO", width)
    return model


def _project(
    model: Tok2Vec,
    docs: list[Doc],
    is_train: bool,  # noqa: FBT001 thinc calls it by place
    *,
    encoder: FrozenEncoder,
) -> tuple[list[Any], Callable[[list[Any]], list[Doc]]]:
    """The docs' vectors, dropped out and brought to the model's width.

    One layer instead of thinc's three, as no gradient is needed for the frozen vectors.
    """
    wanted = _training_texts(docs) if is_train else map(encoded_text, docs)
    vectors = [encoder.encode(text, remember=is_train) for text in wanted]
    inputs = np.concatenate(vectors)
    if is_train:
        inputs = _drop_out(inputs, model.attrs["dropout_rate"])
    outputs = inputs @ model.get_param("W").T + model.get_param("b")
    borders = np.cumsum([len(rows) for rows in vectors])[:-1]

    def backprop(gradients: list[Any]) -> list[Doc]:
        gradient: Any = np.concatenate(gradients)
        model.inc_grad("W", gradient.T @ inputs)
        model.inc_grad("b", gradient.sum(axis=0))
        return []

    return np.split(outputs, borders), backprop


def _training_texts(docs: list[Doc]) -> Iterator[EncodedText]:
    """The same as :func:`encoded_text`, kept with the docs, which come again in every epoch."""
    for doc in docs:
        if _ENCODED not in doc.user_data:
            doc.user_data[_ENCODED] = encoded_text(doc)
        yield doc.user_data[_ENCODED]


def _initialize_projection(model: Tok2Vec, **_samples: Any) -> None:
    width, inputs = model.get_dim("nO"), model.get_dim("nI")
    model.set_param("W", glorot_uniform_init(model.ops, (width, inputs)))
    model.set_param("b", model.ops.alloc1f(width))


def _drop_out(inputs: Vectors, rate: float) -> Vectors:
    # Seeded from the global generator, as all of spaCy's randomness is. A byte a number, so that
    # the rate is one of 256ths: half the time of drawing floats.
    generator = np.random.default_rng(np.random.randint(2**31))
    dropped = round(rate * 256)
    drawn = np.frombuffer(generator.bytes(inputs.size), dtype=np.uint8).reshape(inputs.shape)
    return np.asarray(inputs * (drawn >= dropped) * np.float32(256 / (256 - dropped)))


def encoded_text(doc: Doc) -> EncodedText:
    """A doc as the encoder wants it."""
    return EncodedText(doc.text, tuple((token.idx, token.idx + len(token)) for token in doc))


class BesideRecognizer(EntityRecognizer):  # type: ignore[misc]  # spaCy's Cython classes are untyped
    """An entity recognizer whose entities join those a doc has already, and win where they overlap.

    spaCy's own would take the entities of the pipeline before it as given, and sentence borders as
    walls; this one looks at the bare tokens, so that it finds the same in any company.
    """

    def predict(self, docs: Sequence[Doc]) -> Any:
        """The parser's states for the bare tokens of the docs."""
        return super().predict([_bare(doc) for doc in docs])

    def set_annotations(self, docs: Sequence[Doc], states: Any) -> None:
        """Lay the found entities over those of the docs; the others stay as they are."""
        found = [_bare(doc) for doc in docs]
        super().set_annotations(found, states)
        for doc, bare in zip(docs, found, strict=True):
            ours = [Span(doc, ent.start, ent.end, label=ent.label) for ent in bare.ents]
            taken = {token.i for ent in ours for token in ent}
            others = [ent for ent in doc.ents if taken.isdisjoint(range(ent.start, ent.end))]
            doc.set_ents([*others, *ours])


def _bare(doc: Doc) -> Doc:
    words, spaces = [token.text for token in doc], [bool(token.whitespace_) for token in doc]
    bare = Doc(doc.vocab, words=words, spaces=spaces)
    # Contractions carry a norm of the tokenizer's, which the cnn preset reads.
    norms: Any = doc.to_array(["NORM"])
    return bare.from_array(["NORM"], norms)


@Language.factory(
    BESIDE,
    assigns=["doc.ents", "token.ent_iob", "token.ent_type"],
    default_config={"moves": None, "update_with_oracle_cut_size": 100},
    default_score_weights={"ents_f": 1.0, "ents_p": 0.0, "ents_r": 0.0},
)
def make_beside_recognizer(
    nlp: Language, name: str, model: Model[Any, Any], moves: Any, update_with_oracle_cut_size: int
) -> BesideRecognizer:
    """spaCy calls this for every component of the factory ``nerbot_ner``."""
    return BesideRecognizer(
        nlp.vocab,
        model,
        name,
        moves=moves,
        update_with_oracle_cut_size=update_with_oracle_cut_size,
        scorer=make_ner_scorer(),
    )
