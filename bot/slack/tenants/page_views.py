"""The pages of an installation as people see them: what is asked, what was done, what went wrong.

They need nothing from anywhere else: no picture, no script, no font.
"""

import base64
import hashlib
from html import escape

STYLE = """
:root { color-scheme: light dark; --ink: #1d1c1d; --soft: #54545a; --ground: #f4f4f6; --card: #fff; --go: #1d3b53;
  --on-go: #fff; --line: #dcdce0; }
@media (prefers-color-scheme: dark) { :root { --ink: #ececee; --soft: #b4b4ba; --ground: #17181b; --card: #222327;
  --go: #a9cdea; --on-go: #10202d; --line: #3a3b40; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; padding: 24px 16px; display: grid; place-items: center; color: var(--ink);
  background: var(--ground); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { width: 100%; max-width: 30rem; padding: 32px; background: var(--card); border: 1px solid var(--line);
  border-radius: 12px; overflow-wrap: anywhere; }
h1 { margin: 0 0 12px; font-size: 1.5rem; line-height: 1.25; }
p, li { color: var(--soft); }
p { margin: 0 0 16px; }
ol { margin: 0 0 20px; padding-left: 1.25rem; }
li { margin-bottom: 6px; }
code { color: var(--ink); font: 0.9em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.go { display: inline-block; min-height: 44px; padding: 10px 20px; border-radius: 8px; background: var(--go);
  color: var(--on-go); font-weight: 600; text-decoration: none; }
.go:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
.small { margin: 20px 0 0; font-size: 0.875rem; }
a { color: inherit; }
main > :last-child { margin-bottom: 0; }
@media (max-width: 480px) { main { padding: 24px 20px; } .go { display: block; text-align: center; } }
"""
STYLE_HASH = "sha256-" + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
"""For the content security policy: this style and no other."""

_DECLINED = "access_denied"
_WHY = {
    _DECLINED: "You did not allow it, so nothing was installed.",
    "invalid_browser": (
        "This is not the browser in which it was begun, or it does not take cookies. Nothing was installed."
    ),
    "invalid_state": "It took longer than ten minutes, or the page was opened twice. Nothing was installed.",
    "missing_code": "Slack sent nothing to install it with. Nothing was installed.",
    "invalid_code": "Slack did not take back what it had sent. Nothing was installed.",
    "storage_error": "It was allowed in Slack, but could not be saved here, so nerbot does not answer yet.",
}
_NOBODY_KNOWS = "Slack said no. Nothing was installed."


def install_page(url: str) -> str:
    """What nerbot is, and the way to Slack."""
    return _page(
        "Add nerbot to Slack",
        "<p>With nerbot your team teaches a named-entity model its own labels, without leaving Slack.</p>"
        "<p>Slack first shows what nerbot may do in your workspace. Nothing is installed until you allow it.</p>"
        f'<a href="{escape(url)}" class="go">Add to Slack</a>',
    )


def installed_page(name: str | None, opens: str, opens_in_browser: str) -> str:
    """It is installed, and how to begin."""
    where = f"in {escape(name)}" if name else "in your workspace"
    return _page(
        f"nerbot is installed {where}",
        "<p>To begin, in a channel of your team:</p>"
        "<ol><li>Type <code>/invite @nerbot</code></li>"
        "<li>Type <code>/label A patient with {chest pain=SYMPTOM}.</code></li></ol>"
        f'<a href="{escape(opens)}" class="go">Open Slack</a>'
        f'<p class="small">Nothing opens? <a href="{escape(opens_in_browser)}">Open Slack in the browser</a>.</p>',
        title="nerbot is installed",
    )


def failed_page(reason: str, again: str) -> str:
    """Why it is not installed, and the way to begin again."""
    told = f'<p class="small">If it happens again, tell whoever runs nerbot: <code>{escape(reason[:100])}</code></p>'
    return _page(
        "nerbot was not installed",
        f"<p>{escape(_WHY.get(reason, _NOBODY_KNOWS))}</p>"
        f'<a href="{escape(again)}" class="go">Begin again</a>{"" if reason == _DECLINED else told}',
    )


def busy_page(words: str) -> str:
    """It does not work just now."""
    return _page("Not just now", f"<p>{escape(words)}</p>")


def _page(heading: str, content: str, *, title: str | None = None) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title or heading)}</title><link rel="icon" href="data:,"><style>{STYLE}</style></head>'
        f"<body><main><h1>{heading}</h1>{content}</main></body></html>"
    )
