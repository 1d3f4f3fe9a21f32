"""Checkpoints in, an encoder's folder out: ONNX with weights of 8 bits, by numpy alone."""

from ner_engine.encoder.convert.converter import convert

__all__ = ["convert"]
