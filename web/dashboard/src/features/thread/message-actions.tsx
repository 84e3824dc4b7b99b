import { Ellipsis, Pencil, Reply, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Message } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useCan, useUser } from "../../session/session";
import { Confirm } from "../../ui/dialog";
import { IconButton } from "../../ui/icon-button";
import { Menu, MenuItem } from "../../ui/menu";
import { changeDraft } from "../composer/drafts";
import { useDeleteMessages } from "./actions";
import { ReactionChoice } from "./reactions";

interface Props {
  /** What stands in one bubble. */
  messages: readonly [Message, ...Message[]];
  onEdit: () => void;
}

const hasWords = ({ content_type: type }: Message) => type !== "location" && type !== "contact";

/** What can be done with a message: answer it, change it, take it back. */
export function MessageActions({ messages, onEdit }: Props) {
  const { t } = useI18n();
  const [asking, setAsking] = useState(false);
  const can = useCan();
  const me = useUser().id;
  const remove = useDeleteMessages();
  const [message] = messages;
  const { deleted, deleting } = message.metadata;
  if (!can("conversations:reply") || deleted === true || deleting === true) return null;
  const ours = message.direction === "outbound";
  const own = ours && message.sender_type === "operator" && message.sender_id === me;
  const mayDelete = own || (ours && can("conversations:assign"));
  const reply = () =>
    changeDraft(message.conversation_id, (draft) => ({ ...draft, replyTo: message.id }));
  return (
    <>
      <Menu
        align={ours ? "end" : "start"}
        trigger={
          <IconButton
            label={t("message.actions")}
            className="size-7 opacity-0 group-focus-within/bubble:opacity-100 group-hover/bubble:opacity-100 focus-visible:opacity-100 data-[state=open]:opacity-100 pointer-coarse:opacity-100"
          >
            <Ellipsis />
          </IconButton>
        }
      >
        <ReactionChoice message={message} />
        <MenuItem icon={<Reply className="mirrored" />} onSelect={reply}>
          {t("message.reply")}
        </MenuItem>
        {own && hasWords(message) && (
          <MenuItem icon={<Pencil />} onSelect={onEdit}>
            {t("message.edit")}
          </MenuItem>
        )}
        {mayDelete && (
          <MenuItem icon={<Trash2 />} onSelect={() => setAsking(true)}>
            {t("message.delete")}
          </MenuItem>
        )}
      </Menu>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t("message.delete_title")}
        description={message.private ? "" : t("message.delete_hint")}
        confirm={t("message.delete")}
        busy={remove.isPending}
        onConfirm={() =>
          remove.mutate(
            messages.map(({ id }) => id),
            { onSettled: () => setAsking(false) },
          )
        }
      />
    </>
  );
}
