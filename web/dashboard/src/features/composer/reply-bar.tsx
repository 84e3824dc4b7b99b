import { useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import { keys } from "../../api/keys";
import { useMessage } from "../../api/queries";
import type { Conversation } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import type { Thread } from "../../live/thread";
import { QuotedWords } from "../thread/quote";
import { changeDraft } from "./drafts";

/** The message that the next one answers, over the box it is written in. */
export function ReplyBar({
  conversation,
  messageId,
}: {
  conversation: Conversation;
  messageId: string;
}) {
  const { t } = useI18n();
  const client = useQueryClient();
  const thread = client.getQueryData<Thread>(keys.thread(conversation.id));
  const loaded = thread?.items.find(({ id }) => id === messageId);
  const fetched = useMessage(messageId, loaded === undefined);
  const message = loaded ?? fetched.data;
  const cancel = () => changeDraft(conversation.id, ({ replyTo: _, ...draft }) => draft);
  return (
    <div className="flex items-center gap-2 px-3 pt-2 text-xs">
      <span className="sr-only">{t("composer.replying")}</span>
      <div className="min-w-0 flex-1 border-s-2 border-accent ps-2">
        {message === undefined ? (
          <span className="text-ink-2">{t("state.loading")}</span>
        ) : (
          <QuotedWords message={message} customerName={conversation.customer.name} />
        )}
      </div>
      <button
        type="button"
        aria-label={t("composer.cancel_reply")}
        onClick={cancel}
        className="flex size-7 shrink-0 items-center justify-center rounded-md text-ink-3 hover:bg-hover hover:text-ink"
      >
        <X className="size-4" />
      </button>
    </div>
  );
}
