"""App Home: useful from the first visit, and true after whatever its person does."""

import asyncio
import time

from bot.home.updates import EVERY_SECONDS
from bot.playground import Playground
from bot.playground.values import words
from tests.bot.conftest import GOLD, Team
from tests.support.patience import patient


def shown(slack: Playground, person: str = "ada") -> str:
    """The words of a person's Home."""
    home = slack.home(person)
    return "\n".join(words(home["blocks"])) if home else ""


async def opened(team: Team, person: str = "ada") -> str:
    assert await team.slack.open_home(person)
    await team.slack.until(lambda: team.slack.home(person))
    return shown(team.slack, person)


def published(slack: Playground) -> int:
    return sum(call.method == "views.publish" for call in slack.calls)


async def test_the_first_visit_shows_three_steps_and_how_to_bring_sentences(team: Team) -> None:
    """A newcomer with an empty project sees what to do, and no empty tables."""
    home = await opened(team)
    assert "○  1. Label 10 sentences: 0 of 10 so far" in home
    assert "○  3. Ask it: /ner She came in with chest pain." in home
    assert "There is nothing to label. Bring sentences" in home
    assert "No model is live yet." in home
    assert "No training is scheduled." in home


async def test_with_sentences_waiting_the_next_thing_is_to_label(team_with_samples: Team) -> None:
    """One line says what helps most."""
    await team_with_samples.types("/label")
    home = await opened(team_with_samples)
    assert "Label 10 more sentences, then a first training can begin. 3 sentences left" in home


async def test_home_follows_what_its_person_does(team: Team) -> None:
    """A label typed in a channel is seen in Home a moment later."""
    await opened(team)
    await team.types("/label A patient with {chest pain=SYMPTOM}.")
    await team.slack.until(lambda: "1 of 10 so far" in shown(team.slack), timeout=patient(12))
    assert "SYMPTOM  1 phrase" in shown(team.slack)


async def test_home_is_not_published_for_those_who_never_opened_it(team: Team) -> None:
    """Nobody gets what they did not ask for."""
    await team.types("/label A patient with {chest pain=SYMPTOM}.")
    await asyncio.sleep(1.4)
    assert published(team.slack) == 0


async def test_many_steps_are_one_update(team: Team) -> None:
    """Publishing is throttled: the last state counts."""
    began = time.monotonic()
    await opened(team)
    for line in GOLD[:6]:
        await team.types(line)
    await team.slack.until(lambda: "6 of 10 so far" in shown(team.slack), timeout=patient(12))
    assert published(team.slack) <= 3 + (time.monotonic() - began) // EVERY_SECONDS


async def test_opening_the_messages_tab_publishes_nothing(team: Team) -> None:
    """Only the Home tab is Home."""
    await team.slack.open_home("ada", tab="messages")
    await asyncio.sleep(0.3)
    assert published(team.slack) == 0


async def test_label_next_works_in_home_itself(team_with_samples: Team) -> None:
    """The card is there, its buttons bring the next one, and Home follows."""
    slack = team_with_samples.slack
    await opened(team_with_samples)
    await slack.press("ada", "Label next")
    await slack.until(lambda: "No entities" in slack.presses("ada"))
    first = shown(slack)
    await slack.press("ada", "No entities")
    await slack.until(lambda: "1 finished" in shown(slack), timeout=patient(15))
    assert "No entities" in slack.presses("ada")
    assert shown(slack) != first
    await slack.press("ada", "Close")
    await slack.until(lambda: "No entities" not in slack.presses("ada"))
    assert not slack.messages("dm", viewer="ada")


async def test_a_card_in_home_goes_once_its_person_labels_in_a_channel(
    team_with_samples: Team,
) -> None:
    """Home shows no sentence as open that was finished elsewhere."""
    slack = team_with_samples.slack
    await opened(team_with_samples)
    await slack.press("ada", "Label next")
    await slack.until(lambda: "No entities" in slack.presses("ada"))
    await team_with_samples.types("/label none")
    await slack.until(lambda: "1 of 10 so far" in shown(slack), timeout=patient(15))
    assert "No entities" not in shown(slack)


async def test_with_several_projects_home_and_the_direct_messages_are_about_one_of_them(
    team_with_samples: Team,
) -> None:
    """Chosen in a menu, for oneself alone: labels made from Home land in it, channels keep theirs."""
    team, slack = team_with_samples, team_with_samples.slack
    await team.types("/nerbot project new Cardiology")
    await slack.command("ada", "#random", "/nerbot", "project use Cardiology")
    await slack.command("grace", "#random", "/label", "none in: Heart sounds are normal.")
    await slack.command("ada", "#random", "/label", "skip")
    await opened(team, "grace")
    assert "3 left for you" in shown(slack, "grace")
    await slack.choose("grace", "home.project", "Cardiology")
    await slack.until(lambda: "1 finished" in shown(slack, "grace"))
    answer = await slack.command("grace", "dm", "/label", "Heart {attack=DISEASE} in 2019.")
    assert answer.message
    assert "Saved as finished" in answer.message.shown
    await slack.until(lambda: "2 finished" in shown(slack, "grace"), timeout=patient(12))
    await slack.click("grace", answer.message, "Undo")
    await slack.until(lambda: "1 finished" in shown(slack, "grace"), timeout=patient(12))
    assert "0 finished" in await opened(team, "ada")


