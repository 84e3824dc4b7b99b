import { MessageSquareText, Paperclip, Pencil, Plus, Search, Trash2 } from "lucide-react";
import { useState } from "react";
import { useCanned } from "../../api/queries";
import type { CannedResponse } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useCan } from "../../session/session";
import { Badge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { IconButton } from "../../ui/icon-button";
import { Empty, Failure } from "../../ui/states";
import { toastError } from "../../ui/toasts";
import { useDeleteCanned } from "./canned-actions";
import { CannedDialog } from "./canned-dialog";
import { Section } from "./settings-page";

/** Texts that are written once and sent often: everybody's and one's own. */
export function CannedSection() {
  const { t } = useI18n();
  const [q, setQ] = useState("");
  const [adding, setAdding] = useState(false);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useCanned(
    q.trim(),
  );
  const responses = data?.pages.flatMap(({ items }) => items);
  const add = (
    <Button look="primary" icon={<Plus className="size-4" />} onClick={() => setAdding(true)}>
      {t("canned.add")}
    </Button>
  );
  return (
    <Section title={t("canned.title")} hint={t("canned.hint")} action={add}>
      <label className="flex h-9 items-center gap-2 rounded-lg border border-line-strong/55 px-3 text-ink-3 focus-within:border-accent max-md:h-11">
        <Search className="size-4 shrink-0" />
        <input
          type="search"
          value={q}
          maxLength={200}
          aria-label={t("canned.search")}
          placeholder={t("canned.search")}
          onChange={(event) => setQ(event.target.value)}
          className="w-full min-w-0 bg-transparent text-base text-ink outline-none max-md:text-lg"
        />
      </label>
      {responses === undefined ? (
        error !== null ? (
          <Failure error={error} onRetry={() => void refetch()} />
        ) : (
          <div role="status" aria-label={t("state.loading")} className="flex flex-col gap-3">
            <span className="skeleton h-20 rounded-2xl" />
            <span className="skeleton h-20 rounded-2xl" />
          </div>
        )
      ) : responses.length === 0 ? (
        <Empty
          icon={<MessageSquareText />}
          title={q.trim() === "" ? t("canned.none_title") : t("canned.none_found")}
          hint={q.trim() === "" ? t("canned.none_hint") : t("canned.none_found_hint")}
        />
      ) : (
        <ul className="flex flex-col gap-2">
          {responses.map((response) => (
            <li key={response.id}>
              <CannedCard response={response} />
            </li>
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button
          busy={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
          className="self-center"
        >
          {t("canned.more")}
        </Button>
      )}
      {adding && <CannedDialog onClose={() => setAdding(false)} />}
    </Section>
  );
}

function CannedCard({ response }: { response: CannedResponse }) {
  const { t } = useI18n();
  const can = useCan();
  const changes =
    response.scope === "own" ? can("conversations:reply") : can("settings:canned_responses");
  const [editing, setEditing] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const remove = useDeleteCanned(response.id);
  const { title } = response;
  return (
    <article
      aria-label={title}
      className="flex items-start gap-3 rounded-2xl border border-line bg-surface p-3.5"
    >
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
          <h3 className="min-w-0 truncate font-medium">
            <bdi>{title}</bdi>
          </h3>
          <Badge tone="accent">
            <bdi>{`/${response.short_code}`}</bdi>
          </Badge>
          {response.scope === "own" && <Badge>{t("canned.scope.own")}</Badge>}
        </div>
        <p dir="auto" className="line-clamp-2 text-sm break-words text-ink-2">
          {response.text}
        </p>
        {response.file && (
          <p className="flex items-center gap-1.5 text-xs text-ink-3">
            <Paperclip className="size-3.5 shrink-0" />
            <bdi className="min-w-0 truncate">{response.file.file_name}</bdi>
          </p>
        )}
      </div>
      {changes && (
        <div className="flex shrink-0">
          <IconButton label={t("canned.edit", { name: title })} onClick={() => setEditing(true)}>
            <Pencil />
          </IconButton>
          <IconButton label={t("canned.delete", { name: title })} onClick={() => setDeleting(true)}>
            <Trash2 />
          </IconButton>
        </div>
      )}
      {editing && <CannedDialog response={response} onClose={() => setEditing(false)} />}
      <Confirm
        open={deleting}
        onOpenChange={setDeleting}
        title={t("canned.delete_title", { name: title })}
        description={t("canned.delete_hint")}
        confirm={t("action.delete")}
        busy={remove.isPending}
        onConfirm={() =>
          remove.mutate(undefined, { onError: toastError, onSettled: () => setDeleting(false) })
        }
      />
    </article>
  );
}
