from collections.abc import Iterable

from ner_engine.annotation import Prediction
from ner_engine.pipeline.pipeline import Pipeline
from ner_engine.training.base_guard import check_base
from tests.ner_engine.conftest import SavedModel

NEWS = ["Apple hired Tim Cook in California. She takes aspirin.", "Paris is in France."]


def test_a_base_still_finds_what_it_found_alone(beside_model: SavedModel) -> None:
    guard = check_base(beside_model.pipeline, NEWS)
    assert guard is not None
    assert guard.entities == guard.kept >= 3


class Forgetful(Pipeline):
    """A pipeline whose base finds one entity fewer in company than alone."""

    def read(
        self, texts: Iterable[str], *, ours_only: bool = False, words_kept: int = 0
    ) -> list[Prediction]:
        found = super().read(texts, ours_only=ours_only, words_kept=words_kept)
        return found if ours_only else [Prediction(one.spans[1:]) for one in found]


def test_entities_of_the_base_that_are_lost_are_counted(beside_model: SavedModel) -> None:
    forgetful = Forgetful(beside_model.pipeline.nlp, beside_model.pipeline.ours)
    guard = check_base(forgetful, NEWS)
    assert guard is not None
    assert guard.kept < guard.entities


def test_where_there_is_no_base_there_is_nothing_to_guard(encoder_model: SavedModel) -> None:
    assert check_base(encoder_model.pipeline, NEWS) is None
