"""What helps to label a sentence, whoever suggests what: meanings of labels, and what was decided before."""

from collections.abc import Sequence
from dataclasses import replace

from bot.db.records.counters import Counters
from bot.db.records.precedents import Precedents
from bot.db.transaction import Transaction
from bot.domain.project import DescribedLabel
from bot.labelling.values.cards import Card
from bot.projects.repositories.labels import Labels

_GUIDED = 8


async def as_second_opinion(tx: Transaction, project_id: int, card: Card) -> Card:
    """The card of a second opinion, with what the labels mean and what was decided, and no example of them."""
    guide = await read_guide(tx, project_id, await Labels(tx).described(project_id))
    return replace(
        card,
        guide=tuple(replace(label, examples=()) for label in guide if label.description),
        precedents=await Precedents(tx).in_sentence(project_id, card.annotation.sentence),
        suggestion=None,
        blind=True,
    )


async def read_guide(
    tx: Transaction, project_id: int, labels: Sequence[DescribedLabel]
) -> tuple[DescribedLabel, ...]:
    """Labels with what they mean; of many those that are used most."""
    said = [label for label in labels if label.description or label.examples]
    if len(said) > _GUIDED:
        times = dict((await Counters(tx).of(project_id)).spans_per_label)
        said.sort(key=lambda label: -times.get(label.name, 0))
    return tuple(said[:_GUIDED])
