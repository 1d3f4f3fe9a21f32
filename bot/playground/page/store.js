// The state of this page: people, channels, messages, open views, and the person one acts as.

export const store = {
  people: [], channels: [], commands: [], shortcuts: [], app: null,
  messages: new Map(), views: new Map(), chosen: new Map(), lists: new Map(),
  me: null, here: null,
};

store.names = {
  user: (id) => (id === store.app.bot_user_id ? store.app.bot_name : store.people.find((p) => p.id === id)?.name),
  channel: (id) => store.channels.find((c) => c.id === id)?.name,
};

export const key = (message) => `${message.channel}/${message.ts}`;
export const mine = (channel) => channel.members.includes(store.me.id);
export const title = (channel) => (channel.is_im ? store.app.bot_name : `#${channel.name}`);
export const visible = (message) => !message.only_for || message.only_for === store.me.id;
export const isReply = (message) => message.thread_ts && message.thread_ts !== message.ts;
export const myViews = () => store.views.get(store.me.id) ?? { stack: [], home: null };

/** Messages of a channel, or of one thread in it, oldest first, as this person sees them. */
export function seen(channel, thread = null) {
  return [...store.messages.values()]
    .filter((m) => m.channel === channel && visible(m))
    .filter((m) => (thread ? m.ts === thread || m.thread_ts === thread : !isReply(m)))
    .sort((a, b) => Number(a.ts) - Number(b.ts));
}

export const replies = (message) =>
  seen(message.channel, message.ts).filter((m) => m.ts !== message.ts && !m.only_for);
