import type { Message } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useCan } from "../../session/session";
import { MenuLine, MenuRow, MenuRowItem } from "../../ui/menu";
import { useReact } from "./actions";

/** Of those that Telegram takes the ones that people who help need. */
const EMOJIS = ["👍", "❤", "🔥", "🙏", "👌", "🎉", "😁", "😢"] as const;

/** Only Telegram takes reactions; its messages are known by chat and number. */
function takesReactions({ channel_message_id, private: note }: Message): boolean {
  return !note && /^\d+:\d+$/.test(channel_message_id ?? "");
}

/** How the customer and the team reacted to a message. */
export function Reactions({ message }: { message: Message }) {
  const { t } = useI18n();
  const { reactions, reaction_error: refused } = message.metadata;
  const chip = "rounded-full border px-2 py-0.5 text-sm leading-5";
  return (
    <>
      {reactions !== undefined && (
        <ul className="mt-1 flex flex-wrap gap-1">
          {reactions.customer?.map((emoji) => (
            <li key={emoji} className={`${chip} border-line bg-bubble-in`}>
              <span role="img" aria-label={t("message.reaction_customer", { emoji })}>
                {emoji}
              </span>
            </li>
          ))}
          {reactions.team !== undefined && (
            <li className={`${chip} border-accent bg-accent-soft`}>
              <span role="img" aria-label={t("message.reaction_team", { emoji: reactions.team })}>
                {reactions.team}
              </span>
            </li>
          )}
        </ul>
      )}
      {refused !== undefined && (
        <p className="mt-1 text-xs text-warn">{t("message.reaction_failed")}</p>
      )}
    </>
  );
}

/** The top of a message's menu: one press reacts, another on the same takes it back. */
export function ReactionChoice({ message }: { message: Message }) {
  const { t } = useI18n();
  const may = useCan()("conversations:reply");
  const react = useReact();
  if (!may || !takesReactions(message)) return null;
  const { team } = message.metadata.reactions ?? {};
  return (
    <>
      <MenuRow>
        {EMOJIS.map((emoji) => {
          const chosen = team === emoji;
          return (
            <MenuRowItem
              key={emoji}
              chosen={chosen}
              label={chosen ? t("message.unreact") : t("message.react", { emoji })}
              onSelect={() => react.mutate({ id: message.id, emoji: chosen ? null : emoji })}
            >
              {emoji}
            </MenuRowItem>
          );
        })}
      </MenuRow>
      <MenuLine />
    </>
  );
}
