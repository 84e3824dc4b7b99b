import { CircleAlert, Clock, RotateCcw, Trash2, Undo2 } from "lucide-react";
import { ApiError } from "../../api/problem";
import { useI18n } from "../../i18n/i18n";
import { useProblemText } from "../../i18n/problem-text";
import { cx } from "../../lib/cx";
import { outbox } from "../../outbox/current";
import type { Outgoing } from "../../outbox/outbox";
import { Button } from "../../ui/button";
import { restoreDraft } from "../composer/drafts";
import { AlbumContent } from "./album-content";
import { BubbleContent } from "./content";

const asItem = ({ content_type, content }: Pick<Outgoing, "content_type" | "content">) => ({
  id: content.file_id ?? "",
  content_type,
  content,
});

/** A message the server does not have yet. */
export function OutgoingBubble({ item }: { item: Outgoing }) {
  const { t, fmt } = useI18n();
  const problem = useProblemText();
  const failed = item.state === "failed";
  const overtaken = item.error?.code === "answered_meanwhile";
  const error = new ApiError({ status: 0, code: item.error?.code ?? "unknown" });
  return (
    <article
      aria-label={t("message.label", { author: t("message.you"), time: fmt.time(item.created_at) })}
      data-outgoing={item.state}
      className="mt-1 flex flex-col items-end"
    >
      <div
        className={cx(
          "max-w-[min(34rem,85%)] min-w-0 rounded-2xl border px-3.5 py-2",
          item.private === true
            ? "border-dashed border-warn/40 bg-warn-soft"
            : "border-transparent bg-bubble-out",
        )}
      >
        {item.rest === undefined ? (
          <BubbleContent type={item.content_type} content={item.content} />
        ) : (
          <AlbumContent items={[item, ...item.rest].map(asItem)} />
        )}
        <span className="-mb-0.5 mt-0.5 flex items-center justify-end gap-1.5 text-2xs text-ink-2">
          {failed ? (
            <CircleAlert className="size-3.5 text-bad" aria-hidden="true" />
          ) : (
            <Clock className="size-3.5" aria-hidden="true" />
          )}
          <span className={failed ? "text-bad" : undefined}>
            {t(overtaken && failed ? "outgoing.overtaken" : `outgoing.${item.state}`)}
          </span>
        </span>
      </div>
      {item.state === "held" && (
        <Button
          size="sm"
          look="quiet"
          icon={<Undo2 className="mirrored size-3.5" />}
          onClick={() => {
            const sent = outbox()?.undo(item.key);
            if (sent !== undefined) restoreDraft(item.conversation_id, sent);
          }}
        >
          {t("outgoing.undo")}
        </Button>
      )}
      {failed && (
        <div className="mt-1 flex flex-wrap items-center justify-end gap-2 text-xs text-bad">
          <p role="alert">{problem(error)}</p>
          <Button
            size="sm"
            icon={<RotateCcw className="size-3.5" />}
            onClick={() => (overtaken ? outbox()?.sendAnyway(item.key) : outbox()?.retry(item.key))}
          >
            {overtaken ? t("outgoing.send_anyway") : t("delivery.retry")}
          </Button>
          <Button
            size="sm"
            look="quiet"
            icon={<Trash2 className="size-3.5" />}
            onClick={() => outbox()?.discard(item.key)}
          >
            {t("outgoing.discard")}
          </Button>
        </div>
      )}
    </article>
  );
}
