// One message as a row.

import { drawBlocks } from "/static/block_kit/blocks.js";
import { el } from "/static/widgets/dom.js";
import { openMenu } from "/static/widgets/menu.js";
import { mrkdwn } from "/static/block_kit/text.js";
import { fileUrl } from "/static/connection.js";
import { replies, store } from "/static/store.js";

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

export function author(message) {
  if (message.username) return { name: message.username, colour: "#5b3a8c", app: true };
  if (message.bot_id || message.user === store.app.bot_user_id) return { name: store.app.bot_name, colour: "#1d3b53", app: true };
  const person = store.people.find((p) => p.id === message.user);
  if (person) return { name: person.real_name, colour: person.colour, app: false };
  return { name: "Slackbot", colour: "#5f6368", app: true };
}

export function avatar(who) {
  const node = el("span", { class: "avatar", "aria-hidden": "true", text: who.name[0].toUpperCase() });
  node.style.backgroundColor = who.colour;
  return node;
}

/** A row; `callbacks` has `surface(message)`, `useShortcut(message, shortcut)` and, outside threads, `openThread(message)`. */
export function drawMessage(message, callbacks) {
  const who = author(message);
  const when = new Date(Number(message.ts) * 1000);
  const content = message.blocks.length
    ? drawBlocks(message.blocks, callbacks.surface(message))
    : [el("div", { class: "prose" }, mrkdwn(message.text, store.names))];
  return el("li", {
    class: `message${message.only_for ? " ephemeral" : ""}`,
    data: { testid: "message", ts: message.ts, ephemeral: String(Boolean(message.only_for)), author: who.name },
  },
    message.only_for ? el("p", { class: "only", text: "Only visible to you", data: { testid: "only-you" } }) : null,
    avatar(who),
    el("div", { class: "body" },
      el("p", { class: "head" },
        el("strong", { text: who.name }),
        who.app ? el("span", { class: "app", text: "APP" }) : null,
        el("time", { datetime: when.toISOString(), title: full.format(when), text: clock.format(when) })),
      el("div", { class: "content", data: { testid: "content" } }, ...content, ...message.files.map(drawFile),
        message.edited_ts && !message.blocks.length ? el("span", { class: "edited", text: " (edited)" }) : null),
      reactions(message),
      callbacks.openThread ? threadLink(message, callbacks) : null),
    message.only_for || message.subtype === "tombstone" ? null : tools(message, callbacks));
}

function reactions(message) {
  if (!message.reactions.length) return null;
  return el("ul", { class: "reactions", "aria-label": "Reactions", data: { testid: "reactions" } },
    ...message.reactions.map((r) => el("li", {
      class: "reaction", title: `:${r.name}: by ${r.users.map((id) => store.names.user(id) ?? id).join(", ")}`,
      data: { testid: "reaction", name: r.name },
    }, el("span", { text: r.symbol ?? `:${r.name}:` }), ` ${r.count}`)));
}

function threadLink(message, callbacks) {
  const count = replies(message).length;
  if (!count) return null;
  return el("button", {
    type: "button", class: "thread-link", text: `${count} ${count === 1 ? "reply" : "replies"}`,
    data: { testid: "thread-link", action: "thread" }, on: { click: () => callbacks.openThread(message) },
  });
}

function drawFile(file) {
  const picture = /^image\/(png|jpeg|gif|webp)$/.test(file.mimetype);
  return el("figure", { class: "block block-image", data: { testid: "file" } },
    el("figcaption", { text: file.title }),
    picture
      ? el("img", { src: fileUrl(file), alt: file.alt_txt || file.title })
      : el("a", { href: fileUrl(file), download: file.name, text: `Save ${file.name}` }));
}

/** What appears over a message under the pointer or the focus: the thread, the app's shortcuts, and what its author can do. */
function tools(message, callbacks) {
  const entries = store.shortcuts.filter((s) => s.type === "message").map((s) => ({
    words: s.name, value: s.callback_id, choose: () => callbacks.useShortcut(message, s),
  }));
  if (message.user === store.me.id) {
    entries.push({ words: "Edit message", value: "edit", choose: () => callbacks.edit(message) });
    entries.push({ words: "Delete message", value: "delete", choose: () => callbacks.remove(message) });
  }
  const reply = callbacks.openThread && el("button", {
    type: "button", class: "button", text: "Reply", "aria-label": "Reply in thread", title: "Reply in thread",
    data: { testid: "reply-in-thread", action: "reply" }, on: { click: () => callbacks.openThread(message) },
  });
  const more = entries.length ? el("button", {
    type: "button", class: "button", text: "⋯", "aria-label": "More actions", title: "More actions", "aria-haspopup": "menu",
    data: { testid: "message-actions", action: "more" },
    on: { click: (event) => openMenu(event.currentTarget, entries) },
  }) : null;
  return reply || more ? el("div", { class: "row-tools" }, reply ?? null, more) : null;
}
