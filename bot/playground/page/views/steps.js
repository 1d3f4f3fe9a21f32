// A step of a workflow, run once by hand: what a workflow would give it, and what comes back.

import { el } from "/static/widgets/dom.js";
import { request } from "/static/connection.js";
import { mine, store } from "/static/store.js";

const $ = (id) => document.getElementById(id);
const dialog = $("step");
let open = null;
let running = null;

/** Ask for a step's inputs. */
export function openStep(step) {
  open = step;
  running = null;
  $("step-title").textContent = step.title;
  $("step-about").textContent = `${step.description} In Slack, a step of a workflow.`;
  $("step-fields").replaceChildren(...step.inputs.map(field));
  show({ error: "", outputs: {} });
  busy(false);
  dialog.showModal();
  $("step-fields").querySelector("textarea, select, input")?.focus();
}

function field(input) {
  const id = `step-${input.name}`;
  const props = { id, name: input.name, data: { testid: `step-${input.name}` }, "aria-describedby": `${id}-about` };
  return el("div", { class: "field" },
    el("label", { for: id, text: input.is_required ? input.title : `${input.title} (optional)` }),
    control(input, props),
    el("span", { id: `${id}-about`, class: "about", text: input.description }));
}

function control(input, props) {
  const options = {
    "slack#/types/channel_id": () => store.channels.filter((c) => !c.is_im && mine(c)).map((c) => [c.id, `#${c.name}`]),
    "slack#/types/user_id": () => store.people.map((p) => [p.id, p.real_name]),
  }[input.type];
  if (!options) return el(input.name === "text" ? "textarea" : "input", { ...props, rows: "3" });
  return el("select", { ...props, class: "button" }, ...options().map(([value, words]) =>
    el("option", { value, text: words, selected: [store.here?.id, store.me.id].includes(value) })));
}

function show({ error, outputs }) {
  $("step-failed").hidden = !error;
  $("step-failed").textContent = error ? `This step failed: ${error}` : "";
  const names = Object.fromEntries((open?.outputs ?? []).map((o) => [o.name, o.title]));
  $("step-outputs").hidden = !Object.keys(outputs).length;
  $("step-outputs").replaceChildren(...Object.entries(outputs).flatMap(([name, value]) => [
    el("dt", { text: names[name] ?? name }),
    el("dd", { text: typeof value === "string" ? value || "–" : JSON.stringify(value), data: { testid: `output-${name}` } }),
  ]));
}

function busy(on) {
  if (on) $("step-run").setAttribute("aria-busy", "true");
  else $("step-run").removeAttribute("aria-busy");
}

/** A run that has ended. */
export function onStep(run) {
  if (run.id !== running || run.state === "running") return;
  busy(false);
  show(run);
  (run.error ? $("step-failed") : $("step-outputs")).scrollIntoView({ block: "nearest" });
}

$("step-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!open || $("step-run").hasAttribute("aria-busy")) return;
  show({ error: "", outputs: {} });
  busy(true);
  const inputs = Object.fromEntries(new FormData(event.target));
  const done = await request({ do: "run_step", step: open.callback_id, inputs });
  if (!done.ok) { busy(false); show({ error: done.error, outputs: {} }); return; }
  running = done.run.id;
  onStep(done.run);
});
$("step-x").addEventListener("click", () => dialog.close());
