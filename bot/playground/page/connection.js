// The web socket to the Slack simulator: changes in, requests out, each with an answer.

const token = new URLSearchParams(location.search).get("token") ?? "";
const waiting = new Map();
let socket = null;
let count = 0;

export function connect({ onState, onChange, onLost }) {
  socket = new WebSocket(`ws://${location.host}/control/live?token=${encodeURIComponent(token)}`);
  socket.onmessage = (event) => {
    const received = JSON.parse(event.data);
    if (received.type === "state") onState(received);
    else if (received.type === "done") { waiting.get(received.id)?.(received); waiting.delete(received.id); }
    else onChange(received);
  };
  socket.onclose = () => {
    for (const finish of waiting.values()) finish({ ok: false, error: "lost" });
    waiting.clear();
    onLost();
    setTimeout(() => connect({ onState, onChange, onLost }), 1500);
  };
}

export const fileUrl = (file) =>
  `/files/${file.id}?type=${encodeURIComponent(file.mimetype)}&token=${encodeURIComponent(token)}`;

/** Post a file as a person; what became of it. */
export async function share(user, channel, file) {
  const query = new URLSearchParams({ token, user, channel, name: file.name });
  try {
    const answer = await fetch(`/control/share?${query}`, { method: "POST", body: file });
    return await answer.json();
  } catch {
    return { ok: false, error: "lost" };
  }
}

export function request(what) {
  if (socket?.readyState !== WebSocket.OPEN) return Promise.resolve({ ok: false, error: "lost" });
  const id = ++count;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    socket.send(JSON.stringify({ ...what, id }));
  });
}
