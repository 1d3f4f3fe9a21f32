"""docs/ as a site: it builds, and whoever reads it needs nothing from elsewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.slack.diagnosis import OUTPUT_SCOPES, read_manifest
from tests.support.pages import PAGES, ROOT

IMAGE = re.compile(r"!\[[^\]]+\]\((?:docs/)?([\w-]+\.png)\)")
PRIVACY = (ROOT / "docs" / "privacy.md").read_text("utf-8")
FETCHED = re.compile(r"""<(?:script|img|link|iframe)\b[^>]*(?:src|href)=["']?(?:https?:)?//""")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make docs` builds it."""
    folder = tmp_path_factory.mktemp("site")
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        check=True,
    )
    return folder


def test_the_site_has_what_is_kept_beside_its_pages(site: Path) -> None:
    pages = {str(path.relative_to(site)) for path in site.rglob("*.html")}
    assert {"index.html", "security.html", "project/SECURITY.html", "project/RESULTS.html"} <= pages
    assert len([page for page in pages if page.startswith("decisions/0")]) > 80


def test_a_page_fetches_nothing_from_elsewhere(site: Path) -> None:
    pages = [*site.rglob("*.html")]
    styles = "".join(path.read_text("utf-8") for path in site.rglob("*.css"))
    assert not [page for page in pages if FETCHED.search(page.read_text("utf-8"))]
    assert not re.search(r"url\([\"']?(?:https?:)?//|@import", styles)


def test_the_rights_that_are_told_are_those_of_the_manifest() -> None:
    outputs = frozenset(OUTPUT_SCOPES)
    manifest = read_manifest(file_imports=True, watching=True, slack_outputs=outputs)
    rights = set(manifest["oauth_config"]["scopes"]["bot"])
    told = re.search(r"^\| right \|.*?\n\n", PRIVACY, re.MULTILINE | re.DOTALL)
    assert told
    named = re.findall(r"^\| (`[\w:`, ]+`) \|", told[0], re.MULTILINE)
    assert set(re.findall(r"[\w:]+", " ".join(named))) == rights


def test_pictures_are_few_small_and_all_shown() -> None:
    """`python -m tests.support.picture docs` takes them again."""
    pictures = [*(ROOT / "docs").glob("*.png")]
    shown = {name for page in PAGES for name in IMAGE.findall(page.read_text("utf-8"))}
    assert {picture.name for picture in pictures} == shown
    assert len(pictures) <= 12
    assert not [picture.name for picture in pictures if picture.stat().st_size > 150_000]
