"""A sentence ends where a reader sees it end, not at every period."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ner_engine.sentences import split_sentences


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "whole",
    [
        "Nach § 14 Abs. 2 Satz 2 TzBfG i.V.m. Nr. 5 der Anlage ist die Befristung zulässig.",
        "Pt. seen by Dr. Smith at 3 p.m. approx. 2 hrs after onset.",
        "Das gilt seit dem 3. Oktober 2024, vgl. BAG, Urt. v. 12.03.2019 - 7 AZR 548/17, Rn. 12 ff. m.w.N.",
        "Der 2. Senat entschied am 31. 12. 2020.",
        "Growth of E. coli and S. aureus was inhibited by 0.5 mg of penicillin G (Fig. 2), e.g. in vitro.",
        "IL-2 vs. IL-4 was measured by Lee et al. in the U.S. Army.",
        "Amoxicillin 500 mg p.o. b.i.d. for 7 days.",
        "The dose was 0. 48 mg.",
        "See https://example.org/a.b?c=d. for v2.3.1 of foo.py.",
        "“Stop!” he said.",
        "He waited ... and left.",
        "The drug (500 mg. Twice a day) was given.",
        "L'art. 4 al. 2 LTF s'applique.",
        "1. Take two.",
    ],
)
def test_a_sentence_stays_whole(whole: str) -> None:
    assert split(whole) == [whole]


@pytest.mark.parametrize(
    "sentences",
    [
        ["A patient with chest pain.", "She took aspirin."],
        ["He came at 5 p.m.", "Then he left."],
        ["It was 2019.", "The war was over."],
        ["Die Frist endet am 31. Dezember.", "Das war gut."],
        ["Temp. 38.5 C.", "Started on aspirin."],
        ["We gave vit. C.", "The patient slept."],
        ["does it work??", "i tried the nightly...", "no luck.", "pls help!"],
        ["It was “fine.”", "He left."],
        ["Said so.", "(It rained. We stayed.)", "Done."],
        ["Thanks! 🎉", "See you."],
        ["No.", "It is not."],
        ["We stained CD4.", "p75NTR was absent."],
        ["患者有胸痛。", "给予阿司匹林！"],
    ],
)
def test_sentences_are_told_apart(sentences: list[str]) -> None:
    glue = "" if sentences[0].endswith("。") else " "
    assert split(glue.join(sentences)) == sentences


@given(st.text(alphabet='aB1 .!?()。…"’\n', max_size=60))
def test_sentences_hold_every_character_but_blanks_once_and_in_order(text: str) -> None:
    assert "".join("".join(split(text)).split()) == "".join(text.split())
