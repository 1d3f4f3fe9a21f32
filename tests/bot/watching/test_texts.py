"""Texts that wait are in memory only, and in bounded memory."""

from bot.watching.texts import Texts


def test_of_too_many_the_oldest_are_let_go() -> None:
    texts = Texts(most=1_000)
    for number in range(5):
        texts.put("C1", f"{number}.1", f"{number}.1", ("x" * 200,))
    assert [texts.get("C1", f"{n}.1", f"{n}.1") is not None for n in range(5)] == [
        False,
        False,
        True,
        True,
        True,
    ]


def test_a_text_of_an_older_revision_is_not_the_messages() -> None:
    texts = Texts()
    texts.put("C1", "1.1", "1.1", ("old",))
    assert texts.get("C1", "1.1", "2.1") is None
    texts.put("C1", "1.1", "2.1", ("new",))
    assert texts.get("C1", "1.1", "1.1") == ("new",)
    texts.drop("C1", "1.1", "1.1")
    assert texts.get("C1", "1.1", "2.1") == ("new",)
    texts.drop("C1", "1.1")
    assert texts.get("C1", "1.1", "1.1") is None
