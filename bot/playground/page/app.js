// The page: the person one acts as, the open channel, and what is in it.

import { onSend, setCommands, setPlace, setShortcuts, show as showComposer } from "/static/conversation/composer.js";
import { el } from "/static/widgets/dom.js";
import { onTab, sendTabOpened, showHome, showTab } from "/static/views/home.js";
import { avatar } from "/static/conversation/message.js";
import { showTop } from "/static/views/modal.js";
import { myLists, onListChange, setLists, showList } from "/static/views/list.js";
import { onArrivals, showArrivals } from "/static/conversation/arrivals.js";
import { onStep, openStep } from "/static/views/steps.js";
import { makeRows } from "/static/conversation/rows.js";
import { closeThread, goneFromThread, openThread, putInThread } from "/static/conversation/thread.js";
import { onFiles, setSharing } from "/static/conversation/files.js";
import { connect, request, share } from "/static/connection.js";
import { isReply, key, mine, seen, title, visible, store } from "/static/store.js";

const $ = (id) => document.getElementById(id);
const rows = makeRows($("messages"), { openThread });
const unread = new Set();
const place = (channel) => (channel.is_im ? "dm" : channel.name);

function onState(state) {
  const kept = [...store.messages.values()].filter((m) => m.only_for);
  for (const name of ["people", "channels", "commands", "shortcuts", "app"]) store[name] = state[name];
  store.tabs = state.tabs;
  store.messages = new Map([...state.messages, ...kept].map((m) => [key(m), m]));
  setLists(state.lists);
  onArrivals(state.arrivals);
  store.views = new Map(state.views.map((v) => [v.user, v]));
  $("team").textContent = state.team;
  document.title = `${state.team} – Slack simulator`;
  setCommands(state.commands);
  setShortcuts(state.shortcuts, useShortcut, state.steps, openStep);
  const wanted = sessionStorage.getItem("me") ?? new URLSearchParams(location.search).get("as");
  store.me = store.people.find((p) => p.name === wanted) ?? store.people[0];
  $("person").replaceChildren(...store.people.map((p) =>
    el("option", { value: p.name, text: p.real_name, selected: p.id === store.me.id })));
  showStatus(state.connected);
  showPlace();
}

/** Open the channel or tab that the address names, with this person's modals. */
function showPlace() {
  const wanted = location.hash.slice(1);
  const list = myLists().find((one) => one.id === wanted);
  const app = store.channels.find((c) => c.is_im && mine(c));
  const channel = store.channels.find((c) => mine(c) && place(c) === wanted) ?? store.channels.find(mine);
  if (list) enterList(list);
  else if (wanted === "home" && store.tabs.home && app) enter(app, "home");
  else enter(channel, channel.is_im ? firstTab("messages") : null);
  showTop();
}

function onChange(change) {
  if (onListChange(change)) { if (change.type === "list") drawSidebar(); return; }
  if (change.type === "status") showStatus(change.connected);
  else if (change.type === "channel") {
    store.channels = [...store.channels.filter((c) => c.id !== change.value.id), change.value];
    drawSidebar();
  } else if (change.type === "message") showMessage(change.value);
  else if (change.type === "gone") dropMessage(change.value);
  else if (change.type === "step") onStep(change.value);
  else if (change.type === "arrivals") onArrivals(change.value);
  else if (change.type === "views") {
    store.views.set(change.user, change);
    if (change.user === store.me.id) { showTop(); showHome(); }
  }
}

function showMessage(message) {
  const known = store.messages.has(key(message));
  store.messages.set(key(message), message);
  if (!visible(message)) return;
  putInThread(message);
  const parent = isReply(message) ? store.messages.get(`${message.channel}/${message.thread_ts}`) : null;
  if (message.channel !== store.here.id || $("messages").hidden) {
    if (!known) { unread.add(message.channel); drawSidebar(); }
  } else if (!isReply(message)) rows.put(message);
  else if (parent && rows.find(parent)) rows.put(parent);
}

function dropMessage(message) {
  store.messages.delete(key(message));
  rows.remove(message);
  goneFromThread(message);
  const parent = isReply(message) ? store.messages.get(`${message.channel}/${message.thread_ts}`) : null;
  if (parent && rows.find(parent)) rows.put(parent);
}

