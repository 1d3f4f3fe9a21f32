"""What people wrote into the results stays when a benchmark is run again."""

from pathlib import Path

from benchmarks.__main__ import BENCHMARKS
from benchmarks.results import HEAD, with_section

RESULTS = Path("benchmarks/RESULTS.md")
BY_HAND = "## looked at by hand\n\nTwo seconds.\n"
BEFORE = f"{HEAD}\n## speed\n\n    python -m speed\n\n9 ms\n\n{BY_HAND}\n## wire\n\n1 s\n"


def test_a_section_is_made_anew_where_it_is_and_all_others_stay() -> None:
    after = with_section(BEFORE, "speed", "\n    python -m speed\n\n7 ms\n")
    assert after == BEFORE.replace("9 ms", "7 ms")


def test_what_a_person_wrote_below_what_was_printed_stays() -> None:
    noted = BEFORE.replace("9 ms\n", "9 ms\n\n### Before\n\n13 ms\n")
    assert with_section(noted, "speed", "7 ms\n") == noted.replace(
        "    python -m speed\n\n9 ms", "7 ms"
    )


def test_a_new_section_comes_last() -> None:
    assert with_section(BEFORE, "acks", "3 ms") == f"{BEFORE}\n## acks\n\n3 ms\n"


def test_printing_the_same_again_changes_nothing_in_the_file_that_is_kept() -> None:
    kept = RESULTS.read_text("utf-8")
    _head, _, rest = kept.partition("## learning\n")
    section = rest.partition("\n## ")[0].partition("\n### ")[0]
    assert with_section(kept, "learning", section) == kept


def test_what_was_written_by_hand_in_the_section_of_a_benchmark_is_below_a_heading() -> None:
    """What is printed ends with the line of the machine and the commit."""
    names = {benchmark.name for benchmark in BENCHMARKS}
    for section in RESULTS.read_text("utf-8").split("\n## ")[1:]:
        name, _, text = section.partition("\n")
        printed = text.partition("### ")[0].strip()
        if name in names and printed:
            assert ", commit " in printed.splitlines()[-1], name
