// The page: who one is, where one is, what is there.

import { onSend, setCommands, setPlace, setShortcuts, show as showComposer } from "/static/conversation/composer.js";
import { el } from "/static/widgets/dom.js";
import { onTab, showHome, showTab, tellEntered } from "/static/views/home.js";
import { avatar } from "/static/conversation/message.js";
import { showTop } from "/static/views/modal.js";
import { makeRows } from "/static/conversation/rows.js";
import { closeThread, goneFromThread, openThread, putInThread } from "/static/conversation/thread.js";
import { connect, request } from "/static/connection.js";
import { isReply, key, mine, seen, title, visible, world } from "/static/store.js";

const $ = (id) => document.getElementById(id);
const rows = makeRows($("messages"), { openThread });
const unread = new Set();
const place = (channel) => (channel.is_im ? "dm" : channel.name);

function onState(state) {
  const kept = [...world.messages.values()].filter((m) => m.only_for);
  for (const name of ["people", "channels", "commands", "shortcuts", "app"]) world[name] = state[name];
  world.tabs = state.tabs;
  world.messages = new Map([...state.messages, ...kept].map((m) => [key(m), m]));
  world.views = new Map(state.views.map((v) => [v.user, v]));
  $("team").textContent = state.team;
  document.title = `${state.team} – small Slack`;
  setCommands(state.commands);
  setShortcuts(state.shortcuts, useShortcut);
  const wanted = sessionStorage.getItem("me") ?? new URLSearchParams(location.search).get("as");
  world.me = world.people.find((p) => p.name === wanted) ?? world.people[0];
  $("person").replaceChildren(...world.people.map((p) =>
    el("option", { value: p.name, text: p.real_name, selected: p.id === world.me.id })));
  showStatus(state.connected);
  comeIn();
}

/** Be where the address says, with the modals of who one is. */
function comeIn() {
  const wanted = location.hash.slice(1);
  const app = world.channels.find((c) => c.is_im && mine(c));
  const channel = world.channels.find((c) => mine(c) && place(c) === wanted) ?? world.channels.find(mine);
  if (wanted === "home" && world.tabs.home && app) enter(app, "home");
  else enter(channel, channel.is_im ? firstTab("messages") : null);
  showTop();
}

function onChange(news) {
  if (news.type === "status") showStatus(news.connected);
  else if (news.type === "channel") {
    world.channels = [...world.channels.filter((c) => c.id !== news.value.id), news.value];
    drawSidebar();
  } else if (news.type === "message") arrive(news.value);
  else if (news.type === "gone") goAway(news.value);
  else if (news.type === "views") {
    world.views.set(news.user, news);
    if (news.user === world.me.id) { showTop(); showHome(); }
  }
}

function arrive(message) {
  const known = world.messages.has(key(message));
  world.messages.set(key(message), message);
  if (!visible(message)) return;
  putInThread(message);
  const parent = isReply(message) ? world.messages.get(`${message.channel}/${message.thread_ts}`) : null;
  if (message.channel !== world.here.id || $("messages").hidden) {
    if (!known) { unread.add(message.channel); drawSidebar(); }
  } else if (!isReply(message)) rows.put(message);
  else if (parent && rows.find(parent)) rows.put(parent);
}

function goAway(message) {
  world.messages.delete(key(message));
  rows.remove(message);
  goneFromThread(message);
  const parent = isReply(message) ? world.messages.get(`${message.channel}/${message.thread_ts}`) : null;
  if (parent && rows.find(parent)) rows.put(parent);
}

function drawSidebar() {
  const entry = (channel) => {
    const news = unread.has(channel.id);
    return el("li", {},
      el("button", {
        type: "button", class: `channel${news ? " unread" : ""}`,
        "aria-current": channel.id === world.here.id ? "page" : null,
        data: { testid: "channel", channel: place(channel) },
        on: { click: () => enter(channel, channel.is_im ? firstTab(news ? "messages" : "home") : null) },
      },
        channel.is_im ? avatar({ name: world.app.bot_name, colour: "#2c5c80" }) : el("span", { class: "sign", text: "#" }),
        channel.is_im ? world.app.bot_name : channel.name,
        news ? el("span", { class: "hidden", text: " (new messages)" }) : null));
  };
  $("channels").replaceChildren(...world.channels.filter((c) => !c.is_im && mine(c)).map(entry));
  $("dms").replaceChildren(...world.channels.filter((c) => c.is_im && mine(c)).map(entry));
}

/** The tab one comes to, if the manifest has it; else the other. */
const firstTab = (wished) => (world.tabs[wished] ? wished : wished === "home" ? "messages" : "home");

/** Go to a channel, or to a tab of the app ("home" or "messages"). */
function enter(channel, tab = null) {
  const home = tab === "home";
  world.here = channel;
  if (!home) unread.delete(channel.id);
  closeThread();
  history.replaceState(null, "", `#${home ? "home" : place(channel)}`);
  $("channel-name").textContent = title(channel);
  $("topic").textContent = channel.topic;
  showSidebar(false);
  drawSidebar();
  $("messages").hidden = home;
  showComposer(!home && (!tab || world.tabs.writable));
  showTab(world.tabs.home ? tab : null);
  if (!home) { rows.fill(seen(channel.id)); setPlace(title(channel)); }
  if (tab && world.tabs.home) tellEntered(tab);
}

function showStatus(connected) {
  const name = world.app?.bot_name ?? "The app";
  tell(connected ? "" : `${name} is not connected: commands and buttons will not be answered.`);
}

function tell(words) {
  $("status").textContent = words;
  $("status").hidden = !words;
}

function showSidebar(open) {
  document.body.classList.toggle("with-sidebar", open);
  $("menu").setAttribute("aria-expanded", String(open));
}

async function useShortcut(shortcut) {
  const done = await request({ do: "shortcut", user: world.me.id, callback_id: shortcut.callback_id });
  const error = done.ok ? done.answer.error : done.error;
  tell(error ? `⚠ ${world.app.bot_name} did not take "${shortcut.name}" (${error}). Try again.` : "");
}

onSend(async (text) => {
  const done = await request({ do: "type", user: world.me.id, channel: world.here.id, text });
  if (!done.ok) tell(`That was not sent: ${done.error}`);
});
onTab((tab) => enter(world.here, tab));
$("person").addEventListener("change", async (event) => {
  world.me = world.people.find((p) => p.name === event.target.value);
  sessionStorage.setItem("me", world.me.name);
  // What was typed in that person's modal is known to the small Slack only.
  const { views } = await request({ do: "views", user: world.me.id });
  if (views) world.views.set(world.me.id, views);
  comeIn();
});
$("menu").addEventListener("click", () => showSidebar(!document.body.classList.contains("with-sidebar")));
document.querySelector("main").addEventListener("pointerdown", (event) => {
  if (!$("menu").contains(event.target)) showSidebar(false);
});
connect({
  onState,
  onChange,
  onLost: () => tell("The small Slack is not answering. If it was started again, open the address it printed."),
});
