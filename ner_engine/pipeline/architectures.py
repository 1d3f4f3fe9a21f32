"""What nerbot adds to spaCy's registry of networks, so that its models are ordinary directories.

spaCy finds it by the entry points of the installed package.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import IDX, LENGTH
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry
from thinc.api import (
    Linear,
    Maxout,
    Model,
    chain,
    expand_window,
    glorot_uniform_init,
    residual,
    with_array,
    zero_init,
)

from ner_engine.encoder.encoded_text import EncodedText
from ner_engine.encoder.frozen_encoder import FrozenEncoder, open_encoder
from ner_engine.encoder.halves import to_floats
from ner_engine.encoder.session import Vectors
from ner_engine.pipeline.crf import Chains
from ner_engine.recipes import Features, Pooling
from ner_engine.recipes.encoder import HEAD, VECTORS

TAGGER = "nerbot.CrfTagger.v1"
#: What a packaged model asks spaCy for before anything else: without the engine, its error says this name.
NEEDED = "pip-install-the-nerbot-engine-wheel-of-this-model"
_ENCODED = "nerbot_encoded_text"
_ALL_BITS = np.uint16(0xFFFF)

# thinc tells arrays apart by classes that numpy's arrays are not.
Rows = list[Any]
Tok2Vec = Model[list[Doc], Rows]
Head = Model[Rows, Rows]
Member = Model[Rows, Chains]
Tagger = Model[list[Doc], list[Chains]]


@registry.architectures(VECTORS)  # type: ignore[untyped-decorator]  # a catalogue's decorator
def frozen_encoder(
    layers: list[int],
    directory: str | None = None,
    sha256: str | None = None,
    pooling: Sequence[Pooling] = ("first",),
    normalize: bool = False,  # noqa: FBT001, FBT002 spaCy's configs name every argument
    shapes: bool = False,  # noqa: FBT001, FBT002
    columns: str | None = None,
    forms: int = 0,
) -> Tok2Vec:
    """A frozen encoder's vectors of the tokens, which learn nothing.

    The encoder's weights are not part of the model; ``sha256`` says which ones it was trained on, and
    ``columns`` which taught columns were beside its vectors, ``forms`` how many columns each form of a word
    had. Models from before there were any name none.
    """
    features = Features(tuple(layers), tuple(pooling), normalize, shapes)
    encoder = open_encoder(directory, features, sha256, columns, forms)
    return Model("frozen_encoder", partial(_look_up, encoder=encoder), dims={"nO": encoder.width})


def _look_up(
    _model: Tok2Vec,
    docs: list[Doc],
    is_train: bool,  # noqa: FBT001 thinc calls it by place
    *,
    encoder: FrozenEncoder,
) -> tuple[Rows, Callable[[Rows], list[Doc]]]:
    wanted = _training_texts(docs) if is_train else map(_as_wanted, docs)
    return [encoder.halves(text, remember=is_train) for text in wanted], lambda _gradients: []


def _as_wanted(given: Doc | EncodedText) -> EncodedText:
    return given if isinstance(given, EncodedText) else encoded_text(given)


def _training_texts(docs: Sequence[Doc | EncodedText]) -> Iterator[EncodedText]:
    """Our trainings give what is wanted; `spacy train` gives docs, which come again in every epoch."""
    for doc in docs:
        if isinstance(doc, EncodedText):
            yield doc
            continue
        if _ENCODED not in doc.user_data:
            doc.user_data[_ENCODED] = encoded_text(doc)
        yield doc.user_data[_ENCODED]


def encoded_text(doc: Doc, text: str | None = None) -> EncodedText:
    """A doc as the encoder wants it; ``text`` is the doc's own, where it is kept already."""
    starts, lengths = doc.to_array([IDX, LENGTH]).astype(np.int32).reshape(-1, 2).T
    return EncodedText(doc.text if text is None else text, np.stack([starts, starts + lengths], 1))


@registry.architectures(HEAD)  # type: ignore[untyped-decorator]
def window_head(width: int, maxout_pieces: int) -> Head:
    """Frozen vectors brought to ``width``, with dropout before, and past one window of neighbours."""
    project: Head = Model(
        "project",
        partial(_project, drop_out=_Dropout()),
        init=_initialize_projection,
        params={"W": None, "b": None},
        dims={"nO": width, "nI": None},
        # The rate is set by the training, as in every layer of spaCy's with this attribute.
        attrs={"dropout_rate": 0.0},
    )
    # Not spaCy's MaxoutWindowEncoder, whose layers drop out as well: that cost 1 F.
    maxout = Maxout(nO=width, nI=3 * width, nP=maxout_pieces, normalize=True)
    window: Head = with_array(residual(chain(expand_window(1), maxout)), pad=1)
    head: Head = chain(project, window)
    head.set_dim("nO", width)
    return head


def _project(
    model: Head,
    rows: Rows,
    is_train: bool,  # noqa: FBT001
    *,
    drop_out: "_Dropout",
) -> tuple[Rows, Callable[[Rows], Rows]]:
    """One layer instead of thinc's three, and none of the gradients that frozen vectors ignore."""
    inputs = drop_out(rows, model.attrs["dropout_rate"]) if is_train else _joined(rows)
    outputs = inputs @ model.get_param("W").T + model.get_param("b")

    def backprop(gradients: Rows) -> Rows:
        gradient: Any = np.concatenate(gradients)
        model.inc_grad("W", gradient.T @ inputs)
        model.inc_grad("b", gradient.sum(axis=0))
        return []

    return _split_like(rows, outputs), backprop


