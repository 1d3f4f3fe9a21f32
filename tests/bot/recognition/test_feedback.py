"""What people say to an answer of /ner: right, fix, share; and undo of each."""

from bot.playground import Message
from tests.bot.conftest import Team
from tests.bot.editor.test_editor import add, box, edit, saved, sentence
from tests.support.patience import patient

TWO = "/ner A patient with fever takes codeine today.\nNo complaints today at all."


async def ask(team: Team, text: str = TWO, *, person: str = "ada") -> Message:
    """The answer of the live model, with its buttons."""
    await team.asks(text, person=person)
    await team.slack.until(
        lambda: "Right" in team.slack.messages("#triage", viewer=person)[-1].buttons
    )
    return team.slack.messages("#triage", viewer=person)[-1]


async def press(team: Team, message: Message, words: str, index: int = 0) -> Message:
    """Press the button of one sentence; what the answer has become."""
    block, element = [
        (block, element) for block, element in message.actions if element["text"]["text"] == words
    ][index]
    person = team.slack.workspace.person("ada")
    await team.slack.interactions.act(person, message, block, element, None)
    await team.slack.until(lambda: team.slack.now(message) != message)
    now = team.slack.now(message)
    assert now
    return now


async def test_each_sentence_of_an_answer_has_its_buttons(trained: Team) -> None:
    """Right, Fix and Share stand under every sentence."""
    assert (await ask(trained)).buttons == ["Right", "Fix", "Share"] * 2


async def test_right_finishes_what_was_found(trained: Team) -> None:
    """The sentence is in the project, labelled as shown; the other one is as it was."""
    after = await press(trained, await ask(trained), "Right")
    assert "Saved as finished: #15 with 2 labelled phrases." in after.shown
    assert after.buttons == ["Undo", "Fix", "Share", "Right", "Fix", "Share"]
    assert "already" not in after.shown


async def test_right_on_a_sentence_without_entities_is_a_label_too(trained: Team) -> None:
    """“No entity” can be right."""
    after = await press(trained, await ask(trained), "Right", 1)
    assert "Saved as finished: #15 with no entities." in after.shown


async def test_right_can_be_undone(trained: Team) -> None:
    """The answer stands as it was, and nothing is finished."""
    answer = await ask(trained)
    back = await press(trained, await press(trained, answer, "Right"), "Undo")
    assert back.shown == answer.shown
    assert "14 finished" in (await trained.types("/train status")).text


async def test_right_pressed_twice_saves_once(trained: Team) -> None:
    """A second press of the old button changes nothing."""
    answer = await ask(trained, "/ner A patient with fever takes codeine today.")
    await press(trained, answer, "Right")
    await trained.slack.click("ada", answer, "Right")
    assert "15 finished" in (await trained.types("/train status")).text
    await trained.types("/label undo")
    assert "14 finished" in (await trained.types("/train status")).text


async def test_undo_takes_back_what_its_own_answer_stored_and_no_more(trained: Team) -> None:
    """Right on what was labelled before changes nothing, so undoing it changes nothing either."""
    answer = await ask(trained, "/ner A patient with fever takes codeine.")
    await press(trained, await press(trained, answer, "Right"), "Undo")
    assert "14 finished" in (await trained.types("/train status")).text


async def test_fix_opens_the_editor_and_saves_into_the_answer(trained: Team) -> None:
    """What was put right is stored and shown in the same answer."""
    answer = await ask(trained, "/ner A patient with fever takes codeine today.")
    await edit(trained, answer, button="Fix")
    assert "fever SYMPTOM takes codeine DRUG today" in sentence(trained)
    await trained.slack.type_into("ada", box(trained, "editor.added"), "patient = WHO")
    after = await saved(trained, answer)
    assert "Saved as finished: #15 with 3 labelled phrases." in after.shown
    assert "A patient WHO with fever SYMPTOM" in after.shown


