// The values of interactive elements, as in the state of payloads, and when a change is sent to the app.

const OPTION = ["selected_option", "initial_option"];
const OPTIONS = ["selected_options", "initial_options"];
const SLOTS = {
  static_select: OPTION, external_select: OPTION, radio_buttons: OPTION,
  multi_static_select: OPTIONS, multi_external_select: OPTIONS, checkboxes: OPTIONS,
  users_select: ["selected_user", "initial_user"],
  conversations_select: ["selected_conversation", "initial_conversation"],
  channels_select: ["selected_channel", "initial_channel"],
  datepicker: ["selected_date", "initial_date"], timepicker: ["selected_time", "initial_time"],
  plain_text_input: ["value", "initial_value"], number_input: ["value", "initial_value"],
  rich_text_input: ["rich_text_value", "initial_value"],
};
const TYPED = new Set(["plain_text_input", "number_input", "rich_text_input"]);

/** What an element shows: a text, an option's value, a list of them, or null. */
export function valueOf(element, state) {
  const [slot, initial] = SLOTS[element.type];
  const held = state ? state[slot] : element[initial];
  if (element.type.includes("external")) return held ?? null;
  if (SLOTS[element.type] === OPTION) return held?.value ?? null;
  if (SLOTS[element.type] === OPTIONS) return (held ?? []).map((o) => o.value);
  return held ?? null;
}

/** Whether a change goes to the app at once. */
export function dispatches(block, element, on = "on_enter_pressed") {
  if (block.type !== "input") return true;
  if (!block.dispatch_action) return false;
  if (!TYPED.has(element.type)) return true;
  return (element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"]).includes(on);
}

export const options = (element) => (element.option_groups ?? [element]).flatMap((g) => g.options);
