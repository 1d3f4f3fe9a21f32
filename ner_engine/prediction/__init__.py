"""Texts in, spans out: from a saved model, and from the phrases labelled so far."""
