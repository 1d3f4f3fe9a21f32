"""Answers of /ner as people see them, and notices."""