async def test_a_fix_can_be_undone(trained: Team) -> None:
    """Back to what the model said, with nothing stored."""
    answer = await ask(trained, "/ner A patient with fever takes codeine today.")
    await edit(trained, answer, button="Fix")
    await add(trained, "patient = WHO")
    await trained.slack.until(lambda: "Undo" in str(trained.slack.now(answer)))
    fixed = trained.slack.now(answer)
    assert fixed
    assert (await press(trained, fixed, "Undo")).shown == answer.shown


async def test_share_posts_under_the_persons_name_for_everybody(trained: Team) -> None:
    """It asks first, says who shares, and is ephemeral until then."""
    answer = await ask(trained, "/ner A patient with fever takes codeine today.")
    share = next(e for _, e in answer.actions if e["text"]["text"] == "Share")
    assert "under your name" in share["confirm"]["text"]["text"]
    before = len(trained.slack.messages("#triage", viewer="grace"))
    after = await press(trained, answer, "Share")
    assert "Shared with the channel." in after.shown
    seen = trained.slack.messages("#triage", viewer="grace")
    assert len(seen) == before + 1
    assert "shares a sentence, marked by model 1:" in seen[-1].shown
    assert trained.slack.workspace.person("ada").id in str(seen[-1].blocks)


async def test_share_pressed_twice_posts_once(trained: Team) -> None:
    """Two clicks at once are one post."""
    answer = await ask(trained, "/ner A patient with fever takes codeine today.")
    await press(trained, answer, "Share")
    count = len(trained.slack.messages("#triage", viewer="grace"))
    await trained.slack.click("ada", answer, "Share")
    await trained.asks("/ner A patient with fever.")
    assert len(trained.slack.messages("#triage", viewer="grace")) == count


async def test_an_answer_of_somebody_else_cannot_be_used(trained: Team) -> None:
    """An id that was guessed or passed on changes nothing."""
    answer = await ask(trained, "/ner A patient with fever takes codeine today.")
    other = (await trained.types("/label", person="grace")).message
    assert other
    block, element = answer.actions[0]
    grace = trained.slack.workspace.person("grace")
    await trained.slack.interactions.act(grace, other, block, element, None)
    await trained.slack.until(lambda: "given to somebody else" in trained.reads("grace"))


async def test_before_the_first_training_phrases_labelled_earlier_answer(team: Team) -> None:
    """/ner is of use at once, and says what it is."""
    await team.types("/label A patient with {chest pain=SYMPTOM}.")
    text = (await team.types("/ner Chest pain again.")).text
    assert "Chest pain SYMPTOM again." in text
    assert "There is no model yet: these are only phrases labelled earlier." in text


async def test_before_the_first_training_a_phrase_is_found_as_anybody_writes_it(team: Team) -> None:
    """Capitals make the tokenizer cut it otherwise."""
    await team.types("/label She takes {St. John's wort=DRUG}.")
    assert "st. john’s wort DRUG" in (await team.types("/ner More st. john’s wort.")).text


async def test_where_nothing_is_known_it_says_what_is_missing(team: Team) -> None:
    """No model, no phrase: the next step."""
    assert "it needs 10 finished sentences" in (await team.types("/ner Hello there.")).text


async def test_what_was_put_right_can_be_learned_at_once(trained: Team) -> None:
    """The receipt of a [Fix] says how long a training takes, and begins one; [Right] has nothing new to learn."""
    right = await press(trained, await ask(trained), "Right")
    assert "Train now" not in right.buttons
    answer = await ask(trained, "/ner She has fever and took insulin.")
    await edit(trained, answer, button="Fix")
    await trained.slack.type_into("ada", box(trained, "editor.added"), "She = WHO")
    fixed = await saved(trained, answer)
    assert "about a minute" in str(fixed.blocks)
    await trained.slack.click("ada", fixed, "Train now")
    await trained.slack.until(
        lambda: any("raining 2" in each.text for each in trained.slack.messages("#triage")),
        timeout=patient(20),
    )
