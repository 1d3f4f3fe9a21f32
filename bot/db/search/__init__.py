"""Finding words in many sentences without reading them all: an inverted index of one to three letters."""
