"""A link to Slack that is lost is said, and that it is back."""

import logging

import pytest

from bot.operations.link import LinkWatch


class Link:
    def __init__(self) -> None:
        self.up = True
        self.session = object()

    async def is_up(self) -> bool:
        return self.up


@pytest.fixture
def link() -> Link:
    return Link()


@pytest.fixture
def watch(link: Link, caplog: pytest.LogCaptureFixture) -> LinkWatch:
    caplog.set_level(logging.INFO)
    return LinkWatch(link.is_up, lambda: link.session)


async def test_a_loss_and_the_return_are_one_line_each(
    link: Link, watch: LinkWatch, caplog: pytest.LogCaptureFixture
) -> None:
    link.up = False
    await watch.look()
    await watch.look()
    assert not watch.up
    link.up, link.session = True, object()
    await watch.look()
    await watch.look()
    assert watch.up
    assert caplog.messages == [
        "the Socket Mode link to Slack is lost; connecting again",
        "the Socket Mode link is back after 0 s",
    ]


async def test_a_loss_that_was_mended_between_two_looks_is_said(
    link: Link, watch: LinkWatch, caplog: pytest.LogCaptureFixture
) -> None:
    link.session = object()
    await watch.look()
    assert caplog.messages == ["the Socket Mode link to Slack was lost, and is back"]


async def test_a_renewal_slack_asked_for_is_no_loss(
    link: Link, watch: LinkWatch, caplog: pytest.LogCaptureFixture
) -> None:
    watch.announced()
    link.session = object()
    await watch.look()
    assert caplog.messages == ["the Socket Mode link was renewed, as Slack asked"]
