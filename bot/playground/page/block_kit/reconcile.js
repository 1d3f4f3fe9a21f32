// Draws blocks again in their place, keeping what did not change: typed text, caret, focus, scrolling.

import { drawBlock } from "/static/block_kit/blocks.js";

const drawn = new WeakMap();

export function reconcile(holder, blocks, surface) {
  const focus = remember(holder);
  const old = new Map([...holder.children].map((node) => [drawn.get(node)?.id, node]));
  const nodes = blocks.map((block) => {
    const known = old.get(block.block_id);
    const json = JSON.stringify(block);
    if (known && drawn.get(known).json === json) return known;
    const node = drawBlock(block, surface, known);
    drawn.set(node, { id: block.block_id, json });
    return node;
  });
  for (const node of [...holder.children]) if (!nodes.includes(node)) node.remove();
  nodes.forEach((node, index) => { if (holder.children[index] !== node) holder.insertBefore(node, holder.children[index] ?? null); });
  focus();
}

/** Remember where the focus is within a node; returns a function that restores it after a redraw (into another node, if given). */
export function remember(root) {
  const active = document.activeElement;
  if (!active || active === root || !root.contains(active)) return () => {};
  const { action, value } = active.dataset;
  const caret = active.selectionStart === undefined ? null : caretOf(active);
  const range = active.isContentEditable && getSelection().rangeCount ? ends(getSelection()) : null;
  return (into = root) => {
    if (document.activeElement === active && active.isConnected) return;
    const same = (node) => node.dataset.action === action && (value === undefined || node.dataset.value === value);
    const target = active.isConnected ? active : [...into.querySelectorAll("[data-action]")].find(same);
    (target ?? into.querySelector("button, input, select, textarea"))?.focus({ preventScroll: true });
    if (target && caret?.[0] != null) target.setSelectionRange(...caret);
    if (target === active && range) getSelection().setBaseAndExtent(...range);
  };
}

function caretOf(field) {
  return [field.selectionStart, field.selectionEnd, field.selectionDirection];
}

const ends = (s) => [s.anchorNode, s.anchorOffset, s.focusNode, s.focusOffset];
