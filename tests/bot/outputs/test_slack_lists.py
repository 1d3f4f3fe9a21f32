"""Slack Lists that what is found goes to."""

import pytest

from bot.outputs.ports import OutputFailed
from bot.outputs.slack_lists import ListWriter
from bot.outputs.values import Output
from bot.playground.state.lists import shown
from tests.bot.outputs.conftest import Desk, Killed


@pytest.fixture
def writer(desk: Desk) -> ListWriter:
    return ListWriter(desk.store, desk.calls)


@pytest.fixture
async def output(desk: Desk) -> Output:
    return await desk.output("list", desk.channel)


def rows(desk: Desk, *keys: str) -> list[tuple[str, ...]]:
    """What a person reads in some columns of all Lists."""
    return [
        tuple(shown(item, column) for column in made.columns if column["key"] in keys)
        for made in desk.slack.lists.all
        for item in desk.slack.lists.items(made.id)
    ]


async def test_a_row_follows_an_entity(desk: Desk, writer: ListWriter, output: Output) -> None:
    said = desk.says("Fever and a cough.")
    fever, cough = desk.found(said, "Fever"), desk.found(said, "cough")
    await writer.write(output, [fever, cough])
    assert rows(desk, "text", "label", "score", "model", "state", "id") == [
        ("Fever", "SYMPTOM", "0.97", "3", "Found", "ent_1"),
        ("cough", "SYMPTOM", "0.97", "3", "Found", "ent_2"),
    ]
    await writer.write(
        output, [desk.amended(fever, label="SIGN", score=None, model=None), desk.retracted(cough)]
    )
    assert rows(desk, "text", "label", "score", "model", "state") == [
        ("Fever", "SIGN", "", "by hand", "Amended")
    ]
    [made] = desk.slack.lists.all
    assert (made.name, made.readers) == ("Entities", (desk.channel,))
    link = desk.slack.lists.items(made.id)[0].cells[made.columns[2]["id"]][0]["original_url"]
    assert link.endswith(f"/archives/{said.channel}/p{said.ts.replace('.', '')}")


async def test_what_comes_again_changes_nothing(
    desk: Desk, writer: ListWriter, output: Output
) -> None:
    said = desk.says("Fever and a cough.")
    changes = [desk.found(said, "Fever"), desk.found(said, "cough")]
    changes.append(desk.retracted(changes[1]))
    for _ in range(3):
        await writer.write(output, changes)
    assert rows(desk, "text") == [("Fever",)]


@pytest.mark.parametrize("is_made", [True, False])
async def test_a_row_whose_answer_is_lost_is_found_by_its_id(
    desk: Desk, writer: ListWriter, output: Output, *, is_made: bool
) -> None:
    said = desk.says("Fever and a cough.")
    fever, cough = desk.found(said, "Fever"), desk.found(said, "cough")
    await writer.write(output, [fever])
    if is_made:
        killed = ListWriter(desk.store, desk.cut_off("slackLists.items.create"))
        with pytest.raises(Killed):
            await killed.write(output, [cough])
    else:
        desk.slack.fail_next("slackLists.items.create", status=500)
        with pytest.raises(OutputFailed, match="not answering"):
            await writer.write(output, [cough])
    await writer.write(output, [cough])
    assert rows(desk, "text") == [("Fever",), ("cough",)]


async def test_a_list_that_is_full_goes_on_in_another(
    desk: Desk, writer: ListWriter, output: Output
) -> None:
    desk.slack.lists.rows_most = 2
    said = desk.says("Fever, a cough and a rash.")
    changes = [desk.found(said, word) for word in ("Fever", "cough", "rash")]
    await writer.write(output, changes)
    await writer.write(output, [desk.amended(changes[0], label="SIGN")])
    assert [made.name for made in desk.slack.lists.all] == ["Entities", "Entities 2"]
    assert rows(desk, "text", "label") == [
        ("Fever", "SIGN"),
        ("cough", "SYMPTOM"),
        ("rash", "SYMPTOM"),
    ]


async def test_a_row_can_be_marked_in_place_of_deleted(desk: Desk, writer: ListWriter) -> None:
    output = await desk.output("list", desk.channel, retracted="mark", name="Found")
    found = desk.found(desk.says("Fever."), "Fever")
    await writer.write(output, [found])
    await writer.write(output, [desk.retracted(found)])
    assert rows(desk, "text", "state") == [("(retracted)", "Retracted")]


async def test_a_row_that_somebody_deleted_is_not_made_again(
    desk: Desk, writer: ListWriter, output: Output
) -> None:
    found = desk.found(desk.says("Fever."), "Fever")
    await writer.write(output, [found])
    [made] = desk.slack.lists.all
    desk.slack.lists.remove(made.id, [desk.slack.lists.items(made.id)[0].id])
    await writer.write(output, [desk.amended(found, label="SIGN")])
    await writer.write(output, [desk.retracted(found)])
    assert rows(desk, "text") == []


async def test_without_the_right_it_says_what_to_do(
    desk: Desk, writer: ListWriter, output: Output
) -> None:
    desk.slack.fail_next("slackLists.create", error="missing_scope")
    with pytest.raises(OutputFailed, match="Install the app again"):
        await writer.write(output, [desk.found(desk.says("Fever."), "Fever")])
