"""After /nerbot forget no byte of the data folder holds what was forgotten, and the model never saw it."""

from pathlib import Path

from bot.app import open_bot
from bot.playground import Playground
from tests.bot.conftest import Team, settings_for
from tests.support.patience import patient

SECRET = "Zyxwquirk has {plimpain=QVORLABEL} and takes {drablat=DRUG}."
TEXT = "Zyxwquirk has plimpain and takes drablat."
CANARIES = ("zyxwquirk", "plimpain", "qvorlabel", "drablat")


def with_canaries(folder: Path, words: tuple[str, ...] = CANARIES) -> list[str]:
    """The files in which one of the words is, whatever their kind."""
    found = []
    for path in folder.rglob("*"):
        content = path.read_bytes().lower() if path.is_file() else b""
        wide = content.replace(b"\x00", b"")
        found += [
            f"{path.relative_to(folder)}: {word}"
            for word in words
            if word.encode() in content or word.encode() in wide
        ]
    return found


async def trained(slack: Playground, number: int) -> None:
    """Wait until the newest model is live."""
    await slack.until(
        lambda: any(f"model {number} is live" in m.text for m in slack.messages("#triage")),
        timeout=patient(90),
    )


async def test_a_forgotten_sentence_is_nowhere_and_the_model_is_trained_without_it(
    trained_data: Path, slack: Playground
) -> None:
    async with open_bot(settings_for(slack, trained_data)) as bot:
        team = Team(slack, bot)
        await team.types(f"/label {SECRET}")
        await team.types(f"/ner {TEXT}")
        await team.types("/train")
        await trained(slack, 2)
        assert with_canaries(trained_data)
        asked = (await team.types(f"/nerbot forget {TEXT}")).message
        assert asked
        assert "cannot be undone" in asked.text
        assert "Model 2" in asked.text
        done = await team.presses(asked, "Erase for good")
        assert "Until that one is live, the old one keeps answering" in done.shown
        assert "model 2" in await team.asks("/ner She has fever.")
        await trained(slack, 3)
        await slack.until(
            lambda: not (trained_data / "models" / "1" / "2").exists(), timeout=patient(30)
        )
    assert with_canaries(trained_data) == []
