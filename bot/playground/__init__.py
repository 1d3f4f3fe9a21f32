"""A Slack simulator for this machine: Slack's side of both protocols, refusing what Slack refuses.

`make run` uses it where no token is set; tests use it in-process, with the app unchanged:

    async with Playground.open(data=tmp_path) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        app = AsyncApp(client=client, signing_secret=slack.signing_secret)
        await AsyncSocketModeHandler(app, slack.app_token, web_client=client).connect_async()
        answer = await slack.command("ada", "#triage", "/label", "SYMPTOM chest pain")
        assert "SYMPTOM" in answer.text and answer.elapsed_ms < 100
        await slack.click("ada", answer.message, "Finished")
        await slack.shortcut("ada", "label_message", slack.say("grace", "#triage", "Fever."))
        await slack.until(lambda: slack.view("ada"))
        await slack.type_into("ada", "Phrase", "Fever")
        await slack.choose("ada", "Label", "SYMPTOM")
        assert (await slack.submit("ada")).errors == {}
        assert not slack.problems

It knows the app through manifest.yml and Slack's protocols only.

    playground    opens it: the folder, the server      server        HTTP routes, control API
    simulator     the object that tests use             page          the page's assets
    interactions  what people do, as payloads           web_api       the methods apps call
    delivery      Socket Mode, signed HTTP, events      state         workspace, views, files
    block_kit     shapes, limits, states of elements    values        what all of them share
"""

from bot.playground.playground import Playground
from bot.playground.simulator import SlackSimulator
from bot.playground.values import Answer, Call, Channel, Message, Person, Problem, Timing

__all__ = [
    "Answer",
    "Call",
    "Channel",
    "Message",
    "Person",
    "Playground",
    "Problem",
    "SlackSimulator",
    "Timing",
]
