// A Slack List: a table whose rows come, change and go while one looks.

import { el, link } from "/static/widgets/dom.js";
import { store } from "/static/store.js";

const $ = (id) => document.getElementById(id);
const holder = $("list");
let shown = null;

export const setLists = (lists) => {
  store.lists = new Map(lists.map((one) => [one.id, { ...one, items: new Map(one.items.map((item) => [item.id, item])) }]));
};

/** The Lists that this person can see: shared with them, or with a channel they are in. */
export const myLists = () => [...store.lists.values()].filter((one) => one.readers.some((reader) =>
  reader === store.me.id || store.channels.some((c) => c.id === reader && c.members.includes(store.me.id))));

/** Take a change of a List in; true where it was one. */
export function onListChange(change) {
  const { type, value } = change;
  if (type === "list") {
    store.lists.set(value.id, { ...value, items: store.lists.get(value.id)?.items ?? new Map() });
  } else if (type === "list_item") put(value);
  else if (type === "list_item_gone") drop(value);
  else return false;
  return true;
}

function put(item) {
  const items = store.lists.get(item.list_id).items;
  const old = shown === item.list_id ? find(item) : null;
  items.set(item.id, item);
  if (shown !== item.list_id) return;
  const isAtEnd = holder.scrollHeight - holder.scrollTop - holder.clientHeight < 60;
  const row = drawRow(item);
  row.classList.add("fresh");
  if (old) old.replaceWith(row); else $("list-rows").append(row);
  if (!old && isAtEnd) holder.scrollTop = holder.scrollHeight;
  count();
}

function drop(item) {
  store.lists.get(item.list_id).items.delete(item.id);
  if (shown !== item.list_id) return;
  find(item)?.remove();
  count();
}

const find = (item) => $("list-rows").querySelector(`[data-item="${CSS.escape(item.id)}"]`);

function count() {
  const { size } = store.lists.get(shown).items;
  $("topic").textContent = `${size} ${size === 1 ? "item" : "items"}`;
  $("list-empty").hidden = size > 0;
}

/** Draw a List in place of the messages; null hides it. */
export function showList(one) {
  shown = one?.id ?? null;
  holder.hidden = !one;
  if (!one) return holder.replaceChildren();
  holder.replaceChildren(
    el("table", { class: "list-table", data: { testid: "list-table" } },
      el("thead", {}, el("tr", {}, ...one.columns.map((c) => el("th", { scope: "col", text: c.name })))),
      el("tbody", { id: "list-rows" }, ...[...one.items.values()].map(drawRow))),
    el("p", { id: "list-empty", class: "about", text: "Nothing is in this List yet." }));
  holder.scrollTop = holder.scrollHeight;
  count();
}

const drawRow = (item) => {
  const { columns } = store.lists.get(item.list_id);
  return el("tr", { data: { testid: "list-row", item: item.id } }, ...item.cells.map((cell, index) => {
    const kind = columns[index].type;
    const of = { class: kind === "number" ? "right" : kind === "text" ? "wrapped" : "" };
    if (columns[index].is_primary_column) return el("th", { ...of, scope: "row", text: cell.text });
    return el("td", of, cell.url ? link(cell.url, cell.text) : cell.text);
  }));
};
