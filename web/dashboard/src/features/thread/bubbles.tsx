import { Fragment, useMemo } from "react";
import type { Message } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { cx } from "../../lib/cx";
import { useNow } from "../../lib/now";
import { bubblesOf } from "./albums";
import { Bubble } from "./bubble";

interface Props {
  messages: readonly Message[];
  customerName: string;
  /** The message that was looked for: it stands out, apart from those around it. */
  found?: string;
  onJump: (id: string) => void;
}

/** Messages as they are read: albums in one bubble, days apart, what one person says together. */
export function Bubbles({ messages, customerName, found, onJump }: Props) {
  const { fmt } = useI18n();
  const now = useNow();
  const bubbles = useMemo(() => bubblesOf(messages), [messages]);
  const known = useMemo(
    () => new Map(messages.map((message) => [message.id, message])),
    [messages],
  );
  return bubbles.map((album, index) => {
    const [message, ...rest] = album;
    if (message === undefined) return null;
    const previous = bubbles[index - 1]?.at(-1);
    const newDay = previous === undefined || !sameDay(previous, message);
    const isFound = found !== undefined && album.some(({ id }) => id === found);
    const bubble = (
      <Bubble
        messages={[message, ...rest]}
        customerName={customerName}
        continues={!newDay && !isFound && sameVoice(previous, message)}
        quoted={message.reply_to == null ? undefined : known.get(message.reply_to)}
        onJump={onJump}
      />
    );
    return (
      <Fragment key={message.id}>
        {newDay && <DaySeparator text={fmt.day(message.created_at, now)} />}
        {found === undefined ? (
          bubble
        ) : (
          <div
            aria-current={isFound ? "true" : undefined}
            className={cx(isFound && "-mx-2 my-1 rounded-2xl bg-accent-soft px-2 pb-2")}
          >
            {bubble}
          </div>
        )}
      </Fragment>
    );
  });
}

function DaySeparator({ text }: { text: string }) {
  return (
    <div className="flex items-center gap-3 py-3 text-2xs font-medium text-ink-3">
      <span className="h-px flex-1 bg-line" />
      {text}
      <span className="h-px flex-1 bg-line" />
    </div>
  );
}

function sameDay(a: Message, b: Message): boolean {
  return new Date(a.created_at).toDateString() === new Date(b.created_at).toDateString();
}

/** Whether `message` goes on where `previous` stopped: same person, within five minutes. */
function sameVoice(previous: Message | undefined, message: Message): boolean {
  if (previous === undefined) return false;
  const gap = Date.parse(message.created_at) - Date.parse(previous.created_at);
  return (
    previous.sender_id === message.sender_id &&
    previous.direction === message.direction &&
    previous.private === message.private &&
    gap < 5 * 60_000
  );
}
