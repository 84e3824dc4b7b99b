import { useEffect } from "react";
import { useOperators } from "../../api/queries";
import type { Operator } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { type People, useColleagues } from "../../live/colleagues";
import { sendLive, useConnection } from "../../live/live";
import { useUser } from "../../session/session";
import { Avatar } from "../../ui/avatar";

/** Told this often, so that whoever comes later learns of it. */
const AGAIN_MS = 5_000;
/** Faces shown; the others are counted. */
const FACES = 3;

/** Tells the team that this conversation is looked at, while it is. */
export function useLooking(conversationId: string): void {
  const connected = useConnection().name === "connected";
  useEffect(() => {
    if (!connected) return;
    const tell = () => {
      const seen = document.visibilityState === "visible";
      sendLive({ type: "operator.viewing", conversation_id: seen ? conversationId : null });
    };
    tell();
    const timer = setInterval(tell, AGAIN_MS);
    document.addEventListener("visibilitychange", tell);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tell);
      sendLive({ type: "operator.viewing", conversation_id: null });
    };
  }, [conversationId, connected]);
}

/** Who else looks at a conversation. */
export function Onlookers({ conversationId }: { conversationId: string }) {
  const { t, fmt } = useI18n();
  const people = usePeople(useColleagues("looks", conversationId));
  const names = fmt.list(people.map(({ name }) => name));
  if (people.length === 0) return null;
  return (
    <span
      role="img"
      aria-label={t("colleagues.look", { names })}
      title={t("colleagues.look", { names })}
      className="flex shrink-0 items-center -space-x-1.5"
    >
      {people.slice(0, FACES).map(({ id, name }) => (
        <span key={id} className="rounded-full border-2 border-surface">
          <Avatar name={name} seed={id} size="sm" />
        </span>
      ))}
      {people.length > FACES && (
        <span className="ps-2.5 text-xs text-ink-3">+{fmt.number(people.length - FACES)}</span>
      )}
    </span>
  );
}

/** Who else writes an answer. */
export function Writers({ conversationId }: { conversationId: string }) {
  const { t, fmt } = useI18n();
  const people = usePeople(useColleagues("types", conversationId));
  return (
    <p role="status" className="mx-auto max-w-3xl px-2 pb-1.5 text-xs text-warn empty:hidden">
      {people.length > 0 &&
        t("colleagues.write", {
          count: people.length,
          names: fmt.list(people.map(({ name }) => name)),
        })}
    </p>
  );
}

/** They, without the person at the screen, who may be here in another window. */
function usePeople(ids: People): Operator[] {
  const me = useUser().id;
  const { data: operators = [] } = useOperators();
  return operators.filter(({ id }) => id !== me && ids.includes(id));
}
