// Slack's texts as elements: mrkdwn, the markdown block, rich_text.

import { el, link } from "/static/widgets/dom.js";
import { emoji, painted } from "/static/block_kit/emoji.js";

export const decode = (text) =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** A message's text as it was typed: mentions, channels and links without Slack's brackets. */
export function typed(text, names) {
  return decode(text.replace(/<([^<>\n]+)>/g, (_, inside) => {
    const [target, words] = inside.split("|");
    if (target.startsWith("@")) return `@${names.user(target.slice(1)) ?? words ?? target.slice(1)}`;
    if (target.startsWith("#")) return `#${names.channel(target.slice(1)) ?? words ?? target.slice(1)}`;
    if (target.startsWith("!")) return `@${target.slice(1)}`;
    return target.startsWith("mailto:") ? words ?? target.slice(7) : target;
  }));
}

const inline = new RegExp(
  [
    "<(?<special>[^<>\\n]+)>",
    "`(?<code>[^`\\n]+)`",
    "(?<![\\w*])\\*(?<bold>\\S(?:[^*\\n]*[^\\s*])?)\\*(?![\\w*])",
    "(?<![\\w_])_(?<italic>\\S(?:[^_\\n]*[^\\s_])?)_(?![\\w_])",
    "(?<![\\w~])~(?<strike>\\S(?:[^~\\n]*[^\\s~])?)~(?![\\w~])",
    "(?<![\\w:]):(?<emoji>[a-z0-9_+-]+):(?![\\w:])",
  ].join("|"), "g");

/** A text object, plain or mrkdwn. */
export function textObject(object, names) {
  if (object.type === "mrkdwn") return mrkdwn(object.text, names);
  return painted(object.text);
}

/** Text in Slack's mrkdwn, entities and all. */
export function mrkdwn(text, names) {
  const out = document.createDocumentFragment();
  text.split(/```([\s\S]*?)```/).forEach((piece, index) => {
    if (index % 2) out.append(el("pre", { text: decode(piece.replace(/^\n|\n$/g, "")) }));
    else if (piece) out.append(quotes(piece, names));
  });
  return out;
}

function quotes(text, names) {
  const out = document.createDocumentFragment();
  let quote = null;
  text.split("\n").forEach((line, index, lines) => {
    const quoted = line.match(/^(?:&gt;|>) ?(.*)$/);
    if (quoted) {
      if (!quote) out.append((quote = el("blockquote")));
      else quote.append("\n");
      quote.append(runs(quoted[1], names));
      return;
    }
    quote = null;
    out.append(runs(line, names), index < lines.length - 1 ? "\n" : "");
  });
  return out;
}

function runs(text, names) {
  const out = document.createDocumentFragment();
  let last = 0;
  for (const match of text.matchAll(inline)) {
    out.append(decode(text.slice(last, match.index)));
    last = match.index + match[0].length;
    const { special, code, bold, italic, strike } = match.groups;
    if (special) out.append(wrapped(special, names));
    else if (code) out.append(el("code", { text: decode(code) }));
    else if (bold) out.append(el("b", {}, runs(bold, names)));
    else if (italic) out.append(el("i", {}, runs(italic, names)));
    else if (strike) out.append(el("s", {}, runs(strike, names)));
    else out.append(emoji(match.groups.emoji));
  }
  out.append(decode(text.slice(last)));
  return out;
}

function wrapped(special, names) {
  const [target, words] = special.split("|");
  if (target.startsWith("@")) return mention(names.user(target.slice(1)) ?? words ?? target);
  if (target.startsWith("#")) return mention(names.channel(target.slice(1)) ?? words ?? target, "#");
  if (target.startsWith("!date")) return document.createTextNode(date(...target.split("^").slice(1, 3), words ?? target));
  if (target.startsWith("!")) return mention(target.slice(1).split("^")[0]);
  return link(decode(target), words && decode(words));
}

/** A date as Slack writes it: on the reader's own clock. */
function date(timestamp, format, fallback) {
  const at = new Date(1000 * Number(timestamp));
  if (Number.isNaN(at.getTime()) || !format) return fallback ?? "";
  const on = (options) => at.toLocaleDateString("en-US", options);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
  const near = { "-1": "tomorrow", 0: "today", 1: "yesterday" }[days];
  const day = { day: "numeric", year: "numeric" };
  const words = {
    date_num: `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}-${String(at.getDate()).padStart(2, "0")}`,
    date: on({ month: "long", ...day }),
    date_short: on({ month: "short", ...day }),
    date_long: on({ weekday: "long", month: "long", ...day }),
    time: at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }),
    time_secs: at.toLocaleTimeString(),
  };
  for (const name of ["date", "date_short", "date_long"]) words[`${name}_pretty`] = near ?? words[name];
  const written = format.replace(/\{(\w+)\}/g, (whole, name) => words[name] ?? whole);
  return written.charAt(0).toUpperCase() === written.charAt(0) ? written : written.charAt(0).toUpperCase() + written.slice(1);
}

