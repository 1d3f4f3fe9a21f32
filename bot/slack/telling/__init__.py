"""Telling people what became of a request where its ack cannot carry the answer."""