async def test_label_next_with_nothing_to_label_says_how_to_go_on(team: Team) -> None:
    """The button answers in place."""
    await opened(team)
    await team.slack.press("ada", "Label next")
    await team.slack.until(lambda: "You have no sentence to label" in shown(team.slack))


async def test_a_disagreement_is_decided_in_home(team: Team) -> None:
    """What waits for reviewers is said to them alone, with the buttons that settle it."""
    slack = team.slack
    await team.types("/nerbot project settings annotations 2")
    await team.types("/label A patient with {fever=SYMPTOM}.")
    await team.types("/label none in: A patient with fever.", person="grace")
    await team.types("/label none in: No complaints.", person="grace")
    await team.types("/label flag", person="grace")
    home = await opened(team)
    assert "For reviewers: people disagree on 1 sentence" in home
    assert "For reviewers" not in await opened(team, "grace")
    await slack.press("ada", "Review")
    await slack.until(lambda: "Grace" in shown(slack) or "fever" in shown(slack))
    assert any(what.startswith(("Take", "This")) for what in slack.presses("ada"))


async def test_train_with_too_little_says_what_is_missing(team: Team) -> None:
    """The refusal stands in Home, with the next step."""
    await opened(team)
    await team.slack.press("ada", "Train")
    await team.slack.until(lambda: "needs at least 10 finished sentences" in shown(team.slack))


async def test_train_begins_and_is_followed_in_the_direct_messages(labelled: Team) -> None:
    """A training asked for in Home tells its progress to the person who asked."""
    assert "14 sentences are finished: enough for a first training." in await opened(labelled)
    await labelled.slack.press("ada", "Train")
    await labelled.slack.until(lambda: "Training 1 has begun" in shown(labelled.slack))
    await labelled.slack.until(lambda: labelled.slack.messages("dm", viewer="ada"))
    assert "Training 1: " in labelled.slack.messages("dm", viewer="ada")[-1].shown
    await labelled.slack.until(
        lambda: "is on its way" in shown(labelled.slack), timeout=patient(12)
    )
    await labelled.types("/train cancel")
    await labelled.slack.until(
        lambda: "Training 1: cancelled" in shown(labelled.slack), timeout=patient(12)
    )


async def test_status_opens_in_a_modal(team: Team) -> None:
    """What /train status says, at once."""
    await opened(team)
    await team.slack.press("ada", "Training status")
    await team.slack.until(lambda: team.slack.view("ada"))
    assert "A first training needs 10 finished sentences" in str(team.slack.view("ada"))


async def test_help_shows_every_command_in_a_modal(team: Team) -> None:
    """Nobody has to know the commands by heart."""
    await opened(team)
    await team.slack.press("ada", "Help")
    await team.slack.until(lambda: team.slack.view("ada"))
    modal = str(team.slack.view("ada"))
    assert all(typed in modal for typed in ("/label undo", "/train status", "/ner She came in"))


async def test_a_trigger_that_ran_out_puts_the_words_into_home(team: Team) -> None:
    """A slow moment costs no answer."""
    await opened(team)
    team.slack.fail_next("views.open", status=200, error="expired_trigger_id")
    await team.slack.press("ada", "Help")
    await team.slack.until(lambda: "/train status" in shown(team.slack))
    team.slack.problems.clear()


async def test_with_a_live_model_home_shows_its_score_and_leads_to_asking(trained: Team) -> None:
    """Once a model is live, asking it is the next step; then the steps to start go away."""
    home = await opened(trained)
    assert "✓  2. Train the model: done" in home
    assert "The model is live. Ask it" in home
    assert "Model 1 is live since " in home
    assert "Training 1: model 1 went live, F1 " in home
    await trained.asks("/ner A patient with fever.")
    gone = lambda: "Three steps to start" not in shown(trained.slack)  # noqa: E731
    await trained.slack.until(gone, timeout=patient(15))


async def test_asking_for_help_is_not_asking_the_model(trained: Team) -> None:
    """The third tick means a question was put."""
    await opened(trained)
    before = published(trained.slack)
    await trained.types("/ner help")
    await trained.slack.until(lambda: published(trained.slack) > before, timeout=patient(12))
    assert "○  3. Ask it" in shown(trained.slack)


async def test_a_schedule_is_shown_with_its_next_time(team: Team) -> None:
    """When it trains automatically, in words."""
    await team.types("/train schedule every day at 03:00 Europe/Berlin")
    home = await opened(team)
    assert "(every day at 03:00 Europe/Berlin)." in home


async def test_a_training_after_so_many_sentences_is_shown_with_what_is_left(team: Team) -> None:
    """What trains automatically need not be a schedule."""
    await team.types("/train auto 20")
    home = await opened(team)
    assert "A training begins after every 20 newly finished sentences; 20 to go." in home
    assert "No training is scheduled" not in home
