// Files for the open conversation: dropped anywhere on it, or chosen with the button beside the composer.

const $ = (id) => document.getElementById(id);
const main = document.querySelector("main");
let sharing = false;

export function setSharing(on) { sharing = on; }

export function onFiles(take) {
  const shown = (on) => { $("drop").hidden = !on; };
  const holdsFiles = (event) => sharing && [...event.dataTransfer.types].includes("Files");
  main.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    shown(true);
  });
  main.addEventListener("dragleave", (event) => { if (!main.contains(event.relatedTarget)) shown(false); });
  main.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    shown(false);
    take([...event.dataTransfer.files]);
  });
  $("attach").addEventListener("click", () => $("file").click());
  $("file").addEventListener("change", () => {
    take([...$("file").files]);
    $("file").value = "";
  });
}
