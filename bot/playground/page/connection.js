// The web socket to the small Slack: changes come in, requests go out and are answered.

const token = new URLSearchParams(location.search).get("token") ?? "";
const waiting = new Map();
let socket = null;
let count = 0;

export function connect({ onState, onChange, onLost }) {
  socket = new WebSocket(`ws://${location.host}/control/live?token=${encodeURIComponent(token)}`);
  socket.onmessage = (event) => {
    const news = JSON.parse(event.data);
    if (news.type === "state") onState(news);
    else if (news.type === "done") { waiting.get(news.id)?.(news); waiting.delete(news.id); }
    else onChange(news);
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

export function request(what) {
  if (socket?.readyState !== WebSocket.OPEN) return Promise.resolve({ ok: false, error: "lost" });
  const id = ++count;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    socket.send(JSON.stringify({ ...what, id }));
  });
}
