"""Whether word forms are worth reading: where labelled phrases return, or where the encoder knows little."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from ner_engine.annotation import AnnotatedText
from ner_engine.encoder.files import card_of
from ner_engine.settings import TrainingSettings
from ner_engine.training.splits import phrase_key

#: The share of labelled phrases that another sentence has, too, from which word forms helped wherever they were
#: measured; below it they helped here and hurt there.
ENOUGH = 0.6
#: So many sentences at most: more of them teach the vectors the same, and phrases return in any corpus.
FEW = 200


def share_returning(gold: Sequence[AnnotatedText]) -> float:
    """Of all labelled mentions those whose phrase is labelled so in another sentence, too: 0..1."""
    texts: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    mentions = [
        ((phrase_key(annotated.text, span), span.label), annotated.text)
        for annotated in gold
        for span in annotated.spans
    ]
    for mention, text in mentions:
        texts[mention].add(text)
    return sum(len(texts[mention]) > 1 for mention, _ in mentions) / max(len(mentions), 1)


def with_word_forms(settings: TrainingSettings, gold: Sequence[AnnotatedText]) -> TrainingSettings:
    """Settings that say whether word forms are read: as they say already, else as the data does.

    They are with few sentences, where the encoder does not know the language, so that letters say more than
    its vectors, or where labelled phrases return.
    """
    if settings.word_forms is not None:
        return settings
    if not settings.recipe.forms:
        return replace(settings, word_forms=False)
    if len(gold) > FEW:
        return replace(settings, word_forms=False)
    strange = settings.language != card_of(settings.encoder_dir).language
    return replace(settings, word_forms=strange or share_returning(gold) >= ENOUGH)
