"use strict";

const at = (id) => document.getElementById(id);

/** What the server told last, and which chat is open. */
let state = { customers: [], messages: [] };
let open = Number(sessionStorage.getItem("customer")) || null;
/** The message being answered or changed: `{ id, kind }`. */
let context = null;
/** Cuts short the wait for news when another chat is opened. */
let waiting = new AbortController();

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

async function act(path, options) {
  at("trouble").hidden = true;
  const headers = { "x-phone": "1", ...options.headers };
  const answer = await fetch(`phone/${path}`, { method: "POST", ...options, headers });
  if (!answer.ok) {
    at("trouble").textContent = word("failed") + (await answer.text());
    at("trouble").hidden = false;
  }
  return answer;
}

const actJson = (path, body, method = "POST") =>
  act(path, { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } });

/* What is shown */

function fileOf(message) {
  const photo = message.photo?.at(-1);
  if (photo) return { kind: "photo", id: photo.file_id };
  for (const kind of ["voice", "audio", "video", "video_note", "animation", "sticker", "document"]) {
    const file = message[kind];
    if (file) return { kind, id: file.file_id, name: file.file_name, mime: file.mime_type };
  }
  return null;
}

function summary(message) {
  if (!message) return "";
  const kind = ["photo", "voice", "location", "contact"].find((name) => message[name]);
  return message.text ?? message.caption ?? word(kind ?? "file");
}

function showFile({ kind, id, name, mime }) {
  const url = `phone/files/${encodeURIComponent(id)}`;
  if (kind === "photo" || kind === "sticker") {
    const image = make("img");
    image.src = url;
    image.alt = word("photo");
    return image;
  }
  const film = kind === "video_note" || (kind === "video" && mime === "video/mp4");
  if (kind === "voice" || kind === "audio" || film) {
    const player = make(film ? "video" : "audio");
    player.src = url;
    player.controls = true;
    return player;
  }
  const link = make("a", "file", name ?? word("file"));
  link.href = url;
  link.download = name ?? "";
  return link;
}

function showButtons(message, into) {
  for (const row of message.reply_markup?.inline_keyboard ?? []) {
    const line = make("div", "buttons");
    for (const { text, callback_data: data } of row) {
      const button = make("button", "", text);
      button.type = "button";
      button.disabled = !data;
      button.onclick = () =>
        actJson(`customers/${open}/presses`, { message_id: message.message_id, data });
      line.append(button);
    }
    into.append(line);
  }
}

function showMessage(message) {
  const mine = message.from.id === open;
  const item = make("li", mine ? "mine" : "theirs");
  const bubble = make("div", "bubble");
  if (message.reply_to_message) {
    bubble.append(make("blockquote", "", summary(message.reply_to_message)));
  }
  const file = fileOf(message);
  if (file) bubble.append(showFile(file));
  if (message.location) {
    const { latitude, longitude } = message.location;
    bubble.append(make("p", "", `${word("location")}: ${latitude}, ${longitude}`));
  }
  if (message.contact) {
    const { first_name: name, phone_number: phone } = message.contact;
    bubble.append(make("p", "", `${word("contact")}: ${name}, ${phone}`));
  }
  if (message.dice) bubble.append(make("p", "", `${message.dice.emoji} ${message.dice.value}`));
  const words = message.text ?? message.caption;
  if (words) bubble.append(make("p", "words", words));

  const foot = make("footer");
  const kind = mine && message.text ? "edit" : "reply";
  const tool = make("button", "quiet", word(kind));
  tool.type = "button";
  tool.onclick = () => begin(kind, message);
  const time = make("time", "", new Date(message.date * 1000).toLocaleTimeString(LANGUAGE, { hour: "2-digit", minute: "2-digit" }));
  foot.append(tool, ...(message.edit_date ? [make("span", "", word("edited"))] : []), time);
  bubble.append(foot);
  item.append(bubble);
  showButtons(message, item);
  return item;
}

function showCustomers() {
  const list = state.customers.map((customer) => {
    const item = make("li");
    const button = make("button");
    button.type = "button";
    if (customer.id === open) button.setAttribute("aria-current", "true");
    const name = [customer.name, customer.last_name].filter(Boolean).join(" ");
    button.append(make("strong", "", name), make("span", "", summary(customer.last)));
    button.onclick = () => enter(customer.id);
    item.append(button);
    return item;
  });
  at("customers").replaceChildren(...list);
}

