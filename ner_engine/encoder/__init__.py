"""A frozen sentence encoder: its files, and the vectors it gives for the tokens of a text."""

import os

# From 1.29 on onnxruntime reports processes and models to its maker, unless this is said before it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