const mention = (name, sign = "@") => el("span", { class: "mention", text: sign + name });

/** One rich_text block. */
export function richText(block, names) {
  const out = el("div", { class: "rich" });
  for (const part of block.elements) {
    if (part.type === "rich_text_list") out.append(list(part, names));
    else {
      const tag = { rich_text_quote: "blockquote", rich_text_preformatted: "pre" }[part.type] ?? "div";
      out.append(el(tag, {}, ...part.elements.map((run) => richRun(run, names))));
    }
  }
  return out;
}

function list(part, names) {
  const tag = part.style === "ordered" ? "ol" : "ul";
  const items = part.elements.map((s) => el("li", {}, ...s.elements.map((run) => richRun(run, names))));
  return el(tag, { class: `indent${part.indent ?? 0}`, start: part.offset ? part.offset + 1 : null }, ...items);
}

/** One run of a rich_text block. */
export function richRun(run, names) {
  let node;
  if (run.type === "text") node = document.createTextNode(run.text);
  else if (run.type === "link") node = link(run.url, run.text);
  else if (run.type === "emoji") node = painted(emoji(run.name, run.unicode));
  else if (run.type === "user") node = mention(names.user(run.user_id) ?? run.user_id);
  else if (run.type === "channel") node = mention(names.channel(run.channel_id) ?? run.channel_id, "#");
  else if (run.type === "date") node = document.createTextNode(date(run.timestamp, run.format, run.fallback));
  else if (run.type === "broadcast") node = mention(run.range);
  else node = document.createTextNode(run.fallback ?? run.value ?? "");
  const style = run.style ?? {};
  for (const [name, tag] of [["code", "code"], ["bold", "b"], ["italic", "i"], ["strike", "s"], ["underline", "u"]]) {
    if (style[name]) node = el(tag, {}, node);
  }
  return node;
}

/** The markdown block: headings, lists, fences, quotes, the usual runs. */
export function markdown(text) {
  const out = el("div", { class: "markdown" });
  text.split(/```\w*\n?([\s\S]*?)```/).forEach((piece, index) => {
    if (index % 2) out.append(el("pre", { text: piece.replace(/\n$/, "") }));
    else for (const group of piece.split(/\n{2,}/)) markdownLines(out, group.trim());
  });
  return out;
}

function markdownLines(out, group) {
  let open = null;
  for (const line of group.split("\n").filter(Boolean)) {
    const heading = line.match(/^(#{1,6}) (.*)$/);
    const item = line.match(/^\s*(?:([-*+])|\d+[.)]) (.*)$/);
    const tag = heading ? "h3" : item ? (item[1] ? "ul" : "ol") : line.startsWith(">") ? "blockquote" : "p";
    if (heading || !open || open.localName !== tag) out.append((open = el(tag)));
    else if (!item) open.append("\n");
    const words = heading?.[2] ?? item?.[2] ?? line.replace(/^> ?/, "");
    if (item) open.append(el("li", {}, markdownRuns(words)));
    else open.append(markdownRuns(words));
  }
}

const marks = /`(?<code>[^`]+)`|\*\*(?<bold>.+?)\*\*|~~(?<strike>.+?)~~|\*(?<em>[^*]+)\*|(?<!\w)_(?<it>[^_]+)_(?!\w)|\[(?<words>[^\]]+)\]\((?<url>[^)\s]+)\)/g;

function markdownRuns(text) {
  const out = document.createDocumentFragment();
  let last = 0;
  for (const match of text.matchAll(marks)) {
    const { code, bold, strike, em, it, words, url } = match.groups;
    out.append(text.slice(last, match.index));
    last = match.index + match[0].length;
    if (code) out.append(el("code", { text: code }));
    else if (bold) out.append(el("b", {}, markdownRuns(bold)));
    else if (strike) out.append(el("s", {}, markdownRuns(strike)));
    else if (em || it) out.append(el("i", {}, markdownRuns(em ?? it)));
    else out.append(link(url, words));
  }
  out.append(text.slice(last));
  return out;
}
