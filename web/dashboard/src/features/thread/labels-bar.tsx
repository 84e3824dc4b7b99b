import { AlarmClock, BellRing, Tag, X } from "lucide-react";
import { useState } from "react";
import type { Conversation } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useShortcuts } from "../../lib/shortcuts";
import { useCan } from "../../session/session";
import { useConversationActions } from "./actions";
import { PriorityMark, PriorityMenu } from "./priority";
import { SnoozeMenu } from "./snooze-menu";
import { TagEditor } from "./tag-editor";

const CHIP =
  "inline-flex h-6 items-center gap-1.5 rounded-full border border-line px-2.5 text-xs text-ink-2 transition-colors hover:bg-hover hover:text-ink max-md:h-8 [&_svg]:size-3.5 [&_svg]:shrink-0";

/** What marks a conversation: how urgent it is, its tags, and until when it sleeps. */
export function LabelsBar({ conversation }: { conversation: Conversation }) {
  const { t, fmt } = useI18n();
  const may = useCan()("conversations:reply");
  const { label, snooze, setStatus } = useConversationActions(conversation);
  const [open, setOpen] = useState<"priority" | "tags" | "snooze" | null>(null);
  const opening = (which: "priority" | "tags" | "snooze") => ({
    open: open === which,
    onOpenChange: (now: boolean) => setOpen(now ? which : null),
  });
  const { priority, tags, status, snooze_until: until, woken_by: woken } = conversation;
  const sleeps = status === "pending" && until ? until : null;
  const canSleep = status === "open" || status === "pending";
  useShortcuts(
    may
      ? {
          KeyP: () => setOpen("priority"),
          KeyT: () => setOpen("tags"),
          ...(canSleep ? { KeyS: () => setOpen("snooze") } : {}),
        }
      : {},
  );
  const marked = tags.length > 0 || priority !== "normal" || sleeps !== null || woken;
  if (!may && !marked) return null;

  return (
    <section
      aria-label={t("labels.title")}
      className="flex flex-wrap items-center gap-1.5 border-b border-line bg-surface px-3 py-1.5 md:px-4"
    >
      {may ? (
        <PriorityMenu
          value={priority}
          onChange={(next) => label({ priority: next })}
          trigger={
            <button
              type="button"
              aria-label={t("priority.menu", { priority: t(`priority.${priority}`) })}
              className={CHIP}
            >
              <PriorityMark priority={priority} />
              <span className="max-sm:hidden">{t(`priority.${priority}`)}</span>
            </button>
          }
          {...opening("priority")}
        />
      ) : (
        <PriorityMark priority={priority} named />
      )}
      {sleeps !== null && (
        <span className="inline-flex h-6 items-center gap-1 rounded-full bg-warn-soft ps-2.5 pe-1 text-xs text-warn">
          {t("snooze.sleeps", { time: fmt.moment(sleeps) })}
          {may && (
            <button
              type="button"
              aria-label={t("snooze.wake")}
              onClick={() => setStatus("open")}
              className="rounded-full p-0.5 hover:bg-hover"
            >
              <X className="size-3.5" />
            </button>
          )}
        </span>
      )}
      {woken && (
        <span className="inline-flex h-6 items-center gap-1.5 rounded-full bg-good-soft px-2.5 text-xs text-good">
          <BellRing className="size-3.5" />
          {t(`woken.${woken}`)}
        </span>
      )}
      {may && canSleep && sleeps === null && (
        <SnoozeMenu
          onSnooze={snooze}
          trigger={
            <button type="button" aria-label={t("snooze.menu")} className={CHIP}>
              <AlarmClock />
              <span className="max-sm:hidden">{t("snooze.menu")}</span>
            </button>
          }
          {...opening("snooze")}
        />
      )}
      {tags.map((tag) => (
        <span
          key={tag}
          className="inline-flex h-6 max-w-48 items-center gap-1 rounded-full bg-sunken px-2.5 text-xs text-ink-2"
        >
          <bdi className="min-w-0 truncate">{tag}</bdi>
          {may && (
            <button
              type="button"
              aria-label={t("tags.remove", { tag })}
              onClick={() => label({ tags: tags.filter((other) => other !== tag) })}
              className="-me-1.5 rounded-full p-0.5 hover:bg-hover hover:text-ink"
            >
              <X className="size-3.5" />
            </button>
          )}
        </span>
      ))}
      {may && (
        <TagEditor
          tags={tags}
          onAdd={(tag) => label({ tags: [...tags, tag] })}
          onRemove={(tag) => label({ tags: tags.filter((other) => other !== tag) })}
          trigger={
            <button type="button" aria-label={t("tags.add")} className={CHIP}>
              <Tag />
              <span className="max-sm:hidden">{t("tags.add")}</span>
            </button>
          }
          {...opening("tags")}
        />
      )}
    </section>
  );
}
