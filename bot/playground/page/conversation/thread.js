// The thread beside the conversation; on a phone it covers it.

import { makeRows } from "/static/conversation/rows.js";
import { request } from "/static/connection.js";
import { seen, store } from "/static/store.js";

const $ = (id) => document.getElementById(id);
const rows = makeRows($("thread-messages"));
const box = $("thread-text");
let parent = null;
let from = null;

export function openThread(message) {
  from = document.activeElement;
  parent = { channel: message.channel, ts: message.thread_ts ?? message.ts };
  $("thread").hidden = false;
  document.body.classList.add("with-thread");
  rows.fill(seen(parent.channel, parent.ts));
  box.focus();
}

export function closeThread() {
  if (!parent) return;
  const opener = document.querySelector(`#messages [data-ts="${parent.ts}"] :is([data-action="thread"], [data-action="reply"])`);
  parent = null;
  $("thread").hidden = true;
  document.body.classList.remove("with-thread");
  (from?.isConnected ? from : opener)?.focus();
}

const within = (message) =>
  parent && message.channel === parent.channel && (message.ts === parent.ts || message.thread_ts === parent.ts);

export const putInThread = (message) => { if (within(message)) rows.put(message); };

export function goneFromThread(message) {
  if (parent && message.ts === parent.ts) closeThread();
  else rows.remove(message);
}

function send(event) {
  event.preventDefault();
  const text = box.value.trim();
  if (!text) return;
  box.value = "";
  request({ do: "type", user: store.me.id, channel: parent.channel, text, thread_ts: parent.ts });
}

$("thread-composer").addEventListener("submit", send);
$("thread-close").addEventListener("click", closeThread);
$("thread").addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeThread();
});
box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
});
