// Buttons, menus, boxes and pickers. A surface is what contains them: a message, a modal, Home.
// It has `names`, `value(block, element)`, `act(block, element, value, node)` and `fill(block, element, value)`.

import { el } from "/static/widgets/dom.js";
import { painted } from "/static/block_kit/emoji.js";
import { external } from "/static/block_kit/external_select.js";
import { openMenu } from "/static/widgets/menu.js";
import { textObject } from "/static/block_kit/text.js";
import { dispatches, options } from "/static/block_kit/values.js";
import { store } from "/static/store.js";

let count = 0;

export function drawElement(block, element, surface) {
  const draw = drawers[element.type];
  if (!draw) return el("span", { class: "unknown", text: `(${element.type})` });
  return draw(block, element, surface);
}

/** Pass a choice to the surface, which sends it to the app where the element is set to. */
export function change(block, element, surface, value, node) {
  if (dispatches(block, element)) surface.act(block, element, value, node);
  else surface.fill(block, element, value);
}

export const name = (element) => element.placeholder?.text ?? (element.type.startsWith("multi") ? "Choose options" : "Choose an option");

function button(block, element, surface) {
  return el("button", {
    type: "button",
    class: `button ${element.style ?? ""}`,
    title: element.url ?? null,
    "aria-label": element.accessibility_label,
    data: { testid: "button", action: element.action_id, value: element.value ?? "" },
    on: {
      click: (event) => {
        if (element.url && /^https?:/i.test(element.url)) window.open(element.url, "_blank", "noopener");
        surface.act(block, element, null, event.currentTarget);
      },
    },
  }, painted(element.text.text));
}

function overflow(block, element, surface) {
  return el("button", {
    type: "button",
    class: "button overflow",
    text: "⋯",
    "aria-label": "More",
    "aria-haspopup": "menu",
    data: { testid: "overflow", action: element.action_id },
    on: {
      click: (event) => {
        const from = event.currentTarget;
        openMenu(from, element.options.map((o) => ({
          words: o.text.text, value: o.value, choose: () => surface.act(block, element, o.value, from),
        })));
      },
    },
  });
}

/** A native menu; an optional choice can be emptied. */
function menu(block, element, surface, groups) {
  const chosen = surface.value(block, element);
  const words = name(element);
  const node = el("select", {
    class: "button",
    "aria-label": block.type === "input" ? null : words,
    data: { testid: "select", action: element.action_id },
    on: { change: (event) => change(block, element, surface, event.currentTarget.value || null, event.currentTarget) },
  });
  node.append(el("option", { value: "", text: words, selected: chosen === null, hidden: !block.optional }));
  for (const group of groups) {
    const rows = group.options.map((o) => el("option", { value: o.value, text: o.text, selected: o.value === chosen }));
    node.append(...(group.label ? [el("optgroup", { label: group.label }, ...rows)] : rows));
  }
  return node;
}

const staticSelect = (block, element, surface) =>
  menu(block, element, surface, (element.option_groups ?? [element]).map((group) => ({
    label: group.label?.text, options: group.options.map((o) => ({ value: o.value, text: o.text.text })),
  })));

const users = (block, element, surface) =>
  menu(block, element, surface, [{ options: store.people.map((p) => ({ value: p.id, text: p.real_name })) }]);

function conversations(block, element, surface) {
  const all = store.channels.filter((c) => c.members.includes(store.me.id))
    .filter((c) => element.type === "conversations_select" || !c.is_im);
  const rows = all.map((c) => ({ value: c.id, text: c.is_im ? store.app.bot_name : `#${c.name}` }));
  return menu(block, element, surface, [{ options: rows }]);
}

/** Several of a list: a button that shows what is chosen and opens the list to tick. */
function multiSelect(block, element, surface) {
  let chosen = surface.value(block, element);
  const most = element.max_selected_items ?? Infinity;
  const chosenText = () => options(element).filter((o) => chosen.includes(o.value)).map((o) => o.text.text).join(", ");
  const node = el("button", {
    type: "button", class: "button several", "aria-haspopup": "menu",
    data: { testid: "multi-select", action: element.action_id },
  });
  const show = () => {
    node.textContent = chosenText() || name(element);
    if (block.type !== "input") node.setAttribute("aria-label", `${name(element)}: ${chosenText() || "nothing chosen"}`);
  };
  const toggle = (value) => {
    chosen = chosen.includes(value) ? chosen.filter((v) => v !== value) : [...chosen, value].slice(0, most);
    show();
    change(block, element, surface, chosen, node);
  };
  node.addEventListener("click", () => openMenu(node, options(element).map((o) => ({
    words: o.text.text, value: o.value, checked: () => chosen.includes(o.value), choose: () => toggle(o.value),
  }))));
  show();
  return node;
}

/** Check boxes or radio buttons. */
function boxes(block, element, surface) {
  const many = element.type === "checkboxes";
  const group = `g${++count}`;
  const chosen = [surface.value(block, element)].flat();
  const rows = element.options.map((option) => {
    const box = el("input", {
      type: many ? "checkbox" : "radio", name: group, value: option.value, checked: chosen.includes(option.value),
      data: { testid: "option", action: element.action_id, value: option.value },
    });
    return el("label", { class: "choice" }, box,
      el("span", {}, textObject(option.text, surface.names),
        option.description ? el("span", { class: "about" }, textObject(option.description, surface.names)) : null));
  });
  const node = el("div", {
    class: "choices-list", role: many ? "group" : "radiogroup",
    "aria-label": block.label ? null : "Choices",
    data: { testid: element.type, action: element.action_id },
    on: {
      change: () => {
        const ticked = [...node.querySelectorAll("input:checked")].map((box) => box.value);
        change(block, element, surface, many ? ticked : ticked[0], node);
      },
    },
  }, ...rows);
  return node;
}

const picker = (type) => (block, element, surface) =>
  el("input", {
    type, class: "button", value: surface.value(block, element),
    "aria-label": block.type === "input" ? null : name(element),
    data: { testid: element.type, action: element.action_id },
    on: { change: (event) => change(block, element, surface, event.currentTarget.value || null, event.currentTarget) },
  });

const picture = (_block, element) =>
  el("img", { class: "accessory", src: element.image_url, alt: element.alt_text });

const drawers = {
  button, overflow, image: picture, static_select: staticSelect, multi_static_select: multiSelect,
  checkboxes: boxes, radio_buttons: boxes, users_select: users,
  conversations_select: conversations, channels_select: conversations,
  external_select: external, datepicker: picker("date"), timepicker: picker("time"),
};
