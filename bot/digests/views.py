"""The digest of a channel, and the answers about it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, RichTextElement

from bot.digests.commands import Digest, DigestRemoved, DigestSet, ForReviewers, News, Reminders
from bot.slack import action_ids as ids
from bot.slack.text import (
    View,
    after,
    button,
    counted,
    escape,
    line,
    percent,
    person,
    plain,
    shortened,
    words_view,
)
from bot.training.views.run import state_words
from bot.training.views.zones import assumed_blocks

_PEOPLE, _TRAININGS, _PROJECT = 20, 5, 60


def digest_view(digest: Digest, news: News) -> View:
    """Who finished what, how the model does now and before, what waits; one button switches it off."""
    since = _told(digest.since, digest.timezone)
    total = sum(number for _, number in news.finished)
    where = f" in {shortened(news.project, _PROJECT)}" if news.project else ""
    head = f"Since {since}: {counted(total, 'sentence')} finished{where}"
    blocks: list[Block] = [line(plain(head, bold=True), *_by_whom(news))]
    lines = [*_trainings(news), *_score(news), *_waiting(news), *_for_reviewers(news)]
    if lines:
        blocks.append(line("\n".join(lines)))
    blocks.append(ActionsBlock(elements=_buttons(digest, news)))
    return View(escape("\n".join([f"{head}.", *lines])), tuple(blocks))


def _by_whom(news: News) -> list[str | RichTextElement]:
    parts: list[str | RichTextElement] = []
    for who, number in news.finished[:_PEOPLE]:
        parts += [", " if parts else " · ", person(who), f" {number:,}"]
    more = len(news.finished) - _PEOPLE
    return (
        [*parts, f" and {more:,} more {'person' if more == 1 else 'people'}"] if more > 0 else parts
    )


def _trainings(news: News) -> list[str]:
    lines = [f"Training {run.number}: {state_words(run)}" for run in news.trainings[-_TRAININGS:]]
    more = len(news.trainings) - _TRAININGS
    return [f"{counted(more, 'training')} before these", *lines] if more > 0 else lines


def _score(news: News) -> list[str]:
    if news.live is None or news.live.evaluation is None:
        return []
    words = f"Live: model {news.live.version}, F1 {percent(news.live.evaluation.overall.f1)}"
    before = news.before
    if before is not None and before.evaluation and before.version != news.live.version:
        words += f" (before: model {before.version}, F1 {percent(before.evaluation.overall.f1)})"
    return [words]


def _waiting(news: News) -> list[str]:
    counts = news.counts
    left = counts.waiting
    words = [f"{counted(left, 'sentence')} to label"] if left else []
    if counts.unfinished:
        words.append(f"{counts.unfinished:,} of them begun")
    return [f"Still to do: {', '.join(words)}. Type /label for the next sentence."] if words else []


def _for_reviewers(news: News) -> list[str]:
    """What only a reviewer can settle, with the command for it."""
    words = []
    if disputed := news.counts.disputed:
        words.append(f"people disagree on {counted(disputed, 'sentence')} (/nerbot review)")
    if news.flagged:
        words.append(f"{counted(news.flagged, 'sentence')} flagged (/nerbot flags)")
    return [f"For reviewers: {', '.join(words)}."] if words else []


def _buttons(digest: Digest, news: News) -> list[ButtonElement]:
    """Those of a channel's message: each is answered beside it, for whoever presses it."""
    buttons = [button("Label next", f"{ids.LABEL_FOR_MODEL}.0", "digest")]
    if news.has_picture:
        buttons.append(button("Post the scores as a picture", ids.SCORES_PICTURE, 0))
    return [*buttons, button("Switch this off", ids.DIGEST_OFF, digest.id)]


def reminder_view(waiting: ForReviewers) -> View:
    """What waits for a reviewer, with the buttons that show it, and the one that ends these messages."""
    waits: list[str] = []
    buttons: list[ButtonElement] = []
    if waiting.disputed:
        waits.append(f"people disagree on {counted(waiting.disputed, 'sentence')}")
        buttons.append(button("Review", ids.REVIEW_NEXT, 0, style="primary"))
    if waiting.flagged:
        waits.append(f"{counted(waiting.flagged, 'sentence')} flagged")
        buttons.append(button("Flagged", ids.FLAGS_SHOW, 0))
    where = f" in {shortened(waiting.project, _PROJECT)}" if waiting.project else ""
    words = f"For you as a reviewer{where}: {', '.join(waits)}."
    buttons.append(button("No more of these", ids.REMINDERS_OFF, 0))
    return View(escape(words), (line(words), ActionsBlock(elements=buttons)))


def reminders_view(answer: Reminders) -> View:
    """Whether a reviewer is told what waits."""
    if answer.on:
        return words_view(
            "Reviewers get a direct message about what is left to review, once a day at most. "
            "/nerbot reminders off ends that for you."
        )
    return words_view(
        "You get no reminders of what is left to review. To get them: /nerbot reminders on"
    )


def digest_lost_view() -> View:
    """What the person who set a digest hears once its channel takes none any more."""
    return words_view(
        "The digest you set up in a channel can't be posted there any more, because the channel is archived or nerbot "
        "may not post in it. It is switched off now. To get it again, type /invite @nerbot there and set it up again."
    )


def digest_state_view(answer: DigestSet) -> View:
    """The digest that the channel has."""
    digest = answer.digest
    if digest is None:
        return words_view(
            "This channel has no digest. To set one up, type /train digest every day at 09:00 in a channel in which "
            "nerbot is a member: on days on which something happened it says who finished how much, how the model "
            "does and what there is to do."
        )
    due = _told(digest.next_due, digest.timezone)
    said = words_view(
        f"This channel has a digest: {digest.words} ({digest.timezone}), next {due}, on days on which "
        "something happened. If nerbot cannot post here by then, the digest is switched off and whoever set it up is "
        "told. /train digest off ends it."
    )
    if not answer.assumed:
        return said
    words, blocks = assumed_blocks(digest.timezone, ids.DIGEST_ZONE)
    return after(said, View(escape(words), blocks))


def digest_off_view(answer: DigestRemoved) -> View:
    """The channel has no digest any more."""
    return words_view(
        "The digest is off. /train digest every day at 09:00 switches one on again."
        if answer.was
        else "There was no digest. To get one: /train digest every day at 09:00"
    )


def _told(time: datetime, timezone: str) -> str:
    return f"{time.astimezone(ZoneInfo(timezone)):%a %d %b %H:%M}"
