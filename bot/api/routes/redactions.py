"""Texts without what the live model finds in them."""

from fastapi import APIRouter

from bot.api.problems import Problem
from bot.api.schemas.redactions import RedactedOut, RedactionIn, RedactionsOut, ReplacedOut, SlipOut
from bot.api.tools import CallerOf, ToolsOf, needs
from bot.api.values import Scope
from bot.redaction.values import RedactTexts

router = APIRouter(tags=["predictions"])


@router.post("/redactions", dependencies=[needs(Scope.READ)])
async def redact(asked: RedactionIn, caller: CallerOf, tools: ToolsOf) -> RedactionsOut:
    """Replace the entities in up to 100 texts. Nothing of them is stored."""
    told = await tools.redaction.redact(
        caller,
        RedactTexts(
            texts=asked.texts,
            labels=None if asked.labels is None else frozenset(asked.labels),
            style=asked.style,
            recurrences=asked.recurrences,
            together=asked.together,
            slip=asked.slip,
        ),
    )
    if told is None:
        raise Problem(
            409,
            "no-model",
            "There is no model yet. Finish some sentences, and start a training: POST /api/v1/trainings",
        )
    return RedactionsOut(
        model=told.version,
        redactions=[
            RedactedOut(
                text=each.text,
                replaced=[
                    ReplacedOut(
                        label=one.label,
                        start=one.start,
                        end=one.end,
                        source_start=one.source[0],
                        source_end=one.source[1],
                    )
                    for one in each.replaced
                ],
            )
            for each in told.redacted
        ],
        counts=dict(sorted(told.counts.items())),
        slip=None if told.slip is None else SlipOut.model_validate(told.slip),
    )
