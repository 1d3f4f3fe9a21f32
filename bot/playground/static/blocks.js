// Block Kit as elements. `act(block, element, option)` is called when something is pressed or chosen.

import { el } from "/static/dom.js";
import { openMenu } from "/static/menu.js";
import { markdown, mrkdwn, richText } from "/static/text.js";

export function drawBlocks(blocks, names, act) {
  return blocks.map((block) => {
    const draw = drawers[block.type] ?? unknown;
    const node = draw(block, names, act);
    node.classList.add("block", `block-${block.type}`);
    node.dataset.testid = `block-${block.type}`;
    return node;
  });
}

export function textObject(object, names) {
  if (object.type === "mrkdwn") return mrkdwn(object.text, names);
  return document.createTextNode(object.text);
}

const drawers = {
  section: (block, names, act) => {
    const main = el("div", { class: "main" });
    if (block.text) main.append(el("div", { class: "prose" }, textObject(block.text, names)));
    if (block.fields) {
      const fields = block.fields.map((field) => el("div", { class: "prose" }, textObject(field, names)));
      main.append(el("div", { class: "fields" }, ...fields));
    }
    const side = block.accessory && drawElement(block, block.accessory, names, act);
    return el("div", {}, main, side ?? null);
  },
  header: (block) => el("h3", { text: block.text.text }),
  divider: () => el("hr"),
  context: (block, names) =>
    el("div", {}, ...block.elements.map((e) =>
      e.type === "image"
        ? el("img", { src: e.image_url, alt: e.alt_text })
        : el("span", { class: "prose" }, textObject(e, names)))),
  actions: (block, names, act) =>
    el("div", {}, ...block.elements.map((e) => drawElement(block, e, names, act))),
  rich_text: (block, names) => richText(block, names),
  markdown: (block) => markdown(block.text),
  image: (block) =>
    el("figure", {},
      block.title ? el("figcaption", { text: block.title.text }) : null,
      el("img", { src: block.image_url ?? block.slack_file?.url, alt: block.alt_text })),
  table: (block, names) => {
    const settings = block.column_settings ?? [];
    const rows = block.rows.map((row, index) =>
      el("tr", {}, ...row.map((cell, column) => {
        const align = settings[column]?.align ?? "left";
        const wrapped = settings[column]?.is_wrapped ? " wrapped" : "";
        const content = cell.type === "rich_text"
          ? richText(cell, names)
          : document.createTextNode(cell.text ?? String(cell.value ?? ""));
        return el(index ? "td" : "th", { class: align + wrapped, scope: index ? null : "col" }, content);
      })));
    return el("div", { tabindex: "0", role: "region", "aria-label": "Table" }, el("table", {}, ...rows));
  },
};

const unknown = (block) => el("p", { text: `(${block.type}: this page cannot draw it yet)` });

function drawElement(block, element, names, act) {
  const draw = { button, static_select: select, overflow, image: picture }[element.type];
  if (!draw) return el("span", { class: "unknown", text: `(${element.type})` });
  return draw(block, element, names, act);
}

const picture = (_block, element) =>
  el("img", { class: "accessory", src: element.image_url, alt: element.alt_text });

function button(block, element, _names, act) {
  return el("button", {
    type: "button",
    class: `button ${element.style ?? ""}`,
    text: element.text.text,
    title: element.url ?? null,
    "aria-label": element.accessibility_label,
    data: { testid: "button", action: element.action_id, value: element.value ?? "" },
    on: {
      click: (event) => {
        if (element.url && /^https?:/i.test(element.url)) window.open(element.url, "_blank", "noopener");
        act(block, element, null, event.currentTarget);
      },
    },
  });
}

function select(block, element, _names, act) {
  const words = element.placeholder?.text ?? "Choose";
  const groups = element.option_groups ?? [element];
  const chosen = element.initial_option?.value;
  const node = el("select", {
    class: "button",
    "aria-label": words,
    data: { testid: "select", action: element.action_id },
    on: { change: (event) => act(block, element, event.currentTarget.value, event.currentTarget) },
  });
  if (chosen === undefined) node.append(el("option", { value: "", text: words, disabled: true, selected: true, hidden: true }));
  for (const group of groups) {
    const options = group.options.map((o) =>
      el("option", { value: o.value, text: o.text.text, selected: o.value === chosen }));
    node.append(...(group.label ? [el("optgroup", { label: group.label.text }, ...options)] : options));
  }
  return node;
}

function overflow(block, element, _names, act) {
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
          words: o.text.text, value: o.value, choose: () => act(block, element, o.value, from),
        })));
      },
    },
  });
}
