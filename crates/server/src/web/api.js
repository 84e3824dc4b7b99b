// Lists the operations of the OpenAPI document. Everything is set as text, never as markup.
"use strict";

const element = (name, text, className) => {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  if (className) node.className = className;
  return node;
};

const nameOf = (reference) => reference.split("/").pop();

/** A short form of a schema, one level of references deep. */
const sketch = (schema, document, depth = 0) => {
  if (!schema) return "";
  if (schema.$ref) {
    const name = nameOf(schema.$ref);
    return depth > 2 ? name : sketch(document.components.schemas[name], document, depth);
  }
  const several = schema.oneOf ?? schema.anyOf ?? schema.allOf;
  if (several) return several.map((one) => sketch(one, document, depth)).join(" | ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const type = [].concat(schema.type ?? "any").join(" | ");
  if (type.startsWith("array")) return `[${sketch(schema.items, document, depth + 1)}]`;
  if (!schema.properties) return schema.format ? `${type} (${schema.format})` : type;
  const indent = "  ".repeat(depth + 1);
  const lines = Object.entries(schema.properties).map(([name, property]) => {
    const optional = (schema.required ?? []).includes(name) ? "" : "?";
    return `${indent}${name}${optional}: ${sketch(property, document, depth + 1)}`;
  });
  return `{\n${lines.join("\n")}\n${"  ".repeat(depth)}}`;
};

const bodies = (title, content, document) => {
  const parts = [];
  for (const [media, { schema }] of Object.entries(content ?? {})) {
    parts.push(element("div", `${title} · ${media}`));
    const text = sketch(schema, document);
    if (text) parts.push(element("pre", text));
  }
  return parts;
};

const operationOf = (method, path, operation, document) => {
  const details = element("details");
  const summary = element("summary");
  summary.append(
    element("span", method.toUpperCase(), "method"),
    element("code", path),
    element("span", operation.summary ?? "", "title"),
  );
  const body = element("div", undefined, "body");
  // Filled when opened: most are not.
  details.addEventListener("toggle", () => {
    if (body.childElementCount > 0) return;
    if (operation.description) body.append(element("p", operation.description));
    if (operation.parameters?.length) {
      const table = element("table");
      for (const { name, in: place, description, required } of operation.parameters) {
        const row = element("tr");
        row.append(
          element("td", required ? name : `${name}?`),
          element("td", place),
          element("td", description ?? ""),
        );
        table.append(row);
      }
      body.append(table);
    }
    body.append(...bodies("Body", operation.requestBody?.content, document));
    for (const [status, response] of Object.entries(operation.responses)) {
      const told = bodies(status, response.content, document);
      body.append(...(told.length ? told : [element("div", `${status} ${response.description}`)]));
    }
  });
  details.append(summary, body);
  return details;
};

const render = (document_, words) => {
  const groups = new Map();
  for (const [path, item] of Object.entries(document_.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (!operation.responses) continue;
      const text = `${method} ${path} ${operation.summary ?? ""}`.toLowerCase();
      if (!text.includes(words)) continue;
      const tag = operation.tags?.[0] ?? "other";
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(operationOf(method, path, operation, document_));
    }
  }
  const list = document.getElementById("operations");
  list.replaceChildren();
  for (const [tag, operations] of [...groups].sort()) {
    list.append(element("h2", tag), ...operations);
  }
  if (groups.size === 0) list.append(element("p", "Nothing like that here."));
};

const start = async () => {
  const list = document.getElementById("operations");
  try {
    const answer = await fetch("/api/v1/openapi.json");
    const document_ = await answer.json();
    document.getElementById("version").textContent = document_.info.version;
    const find = document.getElementById("find");
    find.addEventListener("input", () => render(document_, find.value.trim().toLowerCase()));
    render(document_, "");
  } catch {
    list.textContent = "The description could not be loaded. Is the server running?";
  }
};

start();
