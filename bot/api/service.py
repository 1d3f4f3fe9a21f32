"""What only programs ask for: many sentences at once, and a whole annotation of one by its number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.api.problems import Problem
from bot.api.tools import Tools
from bot.db.records.idempotency import once
from bot.domain.json_form import JsonForm
from bot.domain.project import Caller, Offsets, Project, Sentence
from bot.domain.steps import StepKind
from bot.errors import NotFound
from bot.exchange.repositories.exports import Exports
from bot.labelling.session import LabellingSession
from bot.projects.repositories.access import NO_PROJECT, Access
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from bot.recognition.values import NoModelYet
from bot.slack.text_normalization import CleanText
from ner_engine.annotation import AnnotatedText, Prediction, Span, parse_label, snap_to_tokens

MOST_POSSIBLE = 20
"""Phrases that are told of those that are only possible."""
SOURCE = "api"
"""Where a sentence comes from that a program sent."""


@dataclass(frozen=True, slots=True)
class AddedSentence:
    """A sentence that was sent, and whether the project did not have it before."""

    id: int
    text: str
    new: bool


@dataclass(frozen=True, slots=True)
class SentencesAdded:
    """The sentences of a request, in their order."""

    sentences: tuple[AddedSentence, ...]
    type: Literal["api_sentences_added"] = "api_sentences_added"


@dataclass(frozen=True, slots=True)
class Annotated:
    """A person's annotation as it was stored."""

    sentence: int
    text: str
    spans: tuple[Span, ...]
    finished: bool
    new_labels: tuple[str, ...] = ()
    type: Literal["api_annotated"] = "api_annotated"


_ADDED: JsonForm[SentencesAdded] = JsonForm(SentencesAdded)
_ANNOTATED: JsonForm[Annotated] = JsonForm(Annotated)


async def project_of(tools: Tools, caller: Caller) -> Project:
    """The project of a token. Raises Problem where it was deleted."""
    async with tools.store.reading(caller.workspace) as tx:
        found = await Access(tx).of(caller)
    if found is None:
        raise Problem(404, "not-found", NO_PROJECT)
    return found


async def add_sentences(tools: Tools, caller: Caller, texts: Sequence[CleanText]) -> SentencesAdded:
    """Store some sentences, all or none."""
    project = await project_of(tools, caller)
    async with tools.store.reading(caller.workspace) as tx:
        language = await Projects(tx).language(project.id)
    plain = await tools.masking.plain(caller.workspace, project.id, [t.text for t in texts])
    tokens = await tools.engine.tokens(plain, language=language)
    async with tools.store.writing(caller.workspace) as tx:
        session = await LabellingSession.open(tx, caller, tx.clock())

        async def work() -> SentencesAdded:
            stored = []
            for text, its in zip(plain, tokens, strict=True):
                sentence, is_new = await session.add(text, its, source=SOURCE)
                stored.append(AddedSentence(sentence.id, sentence.text, is_new))
            return SentencesAdded(tuple(stored))

        return await once(tx, caller.request, _ADDED, work)


async def annotate(
    tools: Tools,
    caller: Caller,
    sentence_id: int,
    spans: Sequence[Span],
    *,
    finished: bool,
    create_labels: bool,
) -> Annotated:
    """Put a person's annotation in place of the one they had. Raises NotFound, AnnotationError and Problem."""
    async with tools.store.writing(caller.workspace) as tx:
        session = await LabellingSession.open(tx, caller, tx.clock(), named_owners=tools.owners)

        async def work() -> Annotated:
            before = await session.named(sentence_id)
            wanted = _checked(before.sentence, spans)
            known = await session.known_labels()
            unknown = sorted({s.label for s in wanted if known.find(s.label) is None})
            if unknown and not create_labels:
                raise Problem(
                    422,
                    "unknown-label",
                    f"The project has no label {', '.join(unknown)}. Create it first (POST /api/v1/labels), or send "
                    "create_labels: true.",
                    labels=unknown,
                )
            wanted = known.spans(wanted)
            created = await session.create_labels(wanted) if unknown else []
            if (wanted, finished) != (before.spans, before.finished):
                kind = StepKind.FINISHED if wanted else StepKind.NO_ENTITIES
                await session.change(
                    before, kind if finished else StepKind.LABELLED, wanted, finished=finished
                )
            return Annotated(sentence_id, before.sentence.text, wanted, finished, tuple(created))

        return await once(tx, caller.request, _ANNOTATED, work)


@dataclass(frozen=True, slots=True)
class Suggested:
    """What may be labelled in a sentence: what is found, and what is only possible."""

    text: str
    version: int | None
    found: Prediction
    possible: Prediction


async def suggested(tools: Tools, caller: Caller, number: int) -> Suggested:
    """What may be labelled in a sentence. Raises NotFound and EngineUnavailable."""
    project = await project_of(tools, caller)
    async with tools.store.reading(caller.workspace) as tx:
        page = await Exports(tx).page(project.id, after=number - 1, many=1)
        renamed = await Labels(tx).renamed(project.id)
    if not page or page[0].id != number:
        raise NotFound(f"There is no sentence {number} in this project.")
    text = page[0].text
    answer = await tools.recognition.find(caller, [CleanText(text)])
    if isinstance(answer, NoModelYet):
        return Suggested(text, None, Prediction(), Prediction())
    found = answer.texts[0].found
    if answer.version is None:
        return Suggested(text, None, found, Prediction())
    hints = await tools.engine.hints(project.id, answer.version, text)
    beside = [
        hint
        for hint in hints
        if not any(span.overlaps(hint.span.start, hint.span.end) for span in found.spans)
    ][:MOST_POSSIBLE]
    named = tuple(
        Span(h.span.start, h.span.end, renamed.get(h.span.label, h.span.label)) for h in beside
    )
    possible = Prediction(named, tuple(hint.probability for hint in beside))
    return Suggested(text, answer.version, found, possible)


def _checked(sentence: Sentence, spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans as they can be stored: apart from each other, on the borders of words, under labels that can be."""
    named = tuple(Span(span.start, span.end, parse_label(span.label)) for span in spans)
    wanted = AnnotatedText(sentence.text, named).spans
    for span in wanted:
        _check_borders(span, sentence.tokens)
    return wanted


def _check_borders(span: Span, tokens: Sequence[Offsets]) -> None:
    start, end = snap_to_tokens(span.start, span.end, tokens)
    if (start, end) != (span.start, span.end):
        raise Problem(
            422,
            "cuts-a-word",
            f"The span from {span.start} to {span.end} cuts a word. The words it touches are from {start} to {end}.",
            start=start,
            end=end,
        )
