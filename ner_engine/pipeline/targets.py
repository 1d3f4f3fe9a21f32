"""What a recognizer is to learn of a text, and how far its scores are from that."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import ENT_IOB, IS_SPACE, ORTH, SPACY
from spacy.training import Example

from ner_engine.pipeline.crf import Bools, Chains, Floats, Lattice
from ner_engine.pipeline.tag_scheme import OUTSIDE, TagScheme, biluo

_TARGET = "nerbot_target"
#: What makes two tokens the same.
_WORDS = [ORTH, SPACY]
#: How spaCy's attribute ENT_IOB says that a token is in no entity.
_OUTSIDE = 2


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be learned of one text: which tags each token may have.

    Where every tag is known, their one path is kept as the shares of :class:`Lattice`.
    """

    allowed: Bools
    known: bool
    unary: Floats
    pairs: Floats

    @classmethod
    def of_numbers(cls, numbers: NDArray[np.int16], scheme: TagScheme) -> "Target":
        """The target for tags by their numbers, below 0 where one is missing."""
        every = np.eye(len(scheme.tags), dtype=np.float32)
        if (numbers >= 0).all():
            unary = every[numbers]
            return cls(unary > 0, known=True, unary=unary, pairs=unary[:-1].T @ unary[1:])
        return cls.of([scheme.tags[number] if number >= 0 else None for number in numbers], scheme)

    @classmethod
    def of_shares(cls, unary: Floats, pairs: Floats) -> "Target":
        """The target for shares of tags and of steps between them, as :class:`Lattice` has them of one text."""
        shares = np.asarray(unary, dtype=np.float32)
        return cls(shares > 0, known=True, unary=shares, pairs=np.asarray(pairs, dtype=np.float32))

    @classmethod
    def of(cls, tags: Sequence[str | None], scheme: TagScheme) -> "Target":
        """The target for tags, None where one is missing."""
        allowed = scheme.mask(tags)
        unary = allowed.astype(np.float32)
        known = None not in tags
        pairs = unary[:-1].T @ unary[1:] if known else np.zeros((len(scheme.tags),) * 2)
        return cls(allowed, known, unary, np.asarray(pairs, dtype=np.float32))


def target_of(example: Example, scheme: TagScheme) -> Target:
    """What is to be learned of an example. Made once an example: aligning tokens takes as long as learning them."""
    kept = example.reference.user_data.get(_TARGET)
    if kept is None or kept[0] != scheme.labels:
        kept = scheme.labels, Target.of(known_tags(example, scheme), scheme)
        example.reference.user_data[_TARGET] = kept
    target: Target = kept[1]
    return target


def known_tags(example: Example, scheme: TagScheme) -> list[str | None]:
    """The tags of an example that are of the scheme, None for others."""
    return [tag if tag in scheme.index else None for tag in tags_of(example)]


def tags_of(example: Example) -> Sequence[str | None]:
    """What spaCy's ``get_aligned_ner`` gives, in a tenth of its time where both sides have the same tokens."""
    tokens, reference = example.predicted, example.reference
    if len(tokens) != len(reference) or not np.array_equal(
        tokens.to_array(_WORDS), reference.to_array(_WORDS)
    ):
        aligned: Sequence[str | None] = example.get_aligned_ner()
        return aligned
    if not reference.has_annotation("ENT_IOB"):
        return [None] * len(reference)
    told = reference.to_array([ENT_IOB, IS_SPACE]).tolist()
    tags: list[str | None] = [
        OUTSIDE if known == _OUTSIDE or is_space else None for known, is_space in told
    ]
    for ent in reference.ents:
        tags[ent.start : ent.end] = biluo(ent.start, ent.end, ent.label_)
    return tags


def loss_of(chains: Chains, targets: Sequence[Target], scheme: TagScheme) -> tuple[float, Chains]:
    """The mean negative log likelihood of a text, summed over the members, and its gradient.

    Where tags are missing all their paths count together (Tsuboi and others 2008).
    """
    free = Lattice(chains, scheme.grammar)
    wanted, wanted_pairs, reached = _shares_of(chains, targets, scheme)
    count = len(targets)
    unary = [
        np.asarray((shares - target) / count, dtype=np.float32)
        for shares, target in zip(free.unary, wanted, strict=True)
    ]
    pairs = np.asarray((free.pairs - wanted_pairs) / count, dtype=np.float32)
    return float((free.log_partition.sum() - reached) / count), Chains(unary, pairs)


def _shares_of(
    chains: Chains, targets: Sequence[Target], scheme: TagScheme
) -> tuple[list[Floats], Floats, float]:
    """The shares the targets leave, their transitions', and the summed score of their paths."""
    unary = [target.unary for target in targets]
    known = [number for number, target in enumerate(targets) if target.known]
    # Of several members each has the same.
    pairs = np.zeros_like(chains.transitions)
    for number in known:
        pairs += targets[number].pairs
    score = float((chains.transitions * pairs).sum()) + sum(
        float((chains.emissions[number] * unary[number]).sum()) for number in known
    )
    partial = [number for number, target in enumerate(targets) if not target.known]
    if partial:
        some = Chains([chains.emissions[number] for number in partial], chains.transitions)
        masks = [targets[number].allowed for number in partial]
        lattice = Lattice(some, scheme.grammar, masks)
        for number, shares in zip(partial, lattice.unary, strict=True):
            unary[number] = shares
        pairs = pairs + lattice.pairs
        score += float(lattice.log_partition.sum())
    return unary, pairs, score
