import type { QueryClient } from "@tanstack/react-query";
import { tokens } from "../api/client";
import { keys } from "../api/keys";
import { conversationOptions } from "../api/queries";
import type { Conversation } from "../api/types";
import { createStore, useStore } from "../lib/store";
import { sessionStore } from "../session/session";
import type { Session } from "../session/tokens";
import { announce } from "./announce";
import { applyConversations, applyEvents, applyOperatorStatus } from "./apply";
import { forgetColleagues, setColleague } from "./colleagues";
import type { ClientFrame, DurableEvent, FleetingEvent } from "./events";
import { perFrame, throttled } from "./frames";
import { type ConnectionState, LiveConnection, type SocketLike } from "./socket";
import { hasGap, type Thread } from "./thread";
import { setCustomerTyping } from "./typing";

/** More unknown conversations than this in one batch are fetched as a list. */
const FETCH_SINGLY = 4;
const COUNTS_MS = 2_000;
const LISTS_MS = 2_000;
/** The token is replaced this long before its end at most, so that the socket never closes for it. */
const RENEW_MS = 60_000;

const connection = createStore<ConnectionState>({ name: "connecting" });
export const useConnection = () => useStore(connection);

let live: LiveConnection | null = null;

/** Sends a fleeting frame, if the line is up. */
export const sendLive = (frame: ClientFrame): boolean => live?.send(frame) ?? false;

export const reconnectNow = (): void => live?.nudge();

/** Keeps the query cache true for as long as `session` lasts. Returns how to stop. */
export function startLive(client: QueryClient, session: Session): () => void {
  const me = session.user.id;
  const refetchCounts = throttled(
    () => void client.invalidateQueries({ queryKey: keys.counts }),
    COUNTS_MS,
  );
  const refetchLists = throttled(
    () => void client.invalidateQueries({ queryKey: keys.lists }),
    LISTS_MS,
  );

  const flush = (events: DurableEvent[]) => {
    const left = applyEvents(client, events, me);
    if (left.counts) refetchCounts();
    const flood = left.missing.size > FETCH_SINGLY;
    if (flood) refetchLists();
    const singly = flood ? [] : [...left.missing];
    const coming = new Map(singly.map((id) => [id, fetchOne(client, id, me)]));
    for (const event of events) {
      if (event.type !== "message.new") continue;
      setCustomerTypingOff(event);
      // Whose business it is shows the conversation, which may have to come first.
      const fetched = coming.get(event.conversation_id) ?? Promise.resolve();
      void fetched.then(() => announce(client, event, me));
    }
    for (const id of new Set(events.map(conversationOf))) {
      const thread = client.getQueryData<Thread>(keys.thread(id));
      if (thread !== undefined && hasGap(thread)) {
        void client.invalidateQueries({ queryKey: keys.thread(id) });
      }
    }
  };

  const current = new LiveConnection({
    operatorId: me,
    open: () => new WebSocket(socketUrl()) as SocketLike,
    token: () => tokens.fresh(),
    renew: (refused) => tokens.renew(refused),
    online: () => navigator.onLine,
    onState: (state) => connection.set(state),
    onEvent: perFrame(flush),
    onFleeting: (event) => applyFleeting(client, event),
    onResync: () => {
      for (const queryKey of [
        keys.lists,
        keys.counts,
        keys.threads,
        ["conversation"],
        keys.operators,
      ]) {
        void client.invalidateQueries({ queryKey });
      }
    },
  });
  live = current;
  current.start();
  const stopWatching = watchSurroundings(current);
  const stopRenewing = renewInTime(current);
  return () => {
    stopWatching();
    stopRenewing();
    current.stop();
    forgetColleagues();
    if (live === current) live = null;
  };
}

function socketUrl(): URL {
  const url = new URL("/api/v1/ws", location.origin);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url;
}

async function fetchOne(client: QueryClient, id: string, me: string): Promise<void> {
  try {
    const fetched = await client.fetchQuery({ ...conversationOptions(client, id), staleTime: 0 });
    applyConversations(client, new Map<string, Conversation | null>([[id, fetched]]), me);
  } catch {
    // Out of sight again, or out of reach: then the next resync brings it.
  }
}

function applyFleeting(client: QueryClient, event: FleetingEvent): void {
  switch (event.type) {
    case "customer.typing":
      setCustomerTyping(event.conversation_id, event.is_typing);
      break;
    case "operator.typing":
      if (event.operator_id !== null) {
        setColleague("types", event.conversation_id, event.operator_id, event.is_typing);
      }
      break;
    case "operator.viewing":
      setColleague("looks", event.conversation_id, event.operator_id, event.is_viewing);
      break;
    case "operator.status":
      applyOperatorStatus(client, event);
      break;
  }
}

function setCustomerTypingOff(event: Extract<DurableEvent, { type: "message.new" }>): void {
  if (event.message.direction === "inbound") setCustomerTyping(event.conversation_id, false);
}

function conversationOf(event: DurableEvent): string {
  return "conversation_id" in event ? event.conversation_id : event.conversation.id;
}

/** The network coming and going, and the tab being looked at again. */
function watchSurroundings(current: LiveConnection): () => void {
  const online = () => current.nudge();
  const offline = () => current.offline();
  const seen = () => {
    if (document.visibilityState === "visible") current.nudge();
  };
  window.addEventListener("online", online);
  window.addEventListener("offline", offline);
  document.addEventListener("visibilitychange", seen);
  return () => {
    window.removeEventListener("online", online);
    window.removeEventListener("offline", offline);
    document.removeEventListener("visibilitychange", seen);
  };
}

/** Renews the token before its end and tells the socket of every new one. */
function renewInTime(current: LiveConnection): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const plan = () => {
    clearTimeout(timer);
    const session = sessionStore.get();
    if (session === null) return;
    current.refresh(session.access_token);
    const left = session.expires_at - Date.now();
    const wait = Math.max(1_000, left - Math.min(RENEW_MS, left / 3));
    timer = setTimeout(() => {
      // Where it fails, the connection's own loss and return will try again.
      tokens.renew(session.access_token).catch(() => undefined);
    }, wait);
  };
  plan();
  const unsubscribe = sessionStore.subscribe(plan);
  return () => {
    clearTimeout(timer);
    unsubscribe();
  };
}
