"""The records of docs/decisions and their index."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "docs" / "decisions"
INDEX = (FOLDER / "README.md").read_text("utf-8")
RECORDS = sorted(FOLDER.glob("[0-9]*.md"))
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")


def test_records_are_numbered_without_gaps_in_the_order_of_their_dates() -> None:
    heads = [record.read_text("utf-8").splitlines()[:3] for record in RECORDS]
    assert [record.name[:4] for record in RECORDS] == [f"{n:04}" for n in range(1, len(heads) + 1)]
    dates = [head[2].split(" · ")[0] for head in heads]
    assert dates == sorted(dates)


def test_the_index_has_each_record_with_its_date_area_title_and_status() -> None:
    lines = []
    for record in RECORDS:
        title, _, facts = record.read_text("utf-8").splitlines()[:3]
        number, _, name = title.removeprefix("# ").partition(". ")
        date, area, status = facts.split(" · ")
        lines.append(f"| [{number}]({record.name}) | {date} | {area} | {name} | {status} |")
    assert re.findall(r"^\| \[.*$", INDEX, re.MULTILINE) == lines


@pytest.mark.parametrize("record", [*RECORDS, FOLDER / "README.md"], ids=lambda path: path.stem)
def test_links_lead_to_files(record: Path) -> None:
    missing = [
        link for link in LINK.findall(record.read_text("utf-8")) if not (FOLDER / link).exists()
    ]
    assert not missing
