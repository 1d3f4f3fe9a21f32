"""``python -m ner_engine.processes.ranking_server``: what to label next, as a process of its own.

Reads requests from stdin, one JSON object a line, and answers each in order with a line on stdout:

- ``{"do": "score", "model": path, "ids": […], "texts": […]}``: how unsure the model is of each text,
  ``{"uncertainties": […]}``; they are known from then on;
- ``{"do": "know", "ids": […], "uncertainties": […]}``: what was scored before, ``{"known": number}``;
- ``{"do": "rank", "share": …, "seed": …, "start": …, "size": …}``: that many ids of the order of all
  that are known, ``{"ids": […]}``;
- ``{"do": "diverse", "texts": […], "count": …, "seed": …}``: the numbers of those that stand for all,
  best first, ``{"chosen": […]}``;

or ``{"error": code, "message": …}``. When stdin ends the parent is gone, and so is the process.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ner_engine.errors import TextError
from ner_engine.processes.answering import Answer, OneModel, answer_all, failure, restrain
from ner_engine.settings import TrainingSettings
from ner_engine.spacy_alone import import_spacy

if TYPE_CHECKING:
    from ner_engine.prediction.predictor import Predictor


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer until stdin ends."""
    parser = argparse.ArgumentParser(prog="ner_engine.processes.ranking_server")
    parser.add_argument("--nice", type=int, default=0, metavar="N", help="give way to others")
    restrain(nice=parser.parse_args(arguments).nice)
    answer_all(sys.stdin, Ranking().answer)
    return 0


class Ranking:
    """What is known of the sentences of one project, and the order that follows from it."""

    def __init__(self) -> None:
        self._uncertainties: dict[int, float] = {}
        self._ranked: list[int] = []
        self._model = OneModel()

    def answer(self, line: str) -> Answer:
        """The answer to one request, whatever it is."""
        try:
            request = json.loads(line)
            does = {
                "score": self._score,
                "know": self._know,
                "rank": self._rank,
                "diverse": _diverse,
            }
            return does[request["do"]](request)
        except Exception as error:  # noqa: BLE001 - the edge of the process
            return failure(error)

    def _score(self, request: Mapping[str, Any]) -> Answer:
        predictor = self._model.load(Path(request["model"]))
        found = [_uncertainty(predictor, text) for text in request["texts"]]
        self._know({"ids": request["ids"], "uncertainties": found})
        return {"uncertainties": found}

    def _know(self, request: Mapping[str, Any]) -> Answer:
        self._uncertainties.update(zip(request["ids"], request["uncertainties"], strict=True))
        return {"known": len(self._uncertainties)}

    def _rank(self, request: Mapping[str, Any]) -> Answer:
        start = request["start"]
        if start == 0:
            from ner_engine.selection import rank  # noqa: PLC0415 - numpy, after the limits on threads

            ids = sorted(self._uncertainties)
            places = rank(
                [self._uncertainties[known] for known in ids],
                random_share=request["share"],
                seed=request["seed"],
            )
            self._ranked = [ids[place] for place in places]
        return {"ids": self._ranked[start : start + request["size"]]}


def _uncertainty(predictor: "Predictor", text: str) -> float:
    """A text the model cannot bear comes after all others: nobody learns from it."""
    try:
        return predictor.read([text])[0].uncertainty
    except TextError:
        return 0.0


def _diverse(request: Mapping[str, Any]) -> Answer:
    import_spacy()
    import numpy as np  # noqa: PLC0415 - after the limits on threads

    from ner_engine.encoder.frozen_encoder import encoder_for  # noqa: PLC0415
    from ner_engine.pipeline.architectures import encoded_text  # noqa: PLC0415
    from ner_engine.pipeline.pipeline import make_tokenizer  # noqa: PLC0415
    from ner_engine.selection import diverse_first  # noqa: PLC0415

    settings = TrainingSettings(encoder_dir=request.get("encoder"))
    encoder, nlp = encoder_for(settings), make_tokenizer(settings)
    assert encoder is not None, "the default preset has an encoder"
    texts = [encoded_text(nlp.make_doc(text)) for text in request["texts"]]
    vectors = np.stack([encoder.encode(text)[:, : encoder.seen].mean(axis=0) for text in texts])
    chosen = diverse_first(vectors, request["count"], seed=request["seed"])
    return {"chosen": chosen}


if __name__ == "__main__":
    sys.exit(main())
