"""A project has a language: its words are told apart by its rules, in labels, trainings and answers."""

from pathlib import Path

import pytest

from bot.domain.runs import TrainingJob
from bot.engine.job_folder import write_head
from bot.errors import NotUnderstood
from bot.projects.commands import NewProject
from bot.projects.parsing import read_new_project, read_settings
from bot.slack.marked_text import marked_sentence
from bot.slack.subcommands import Typed
from ner_engine.annotation import Span
from tests.bot.conftest import Team


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("language de", "de"),
        ("language German", "de"),
        ("annotations 2 language any language closed", "xx"),
    ],
)
def test_a_language_is_set_by_code_or_name(typed: str, code: str) -> None:
    assert read_settings(Typed(typed)).language == code


@pytest.mark.parametrize("typed", ["language", "language klingon"])
def test_what_is_not_a_language_is_said_so(typed: str) -> None:
    with pytest.raises(NotUnderstood, match="language de"):
        read_settings(Typed(typed))


@pytest.mark.parametrize(
    ("typed", "made"),
    [
        ("Recht language german", NewProject("Recht", "de")),
        ("Our language project", NewProject("Our language project")),
        ("Recht", NewProject("Recht")),
    ],
)
def test_a_project_is_made_in_a_language(typed: str, made: NewProject) -> None:
    if typed == "Our language project":
        with pytest.raises(NotUnderstood):
            read_new_project(Typed(typed))
    else:
        assert read_new_project(Typed(typed)) == made


def test_a_training_is_in_the_projects_language(tmp_path: Path) -> None:
    job = TrainingJob(1, 1, "cnn", 0, None, language="de")
    write_head(tmp_path, job, None, tmp_path)
    assert '"language": "de"' in (tmp_path / "job.json").read_text()


def test_a_sentence_from_right_to_left_stays_so_beside_its_labels() -> None:
    block = marked_sentence("درد سینه", (Span(0, 3, "SYMPTOM"),)).to_dict()
    runs = [run["text"] for run in block["elements"][0]["elements"] if "text" in run]
    assert runs == ["\u2067", "درد", " ", "\u2068", "SYMPTOM", "\u2069", " سینه", "\u2069"]


async def test_words_are_told_apart_by_the_projects_language(team: Team) -> None:
    made = await team.types("/nerbot project new Recht language german")
    assert "German (language de)" in made.text
    await team.types("/nerbot project use Recht")
    answer = await team.types("/label NORM § 14 Abs. 2 in: Nach § 14 Abs. 2 TzBfG z.B. hier.")
    assert "Nach § 14 Abs. 2 NORM TzBfG" in answer.text


async def test_chinese_is_labelled_within_a_sentence(team: Team) -> None:
    await team.types("/nerbot project new 病历 language zh")
    await team.types("/nerbot project use 病历")
    await team.types("/nerbot labels add 症状")
    answer = await team.types("/label 症状 胸痛 in: 患者有胸痛。")
    assert "患者有胸痛 症状。" in answer.text


async def test_the_language_of_a_project_with_sentences_stays(team: Team) -> None:
    await team.types("/label SYMPTOM pain in: A patient with pain.")
    answer = await team.types("/nerbot project settings language de")
    assert "1 sentence, whose words were split by the rules for English" in answer.text
    assert "/nerbot project new NAME language de" in answer.text


async def test_what_is_not_installed_is_said_with_the_step(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ner_engine.languages.find_spec", lambda _name: None)
    answer = await team.types("/nerbot project new カルテ language japanese")
    assert 'pip install "nerbot[japanese]"' in answer.text