function drawSidebar() {
  const entry = (channel) => {
    const isUnread = unread.has(channel.id);
    return el("li", {},
      el("button", {
        type: "button", class: `channel${isUnread ? " unread" : ""}`,
        "aria-current": channel.id === store.here.id ? "page" : null,
        data: { testid: "channel", channel: place(channel) },
        on: { click: () => enter(channel, channel.is_im ? firstTab(isUnread ? "messages" : "home") : null) },
      },
        channel.is_im ? avatar({ name: store.app.bot_name, colour: "#2c5c80" }) : el("span", { class: "hash", text: "#" }),
        channel.is_im ? store.app.bot_name : channel.name,
        isUnread ? el("span", { class: "hidden", text: " (new messages)" }) : null));
  };
  $("channels").replaceChildren(...store.channels.filter((c) => !c.is_im && mine(c)).map(entry));
  const lists = myLists();
  $("lists-title").hidden = !lists.length;
  $("lists").replaceChildren(...lists.map((one) => el("li", {}, el("button", {
    type: "button", class: "channel", "aria-current": one.id === store.here.id ? "page" : null, data: { testid: "list-entry" },
    on: { click: () => enterList(one) },
  }, el("span", { class: "hash", text: "☰" }), one.name))));
  $("dms").replaceChildren(...store.channels.filter((c) => c.is_im && mine(c)).map(entry));
}

/** The wished tab, if the manifest has it; else the other. */
const firstTab = (wished) => (store.tabs[wished] ? wished : wished === "home" ? "messages" : "home");

/** Look at a List. */
function enterList(one) {
  store.here = { id: one.id, members: [] };
  closeThread();
  history.replaceState(null, "", `#${one.id}`);
  $("channel-name").textContent = one.name;
  showSidebar(false);
  drawSidebar();
  showTab(null);
  $("messages").hidden = true;
  showComposer(false);
  setSharing(false);
  showArrivals(null);
  showList(store.lists.get(one.id));
}

/** Go to a channel, or to a tab of the app ("home" or "messages"). */
function enter(channel, tab = null) {
  const home = tab === "home";
  store.here = channel;
  if (!home) unread.delete(channel.id);
  closeThread();
  history.replaceState(null, "", `#${home ? "home" : place(channel)}`);
  $("channel-name").textContent = title(channel);
  $("topic").textContent = channel.topic;
  showSidebar(false);
  drawSidebar();
  showList(null);
  showArrivals(channel);
  $("messages").hidden = home;
  showComposer(!home && (!tab || store.tabs.writable));
  setSharing(!home && (!tab || store.tabs.writable));
  showTab(store.tabs.home ? tab : null);
  if (!home) { rows.fill(seen(channel.id)); setPlace(title(channel)); }
  if (tab && store.tabs.home) sendTabOpened(tab);
}

function showStatus(connected) {
  const name = store.app?.bot_name ?? "The app";
  showStatusText(connected ? "" : `${name} is not connected: commands and buttons will not be answered.`);
}

function showStatusText(words) {
  $("status").textContent = words;
  $("status").hidden = !words;
}

function showSidebar(open) {
  document.body.classList.toggle("with-sidebar", open);
  $("menu").setAttribute("aria-expanded", String(open));
}

async function useShortcut(shortcut) {
  const done = await request({ do: "shortcut", user: store.me.id, callback_id: shortcut.callback_id });
  const error = done.ok ? done.answer.error : done.error;
  showStatusText(error ? `⚠ ${store.app.bot_name} did not handle "${shortcut.name}" (${error}). Try again.` : "");
}

onSend(async (text) => {
  const done = await request({ do: "type", user: store.me.id, channel: store.here.id, text });
  if (done.ok) return true;
  showStatusText(done.error === "lost" ? "That was not sent: the Slack simulator is not answering." : `That was not sent: ${done.error}`);
  return false;
});
onFiles(async (files) => {
  const { me, here } = store;
  for (const file of files) {
    showStatusText(`Sharing ${file.name}…`);
    const done = await share(me.id, here.id, file);
    showStatusText(done.ok ? "" : `${file.name} was not shared: ${done.error}`);
    if (!done.ok) return;
  }
});
onTab((tab) => enter(store.here, tab));
document.addEventListener("open-message", ({ detail }) => {
  const channel = store.channels.find((c) => c.id === detail.channel);
  if (channel && mine(channel)) {
    enter(channel, channel.is_im ? "messages" : null);
    const message = store.messages.get(key(detail));
    const first = message && isReply(message) ? { ...message, ts: message.thread_ts } : detail;
    rows.find(first)?.scrollIntoView({ block: "center" });
    if (message && isReply(message)) openThread(message);
  } else showStatusText("That message is in a channel you are not in.");
});
$("person").addEventListener("change", async (event) => {
  store.me = store.people.find((p) => p.name === event.target.value);
  sessionStorage.setItem("me", store.me.name);
  // Only the Slack simulator knows what was typed in that person's modal.
  const { views } = await request({ do: "views", user: store.me.id });
  if (views) store.views.set(store.me.id, views);
  showPlace();
});
$("menu").addEventListener("click", () => showSidebar(!document.body.classList.contains("with-sidebar")));
document.querySelector("main").addEventListener("pointerdown", (event) => {
  if (!$("menu").contains(event.target)) showSidebar(false);
});
connect({
  onState,
  onChange,
  onLost: () => showStatusText("The Slack simulator is not answering. If it was restarted, open the address that it printed."),
});
