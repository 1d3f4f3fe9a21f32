// Changing one's own message where it is.

import { el } from "/static/widgets/dom.js";
import { typed } from "/static/block_kit/text.js";
import { request } from "/static/connection.js";
import { store } from "/static/store.js";

/** Put a box with the message's text into its row; `done(result)` is called with what became of it, null where nothing did. */
export function editMessage(row, message, done) {
  const content = row.querySelector(".content");
  const before = typed(message.text, store.names);
  const box = el("textarea", { rows: "2", "aria-label": "Edit message", data: { testid: "edit-text" } });
  box.value = before;
  const stop = () => { form.replaceWith(content); };
  const save = async (event) => {
    event.preventDefault();
    const text = box.value.trim();
    stop();
    if (!text || text === before) return;
    done(await request({ do: "edit", user: store.me.id, channel: message.channel, ts: message.ts, text }));
  };
  const form = el("form", { class: "edit box", on: { submit: save } }, box,
    el("button", { type: "button", class: "button", text: "Cancel", on: { click: stop } }),
    el("button", { type: "submit", class: "send", text: "Save", data: { testid: "edit-save" } }));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.stopPropagation(); stop(); }
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) save(event);
  });
  content.replaceWith(form);
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
}
