// The page: who one is, where one is, what is there.

import { onSend, setCommands, setPlace } from "/static/composer.js";
import { ask } from "/static/confirm.js";
import { el } from "/static/dom.js";
import { avatar, drawMessage } from "/static/message.js";
import { connect, request } from "/static/wire.js";

const $ = (id) => document.getElementById(id);
const list = $("messages");
const world = { people: [], channels: [], messages: new Map(), commands: [], shortcuts: [], app: null };
world.names = {
  user: (id) => (id === world.app.bot_user_id ? world.app.bot_name : world.people.find((p) => p.id === id)?.name),
  channel: (id) => world.channels.find((c) => c.id === id)?.name,
};
const unread = new Set();
let me = null;
let here = null;
let following = true;

const key = (message) => `${message.channel}/${message.ts}`;
const mine = (channel) => channel.members.includes(me.id);
const title = (channel) => (channel.is_im ? world.app.bot_name : `#${channel.name}`);
const place = (channel) => (channel.is_im ? "dm" : channel.name);

function onState(state) {
  const kept = [...world.messages.values()].filter((m) => m.only_for);
  Object.assign(world, { people: state.people, channels: state.channels, commands: state.commands,
    shortcuts: state.shortcuts, app: state.app });
  world.messages = new Map([...state.messages, ...kept].map((m) => [key(m), m]));
  $("team").textContent = state.team;
  document.title = `${state.team} – small Slack`;
  setCommands(state.commands);
  me = world.people.find((p) => p.name === sessionStorage.getItem("me")) ?? world.people[0];
  drawPeople();
  showStatus(state.connected);
  enter(placeInAddress());
}

function placeInAddress() {
  const wanted = location.hash.slice(1);
  return world.channels.find((c) => mine(c) && place(c) === wanted) ?? world.channels.find(mine);
}

function onChange(news) {
  if (news.type === "status") return showStatus(news.connected);
  if (news.type === "channel") {
    world.channels = [...world.channels.filter((c) => c.id !== news.value.id), news.value];
    return drawSidebar();
  }
  if (news.type === "message") return arrive(news.value);
  if (news.type === "gone") {
    world.messages.delete(key(news.value));
    row(news.value)?.remove();
  }
}

function arrive(message) {
  const known = world.messages.has(key(message));
  world.messages.set(key(message), message);
  if (message.only_for && message.only_for !== me.id) return;
  if (message.channel !== here.id) {
    if (!known) { unread.add(message.channel); drawSidebar(); }
    return;
  }
  const old = row(message);
  const focused = old?.contains(document.activeElement) && document.activeElement.dataset.action;
  const fresh = drawMessage(message, world, { act, useShortcut });
  if (old) old.replaceWith(fresh);
  else list.append(fresh);
  if (focused) (fresh.querySelector(`[data-action="${CSS.escape(focused)}"]`) ?? fresh.querySelector("button, select"))?.focus();
  if (following || message.user === me.id || message.only_for) list.scrollTop = list.scrollHeight;
}

const row = (message) => list.querySelector(`[data-ts="${CSS.escape(message.ts)}"]`);

function drawPeople() {
  $("person").replaceChildren(...world.people.map((p) =>
    el("option", { value: p.name, text: p.real_name, selected: p.id === me.id })));
}

function drawSidebar() {
  const entry = (channel) => {
    const news = unread.has(channel.id);
    return el("li", {},
      el("button", {
        type: "button", class: `channel${news ? " unread" : ""}`,
        "aria-current": channel.id === here.id ? "page" : null,
        data: { testid: "channel", channel: place(channel) },
        on: { click: () => enter(channel) },
      },
        channel.is_im ? avatar({ name: world.app.bot_name, colour: "#2c5c80" }) : el("span", { class: "sign", text: "#" }),
        channel.is_im ? world.app.bot_name : channel.name,
        news ? el("span", { class: "hidden", text: " (new messages)" }) : null));
  };
  $("channels").replaceChildren(...world.channels.filter((c) => !c.is_im && mine(c)).map(entry));
  $("dms").replaceChildren(...world.channels.filter((c) => c.is_im && mine(c)).map(entry));
}

function enter(channel) {
  here = channel;
  unread.delete(channel.id);
  history.replaceState(null, "", `#${place(channel)}`);
  $("channel-name").textContent = title(channel);
  $("topic").textContent = channel.topic;
  showSidebar(false);
  drawSidebar();
  const seen = [...world.messages.values()]
    .filter((m) => m.channel === here.id && (!m.only_for || m.only_for === me.id))
    .sort((a, b) => Number(a.ts) - Number(b.ts));
  list.setAttribute("aria-busy", "true");
  list.replaceChildren(...seen.map((m) => drawMessage(m, world, { act, useShortcut })));
  list.removeAttribute("aria-busy");
  list.scrollTop = list.scrollHeight;
  setPlace(title(channel));
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

async function act(message, block, element, option, node) {
  if (element.confirm && !(await ask(element.confirm, world.names))) return;
  node.setAttribute("aria-busy", "true");
  const done = await request({
    do: "act", user: me.id, channel: message.channel, ts: message.ts,
    block_id: block.block_id, action_id: element.action_id, option,
  });
  node.removeAttribute("aria-busy");
  showFailure(message, done);
}

async function useShortcut(message, shortcut) {
  showFailure(message, await request({
    do: "shortcut", user: me.id, callback_id: shortcut.callback_id, channel: message.channel, ts: message.ts,
  }));
}

function showFailure(message, done) {
  const error = done.ok ? done.answer.error : done.error;
  row(message)?.querySelector(".failed")?.remove();
  if (!error) return;
  const words = `⚠ ${world.app.bot_name} did not take this (${error}). Try again.`;
  row(message)?.querySelector(".body").append(
    el("p", { class: "failed", role: "alert", text: words, data: { testid: "click-error" } }));
}

onSend(async (text) => {
  const done = await request({ do: "type", user: me.id, channel: here.id, text });
  if (!done.ok) tell(`That was not sent: ${done.error}`);
});
$("person").addEventListener("change", (event) => {
  me = world.people.find((p) => p.name === event.target.value);
  sessionStorage.setItem("me", me.name);
  enter(placeInAddress());
});
// Who reads the end keeps seeing it when the window shrinks, a keyboard opens, a picture arrives.
list.addEventListener("scroll", () => {
  following = list.scrollHeight - list.scrollTop - list.clientHeight < 120;
});
const keepUp = () => { if (following) list.scrollTop = list.scrollHeight; };
new ResizeObserver(keepUp).observe(list);
list.addEventListener("load", keepUp, true);
$("menu").addEventListener("click", () => showSidebar(!document.body.classList.contains("with-sidebar")));
document.querySelector("main").addEventListener("pointerdown", (event) => {
  if (!$("menu").contains(event.target)) showSidebar(false);
});
connect({
  onState,
  onChange,
  onLost: () => tell("The small Slack is not answering. If it was started again, open the address it printed."),
});
