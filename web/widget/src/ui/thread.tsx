import { type ComponentChild, Fragment } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Chat } from "../core/chat";
import type { Message } from "../core/types";
import type { I18n } from "../i18n";
import { Bubble } from "./bubble";
import { DownIcon } from "./icons";

/** Closer to the end than this, new messages pull the view along. */
const NEAR = 80;
/** Messages of one side within this time share one line of time and state. */
const TOGETHER = 5 * 60_000;

interface Props {
  chat: Chat;
  i18n: I18n;
  origin: string;
}

const timeOf = (message: Message | undefined): number =>
  message ? new Date(message.created_at).getTime() : 0;

const isLast = (message: Message, next: Message | undefined): boolean =>
  !next ||
  next.direction !== message.direction ||
  (next.status === "read") !== (message.status === "read") ||
  timeOf(next) - timeOf(message) > TOGETHER;

const toEnd = (scroller: HTMLElement | null): void => {
  if (scroller) scroller.scrollTop = scroller.scrollHeight;
};

/** Greeting or the way to earlier messages, messages by day, what is on its way, and who is typing. */
export const Thread = ({ chat, i18n, origin }: Props) => {
  const { outbox, presence, earlier, settings } = chat;
  const scroller = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const top = useRef(0);
  const written = useRef<string | undefined>(undefined);
  const seen = useRef<string | undefined>(undefined);
  const oldest = useRef<string | undefined>(undefined);
  const [behind, setBehind] = useState(false);

  // A message that overtook the answer to its own request is still shown as the waiting one.
  const echoes = new Set(outbox.items.map((item) => item.echo));
  const messages = chat.messages.filter((message) => !echoes.has(message.id));
  const newest = messages.at(-1)?.id;
  const own = outbox.items.at(-1)?.key;

  // What comes in above leaves in place what the visitor looks at: as far from the end as before.
  const { current: box } = scroller;
  const above = messages.findIndex(({ id }) => id === oldest.current) > 0;
  const toGo = box && above ? box.scrollHeight - box.scrollTop : 0;
  const focused = box && (box.getRootNode() as ShadowRoot).activeElement;

  const scrolled = () => {
    const { current } = scroller;
    if (!current) return;
    const { scrollTop } = current;
    // Only moving up leaves the end; what grows below does not.
    if (current.scrollHeight - scrollTop - current.clientHeight < NEAR) {
      following.current = true;
      setBehind(false);
    } else if (scrollTop < top.current) {
      following.current = false;
      if (scrollTop < NEAR && !earlier.failed) void earlier.load();
    }
    top.current = scrollTop;
  };

  useLayoutEffect(() => {
    // Whoever writes wants to see it, wherever he had scrolled to.
    if (own && own !== written.current) following.current = true;
    if (following.current) {
      toEnd(scroller.current);
    } else {
      if (box && toGo) box.scrollTop = box.scrollHeight - toGo;
      if (newest !== seen.current) setBehind(true);
    }
    // The button for earlier messages goes with the last of them; the keyboard stays where it can scroll on.
    if (focused && !focused.isConnected) box?.focus({ preventScroll: true });
    written.current = own;
    seen.current = newest;
    oldest.current = messages[0]?.id;
  });
  // Pictures that load, or a keyboard that opens, must not push the newest message out of sight.
  useEffect(() => {
    const { current } = scroller;
    if (!current || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => following.current && toEnd(current));
    observer.observe(current);
    for (const child of current.children) observer.observe(child);
    return () => observer.disconnect();
  }, []);

  const now = new Date();
  const greeting = settings.greeting?.[i18n.locale] || i18n.t("greeting");
  let day = "";
  const row = (key: string, at: number, bubble: ComponentChild) => {
    const named = i18n.day(new Date(at), now);
    const first = named !== day;
    day = named;
    return (
      <Fragment key={key}>
        {first && <li class="day">{named}</li>}
        {bubble}
      </Fragment>
    );
  };
  return (
    <div class="thread">
      <div
        class="scroller"
        ref={scroller}
        onScroll={scrolled}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        role="log"
        aria-live={earlier.quiet ? "off" : "polite"}
        aria-label={i18n.t("log")}
      >
        <ol>
          {earlier.more ? (
            <li class="day">
              {earlier.failed && (
                <span class="failed" role="alert">
                  {i18n.t("notLoaded")}
                </span>
              )}
              <button
                type="button"
                aria-disabled={earlier.loading}
                onClick={() => void earlier.load()}
              >
                {i18n.t(earlier.failed ? "retry" : "earlier") + (earlier.loading ? "…" : "")}
              </button>
            </li>
          ) : (
            <li class="their">
              <div class="bubble">
                <p dir="auto">{greeting}</p>
              </div>
            </li>
          )}
          {messages.map((message, index) => {
            const item = chat.origins.get(message.id);
            const last = isLast(message, messages[index + 1]);
            return row(
              item?.key ?? message.id,
              timeOf(message),
              <Bubble {...{ message, item, last, chat, i18n, origin }} />,
            );
          })}
          {outbox.items.map((item) =>
            row(item.key, item.order, <Bubble last {...{ item, chat, i18n, origin }} />),
          )}
          {presence.typing && (
            <li class="their">
              <div class="bubble typing">
                <span class="hear">{i18n.t("typing")}</span>
                <i />
                <i />
                <i />
              </div>
            </li>
          )}
          {chat.ended && <li class="day">{i18n.t("resolved")}</li>}
        </ol>
      </div>
      {behind && (
        <button type="button" class="newer" onClick={() => toEnd(scroller.current)}>
          <DownIcon />
          {i18n.t("newer")}
        </button>
      )}
    </div>
  );
};
