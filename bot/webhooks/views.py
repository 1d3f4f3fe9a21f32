"""Webhooks as owners see them."""

from urllib.parse import urlsplit

from slack_sdk.models.blocks import ActionsBlock, Block

from bot.slack import action_ids as ids
from bot.slack.text import View, button, line, plain, said
from bot.webhooks.values import Tested, Webhook, WebhooksShown

_HOW = "To add one, on the machine nerbot runs on: nerbot webhooks add https://…"


def webhooks_view(shown: WebhooksShown) -> View:
    """Every receiver of a project, how it does, and a test."""
    if not shown.webhooks:
        return said([f"Nothing of {shown.project} is sent to a webhook. {_HOW}"])
    head = line(plain(f"Webhooks of {shown.project}", bold=True))
    blocks: list[Block] = [head]
    texts = [f"Webhooks of {shown.project}"]
    for each in shown.webhooks:
        words = f"{each.id} · {_host(each.url)} · {', '.join(sorted(each.kinds))} · {_state(each)}"
        texts.append(words)
        test = button("Send a test", f"{ids.TEST_WEBHOOK}.{each.id}", each.id)
        blocks += [line(words), ActionsBlock(elements=[test])]
    return View("\n".join(texts), tuple(blocks))


def tested_view(tested: Tested) -> View:
    """What a receiver answered."""
    host = _host(tested.url)
    if tested.error is None:
        return said([f"{host} took the test."])
    return said(
        [f"{host} did not take the test: {tested.error}. Check that it runs and answers with 2xx."]
    )


def paused_view(receiver: Webhook, error: str) -> View:
    """Why nothing is sent to a receiver any more, and how it gets the rest."""
    name = f"Webhook {receiver.id} ({_host(receiver.url)})"
    again = (
        f"When it works again, on the machine nerbot runs on: nerbot webhooks resume {receiver.id}"
    )
    return said([f"{name} is paused after {error}. Nothing is lost. {again}"])


def _state(receiver: Webhook) -> str:
    if receiver.paused_at is not None:
        return f"paused: {receiver.error}"
    return "up to date" if receiver.error is None else f"failing: {receiver.error}"


def _host(url: str) -> str:
    """A path may hold a token."""
    return urlsplit(url).netloc
