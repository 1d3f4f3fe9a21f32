// Modals: the top of this person's stack, drawn over the page; what is typed is sent to the Slack simulator at once.

import { ask } from "/static/widgets/confirm.js";
import { el } from "/static/widgets/dom.js";
import { showErrors } from "/static/block_kit/inputs.js";
import { reconcile } from "/static/block_kit/reconcile.js";
import { valueOf } from "/static/block_kit/values.js";
import { request } from "/static/connection.js";
import { myViews, store } from "/static/store.js";

const $ = (id) => document.getElementById(id);
const dialog = $("modal");
const holder = $("modal-blocks");
let shown = null;

/** The surface of a view's blocks: their values, and how presses reach the app; `undo` draws them as they were. */
export function viewSurface(current, onFailure, undo) {
  const send = (what, block, element, value) => request({
    do: what, user: store.me.id, view_id: current().id, block_id: block.block_id, action_id: element.action_id, value,
  });
  return {
    names: store.names,
    value: (block, element) => valueOf(element, current().state.values[block.block_id]?.[element.action_id]),
    fill: (block, element, value) => send("fill", block, element, value),
    suggest: (block, element, value) => send("suggest", block, element, value),
    async act(block, element, value, node) {
      if (element.confirm && !(await ask(element.confirm, store.names))) return undo();
      node?.setAttribute("aria-busy", "true");
      const done = await send("act", block, element, value);
      node?.removeAttribute("aria-busy");
      onFailure(done.ok ? done.answer.error : done.error);
    },
  };
}

const surface = { ...viewSurface(() => shown, fail, () => { holder.replaceChildren(); showTop(); }), submit: () => submit() };

/** Show what is on top of the stack now; nothing where it is empty. */
export function showTop() {
  const { stack } = myViews();
  const top = stack.at(-1);
  if (!top) return hide();
  const another = shown?.id !== top.id;
  shown = top;
  if (another) { holder.replaceChildren(); fail(null); }
  $("modal-title").textContent = top.title.text;
  $("modal-submit").textContent = top.submit?.text ?? "";
  $("modal-submit").hidden = !top.submit;
  $("modal-close").textContent = top.close?.text ?? (top.submit ? "Cancel" : "Close");
  $("modal-depth").textContent = stack.length > 1 ? `Step ${stack.length}` : "";
  dialog.dataset.view = top.id;
  reconcile(holder, top.blocks, surface);
  if (!dialog.open) dialog.showModal();
  const idle = [dialog, document.body, $("modal-title")].includes(document.activeElement);
  if (another) holder.scrollTop = 0;
  if (another || idle) focusFirst(top);
}

function hide() {
  shown = null;
  if (dialog.open) dialog.close();
  // The row whose button opened it may have been drawn again meanwhile.
  if (document.activeElement === document.body) $("text").focus();
  holder.replaceChildren();
}

function focusFirst(view) {
  const wished = view.blocks.map((b) => b.element).find((e) => e?.focus_on_load)?.action_id;
  const fields = [...holder.querySelectorAll(".field [aria-describedby], .field .choices-list input")]
    .filter((node) => !node.matches("[role=group], [role=radiogroup]"));
  const field = fields.find((node) => node.dataset.action === wished);
  // Only a field that wants it is scrolled to: what stands above the first one is to be read first.
  (field ?? fields[0] ?? $("modal-title")).focus({ preventScroll: !field });
}

function fail(error) {
  $("modal-failed").hidden = !error;
  $("modal-failed").textContent = error ? `⚠ We had some trouble connecting. Try again? (${error})` : "";
}

async function submit() {
  const button = $("modal-submit");
  if (!shown?.submit || button.hasAttribute("aria-busy")) return;
  const { id } = shown;
  button.setAttribute("aria-busy", "true");
  const done = await request({ do: "submit", user: store.me.id, view_id: id });
  button.removeAttribute("aria-busy");
  if (shown?.id !== id) return;
  const { error, errors } = done.ok ? done.answer : { error: done.error, errors: {} };
  showErrors(holder, errors);
  fail(error === "not_sent" ? null : error);
}

const leave = (everything) => shown && request({ do: "close", user: store.me.id, view_id: shown.id, everything });

$("modal-form").addEventListener("submit", (event) => { event.preventDefault(); submit(); });
$("modal-close").addEventListener("click", () => leave(false));
$("modal-x").addEventListener("click", () => leave(true));
dialog.addEventListener("cancel", (event) => { event.preventDefault(); leave(false); });
dialog.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { event.preventDefault(); leave(false); }
});
