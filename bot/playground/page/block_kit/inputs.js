// The input block: a label, a field, a hint, and an error.

import { el } from "/static/widgets/dom.js";
import { drawElement } from "/static/block_kit/elements.js";
import { richInput } from "/static/block_kit/rich_text_input.js";
import { dispatches } from "/static/block_kit/values.js";

const TYPED = { plain_text_input: textInput, number_input: textInput, rich_text_input: richInput };
let count = 0;

/** Draws the block; `old` is what was drawn for it before, whose typed field is kept as it is. */
export function drawInput(block, surface, old = null) {
  const { element } = block;
  const id = `f${++count}`;
  const kind = `${element.type}/${element.action_id}/${element.multiline ?? false}`;
  const kept = old?.dataset.kind === kind && element.type in TYPED ? old.querySelector(".control") : null;
  const control = kept ?? (TYPED[element.type] ?? drawElement)(block, element, surface);
  control.classList.add("control");
  const target = control.matches("input, textarea, select, button, [contenteditable]") ? control : control.querySelector("[contenteditable], [role=combobox]") ?? control;
  target.id = id;
  target.setAttribute("aria-describedby", `${id}-hint ${id}-error`);
  if (!target.matches("input, textarea, select")) {
    target.setAttribute("aria-labelledby", target.matches("button") ? `${id}-label ${id}` : `${id}-label`);
  }
  const enter = dispatches(block, element) && element.type in TYPED
    ? el("p", { class: "about", text: `Press ${lined(element) ? "Ctrl+" : ""}Enter to submit` }) : null;
  return el("div", { class: "field", data: { block: block.block_id, kind } },
    el("label", { for: id, id: `${id}-label` }, block.label.text,
      block.optional ? el("span", { class: "about", text: " (optional)" }) : null),
    control, enter,
    el("p", { class: "about", id: `${id}-hint`, text: block.hint?.text ?? "", hidden: !block.hint }),
    el("p", { class: "error", id: `${id}-error`, role: "alert", hidden: true, data: { testid: "field-error" } }));
}

const lined = (element) => element.multiline || element.type === "rich_text_input";

/** Show errors at their fields, by block_id, and focus the first of them. */
export function showErrors(root, errors) {
  let first = null;
  for (const field of root.querySelectorAll(".field")) {
    const words = errors[field.dataset.block];
    const place = field.querySelector(".error");
    const control = field.querySelector("[aria-describedby]");
    place.hidden = !words;
    place.textContent = words ? `⚠ ${words}` : "";
    control.toggleAttribute("aria-invalid", Boolean(words));
    if (words) { control.setAttribute("aria-invalid", "true"); first ??= control; }
  }
  (first?.matches("[role=group], [role=radiogroup]") ? first.querySelector("input") : first)?.focus();
  first?.closest(".field").scrollIntoView({ block: "nearest" });
}

function textInput(block, element, surface) {
  const value = surface.value(block, element) ?? "";
  const props = {
    placeholder: element.placeholder?.text, spellcheck: "false",
    data: { testid: "text-input", action: element.action_id },
    on: {
      input: (event) => {
        surface.fill(block, element, event.currentTarget.value);
        if (dispatches(block, element, "on_character_entered")) surface.act(block, element, event.currentTarget.value, null);
      },
      keydown: (event) => {
        if (event.key !== "Enter" || event.isComposing) return;
        if (element.multiline && !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        if (dispatches(block, element)) surface.act(block, element, event.currentTarget.value, null);
        else surface.submit?.();
      },
    },
  };
  if (element.multiline) return el("textarea", { ...props, rows: "4" }, value);
  return el("input", { ...props, type: "text", inputmode: element.type === "number_input" ? "decimal" : null, value });
}
