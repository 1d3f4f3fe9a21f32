// Building elements. Text goes in as text only: nothing here parses HTML.

export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "text") node.textContent = value;
    else if (name === "class") node.className = value;
    else if (name === "on") for (const [event, f] of Object.entries(value)) node.addEventListener(event, f);
    else if (name === "data") Object.assign(node.dataset, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function link(url, words) {
  const safe = /^(https?:|mailto:)/i.test(url);
  if (!safe) return document.createTextNode(words || url);
  const there = url.match(/^https?:\/\/[^/]+\/archives\/(\w+)\/p(\d+)(\d{6})(?:\?.*)?$/);
  if (there) {
    const [, channel, seconds, rest] = there;
    const open = (event) => {
      event.preventDefault();
      document.dispatchEvent(new CustomEvent("open-message", { detail: { channel, ts: `${seconds}.${rest}` } }));
    };
    return el("a", { href: url, text: words || url, on: { click: open } });
  }
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer", text: words || url });
}
