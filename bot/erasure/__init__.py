"""Forgetting: what is erased with a sentence, a person or a project, and with a workspace that took nerbot out."""
