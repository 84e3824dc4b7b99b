import { Pencil, StickyNote, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useOperators } from "../../api/queries";
import type { CustomerNote } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useCan, useUser } from "../../session/session";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { TextAreaField } from "../../ui/field";
import { IconButton } from "../../ui/icon-button";
import { Failure } from "../../ui/states";
import { toastError } from "../../ui/toasts";
import { useDeleteNote, useSaveNote } from "./actions";
import { useNotes } from "./queries";

/** As the server: longer notes are refused. */
const TEXT_MOST = 10_000;

/** What the team noted about a customer. */
export function Notes({ customerId }: { customerId: string }) {
  const { t } = useI18n();
  const changes = useCan()("customers:update");
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } =
    useNotes(customerId);
  const notes = data?.pages.flatMap(({ items }) => items);
  return (
    <section aria-labelledby="card-notes" className="flex flex-col gap-3">
      <h2 id="card-notes" className="font-semibold">
        {t("notes.title")}
      </h2>
      {changes && <NoteForm customerId={customerId} />}
      {notes === undefined ? (
        error !== null ? (
          <Failure error={error} onRetry={() => void refetch()} />
        ) : (
          <span className="skeleton h-16 rounded-2xl" />
        )
      ) : notes.length === 0 ? (
        <p className="flex items-center gap-2 text-sm text-ink-3">
          <StickyNote className="size-4 shrink-0" />
          {t("notes.none")}
        </p>
      ) : (
        <ul className="flex flex-col gap-2">
          {notes.map((note) => (
            <li key={note.id}>
              <NoteCard note={note} />
            </li>
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("customers.more")}
        </Button>
      )}
    </section>
  );
}

interface FormProps {
  customerId: string;
  note?: CustomerNote;
  onClose?: () => void;
}

function NoteForm({ customerId, note, onClose }: FormProps) {
  const { t } = useI18n();
  const save = useSaveNote(customerId, note);
  const [text, setText] = useState(note?.text ?? "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(text.trim(), {
      onSuccess: () => {
        setText("");
        onClose?.();
      },
      onError: toastError,
    });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-2">
      <TextAreaField
        label={note === undefined ? t("notes.new") : t("notes.change")}
        rows={2}
        dir={text === "" ? undefined : "auto"}
        value={text}
        maxLength={TEXT_MOST}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="flex flex-wrap justify-end gap-2">
        {onClose !== undefined && <Button onClick={onClose}>{t("action.cancel")}</Button>}
        <Button
          type="submit"
          look="primary"
          busy={save.isPending}
          disabled={text.trim() === "" || text.trim() === note?.text}
        >
          {note === undefined ? t("notes.add") : t("action.save")}
        </Button>
      </div>
    </form>
  );
}

function NoteCard({ note }: { note: CustomerNote }) {
  const { t, fmt } = useI18n();
  const me = useUser().id;
  const changes = useCan()("customers:update") && note.author_id === me;
  const { data: operators } = useOperators();
  const [editing, setEditing] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const remove = useDeleteNote(note);
  const known = operators?.find(({ id }) => id === note.author_id)?.name;
  const author = note.author_type === "key" ? t("notes.program") : (known ?? t("assign.somebody"));
  return (
    <article className="rounded-2xl border border-line bg-sunken p-3">
      <div className="flex items-start gap-2">
        <p className="min-w-0 flex-1 text-xs text-ink-2">
          <bdi className="font-medium">{author}</bdi>
          {" · "}
          <time dateTime={note.created_at}>{fmt.dateTime(note.created_at)}</time>
          {note.updated_at !== note.created_at && ` · ${t("notes.changed")}`}
        </p>
        {changes && !editing && (
          <div className="-my-2 -me-2 flex shrink-0">
            <IconButton label={t("notes.change")} onClick={() => setEditing(true)}>
              <Pencil />
            </IconButton>
            <IconButton label={t("notes.delete")} onClick={() => setDeleting(true)}>
              <Trash2 />
            </IconButton>
          </div>
        )}
      </div>
      {editing ? (
        <NoteForm customerId={note.customer_id} note={note} onClose={() => setEditing(false)} />
      ) : (
        <p dir="auto" className="text-sm break-words whitespace-pre-wrap">
          {note.text}
        </p>
      )}
      <Confirm
        open={deleting}
        onOpenChange={setDeleting}
        title={t("notes.delete_title")}
        description={t("notes.delete_hint")}
        confirm={t("action.delete")}
        busy={remove.isPending}
        onConfirm={() =>
          remove.mutate(undefined, { onError: toastError, onSettled: () => setDeleting(false) })
        }
      />
    </article>
  );
}
