// A small menu that opens under a button: arrow keys, Home, End, Enter, Escape.

import { el } from "/static/widgets/dom.js";

let close = () => {};

/** Entries are `{words, value, choose}`; those with `checked()` are ticked and the menu stays open. */
export function openMenu(from, entries) {
  close();
  const items = entries.map((entry) => {
    const item = el("button", {
      type: "button", role: entry.checked ? "menuitemcheckbox" : "menuitem", tabindex: "-1", text: entry.words,
      data: { testid: "menu-item", value: entry.value },
      on: { click: () => { if (!entry.checked) close(); entry.choose(); tick(); } },
    });
    const tick = () => entry.checked && item.setAttribute("aria-checked", String(entry.checked()));
    tick();
    return item;
  });
  const menu = el("div", { class: "menu", role: "menu", data: { testid: "menu" } }, ...items);
  (from.closest("dialog") ?? document.body).append(menu);
  place(menu, from.getBoundingClientRect());
  from.setAttribute("aria-expanded", "true");
  const outside = (event) => { if (!menu.contains(event.target)) close(); };
  document.addEventListener("pointerdown", outside);
  close = () => {
    document.removeEventListener("pointerdown", outside);
    menu.remove();
    close = () => {};
    from.removeAttribute("aria-expanded");
    if (from.isConnected) from.focus();
  };
  menu.addEventListener("keydown", (event) => onKey(event, items));
  items[0].focus();
}

function onKey(event, items) {
  if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    event.stopPropagation();
    return close();
  }
  const here = items.indexOf(document.activeElement);
  const there = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: items.length - 1 }[event.key];
  if (there === undefined) return;
  event.preventDefault();
  items[(there + items.length) % items.length].focus();
}

function place(menu, box) {
  menu.style.left = `${Math.max(8, Math.min(box.left, innerWidth - menu.offsetWidth - 8))}px`;
  const below = box.bottom + menu.offsetHeight + 8 < innerHeight;
  menu.style.top = `${Math.max(8, below ? box.bottom + 4 : box.top - menu.offsetHeight - 4)}px`;
}
