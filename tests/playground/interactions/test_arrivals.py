"""Messages that arrive by themselves."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bot.playground import Playground
from bot.playground.interactions.arrivals import read_sample
from tests.playground.conftest import MANIFEST

FAST = 10_000.0


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "manifest.yml"
    path.write_text(MANIFEST.replace("[app_home_opened]", "[message.channels]"), "utf-8")
    return path


@pytest.fixture
def sent(slack: Playground) -> list[dict[str, Any]]:
    """The payloads that an app would get, with nobody there to take them."""
    payloads: list[dict[str, Any]] = []

    def see(payload: dict[str, Any]) -> dict[str, Any]:
        payloads.append(payload)
        return payload

    slack.alter = see
    return payloads


def test_the_sample_has_what_a_channel_has(slack: Playground) -> None:
    sample = read_sample()
    kinds = Counter(later.kind for one in sample for later in one.later)
    texts = [one.text for one in sample]
    assert len(texts) + kinds["reply"] >= 200
    assert min(kinds[kind] for kind in ("reply", "edit", "delete", "preview")) >= 1
    assert len(set(texts)) == len(texts)
    names = {one.name for one in sample if not one.name.startswith("*")}
    assert names <= {person.name for person in slack.workspace.people.values()}


async def test_as_many_messages_arrive_as_were_asked_for(
    slack: Playground, sent: list[dict[str, Any]]
) -> None:
    slack.arrivals.start("support", 200, per_second=FAST)
    await slack.until(lambda: not slack.arrivals.under_way)
    await slack.until(lambda: sum("subtype" not in payload["event"] for payload in sent) > 150)
    new = {p["event"]["ts"] for p in sent if p["event"].get("subtype") in {None, "bot_message"}}
    assert len(new) == 200
    kinds = Counter(payload["event"].get("subtype") for payload in sent)
    assert kinds["message_changed"] >= 5
    assert kinds["message_deleted"] >= 1
    ids = Counter(payload["event_id"] for payload in sent)
    assert sum(count > 1 for count in ids.values()) >= 8


async def test_a_second_start_goes_on_where_the_first_ended(slack: Playground) -> None:
    slack.arrivals.start("support", 3, per_second=FAST)
    await slack.until(lambda: not slack.arrivals.under_way)
    slack.arrivals.start("support", 2, per_second=FAST)
    await slack.until(lambda: not slack.arrivals.under_way)
    texts = [message.text for message in slack.messages("support")]
    assert len(texts) == len(set(texts)) == 5


async def test_no_more_arrive_once_it_is_stopped(slack: Playground) -> None:
    slack.arrivals.start("support", 100, per_second=FAST)
    with pytest.raises(LookupError, match="already arriving"):
        slack.arrivals.start("support", 100, per_second=FAST)
    await slack.until(lambda: slack.messages("support"))
    await slack.arrivals.stop()
    assert slack.arrivals.left == 0
    assert len(slack.messages("support")) < 100