def _joined(rows: Rows) -> Vectors:
    return to_floats(np.concatenate(rows))


def _split_like(rows: Rows, outputs: Any) -> Rows:
    return np.split(outputs, np.cumsum([len(some) for some in rows])[:-1])


def _initialize_projection(model: Head, X: Any = None, **_samples: Any) -> None:  # noqa: N803 thinc's name
    if X:
        model.set_dim("nI", X[0].shape[1])
    width, inputs = model.get_dim("nO"), model.get_dim("nI")
    model.set_param("W", glorot_uniform_init(model.ops, (width, inputs)))
    model.set_param("b", model.ops.alloc1f(width))


class _Dropout:
    """Dropout as a mask of the numbers' bits, cut out of a long one at a drawn place.

    Drawing a number for each took a fifth of a training's time. The members that learn from the same
    rows one after the other share what is left of them; their first weights differ, which is enough.
    """

    LENGTH = 2**22

    def __init__(self) -> None:
        self._rate: float | None = None
        self._mask: NDArray[np.uint16] = np.zeros(0, dtype=np.uint16)
        self._seen: Rows = []
        self._left: Vectors = np.zeros(0, dtype=np.float32)

    def __call__(self, rows: Rows, rate: float) -> Vectors:
        if self._seen is not rows:
            self._seen, self._left = rows, self._drop(rows, rate)
        return self._left

    def _drop(self, rows: Rows, rate: float) -> Vectors:
        if rate == 0:
            return _joined(rows)
        joined = np.concatenate(rows)
        # All is seeded from the global generator, as all of spaCy's randomness is.
        if rate != self._rate or len(self._mask) <= joined.size:
            length = max(self.LENGTH, 2 * joined.size)
            drawn = np.random.default_rng(np.random.randint(2**31)).random(length, np.float32)
            self._rate, self._mask = rate, np.where(drawn >= rate, _ALL_BITS, np.uint16(0))
        start = np.random.randint(len(self._mask) - joined.size)
        bits = joined.view(np.uint16).reshape(-1)
        np.bitwise_and(bits, self._mask[start : start + joined.size], out=bits)
        return to_floats(joined, times=1 / (1 - rate))


@registry.callbacks(NEEDED)  # type: ignore[untyped-decorator]
def engine_is_there() -> Callable[[type[Language]], type[Language]]:
    """The callback of :data:`NEEDED`, which changes nothing."""
    return lambda language: language


@registry.architectures(TAGGER)  # type: ignore[untyped-decorator]
def crf_tagger(tok2vec: Tok2Vec, head: Head | None = None, members: int = 1) -> Tagger:
    """Scores of tags and of their transitions, from each of some members over the same vectors.

    Every member learns by itself, from other first weights; their scores are to be averaged.
    """
    made = [_member(head.copy() if head else None) for _ in range(members)]
    return Model("crf_tagger", _score, init=_initialize_tagger, layers=[tok2vec, *made])


def _member(head: Head | None) -> Member:
    output: Head = with_array(Linear(init_W=zero_init))
    return Model(
        "crf_member",
        _score_member,
        init=_initialize_member,
        layers=[chain(head, output) if head else output],
        params={"transitions": None},
        refs={"output": output.layers[0]},
    )


def _score(
    model: Tagger,
    docs: list[Doc],
    is_train: bool,  # noqa: FBT001
) -> tuple[list[Chains], Callable[[list[Chains]], list[Doc]]]:
    tok2vec, *members = model.layers
    rows, learn_vectors = tok2vec(docs, is_train)
    scored = [member(rows, is_train) for member in members]

    def backprop(gradients: list[Chains]) -> list[Doc]:
        back = [learn(gradient) for (_, learn), gradient in zip(scored, gradients, strict=True)]
        if all(back):
            learn_vectors([sum(parts) for parts in zip(*back, strict=True)])
        return []

    return [chains for chains, _ in scored], backprop


def _score_member(
    model: Member,
    rows: Rows,
    is_train: bool,  # noqa: FBT001
) -> tuple[Chains, Callable[[Chains], Rows]]:
    emissions, learn = model.layers[0](rows, is_train)

    def backprop(gradient: Chains) -> Rows:
        transitions: Any = gradient.transitions
        model.inc_grad("transitions", transitions)
        back: Rows = learn(list(gradient.emissions))
        return back

    transitions: Any = model.get_param("transitions")
    return Chains(emissions, transitions), backprop


def _initialize_tagger(model: Tagger, X: Any = None, Y: Any = None) -> None:  # noqa: N803
    tok2vec, *members = model.layers
    tok2vec.initialize(X=X)
    rows = tok2vec.predict(X)
    for member in members:
        member.initialize(X=rows, Y=Y)


def _initialize_member(model: Member, X: Any = None, Y: Any = None) -> None:  # noqa: N803
    tags = Y[0].shape[1]
    model.get_ref("output").set_dim("nO", tags)
    model.layers[0].initialize(X=X, Y=Y)
    model.set_param("transitions", model.ops.alloc2f(tags, tags))