/** Only what changed is drawn again, so that a sound that plays goes on. */
function showMessages() {
  const list = at("messages");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const known = new Map([...list.children].map((node) => [node.dataset.is, node]));
  const items = state.messages.map((message) => {
    const is = `${open} ${JSON.stringify(message)}`;
    const node = known.get(is) ?? showMessage(message);
    node.dataset.is = is;
    return node;
  });
  if (state.bot && open && items.length === 0) items.push(make("li", "empty", word("empty")));
  list.replaceChildren(...items);
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function show() {
  const connected = Boolean(state.bot);
  at("setup").hidden = connected;
  at("messages").hidden = !connected;
  at("composer").hidden = !connected || !open || state.blocked;
  at("block").hidden = !connected || !open;
  at("setup-url").textContent = `TELEGRAM_API_URL=${location.origin}`;
  at("setup-token").textContent = state.token ?? "";
  at("bot-name").textContent = state.bot?.first_name ?? "Telegram";
  at("avatar").textContent = (state.bot?.first_name ?? "T").slice(0, 1);
  const quiet = connected ? `@${state.bot.username} · ${word("bot")}` : word("waiting");
  at("status").textContent = state.blocked ? word("blocked") : state.typing ? word("typing") : quiet;
  at("block").textContent = word(state.blocked ? "unblock" : "block");
  document.body.classList.toggle("in-chat", Boolean(open));
  showCustomers();
  showMessages();
  grow();
}

/* What is done */

function enter(id) {
  open = id;
  sessionStorage.setItem("customer", id ?? "");
  end();
  state = { ...state, version: undefined, messages: [], blocked: false, typing: false };
  show();
  at("messages").scrollTop = at("messages").scrollHeight;
  waiting.abort();
  if (id) at("text").focus();
}

function begin(kind, message) {
  context = { kind, id: message.message_id };
  at("context-words").textContent = word(kind === "edit" ? "editing" : "replying") + summary(message);
  at("context").hidden = false;
  if (kind === "edit") at("text").value = message.text;
  at("text").focus();
  grow();
}

function end() {
  context = null;
  at("context").hidden = true;
  at("text").value = "";
  grow();
}

function grow() {
  const text = at("text");
  text.style.height = "auto";
  // Two pixels of border; nothing can be measured while it is hidden.
  if (text.scrollHeight > 0) text.style.height = `${Math.min(text.scrollHeight + 2, 160)}px`;
}

at("composer").onsubmit = async (event) => {
  event.preventDefault();
  const text = at("text").value.trim();
  if (!text) return;
  const { kind, id } = context ?? {};
  end();
  const messages = `customers/${open}/messages`;
  const answer =
    kind === "edit"
      ? await actJson(`${messages}/${id}`, { text }, "PATCH")
      : await actJson(messages, { text, reply_to: id ?? null });
  if (!answer.ok) at("text").value = text;
  at("messages").scrollTop = at("messages").scrollHeight;
};

at("text").oninput = grow;
at("text").onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    at("composer").requestSubmit();
  }
  if (event.key === "Escape") end();
};
at("context-off").onclick = end;
at("back").onclick = () => enter(null);
at("block").onclick = () => actJson(`customers/${open}/block`, { blocked: !state.blocked });

at("attach").onkeydown = (event) => {
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    at("file").click();
  }
};
/** How the next file is to be sent, where its type does not say it. */
let pickAs = null;

at("file").onchange = async () => {
  const files = [...at("file").files];
  at("file").value = "";
  const kind = pickAs;
  pickAs = null;
  const album = files.length > 1 ? String(Date.now()) : null;
  for (const file of files) {
    const query = new URLSearchParams({ name: file.name, mime_type: file.type || "application/octet-stream" });
    if (album) query.set("album", album);
    if (kind) query.set("kind", kind);
    await act(`customers/${open}/files?${query}`, { body: file });
  }
};
at("file").oncancel = () => {
  pickAs = null;
};

function fromMore(button, send) {
  at(button).onclick = () => {
    at("more").open = false;
    send();
  };
}
const sendThing = (thing) => actJson(`customers/${open}/things`, thing);
const pick = (kind) => {
  pickAs = kind;
  at("file").click();
};
fromMore("send-location", () => sendThing({ kind: "location", latitude: 55.75393, longitude: 37.62079 }));
fromMore("send-phone", () => sendThing({ kind: "phone", number: `7999${String(open).padStart(7, "0")}` }));
fromMore("send-dice", () => sendThing({ kind: "dice" }));
fromMore("send-sticker", () => pick("sticker"));
fromMore("send-note", () => pick("video_note"));

async function introduce(name) {
  const answer = await actJson("customers", { name, language: LANGUAGE });
  if (answer.ok) enter((await answer.json()).id);
}

at("introduce").onsubmit = (event) => {
  event.preventDefault();
  introduce(at("name").value);
  at("name").value = "";
};

/* News */

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function follow() {
  const query = new URLSearchParams();
  if (state.version !== undefined) query.set("version", state.version);
  if (open) query.set("customer", open);
  const asked = open;
  waiting = new AbortController();
  try {
    const answer = await fetch(`phone/state?${query}`, { signal: waiting.signal });
    const news = await answer.json();
    if (asked !== open) return;
    const first = state.token === undefined;
    state = news;
    if (open && !state.customers.some((customer) => customer.id === open)) open = null;
    if (first && !open && state.customers.length > 0 && innerWidth > 720) open = state.customers[0].id;
    show();
    if (first && state.customers.length === 0) await introduce(word("firstCustomer"));
    if (asked !== open) state.version = undefined;
  } catch (error) {
    if (error.name === "AbortError") return;
    at("status").textContent = word("offline");
    state.version = undefined;
    await pause(1500);
  }
}

async function live() {
  for (;;) {
    await follow();
    // A shown `typing` ends by itself.
    if (state.typing) setTimeout(() => waiting.abort(), 5200);
    if (state.typing) await pause(300);
  }
}

live();
