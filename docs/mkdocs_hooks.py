"""What MkDocs cannot do alone: pages that are kept outside docs/, and the links from and to them."""

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parent.parent
OUTSIDE = {
    "CHANGELOG.md": "project/CHANGELOG.md",
    "CONTRIBUTING.md": "project/CONTRIBUTING.md",
    "SECURITY.md": "project/SECURITY.md",
    "benchmarks/RESULTS.md": "project/RESULTS.md",
    "manifest.yml": "project/manifest.yml",
}
"""Files of the repository that the site has, too, and where it has them."""

_INSIDE = {place: path for path, place in OUTSIDE.items()}
_LINK = re.compile(r"(\]\()(?!\w+:|#)([^)#\s]+)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the files that are kept outside docs/."""
    for path, place in OUTSIDE.items():
        files.append(File.generated(config, place, abs_src_path=str(ROOT / path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let links that lead to files of the repository lead to their places in the site."""
    here = page.file.src_uri
    return _LINK.sub(lambda link: link[1] + in_site(link[2], here), markdown)


def in_site(link: str, here: str) -> str:
    """A link as the repository has it, from the page at `here` in the site."""
    path, mark, heading = link.partition("#")
    source = _INSIDE.get(here, f"docs/{here}")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
    place = OUTSIDE.get(target, target.removeprefix("docs/"))
    return posixpath.relpath(place, posixpath.dirname(here)) + mark + heading
