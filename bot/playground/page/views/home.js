// The app's Home: a tab beside its messages, drawn as the app published it for this person.

import { el } from "/static/widgets/dom.js";
import { viewSurface } from "/static/views/modal.js";
import { reconcile } from "/static/block_kit/reconcile.js";
import { request } from "/static/connection.js";
import { myViews, store } from "/static/store.js";

const $ = (id) => document.getElementById(id);
const tabs = [$("tab-home"), $("tab-messages")];
const holder = $("home-blocks");
const surface = viewSurface(() => myViews().home, fail, () => { holder.replaceChildren(); showHome(); });

function fail(error) {
  $("home-failed").hidden = !error;
  $("home-failed").textContent = error ? `⚠ ${store.app.bot_name} did not handle this (${error}). Try again.` : "";
}

/** Show the tabs and one of them, or no tabs at all (null). */
export function showTab(tab) {
  $("tabs").hidden = !tab;
  $("home").hidden = tab !== "home";
  $("tab-messages").hidden = !store.tabs.messages;
  for (const one of tabs) {
    const here = one.dataset.tab === tab;
    one.setAttribute("aria-selected", String(here));
    one.tabIndex = here ? 0 : -1;
  }
  if (tab === "home") showHome();
}

export function showHome() {
  if ($("home").hidden) return;
  const { home } = myViews();
  if (!home) return holder.replaceChildren(el("p", { class: "about", text: "There is nothing here yet." }));
  holder.querySelector(":scope > .about")?.remove();
  reconcile(holder, home.blocks, surface);
}

/** Tell the Slack simulator, and through it the app, that this person opened a tab. */
export const sendTabOpened = (tab) => request({ do: "open_home", user: store.me.id, tab });

export function onTab(enter) {
  for (const tab of tabs) tab.addEventListener("click", () => enter(tab.dataset.tab));
  $("tabs").addEventListener("keydown", (event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const other = tabs.find((tab) => tab !== document.activeElement && !tab.hidden);
    if (!other) return;
    enter(other.dataset.tab);
    other.focus();
  });
}
