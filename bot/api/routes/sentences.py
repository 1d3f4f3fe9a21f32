"""Sentences in and out, with what people said of them."""

from typing import Annotated

from fastapi import APIRouter, Query

from bot.api.idempotency import WriterOf
from bot.api.pages import SIZE, After, Limit, Number, cursor, place_of
from bot.api.schemas.entities import TextsIn
from bot.api.schemas.sentences import (
    AddedOut,
    AddedSentencesOut,
    AnnotatedOut,
    AnnotationIn,
    AnnotationOut,
    NextIn,
    NextOut,
    SentenceOut,
    SentencesOut,
    SuggestionsOut,
)
from bot.api.service import add_sentences, annotate, project_of, suggested
from bot.api.tools import CallerOf, ToolsOf, cleaned, entities_out, needs, spans_out
from bot.api.values import Scope
from bot.errors import NotFound
from bot.exchange.repositories.exports import Exported, Exports
from bot.labelling.commands import GoOn, NextSentence
from bot.labelling.values.cards import Card, QueueEmpty
from ner_engine.annotation import Prediction, Span

Contains = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=200,
        description="Only sentences with these words, whatever the case of plain letters.",
    ),
]

router = APIRouter(tags=["sentences"])


@router.get("/sentences", dependencies=[needs(Scope.READ)])
async def list_sentences(
    caller: CallerOf,
    tools: ToolsOf,
    after: After = None,
    limit: Limit = SIZE,
    contains: Contains = None,
) -> SentencesOut:
    """List the sentences of the project, oldest first, with everybody's annotations."""
    project = await project_of(tools, caller)
    asked = {"after": place_of(after) or 0, "many": limit + 1}
    async with tools.store.reporting(caller.workspace) as tx:
        if contains is None:
            found = await Exports(tx).page(project.id, **asked)
        else:
            found = await Exports(tx).containing(project.id, contains, **asked)
    page = found[:limit]
    return SentencesOut(
        sentences=[_sentence(each) for each in page],
        after=cursor(page[-1].id) if len(found) > limit else None,
    )


@router.post("/sentences", status_code=201, dependencies=[needs(Scope.WRITE)])
async def create_sentences(texts: TextsIn, caller: WriterOf, tools: ToolsOf) -> AddedSentencesOut:
    """Add up to 100 sentences, all or none. One that the project has is not added again."""
    added = await add_sentences(tools, caller, cleaned(texts.texts))
    return AddedSentencesOut(
        sentences=[AddedOut(id=each.id, text=each.text, new=each.new) for each in added.sentences]
    )


@router.post("/sentences/next", dependencies=[needs(Scope.WRITE)])
async def next_sentence(caller: WriterOf, tools: ToolsOf, asked: NextIn | None = None) -> NextOut:
    """Take the sentence that is to be labelled next, as `/label` does; asked again before it is finished, the same one.

    With `passed` that one is put aside for now, as [Next] does.
    """
    passed = None if asked is None else asked.passed
    command = NextSentence() if passed is None else GoOn(passed)
    shown = await tools.labelling.handle(caller, command)
    assert isinstance(shown, Card | QueueEmpty), "nothing is asked of whoever wants the next one"
    if isinstance(shown, QueueEmpty):
        return NextOut(sentence=None, text=None, spans=[], suggested=[], model=None, waiting=0)
    sentence, suggestion = shown.annotation.sentence, shown.suggestion
    found = Prediction(suggestion.spans, suggestion.confidences) if suggestion else Prediction()
    return NextOut(
        sentence=sentence.id,
        text=sentence.text,
        spans=spans_out(sentence.text, shown.annotation.spans),
        suggested=entities_out(sentence.text, found),
        model=suggestion.model if suggestion else None,
        waiting=shown.waiting,
    )


@router.get("/sentences/{number}", dependencies=[needs(Scope.READ)])
async def get_sentence(number: Number, caller: CallerOf, tools: ToolsOf) -> SentenceOut:
    """Get one sentence, with everybody's annotations."""
    project = await project_of(tools, caller)
    async with tools.store.reading(caller.workspace) as tx:
        found = await Exports(tx).page(project.id, after=number - 1, many=1)
    if not found or found[0].id != number:
        raise NotFound(f"There is no sentence {number} in this project.")
    return _sentence(found[0])


@router.get("/sentences/{number}/suggestions", dependencies=[needs(Scope.READ)])
async def get_suggestions(number: Number, caller: CallerOf, tools: ToolsOf) -> SuggestionsOut:
    """Tell what may be labelled in a sentence: what is found in it, and what is only possible, the most probable first.

    Before there is a model, what is found are phrases that somebody labelled elsewhere.
    """
    told = await suggested(tools, caller, number)
    return SuggestionsOut(
        sentence=number,
        text=told.text,
        model=told.version,
        found=entities_out(told.text, told.found),
        possible=entities_out(told.text, told.possible),
    )


@router.put("/sentences/{number}/annotation", dependencies=[needs(Scope.WRITE)])
async def put_annotation(
    number: Number, said: AnnotationIn, caller: WriterOf, tools: ToolsOf
) -> AnnotatedOut:
    """Say what the entities of a sentence are, in place of what the token's person said before.

    Spans are on the borders of words and do not overlap. It is one step, which the person can undo in Slack.
    """
    stored = await annotate(
        tools,
        caller,
        number,
        [Span(each.start, each.end, each.label) for each in said.spans],
        finished=said.finished,
        create_labels=said.create_labels,
    )
    return AnnotatedOut(
        sentence=stored.sentence,
        spans=spans_out(stored.text, stored.spans),
        finished=stored.finished,
        new_labels=list(stored.new_labels),
    )


def _sentence(found: Exported) -> SentenceOut:
    return SentenceOut(
        id=found.id,
        text=found.text,
        document=found.document,
        created_at=found.created_at,
        spans=None if found.gold is None else spans_out(found.text, found.gold),
        annotations=[
            AnnotationOut(
                person=each.person,
                spans=spans_out(found.text, each.spans),
                finished=each.finished,
                updated_at=each.at,
            )
            for each in found.said
        ],
    )
