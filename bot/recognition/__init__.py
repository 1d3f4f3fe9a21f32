"""/ner: what the live model finds, corrections of it, and notices."""
