import { CircleAlert, Clock, RotateCcw, Trash2 } from "lucide-react";
import { ApiError } from "../../api/problem";
import { useI18n } from "../../i18n/i18n";
import { useProblemText } from "../../i18n/problem-text";
import { outbox } from "../../outbox/current";
import type { Outgoing } from "../../outbox/outbox";
import { Button } from "../../ui/button";
import { BubbleContent } from "./content";

/** A message the server does not have yet. */
export function OutgoingBubble({ item }: { item: Outgoing }) {
  const { t, fmt } = useI18n();
  const problem = useProblemText();
  const failed = item.state === "failed";
  const held = item.error?.code === "answered_meanwhile";
  const error = new ApiError({ status: 0, code: item.error?.code ?? "unknown" });
  return (
    <article
      aria-label={t("message.label", { author: t("message.you"), time: fmt.time(item.created_at) })}
      data-outgoing={item.state}
      className="mt-1 flex flex-col items-end"
    >
      <div className="max-w-[min(34rem,85%)] min-w-0 rounded-2xl border border-transparent bg-bubble-out px-3.5 py-2">
        <BubbleContent type={item.content_type} content={item.content} />
        <span className="-mb-0.5 mt-0.5 flex items-center justify-end gap-1.5 text-2xs text-ink-2">
          {failed ? (
            <CircleAlert className="size-3.5 text-bad" aria-hidden="true" />
          ) : (
            <Clock className="size-3.5" aria-hidden="true" />
          )}
          <span className={failed ? "text-bad" : undefined}>
            {t(held && failed ? "outgoing.held" : `outgoing.${item.state}`)}
          </span>
        </span>
      </div>
      {failed && (
        <div className="mt-1 flex flex-wrap items-center justify-end gap-2 text-xs text-bad">
          <p role="alert">{problem(error)}</p>
          <Button
            size="sm"
            icon={<RotateCcw className="size-3.5" />}
            onClick={() => (held ? outbox()?.sendAnyway(item.key) : outbox()?.retry(item.key))}
          >
            {held ? t("outgoing.send_anyway") : t("delivery.retry")}
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
