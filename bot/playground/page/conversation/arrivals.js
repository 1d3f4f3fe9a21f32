// The bar of the channel in which messages arrive by themselves.

import { request } from "/static/connection.js";

const bar = document.getElementById("arrivals");
const state = document.getElementById("arrivals-state");
const buttons = [...bar.querySelectorAll("button")];
let here = null;
let arriving = { channel: "", left: 0 };

/** Show the bar in that channel; null hides it. */
export function showArrivals(channel) {
  here = channel?.name === "support" ? channel : null;
  draw();
}

export function onArrivals(now) {
  arriving = now;
  draw();
}

function draw() {
  bar.hidden = !here;
  const { left } = arriving;
  state.textContent = left ? `${left} ${left === 1 ? "message is" : "messages are"} still to come.` : "";
  state.hidden = !left;
  for (const button of buttons) button.hidden = Boolean(left) === Boolean(Number(button.dataset.count));
}

for (const button of buttons) {
  button.setAttribute("aria-label", button.dataset.count === "200" ? "Let 200 messages arrive" : button.textContent);
  button.addEventListener("click", () => request({ do: "arrive", channel: here.id, count: Number(button.dataset.count) }));
}
