"""A frozen sentence encoder: its files, and the vectors it gives for the tokens of a text."""
