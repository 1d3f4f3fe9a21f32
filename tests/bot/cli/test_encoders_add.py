import argparse
import io
from pathlib import Path

from bot.cli.encoders_add import add_add, told
from ner_engine.results import Comparison
from ner_engine.training.encoder_choice import LayerResult
from tests.ner_engine.encoder.convert.checkpoints import tiny_checkpoint


def test_the_gain_is_told_with_its_interval_beside_the_present_encoder() -> None:
    result = LayerResult(6, Comparison(0, 0.712, 0.644, 100, 0.98, (0.011, 0.124)))
    assert list(told([result])) == [
        "layer  6: F1 71.2, +6.8 beside the present encoder's 64.4 (+1.1 to +12.4, 100 sentences)\n"
    ]


def test_without_data_a_checkpoint_is_only_converted(tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    add_add(parser.add_subparsers())
    checkpoint = tiny_checkpoint(tmp_path, "bert")
    options = parser.parse_args(["add", str(checkpoint), "--out", str(tmp_path / "made")])
    out = io.StringIO()
    options.call(options, out)
    assert (tmp_path / "made" / "model.onnx").exists()
    assert "It takes layer 1, the middle" in out.getvalue()
