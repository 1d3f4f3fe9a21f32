"""The model card: what a model is for, what it learned from, how good it is, and how that was measured."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ner_engine.encoder.card import EncoderCard
from ner_engine.encoder.columns import card_of_columns
from ner_engine.model_files.manifest import ModelFacts

_HOW = {
    "cross-validation": (
        "by cross-validation: each sentence was read by a model that had not learned it, nor "
        "another sentence of its message or document"
    ),
    "held-out": "on a fifth of the sentences, which the scored model had not learned",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStory:
    """What is known of a model beside its own files.

    ``meanings`` are the labels' descriptions; ``method`` and ``curve`` tell how the scores were made:
    points of (sentences, F1 in 0..1).
    """

    project: str = ""
    meanings: Mapping[str, str] = field(default_factory=dict)
    method: str = ""
    curve: Sequence[tuple[int, float]] = ()
    made_on: str = ""

    def to_json(self) -> dict[str, Any]:
        """The story as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "ModelStory":
        """Read what :meth:`to_json` wrote. Raises TypeError, ValueError."""
        story = cls(**values)
        curve = tuple((int(sentences), float(f1)) for sentences, f1 in story.curve)
        texts = (story.project, story.method, story.made_on, *dict(story.meanings).values())
        if not all(isinstance(text, str) for text in texts):
            raise TypeError(texts)
        return replace(story, curve=curve)


_SPACY = """```python
import spacy

nlp = spacy.load("{name}")
for entity in nlp("A sentence of yours.").ents:
    print(entity.text, entity.label_, entity._.confidence)
```"""


def model_card(
    name: str,
    facts: ModelFacts,
    story: ModelStory,
    encoder: EncoderCard | None = None,
    *,
    use: str = _SPACY,
) -> str:
    """The card in Markdown; ``use`` says how the model is used, in which {name} is its name."""
    return "\n".join(_lines(name, facts, story, encoder, use.replace("{name}", name))) + "\n"


def _lines(
    name: str, facts: ModelFacts, story: ModelStory, encoder: EncoderCard | None, use: str
) -> Iterator[str]:
    yield f"# {name}"
    yield ""
    where = f" in the project “{story.project}”" if story.project else ""
    made = f" on {story.made_on}" if story.made_on else ""
    yield (
        f"A named-entity recognizer. A team taught it its own labels{where} with nerbot; "
        f"it learned from {facts.sentences:,} finished sentences{made}."
    )
    yield from ("", "## Use", "", use)
    yield from _labels(facts, story)
    yield from _scores(facts, story)
    yield from _origins(facts, encoder)


def _labels(facts: ModelFacts, story: ModelStory) -> Iterator[str]:
    per_label = facts.scores.get("per_label", {})
    yield from ("", "## Labels", "", "| label | meaning | labelled phrases |", "|---|---|---|")
    for label in facts.labels:
        count = per_label.get(label, {}).get("support", 0)
        yield f"| {_cell(label)} | {_cell(story.meanings.get(label) or '–')} | {count:,} |"


def _scores(facts: ModelFacts, story: ModelStory) -> Iterator[str]:
    scores: Mapping[str, Any] = facts.scores
    if "overall" not in scores:
        return
    low, high = scores["interval"]
    how = _HOW.get(story.method, "on sentences that the scored models had not learned")
    yield from ("", "## Scores", "")
    yield (
        f"Strict: an entity counts where its first and last word and its label are right. Measured {how}; "
        f"{scores['sentences']:,} sentences. With so few, the F1 of all labels is between {100 * low:.1f} "
        f"and {100 * high:.1f} (95 %). On other kinds of text it does worse."
    )
    yield from ("", "| label | precision | recall | F1 |", "|---|---|---|---|")
    rows = [("all labels", scores["overall"]), *scores["per_label"].items()]
    for label, score in rows:
        shares = (100 * score[part] for part in ("precision", "recall", "f1"))
        yield f"| {_cell(label)} | " + " | ".join(f"{share:.1f}" for share in shares) + " |"
    if story.curve:
        yield from ("", "| sentences learned | F1 |", "|---|---|")
        yield from (f"| {sentences:,} | {100 * f1:.1f} |" for sentences, f1 in story.curve)


def _origins(facts: ModelFacts, encoder: EncoderCard | None) -> Iterator[str]:
    yield from ("", "## How it was made", "")
    if encoder is not None:
        sha256 = facts.encoder.get("sha256", "")
        yield f"- It reads with the frozen sentence encoder {encoder.name} (licence: {encoder.licence})"
        yield f"  of SHA-256 `{sha256}`, which is part of this package."
    if columns := facts.encoder.get("columns"):
        yield from _teachers(columns)
    if facts.settings.get("word_forms"):
        yield "- It also reads how words are written, since most of the phrases it learned return letter by letter."
    if base := facts.settings.get("base"):
        yield f"- It works beside the pipeline {base}, whose entities it keeps where it finds none."
    yield (
        f"- Preset {facts.settings['preset']}, seed {facts.settings['seed']}; made with "
        + ", ".join(f"{package} {version}" for package, version in facts.versions.items())
    )
    yield f"- The data it learned from has the fingerprint `{facts.fingerprint}`; no sentence of it is in here."


def _teachers(sha256: str) -> Iterator[str]:
    card = card_of_columns(sha256)
    corpora = "; ".join(f"{corpus.name} ({corpus.licence})" for corpus in card.corpora)
    yield "- Beside the encoder's vectors it has columns that the labels of public corpora taught"
    yield f"  (SHA-256 `{sha256}`): {corpora}."


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
