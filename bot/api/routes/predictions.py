"""What the live model finds in texts."""

from fastapi import APIRouter

from bot.api.problems import Problem
from bot.api.schemas.entities import PredictionOut, PredictionsOut, TextsIn
from bot.api.tools import CallerOf, ToolsOf, cleaned, entities_out, needs
from bot.api.values import Scope
from bot.recognition.values import NoModelYet

router = APIRouter(tags=["predictions"])


@router.post("/predictions", dependencies=[needs(Scope.READ)])
async def predict(texts: TextsIn, caller: CallerOf, tools: ToolsOf) -> PredictionsOut:
    """Find the entities in up to 100 texts. Nothing of them is stored."""
    found = await tools.recognition.find(caller, cleaned(texts.texts))
    if isinstance(found, NoModelYet) or found.version is None:
        raise Problem(
            409,
            "no-model",
            "There is no model yet. Finish some sentences, and start a training: POST /api/v1/trainings",
        )
    return PredictionsOut(
        model=found.version,
        predictions=[
            PredictionOut(text=each.text, entities=entities_out(each.text, each.found))
            for each in found.texts
        ],
    )
