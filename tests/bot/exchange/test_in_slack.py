"""/nerbot import and /nerbot export in Slack."""

from tests.bot.conftest import Team
from tests.support.patience import patient


async def test_an_export_is_sent_to_whoever_asked(team: Team) -> None:
    await team.types("/label A patient with {chest pain=SYMPTOM}.")
    answer = await team.types("/nerbot export doccano")
    assert "You get the file by direct message" in answer.text
    await team.slack.until(
        lambda: any(m.files for m in team.slack.messages("dm", viewer="ada")), timeout=patient(20)
    )
    *_, told, sent = team.slack.messages("dm", viewer="ada")
    assert "1 sentence with 1 labelled phrase" in told.shown
    assert [file["name"] for file in sent.files] == ["default.jsonl"]


async def test_import_says_how_it_is_done(team: Team) -> None:
    answer = await team.types("/nerbot import")
    assert "nerbot import FILE --project default --dry-run" in answer.text


async def test_a_format_that_is_not_there_is_answered_with_those_that_are(team: Team) -> None:
    answer = await team.types("/nerbot export word")
    assert "“word” is not a format. Formats: jsonl, text, csv" in answer.text


async def test_an_export_without_a_sentence_is_a_word_and_no_file(team: Team) -> None:
    await team.types("/nerbot export doccano")
    await team.slack.until(lambda: team.slack.messages("dm", viewer="ada"), timeout=patient(20))
    told = team.slack.messages("dm", viewer="ada")[-1]
    assert "has no sentence to export yet" in told.shown
    assert not told.files
