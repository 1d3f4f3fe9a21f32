"""/nerbot models export: a model's package for whoever asks, by direct message."""

import io
import zipfile

import pytest

from bot.models import announcer
from bot.models.views.packages import too_large_view
from tests.bot.conftest import Team
from tests.support.patience import patient


async def test_the_package_and_its_engine_are_sent_to_whoever_asked(trained: Team) -> None:
    answer = await trained.types("/nerbot models export")
    assert "Model 1 is being packaged" in answer.text
    await trained.slack.until(
        lambda: sum(bool(m.files) for m in trained.slack.messages("dm", viewer="ada")) == 2,
        timeout=patient(60),
    )
    sent = [each for m in trained.slack.messages("dm", viewer="ada") for each in m.files]
    assert [file["name"] for file in sent] == [
        "en_default-1.0.0-py3-none-any.whl",
        "nerbot_engine-0.1.0-py3-none-any.whl",
    ]
    path = trained.slack.uploads.path(sent[0]["id"])
    assert path is not None
    names = zipfile.ZipFile(io.BytesIO(path.read_bytes())).namelist()
    assert "en_default/en_default-1.0.0/MANIFEST.json" in names
    told = "\n".join(m.shown for m in trained.slack.messages("dm", viewer="ada"))
    assert 'spacy.load("en_default")' in told


async def test_a_version_that_is_not_there_is_said_at_once(trained: Team) -> None:
    assert "There is no model 9 here." in (await trained.types("/nerbot models export 9")).text
    assert "Which model?" in (await trained.types("/nerbot models export nine")).text


async def test_a_package_that_slack_does_not_take_is_told_of_with_where_to_get_it(
    trained: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcer, "LARGEST_FILE", 1_000)
    await trained.types("/nerbot models export 1")
    await trained.slack.until(
        lambda: trained.slack.messages("dm", viewer="ada"), timeout=patient(60)
    )
    told = trained.slack.messages("dm", viewer="ada")[-1]
    assert 'nerbot models export 1 --project "default"' in told.shown
    assert not told.files
    shown = too_large_view("Triage", 3, 1_234_000_000, 1_000_000_000)
    assert "has 1.2 GB, and Slack takes files up to 1 GB" in shown.text
