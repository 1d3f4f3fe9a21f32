// The short names this page knows; any other is shown as it is written.

const names = {
  "+1": "👍", "-1": "👎", thumbsup: "👍", thumbsdown: "👎", tada: "🎉", rocket: "🚀", eyes: "👀",
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", warning: "⚠️", no_entry: "⛔", hourglass: "⌛",
  hourglass_flowing_sand: "⏳", bulb: "💡", mag: "🔍", pencil: "📝", pencil2: "✏️", memo: "📝", label: "🏷️",
  bookmark: "🔖", fire: "🔥", sparkles: "✨", star: "⭐", wave: "👋", clap: "👏", pray: "🙏", raised_hands: "🙌",
  heart: "❤️", smile: "😄", slightly_smiling_face: "🙂", blush: "😊", thinking_face: "🤔", cry: "😢",
  face_with_thermometer: "🤒", pill: "💊", hospital: "🏥", syringe: "💉", stethoscope: "🩺", ambulance: "🚑",
  robot_face: "🤖", brain: "🧠", chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉",
  bar_chart: "📊", clock3: "🕒", alarm_clock: "⏰", calendar: "📆", arrow_right: "➡️", arrow_left: "⬅️",
  arrow_up: "⬆️", arrow_down: "⬇️", leftwards_arrow_with_hook: "↩️", repeat: "🔁", stop_sign: "🛑",
  red_circle: "🔴", large_green_circle: "🟢", large_yellow_circle: "🟡", large_blue_circle: "🔵",
  black_square_for_stop: "⏹️", point_right: "👉", information_source: "ℹ️", question: "❓", exclamation: "❗",
  lock: "🔒", key: "🔑", gear: "⚙️", wrench: "🔧", books: "📚", package: "📦", inbox_tray: "📥", outbox_tray: "📤",
  wastebasket: "🗑️", speech_balloon: "💬", triangular_flag_on_post: "🚩", crossed_fingers: "🤞", coffee: "☕",
};

// Squares and circles are painted by the page: many a Linux has no letters for them.
const hues = ["#d92c43", "#f28a0c", "#f5c945", "#6fae4e", "#4c9fe6", "#9f83cf", "#b5613f", "#31373d"];
const squares = [..."🟥🟧🟨🟩🟦🟪🟫⬛"], circles = [..."🔴🟠🟡🟢🔵🟣🟤⚫"];
const SIGNS = new RegExp(`(${[...squares, ...circles].join("|")})`, "u");

/** A text, its coloured squares and circles painted; they stay characters for whoever copies it. */
export function painted(text) {
  const parts = String(text).split(SIGNS);
  if (parts.length === 1) return document.createTextNode(parts[0]);
  const out = document.createDocumentFragment();
  parts.filter(Boolean).forEach((part) => out.append(SIGNS.test(part) ? sign(part) : part));
  return out;
}

function sign(character) {
  const round = circles.includes(character);
  const node = document.createElement("span");
  node.className = round ? "sign round" : "sign";
  node.textContent = character;
  node.style.background = hues[(round ? circles : squares).indexOf(character)];
  return node;
}

export function emoji(name, unicode) {
  if (unicode) return String.fromCodePoint(...unicode.split("-").map((hex) => parseInt(hex, 16)));
  return names[name] ?? `:${name}:`;
}

/** An emoji by its code points; the Slack simulator knows its name. */
export function emojiRun(symbol) {
  const unicode = [...symbol].map((point) => point.codePointAt(0).toString(16)).join("-");
  return { type: "emoji", name: `emoji-${unicode}`, unicode };
}
