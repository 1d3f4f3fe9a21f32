// Block Kit as elements. A surface holds the values of blocks and handles presses: see elements.js.

import { fileUrl } from "/static/connection.js";
import { el } from "/static/widgets/dom.js";
import { drawElement } from "/static/block_kit/elements.js";
import { drawInput } from "/static/block_kit/inputs.js";
import { markdown, richText, textObject } from "/static/block_kit/text.js";

export const drawBlocks = (blocks, surface) => blocks.map((block) => drawBlock(block, surface));

/** One block; `old` is what was drawn for it before, if anything was. */
export function drawBlock(block, surface, old = null) {
  const node = (drawers[block.type] ?? unknown)(block, surface, old);
  node.classList.add("block", `block-${block.type}`);
  node.dataset.testid = `block-${block.type}`;
  return node;
}

const drawers = {
  input: drawInput,
  section: (block, surface) => {
    const { names } = surface;
    const main = el("div", { class: "main" });
    if (block.text) main.append(el("div", { class: "prose" }, textObject(block.text, names)));
    if (block.fields) {
      const fields = block.fields.map((field) => el("div", { class: "prose" }, textObject(field, names)));
      main.append(el("div", { class: "fields" }, ...fields));
    }
    const side = block.accessory && drawElement(block, block.accessory, surface);
    return el("div", {}, main, side ?? null);
  },
  header: (block) => el("h3", { text: block.text.text }),
  divider: () => el("hr"),
  context: (block, { names }) =>
    el("div", {}, ...block.elements.map((e) =>
      e.type === "image"
        ? el("img", { src: e.image_url, alt: e.alt_text })
        : el("span", { class: "prose" }, textObject(e, names)))),
  actions: (block, surface) =>
    el("div", {}, ...block.elements.map((e) => drawElement(block, e, surface))),
  rich_text: (block, { names }) => richText(block, names),
  markdown: (block) => markdown(block.text),
  image: (block) =>
    el("figure", {},
      block.title ? el("figcaption", { text: block.title.text }) : null,
      el("img", { src: block.image_url ?? block.slack_file?.url ?? fileUrl({ id: block.slack_file?.id, mimetype: "image/png" }), alt: block.alt_text })),
  table: (block, { names }) => {
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
