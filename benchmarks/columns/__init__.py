"""How the columns of `ner_engine/encoder/columns` were taught: which corpora, without which texts, and by what.

    python -m benchmarks.columns encode CLONES WORK --without CORPUS CORPUS
    python -m benchmarks.columns teach WORK OUT NAME

``CLONES`` has bare clones of the repositories that `sources.py` names, each as OWNER+NAME/repo. ``WORK``
gets the vectors. ``--without`` names corpora that models are measured on: no sentence may share eight
words in a row with them. ``OUT`` gets the weights and their card, ``NAME``
is what both are called.
"""
