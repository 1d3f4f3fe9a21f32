"""How good predictions are, from plain spans: scores, confusions, learning curves, confidences."""
