// The question a button's `confirm` asks first.

import { textObject } from "/static/block_kit/text.js";

const dialog = document.getElementById("confirm");
const yes = document.getElementById("confirm-yes");
const no = document.getElementById("confirm-no");

export function ask(question, names) {
  document.getElementById("confirm-title").textContent = question.title.text;
  document.getElementById("confirm-text").replaceChildren(textObject(question.text, names));
  yes.textContent = question.confirm.text;
  no.textContent = question.deny.text;
  yes.className = `button ${question.style ?? "primary"}`;
  dialog.showModal();
  yes.focus();
  return new Promise((resolve) => {
    const finish = (answer) => { yes.onclick = no.onclick = dialog.onclose = null; dialog.close(); resolve(answer); };
    yes.onclick = () => finish(true);
    no.onclick = () => finish(false);
    dialog.onclose = () => finish(false);
  });
}
