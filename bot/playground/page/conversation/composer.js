// The composer: suggests commands, Enter sends.

import { el } from "/static/widgets/dom.js";
import { openMenu } from "/static/widgets/menu.js";

const form = document.getElementById("composer");
const box = document.getElementById("text");
const list = document.getElementById("suggestions");
const hint = document.getElementById("hint");

let commands = [];
let chosen = 0;

export function setCommands(all) { commands = all; }

export const show = (visible) => { form.hidden = !visible; };

/** The ⚡ menu of global shortcuts and of steps of workflows; `use(shortcut)` or `run(step)` is called with the one chosen. */
export function setShortcuts(all, use, steps, run) {
  const entries = [
    ...all.filter((s) => s.type === "global").map((s) => ({ words: s.name, value: s.callback_id, choose: () => use(s) })),
    ...steps.map((s) => ({ words: `Workflow step: ${s.title}`, value: s.callback_id, choose: () => run(s) })),
  ];
  const button = document.getElementById("shortcuts");
  button.hidden = !entries.length;
  button.onclick = () => openMenu(button, entries);
}

export function setPlace(name) {
  document.getElementById("text-label").textContent = `Message ${name}`;
  box.placeholder = `Message ${name}`;
  box.focus({ preventScroll: true });
}

export function onSend(send) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (!text) return;
    box.value = "";
    refresh();
    // As in Slack: what was not sent is not lost.
    send(text).then((sent) => {
      if (sent) return;
      box.value = box.value ? `${text}\n${box.value}` : text;
      refresh();
    });
  });
  box.addEventListener("input", () => { chosen = 0; refresh(); });
  box.addEventListener("blur", () => setTimeout(hide, 150));
  box.addEventListener("keydown", onKey);
}

const suggested = () =>
  /^\/\S*$/.test(box.value) ? commands.filter((c) => c.name.startsWith(box.value.toLowerCase())) : [];

function onKey(event) {
  const open = !list.hidden;
  const all = suggested();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (open && step) {
    event.preventDefault();
    chosen = (chosen + step + all.length) % all.length;
    refresh();
  } else if (open && event.key === "Escape") hide();
  else if (open && event.key === "Tab") { event.preventDefault(); take(all[chosen]); }
  else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    if (open && all[chosen].name !== box.value) take(all[chosen]);
    else form.requestSubmit();
  }
}

function take(command) {
  box.value = `${command.name} `;
  box.focus();
  refresh();
}

function hide() {
  list.hidden = true;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

function refresh() {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 200)}px`;
  const typed = commands.find((c) => box.value.startsWith(`${c.name} `));
  hint.hidden = !typed;
  hint.textContent = typed ? `${typed.name} ${typed.usage_hint}` : "";
  const all = suggested();
  if (!all.length) return hide();
  list.replaceChildren(...all.map((command, index) =>
    el("div", {
      id: `suggestion-${index}`, role: "option", class: "suggestion",
      "aria-selected": String(index === chosen),
      data: { testid: "suggestion", command: command.name },
      on: { pointerdown: (event) => { event.preventDefault(); take(command); } },
    },
      el("span", {}, el("strong", { text: command.name }), " ", el("span", { class: "usage", text: command.usage_hint })),
      el("span", { class: "about", text: command.description }))));
  list.hidden = false;
  box.setAttribute("aria-expanded", "true");
  box.setAttribute("aria-activedescendant", `suggestion-${chosen}`);
}
