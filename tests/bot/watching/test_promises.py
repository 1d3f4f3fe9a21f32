"""What keeps a promise of precision goes out; what is too unsure for it waits."""

from bot.db.tables.watching import entity
from bot.domain.entities import EntityState
from bot.precision.contracts import read_contract
from bot.slack import action_ids as ids
from bot.watching.gate import PrecisionGate
from ner_engine.results import Contract, Threshold
from tests.bot.watching.conftest import Ward

CONTRACT = Contract(0.9, 0.9, 0.01, 0.5, 900, 900, (Threshold("DRUG", 0.8, 0.5, 900),))


def test_the_threshold_of_a_label_decides() -> None:
    gate = PrecisionGate(CONTRACT)
    assert gate.decide("DRUG", 0.8) is EntityState.OUT
    assert gate.decide("DRUG", 0.79) is EntityState.ASKED
    assert gate.decide("SYMPTOM", 0.99) is EntityState.ASKED
    assert gate.decide("DRUG", None) is EntityState.ASKED
    assert PrecisionGate(None).decide("DRUG", 1.0) is EntityState.ASKED


async def test_what_goes_out_is_what_keeps_the_promise(ward: Ward) -> None:
    await ward.types("/nerbot precision 97")
    message = ward.slack.messages("#triage", viewer="ada")[-1]
    await ward.presses(message, ids.PRECISION_ON)
    for text in (
        "A man with fever takes aspirin.",
        "Ten boxes of codeine.",
        "A cough, and nausea.",
    ):
        ward.writes(text)
    await ward.settles(seen=3)
    async with ward.store.reading(ward.workspace) as tx:
        rows = (await tx.connection.execute(entity.select())).all()
        found = await read_contract(tx, rows[0].project_id, 1, 0.97)
    assert found is not None
    assert found.contract is not None
    states = {
        row.id: EntityState.OUT
        if found.contract.lets_out(row.label, row.score)
        else EntityState.ASKED
        for row in rows
    }
    assert {row.id: row.state for row in rows} == {
        number: state.value for number, state in states.items()
    }
    assert len(ward.rows) == sum(state is EntityState.OUT for state in states.values())
    assert "taps a day" in (await ward.types("/nerbot precision")).text
