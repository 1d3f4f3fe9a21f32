"""Slack Lists, called with slack_sdk's client."""

from pathlib import Path
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground
from tests.playground import kit
from tests.playground.conftest import MANIFEST
from tests.playground.web_api.test_methods import error_of

SCHEMA: list[kit.JSON] = [
    {"key": "text", "name": "Text", "type": "text", "is_primary_column": True},
    {"key": "score", "name": "Score", "type": "number"},
    {"key": "link", "name": "Message", "type": "link"},
    {
        "key": "state",
        "name": "State",
        "type": "select",
        "options": {"choices": [{"value": "out", "label": "Out", "color": "green"}]},
    },
]


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "manifest.yml"
    asked = '[commands, "chat:write", "lists:write", "lists:read"]'
    path.write_text(MANIFEST.replace('[commands, "chat:write"]', asked), "utf-8")
    return path


async def make(client: AsyncWebClient) -> tuple[str, dict[str, str]]:
    """A List; its id, and the ids of its columns by their keys."""
    made = await client.slackLists_create(name="Found", schema=SCHEMA)
    return made["list_id"], {c["key"]: c["id"] for c in made["list_metadata"]["schema"]}


def text(column: str, words: str) -> kit.JSON:
    return {"column_id": column, "rich_text": [kit.rich(kit.run(words))]}


async def test_rows_are_made_changed_listed_and_deleted(client: AsyncWebClient) -> None:
    list_id, columns = await make(client)
    made = [
        await client.slackLists_items_create(
            list_id=list_id, initial_fields=[text(columns["text"], words)]
        )
        for words in ("cough", "fever", "rash")
    ]
    first, second, third = (answer["item"]["id"] for answer in made)
    cells = [
        {**text(columns["text"], "dry cough"), "row_id": first},
        {"column_id": columns["score"], "number": [0.97], "row_id": first},
        {"column_id": columns["state"], "select": ["out"], "row_id": second},
    ]
    await client.slackLists_items_update(list_id=list_id, cells=cells)
    await client.slackLists_items_delete(list_id=list_id, id=third)
    page = await client.slackLists_items_list(list_id=list_id, limit=1)
    cursor = page["response_metadata"]["next_cursor"]
    rest = await client.slackLists_items_list(list_id=list_id, limit=1, cursor=cursor)
    (one,), (two,) = page["items"], rest["items"]
    assert {field["key"]: field.get("text") for field in one["fields"]} == {
        "text": "dry cough",
        "score": None,
    }
    assert (two["id"], rest["response_metadata"]["next_cursor"]) == (second, "")
    found = await client.slackLists_items_info(list_id=list_id, id=second)
    assert found["record"]["fields"][-1]["select"] == ["out"]


@pytest.mark.parametrize(
    ("cell", "error"),
    [
        ({"column_id": "Col0", "number": [1]}, "invalid_column_id"),
        ({"column_id": "score", "number": 1}, "invalid_input_type"),
        ({"column_id": "score", "number": ["1"]}, "invalid_input_type"),
        ({"column_id": "text", "text": "cough"}, "invalid_input_type"),
        ({"column_id": "text", "rich_text": ["cough"]}, "invalid_input_type"),
        ({"column_id": "link", "link": [{"original_url": "cough"}]}, "invalid_input_type"),
        ({"column_id": "state", "select": ["in"]}, "invalid_option_id"),
    ],
)
async def test_a_cell_that_does_not_fit_its_column_is_refused(
    client: AsyncWebClient, cell: dict[str, Any], error: str
) -> None:
    list_id, columns = await make(client)
    column = columns.get(cell["column_id"], cell["column_id"])
    with pytest.raises(SlackApiError) as caught:
        await client.slackLists_items_create(
            list_id=list_id, initial_fields=[{**cell, "column_id": column}]
        )
    assert error_of(caught) == error


async def test_no_cell_is_changed_where_one_is_refused(client: AsyncWebClient) -> None:
    list_id, columns = await make(client)
    made = await client.slackLists_items_create(list_id=list_id)
    cell = {"column_id": columns["score"], "number": [1]}
    with pytest.raises(SlackApiError) as caught:
        await client.slackLists_items_update(
            list_id=list_id,
            cells=[{**cell, "row_id": made["item"]["id"]}, {**cell, "row_id": "Rec0"}],
        )
    assert error_of(caught) == "invalid_row_id"
    assert (await client.slackLists_items_list(list_id=list_id))["items"][0]["fields"] == []


@pytest.mark.parametrize(
    ("schema", "error"),
    [
        ([{**SCHEMA[0], "is_primary_column": False}], "invalid_primary_column"),
        ([SCHEMA[0], {**SCHEMA[1], "type": "colour"}], "invalid_column_type"),
        ([SCHEMA[0], SCHEMA[0] | {"is_primary_column": False}], "invalid_schema"),
    ],
)
async def test_a_list_that_slack_cannot_make_is_refused(
    client: AsyncWebClient, schema: list[kit.JSON], error: str
) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client.slackLists_create(name="Found", schema=schema)
    assert error_of(caught) == error


async def test_a_full_list_takes_no_more_rows(slack: Playground, client: AsyncWebClient) -> None:
    list_id, _ = await make(client)
    slack.lists.rows_most = 1
    await client.slackLists_items_create(list_id=list_id)
    with pytest.raises(SlackApiError) as caught:
        await client.slackLists_items_create(list_id=list_id)
    assert error_of(caught) == "over_row_maximum"


async def test_lists_and_their_rows_survive_a_restart(tmp_path: Path, manifest: Path) -> None:
    async with Playground.open(data=tmp_path, manifest=manifest) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        list_id, columns = await make(client)
        rows = [
            await client.slackLists_items_create(
                list_id=list_id, initial_fields=[text(columns["text"], words)]
            )
            for words in ("cough", "fever")
        ]
        await client.slackLists_items_delete(list_id=list_id, id=rows[0]["item"]["id"])
        await client.slackLists_access_set(
            list_id=list_id, access_level="read", channel_ids=[slack.workspace.channel("triage").id]
        )
        before = slack.lists.find(list_id), slack.lists.items(list_id)
    async with Playground.open(data=tmp_path, manifest=manifest) as slack:
        assert (slack.lists.find(list_id), slack.lists.items(list_id)) == before
