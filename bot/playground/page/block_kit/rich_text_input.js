// rich_text_input: a small editor whose runs of bold, italic, struck and code text make a rich_text value.

import { el } from "/static/widgets/dom.js";
import { emojiRun } from "/static/block_kit/emoji.js";
import { richRun } from "/static/block_kit/text.js";
import { dispatches } from "/static/block_kit/values.js";

const MARKS = [["bold", "B", "Bold", "b"], ["italic", "I", "Italic", "i"], ["strike", "S", "Strikethrough", "s"], ["code", "</>", "Code", "code"]];
const STYLES = { B: "bold", STRONG: "bold", I: "italic", EM: "italic", S: "strike", STRIKE: "strike", CODE: "code" };
const names = { user: () => null, channel: () => null };

export function richInput(block, element, surface) {
  const editor = el("div", {
    class: "rich-editor", contenteditable: "true", role: "textbox", "aria-multiline": "true", spellcheck: "false",
    data: { testid: "rich-input", action: element.action_id, placeholder: element.placeholder?.text ?? "" },
  }, ...draw(surface.value(block, element)));
  const send = () => {
    const value = read(editor);
    editor.classList.toggle("empty", !value);
    surface.fill(block, element, value);
    if (dispatches(block, element, "on_character_entered")) surface.act(block, element, value, null);
  };
  editor.classList.toggle("empty", !read(editor));
  editor.addEventListener("input", send);
  editor.addEventListener("paste", (event) => {
    event.preventDefault();
    typeIn(event.clipboardData.getData("text/plain"));
  });
  editor.addEventListener("drop", (event) => event.preventDefault());
  editor.addEventListener("keydown", (event) => {
    const mark = shortcut(event);
    if (mark) { event.preventDefault(); toggle(editor, mark); send(); }
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (dispatches(block, element)) surface.act(block, element, read(editor), null);
      else surface.submit?.();
    } else if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); document.execCommand("insertLineBreak"); }
  });
  const tools = MARKS.map(([mark, words, label]) =>
    el("button", {
      type: "button", class: `tool ${mark}`, text: words, title: label, "aria-label": label, data: { testid: `rich-${mark}` },
      on: { pointerdown: (event) => event.preventDefault(), click: () => { editor.focus(); toggle(editor, mark); send(); } },
    }));
  return el("div", { class: "rich-input" }, el("div", { class: "tools", role: "toolbar", "aria-label": "Formatting" }, ...tools), editor);
}

function shortcut(event) {
  if (!(event.ctrlKey || event.metaKey)) return null;
  const pressed = event.key.toLowerCase();
  if (event.shiftKey) return { x: "strike", c: "code" }[pressed] ?? null;
  return { b: "bold", i: "italic" }[pressed] ?? null;
}

/** Make the selection bold (or plain again, where all of it is). */
function toggle(editor, mark) {
  const selection = getSelection();
  if (!selection.rangeCount || !editor.contains(selection.anchorNode)) return;
  document.execCommand("styleWithCSS", false, "false");
  if (mark !== "code") document.execCommand({ bold: "bold", italic: "italic", strike: "strikeThrough" }[mark]);
  else toggleCode(editor, selection.getRangeAt(0), selection);
}

function toggleCode(editor, range, selection) {
  if (range.collapsed) return;
  const nodes = pieces(editor, range);
  const coded = (node) => node.parentElement.closest("code");
  const all = nodes.every(coded);
  for (const node of nodes) {
    if (all) unwrap(coded(node), node);
    else if (!coded(node)) { const code = el("code"); node.replaceWith(code); code.append(node); }
  }
  if (!nodes.length) return;
  const again = document.createRange();
  again.setStart(nodes[0], 0);
  again.setEnd(nodes.at(-1), nodes.at(-1).length);
  selection.removeAllRanges();
  selection.addRange(again);
}

/** The text nodes of a range, split at its ends so that each is wholly within. */
function pieces(editor, range) {
  const { startContainer, startOffset, endContainer, endOffset } = range.cloneRange();
  const walk = document.createTreeWalker(editor, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walk.nextNode()) if (range.intersectsNode(walk.currentNode)) nodes.push(walk.currentNode);
  return nodes.map((node) => {
    if (node === endContainer && endOffset < node.length) node.splitText(endOffset);
    return node === startContainer && startOffset ? node.splitText(startOffset) : node;
  }).filter((node) => node.length);
}

/** Take one text node out of its <code>, leaving what is before and after it inside. */
function unwrap(code, node) {
  const before = code.cloneNode(false);
  while (code.firstChild && code.firstChild !== node && !code.firstChild.contains(node)) before.append(code.firstChild);
  if (before.hasChildNodes()) code.before(before);
  code.before(code.firstChild);
  if (!code.hasChildNodes()) code.remove();
}

function typeIn(text) {
  text.split(/\r?\n/).forEach((line, index) => {
    if (index) document.execCommand("insertLineBreak");
    if (line) document.execCommand("insertText", false, line);
  });
}

function draw(value) {
  return (value?.elements ?? []).flatMap((section, index) => {
    const runs = section.elements.flatMap((run) => (run.elements ?? [run]).map((r) => richRun(r, names)));
    return index ? [el("br"), ...runs] : runs;
  });
}

/** The editor's content as Slack submits it: one section of runs, neighbours of one style joined; null if empty. */
export function read(editor) {
  const pieces = [];
  const add = (text, style) => {
    const last = pieces.at(-1);
    if (last?.text !== undefined && JSON.stringify(last.style) === JSON.stringify(style)) last.text += text;
    else if (text) pieces.push({ text, style });
  };
  const walk = (node, style) => {
    if (node.nodeType === Node.TEXT_NODE) return add(node.data.replaceAll("\u00a0", " "), style);
    if (node.nodeName === "A") return pieces.push({ link: { type: "link", url: node.getAttribute("href"), text: node.textContent }, style });
    if (node.nodeName === "BR") return isFiller(editor, node) ? null : add("\n", style);
    const mark = STYLES[node.nodeName];
    for (const child of node.childNodes) walk(child, mark ? sorted({ ...style, [mark]: true }) : style);
  };
  for (const child of editor.childNodes) walk(child, undefined);
  const elements = pieces.flatMap(({ text, style, link }) => (link ? { ...link, ...(style && { style }) } : runs(text, style)));
  return elements.length ? { type: "rich_text", elements: [{ type: "rich_text_section", elements }] } : null;
}

const SPECIAL = /(https?:\/\/[^\s<>]*[^\s<>.,;:!?'"\)\]\}]|\p{RGI_Emoji})/v;

/** Text of one style as runs; Slack's editor makes elements of their own from addresses and emoji, but not in code. */
function runs(text, style) {
  const styled = style && { style };
  if (style?.code) return [{ type: "text", text, ...styled }];
  return text.split(SPECIAL).filter(Boolean).map((part) => {
    if (/^https?:\/\/./.test(part)) return { type: "link", url: part, ...styled };
    if (/^\p{RGI_Emoji}$/v.test(part)) return { ...emojiRun(part), ...styled };
    return { type: "text", text: part, ...styled };
  });
}

const sorted = (style) => Object.fromEntries(Object.entries(style).sort());

/** A browser keeps a last line open with a <br> that stands for no line of its own. */
function isFiller(editor, node) {
  for (let at = node; at !== editor; at = at.parentNode) if (at.nextSibling && at.nextSibling.textContent + (at.nextSibling.nodeName === "BR" ? "x" : "")) return false;
  return true;
}
