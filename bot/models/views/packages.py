"""A model as a package that leaves nerbot."""

from bot.models.commands import PackageBegun
from bot.slack.text import (
    View,
    line,
    plain,
    said,
    words_view,
)


def package_begun_view(begun: PackageBegun) -> View:
    """Something goes on."""
    return words_view(
        f"Model {begun.version} is being packaged, which takes a minute. You get the files by direct message."
    )


def package_view(version: int, name: str, file: str) -> View:
    """What the model's wheel is, and how it is used."""
    return said(
        [
            f"Model {version} as a package for Python. It needs the engine's package, which comes next."
        ],
        blocks=[
            line(plain(f"pip install nerbot_engine-*.whl {file}", code=True)),
            line(plain(f'nlp = spacy.load("{name}")', code=True)),
        ],
    )


def engine_view(file: str, model: str) -> View:
    """What the engine's wheel is."""
    return words_view(
        f"{file} is the engine that {model} runs on: install both, without nerbot or Slack."
    )


def too_large_view(project: str, version: int, size: int, largest: int) -> View:
    """Slack would not take it."""
    return said(
        [
            f"The package of model {version} has {size / 1e9:.1f} GB, and Slack takes files up to {largest / 1e9:g} GB."
        ],
        ["Ask whoever runs nerbot for it. On the machine nerbot runs on, type:"],
        blocks=[line(plain(f'nerbot models export {version} --project "{project}"', code=True))],
    )


def not_sent_view(version: int) -> View:
    """The file could not be sent."""
    return words_view(
        f"Slack did not take the package of model {version}. Please ask again with /nerbot models export {version}."
    )


def not_packaged_view(version: int, words: str) -> View:
    """There is no package."""
    return words_view(f"Model {version} could not be packaged. {words}")
