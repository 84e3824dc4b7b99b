import { QueryClient } from "@tanstack/react-query";
import { expect, it } from "vitest";
import { keys } from "../api/keys";
import { applyEvents } from "../live/apply";
import type { Thread } from "../live/thread";
import { conversation, message } from "../testing/fixtures";
import { placeMessage } from "./current";

const reply = (id: string, status: "sent" | "read") =>
  message(1, { id, conversation_id: "a", direction: "outbound", status });

function opened(): QueryClient {
  const client = new QueryClient();
  client.setQueryData(keys.conversation("a"), conversation("a"));
  client.setQueryData<Thread>(keys.thread("a"), { items: [], has_before: false });
  return client;
}

const shown = (client: QueryClient) =>
  client.getQueryData<Thread>(keys.thread("a"))?.items.map(({ status }) => status);

it("shows the answer to what was sent", () => {
  const client = opened();
  placeMessage(client, reply("first", "sent"), "anna", 0);
  expect(shown(client)).toEqual(["sent"]);
});

it("keeps what a live event told before the answer came", () => {
  const client = opened();
  const asked = performance.now();
  const read = reply("second", "read");
  applyEvents(
    client,
    [{ type: "message.new", seq: 1, conversation_id: "a", message: read }],
    "anna",
  );
  for (const since of [0, asked]) {
    placeMessage(client, reply("second", "sent"), "anna", since);
    expect(shown(client)).toEqual(["read"]);
  }
});
