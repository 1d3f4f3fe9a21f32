// A small menu that opens under a button: arrow keys, Enter, Escape.

import { el } from "/static/dom.js";

let close = () => {};

export function openMenu(from, entries) {
  close();
  const items = entries.map((entry) =>
    el("button", {
      type: "button", role: "menuitem", text: entry.words,
      data: { testid: "menu-item", value: entry.value },
      on: { click: () => { close(); entry.choose(); } },
    }));
  const menu = el("div", { class: "menu", role: "menu", data: { testid: "menu" } }, ...items);
  const box = from.getBoundingClientRect();
  document.body.append(menu);
  menu.style.left = `${Math.max(8, Math.min(box.left, innerWidth - menu.offsetWidth - 8))}px`;
  const below = box.bottom + menu.offsetHeight + 8 < innerHeight;
  menu.style.top = `${below ? box.bottom + 4 : box.top - menu.offsetHeight - 4}px`;
  const outside = (event) => { if (!menu.contains(event.target)) close(); };
  document.addEventListener("pointerdown", outside);
  close = () => {
    document.removeEventListener("pointerdown", outside);
    menu.remove();
    close = () => {};
    if (from.isConnected) from.focus();
  };
  menu.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") close();
    if (!step) return;
    event.preventDefault();
    const here = items.indexOf(document.activeElement);
    items[(here + step + items.length) % items.length].focus();
  });
  items[0].focus();
}
