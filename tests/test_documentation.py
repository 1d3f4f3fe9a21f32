"""docs/ as a site: it builds, and whoever reads it needs nothing from elsewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
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
