// external_select: the app suggests options for what is typed.

import { el } from "/static/widgets/dom.js";
import { change, name } from "/static/block_kit/elements.js";

let count = 0;

export function external(block, element, surface) {
  const id = `e${++count}`;
  let suggested = [];
  let at = 0;
  let asked = 0;
  const list = el("div", { class: "suggestion-list", id, role: "listbox", "aria-label": "Options", hidden: true });
  const box = el("input", {
    type: "text", class: "button", role: "combobox", "aria-controls": id, "aria-expanded": "false", "aria-autocomplete": "list",
    placeholder: name(element), value: surface.value(block, element)?.text.text ?? "", spellcheck: "false",
    "aria-label": block.type === "input" ? null : name(element),
    data: { testid: "external-select", action: element.action_id },
    on: { input: ask, focus: ask, blur: () => show([]), keydown: onKey },
  });

  async function ask() {
    const mine = ++asked;
    const done = await surface.suggest(block, element, box.value);
    if (mine === asked && document.activeElement === box) show(done.ok ? done.options : []);
  }
  function show(options) {
    suggested = options;
    at = 0;
    list.hidden = !options.length;
    box.setAttribute("aria-expanded", String(Boolean(options.length)));
    draw();
  }
  function draw() {
    list.replaceChildren(...suggested.map((option, index) =>
      el("div", {
        id: `${id}-${index}`, role: "option", class: "suggestion", "aria-selected": String(index === at), text: option.text.text,
        data: { testid: "external-option", value: option.value },
        on: { pointerdown: (event) => { event.preventDefault(); take(option); } },
      })));
    if (suggested.length) box.setAttribute("aria-activedescendant", `${id}-${at}`);
    else box.removeAttribute("aria-activedescendant");
  }
  function take(option) {
    box.value = option.text.text;
    show([]);
    change(block, element, surface, option, box);
  }
  function onKey(event) {
    if (!suggested.length) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { at = (at + step + suggested.length) % suggested.length; draw(); }
    else if (event.key === "Enter") take(suggested[at]);
    else if (event.key === "Escape") show([]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  return el("div", { class: "external" }, box, list);
}
