/**
 * A small strict stand-in for the widget's part of the API: it refuses unknown fields, wrong tokens and
 * reused keys as the real server does, and plays the operator on demand. For tests and for looking.
 */
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";

const DIST = resolve(fileURLToPath(import.meta.url), "../../../dist");
const TYPES = {
  html: "text/html",
  js: "text/javascript",
  css: "text/css",
  svg: "image/svg+xml",
  png: "image/png",
};
const VISITOR = ["name", "email", "phone", "external_id", "identity_hash", "locale", "page_url"];

const only = (object, ...names) => Object.keys(object).every((name) => names.includes(name));
const isText = (value) => typeof value === "string" && value.trim() !== "";

export const createMock = ({ settings = {}, page } = {}) => {
  const state = {
    sessions: new Map(),
    keys: new Map(),
    messages: [],
    files: new Map(),
    sockets: new Set(),
    frames: [],
    /** Set to answer every API call so, e.g. `{ status: 429, retryAfter: 1 }`. */
    failing: undefined,
    /** Set to drop the connection after the message was stored: the answer is lost, the effect not. */
    loseAnswers: 0,
  };
  let serial = 0;
  const id = (kind) => `${kind}-${String(++serial).padStart(8, "0")}`;
  const broadcast = (frame) => {
    for (const socket of state.sockets) socket.send(JSON.stringify(frame));
  };

  const store = (fields) => {
    const message = {
      id: id("0190-m"),
      seq: state.messages.length + 1,
      conversation_id: "0190-c",
      private: false,
      status: "sent",
      metadata: {},
      created_at: new Date().toISOString(),
      ...fields,
    };
    state.messages.push(message);
    broadcast({ type: "message.new", message });
    return message;
  };
  const update = (message, change) => {
    Object.assign(message, change);
    broadcast({ type: "message.updated", message });
  };

  /** What the operator does. */
  const operator = {
    reply: (text) =>
      store({
        direction: "outbound",
        sender_type: "operator",
        content_type: "text",
        content: { text },
      }),
    send: (content_type, content) =>
      store({ direction: "outbound", sender_type: "operator", content_type, content }),
    type: (is_typing) => broadcast({ type: "operator.typing", is_typing }),
    read: () => {
      for (const m of state.messages) if (m.direction === "inbound") update(m, { status: "read" });
    },
    status: (status) =>
      broadcast({ type: "conversation.updated", conversation: { id: "0190-c", status } }),
  };

  const routes = {
    "POST /widget/sessions": ({ body }) => {
      if (!only(body, "widget_key", "session_token", "visitor")) return problem(422, "invalid");
      if (!only(body.visitor ?? {}, ...VISITOR)) return problem(422, "invalid");
      if (body.widget_key !== "wk_test") return problem(404, "not_found");
      if (body.visitor?.identity_hash === "wrong") return problem(401, "bad_identity_hash");
      const known = state.sessions.has(body.session_token);
      const token = known ? body.session_token : id("token");
      state.sessions.set(token, body.visitor);
      const messages = known ? state.messages.slice(-50) : [];
      return [
        200,
        {
          session_token: token,
          conversation_id: messages[0]?.conversation_id ?? null,
          settings,
          messages,
          has_before: messages.length < state.messages.length && known,
        },
      ];
    },
    "POST /widget/messages": ({ token, body, headers }) => {
      if (!state.sessions.has(token)) return problem(401, "unauthenticated");
      const key = headers["idempotency-key"];
      if (!key) return problem(422, "invalid");
      const { content_type, content } = body;
      if (!only(body, "content_type", "content")) return problem(422, "invalid");
      const known = state.keys.get(key);
      if (known)
        return known.raw === JSON.stringify(body)
          ? [201, { message: known.message }]
          : problem(409, "idempotency_mismatch");
      if (
        content_type === "text"
          ? !only(content, "text") || !isText(content.text)
          : !only(content, "file_id", "caption")
      )
        return problem(422, "invalid");
      const file = state.files.get(content.file_id);
      if (content_type !== "text" && !file) return problem(404, "not_found");
      const shown = file ? { ...content, ...file, id: undefined } : content;
      const message = store({
        direction: "inbound",
        sender_type: "customer",
        content_type,
        content: shown,
      });
      state.keys.set(key, { raw: JSON.stringify(body), message });
      return [201, { message }];
    },
    "GET /widget/messages": ({ token, query }) => {
      if (!state.sessions.has(token)) return problem(401, "unauthenticated");
      const place = (bound) => state.messages.findIndex((m) => m.id === query.get(bound));
      const limit = Number(query.get("limit") ?? 50);
      const end = query.has("before") ? place("before") : state.messages.length;
      const from = query.has("after") ? place("after") + 1 : Math.max(0, end - limit);
      const to = Math.min(end, from + limit);
      const items = state.messages.slice(from, to);
      return [200, { items, has_before: from > 0, has_after: to < state.messages.length }];
    },
    "POST /widget/files": ({ token, raw, headers }) => {
      if (!state.sessions.has(token)) return problem(401, "unauthenticated");
      const head = raw.subarray(0, 2000).toString("utf8");
      const name = /filename="([^"]*)"/.exec(head)?.[1];
      const mime = /Content-Type: ([^\r]*)/i.exec(head)?.[1];
      if (!name || !headers["content-type"]?.startsWith("multipart/form-data"))
        return problem(422, "invalid");
      if (name.endsWith(".exe")) return problem(422, "file_refused");
      const start = raw.indexOf("\r\n\r\n") + 4;
      const bytes = raw.subarray(start, raw.lastIndexOf("\r\n--"));
      const file = { file_id: id("f"), file_name: name, mime_type: mime, size: bytes.length };
      file.url = `/files/${file.file_id}`;
      state.files.set(file.file_id, file);
      state.files.set(`bytes ${file.file_id}`, bytes);
      return [201, { file: { ...file, id: file.file_id } }];
    },
    "GET /public/config": () => [200, { demo_widget_key: "wk_test" }],
  };

  const problem = (status, code) => [status, { type: "about:blank", title: code, status, code }];

  const api = async (request, url, response) => {
    const cors = {
      "Access-Control-Allow-Origin": "*",
      "Access-Control-Allow-Headers": "authorization, content-type, idempotency-key",
      "Access-Control-Expose-Headers": "retry-after",
    };
    if (request.method === "OPTIONS") return response.writeHead(204, cors).end();
    const parts = [];
    for await (const part of request) parts.push(part);
    const raw = Buffer.concat(parts);
    const json = request.headers["content-type"] === "application/json";
    const path = `${request.method} ${url.pathname.replace("/api/v1", "")}`;
    const route = routes[path];
    let [status, body] = problem(404, "not_found");
    if (state.failing)
      [status, body] = problem(state.failing.status, state.failing.code ?? "failing");
    else if (route) {
      [status, body] = route({
        raw,
        body: json ? JSON.parse(raw.toString()) : undefined,
        headers: request.headers,
        query: url.searchParams,
        token: request.headers.authorization?.replace("Bearer ", ""),
      });
      if (path === "POST /widget/messages" && state.loseAnswers > 0) {
        state.loseAnswers--;
        return request.socket.destroy();
      }
    }
    if (state.failing?.retryAfter) cors["Retry-After"] = String(state.failing.retryAfter);
    const type = status < 400 ? "application/json" : "application/problem+json";
    response.writeHead(status, { ...cors, "Content-Type": type }).end(JSON.stringify(body));
  };

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://mock");
    if (url.pathname.startsWith("/api/")) return api(request, url, response);
    if (url.pathname.startsWith("/files/")) {
      const file = state.files.get(url.pathname.slice(7));
      return response
        .writeHead(200, { "Content-Type": file.mime_type })
        .end(state.files.get(`bytes ${file.file_id}`));
    }
    if (url.pathname === "/" && page)
      return response.writeHead(200, { "Content-Type": "text/html" }).end(page);
    const name =
      url.pathname === "/demo" ? "demo/index.html" : url.pathname.replace(/^\/(widget\/)?/, "");
    try {
      const body = await readFile(`${DIST}/${name}`);
      const headers = {
        "Content-Type": `${TYPES[name.split(".").at(-1)]}; charset=utf-8`,
        "Access-Control-Allow-Origin": "*",
        "Content-Security-Policy":
          "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:",
      };
      response.writeHead(200, headers).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });

  const sockets = new WebSocketServer({ server, path: "/api/v1/widget/ws" });
  sockets.on("connection", (socket) => {
    socket.once("message", (data) => {
      const { type, session_token, after, ...rest } = JSON.parse(data);
      if (
        type !== "widget.connect" ||
        Object.keys(rest).length > 0 ||
        !state.sessions.has(session_token)
      ) {
        return socket.close(4401);
      }
      const say = (frame) => socket.send(JSON.stringify(frame));
      say({ type: "widget.connected" });
      const from = state.messages.findIndex((m) => m.id === after) + 1;
      for (const message of state.messages.slice(from)) say({ type: "message.new", message });
      for (const message of state.messages.slice(-50)) say({ type: "message.updated", message });
      state.sockets.add(socket);
      socket.on("message", (frame) => {
        const parsed = JSON.parse(frame);
        if (parsed.type === "ping") say({ type: "pong" });
        else state.frames.push(parsed);
        if (parsed.type === "widget.read") {
          for (const m of state.messages)
            if (m.direction === "outbound" && m.status !== "read") update(m, { status: "read" });
        }
      });
    });
    socket.on("close", () => state.sockets.delete(socket));
  });

  return {
    state,
    operator,
    listen: (port = 0) =>
      new Promise((resolve) =>
        server.listen(port, "127.0.0.1", () =>
          resolve(`http://127.0.0.1:${server.address().port}`),
        ),
      ),
    /** As if the process died: every connection breaks at once. */
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets.clients) socket.terminate();
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
};
