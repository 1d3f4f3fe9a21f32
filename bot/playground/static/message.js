// One message as a row.

import { drawBlocks } from "/static/blocks.js";
import { el } from "/static/dom.js";
import { openMenu } from "/static/menu.js";
import { mrkdwn } from "/static/text.js";
import { fileUrl } from "/static/wire.js";

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

export function author(message, world) {
  if (message.bot_id) return { name: world.app.bot_name, colour: "#1d3b53", app: true };
  const person = world.people.find((p) => p.id === message.user);
  if (person) return { name: person.real_name, colour: person.colour, app: false };
  return { name: "Slackbot", colour: "#5f6368", app: true };
}

export function avatar(who) {
  const node = el("span", { class: "avatar", "aria-hidden": "true", text: who.name[0].toUpperCase() });
  node.style.backgroundColor = who.colour;
  return node;
}

/** `act(message, block, element, option, node)` and `useShortcut(message, shortcut)` do what is asked. */
export function drawMessage(message, world, { act, useShortcut }) {
  const who = author(message, world);
  const when = new Date(Number(message.ts) * 1000);
  const shortcuts = world.shortcuts.filter((s) => s.type === "message");
  const content = message.blocks.length
    ? drawBlocks(message.blocks, world.names, (block, element, option, node) =>
        act(message, block, element, option, node))
    : [el("div", { class: "prose" }, mrkdwn(message.text, world.names))];
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
        message.edited_ts && !message.blocks.length ? el("span", { class: "edited", text: " (edited)" }) : null)),
    shortcuts.length && !message.only_for ? more(message, shortcuts, useShortcut) : null);
}

function drawFile(file) {
  const picture = /^image\/(png|jpeg|gif|webp)$/.test(file.mimetype);
  return el("figure", { class: "block block-image", data: { testid: "file" } },
    el("figcaption", { text: file.title }),
    picture
      ? el("img", { src: fileUrl(file), alt: file.alt_txt || file.title })
      : el("a", { href: fileUrl(file), download: file.name, text: `Save ${file.name}` }));
}

function more(message, shortcuts, useShortcut) {
  return el("button", {
    type: "button", class: "button more", text: "⋯", "aria-label": "More actions", "aria-haspopup": "menu",
    data: { testid: "message-actions" },
    on: {
      click: (event) => openMenu(event.currentTarget, shortcuts.map((s) => ({
        words: s.name, value: s.callback_id, choose: () => useShortcut(message, s),
      }))),
    },
  });
}
