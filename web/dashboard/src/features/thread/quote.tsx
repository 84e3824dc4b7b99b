import { useMessage } from "../../api/queries";
import type { Message } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { previewOf } from "../../lib/preview";
import { useAuthor } from "./author";

interface Props {
  id: string;
  /** The message, where it is among the loaded ones. */
  known: Message | undefined;
  customerName: string;
  onJump: (id: string) => void;
}

/** The message that is answered, in a line; leads to it. */
export function Quote({ id, known, customerName, onJump }: Props) {
  const { t } = useI18n();
  const fetched = useMessage(id, known === undefined);
  const message = known ?? fetched.data;
  if (message === undefined) {
    return (
      <span className="mb-1 block border-s-2 border-line-strong ps-2 text-xs text-ink-2">
        {fetched.isError ? t("message.quote_gone") : t("state.loading")}
      </span>
    );
  }
  return (
    <button
      type="button"
      onClick={() => onJump(id)}
      title={t("message.quote")}
      className="mb-1 block w-full min-w-0 rounded-e-md border-s-2 border-accent bg-hover/60 px-2 py-1 text-start text-xs hover:bg-hover"
    >
      <QuotedWords message={message} customerName={customerName} />
    </button>
  );
}

/** Who wrote a message, and its first words. */
export function QuotedWords({ message, customerName }: { message: Message; customerName: string }) {
  const { t } = useI18n();
  const author = useAuthor(message, customerName);
  const words =
    message.metadata.deleted === true
      ? t("message.deleted")
      : previewOf(message.content) || t(`content.${message.content_type}`);
  return (
    <>
      <bdi className="block truncate font-medium text-accent-ink">{author}</bdi>
      <bdi className="block truncate text-ink-2">{words}</bdi>
    </>
  );
}
