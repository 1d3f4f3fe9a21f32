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

export function emoji(name, unicode) {
  if (unicode) return String.fromCodePoint(...unicode.split("-").map((hex) => parseInt(hex, 16)));
  return names[name] ?? `:${name}:`;
}

/** An emoji by its code points; the Slack simulator knows its name. */
export function emojiRun(symbol) {
  const unicode = [...symbol].map((point) => point.codePointAt(0).toString(16)).join("-");
  return { type: "emoji", name: `emoji-${unicode}`, unicode };
}
