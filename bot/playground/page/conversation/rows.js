// Lists of messages, in a channel and in a thread, and what one can do in a message.

import { ask } from "/static/widgets/confirm.js";
import { el } from "/static/widgets/dom.js";
import { editMessage } from "/static/conversation/edit.js";
import { drawMessage } from "/static/conversation/message.js";
import { remember } from "/static/block_kit/reconcile.js";
import { valueOf } from "/static/block_kit/values.js";
import { request } from "/static/connection.js";
import { key, store } from "/static/store.js";

const plain = (text) => ({ type: "plain_text", text });
const DELETING = {
  title: plain("Delete message"), text: plain("This cannot be undone."), confirm: plain("Delete"), deny: plain("Cancel"),
  style: "danger",
};

/** A list that follows its end as messages come in; `more` is added to what its messages can do. */
export function makeRows(list, more = {}) {
  const callbacks = { surface: (message) => surface(message, find, () => put(message)), useShortcut, edit, remove, ...more };
  const find = (message) => list.querySelector(`:scope > [data-ts="${CSS.escape(message.ts)}"]`);
  const row = (message) => drawMessage(message, callbacks);
  let following = true;
  const keepUp = () => { if (following) list.scrollTop = list.scrollHeight; };
  // Whoever reads the end still sees it when the window shrinks, a keyboard opens, a picture arrives.
  list.addEventListener("scroll", () => { following = list.scrollHeight - list.scrollTop - list.clientHeight < 120; });
  list.addEventListener("load", keepUp, true);
  new ResizeObserver(keepUp).observe(list);

  /** Draw a message in its place, or at the end where it is new. */
  function put(message) {
    const old = find(message);
    const focus = old ? remember(old) : null;
    const fresh = row(message);
    if (old) { old.replaceWith(fresh); focus(fresh); } else list.append(fresh);
    if (following || message.user === store.me.id || (!old && message.only_for)) list.scrollTop = list.scrollHeight;
  }

  function edit(message) {
    editMessage(find(message), message, (done) => showFailure(find(message), done));
  }

  async function remove(message) {
    if (!(await ask(DELETING, store.names))) return;
    showFailure(find(message), await request({ do: "delete", user: store.me.id, channel: message.channel, ts: message.ts }));
  }

  async function useShortcut(message, shortcut) {
    const done = await request({
      do: "shortcut", user: store.me.id, callback_id: shortcut.callback_id, channel: message.channel, ts: message.ts,
    });
    showFailure(find(message), done);
  }

  return {
    find,
    fill(messages) {
      list.setAttribute("aria-busy", "true");
      list.replaceChildren(...messages.map(row));
      list.removeAttribute("aria-busy");
      list.scrollTop = list.scrollHeight;
    },
    put,
    remove: (message) => find(message)?.remove(),
  };
}

function surface(message, find, undo) {
  const chosen = () => {
    const mine = `${store.me.id}/${key(message)}`;
    if (!store.chosen.has(mine)) store.chosen.set(mine, {});
    return store.chosen.get(mine);
  };
  const at = (block, element) => `${block.block_id}/${element.action_id}`;
  const send = (what, block, element, value) => {
    if (value !== null) chosen()[at(block, element)] = value;
    return request({
      do: what, user: store.me.id, channel: message.channel, ts: message.ts,
      block_id: block.block_id, action_id: element.action_id, value,
    });
  };
  return {
    names: store.names,
    value: (block, element) => chosen()[at(block, element)] ?? valueOf(element, null),
    fill: (block, element, value) => send("fill", block, element, value),
    async act(block, element, value, node) {
      if (element.confirm && !(await ask(element.confirm, store.names))) return undo();
      node?.setAttribute("aria-busy", "true");
      const done = await send("act", block, element, value);
      node?.removeAttribute("aria-busy");
      showFailure(find(message), done);
    },
  };
}

function showFailure(row, done) {
  const error = done.ok ? done.answer?.error : done.error;
  row?.querySelector(".failed")?.remove();
  if (!error) return;
  const words = `⚠ ${store.app.bot_name} did not handle this (${error}). Try again.`;
  row?.querySelector(".body").append(el("p", { class: "failed", role: "alert", text: words, data: { testid: "click-error" } }));
}
