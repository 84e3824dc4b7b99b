import { Lock, Paperclip, SendHorizontal } from "lucide-react";
import { type ClipboardEvent, type KeyboardEvent, useEffect, useRef } from "react";
import type { Conversation } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useCommands } from "../../lib/commands";
import { cx } from "../../lib/cx";
import { useShortcuts } from "../../lib/shortcuts";
import { useCan } from "../../session/session";
import { IconButton } from "../../ui/icon-button";
import { Writers } from "../thread/colleagues";
import { AskPhone } from "./ask-phone";
import { useAttach } from "./attach";
import { AttachmentChip } from "./attachment-chip";
import { useCannedPicker } from "./canned-picker";
import { changeDraft, detach, noteKey, openDraft, useDraft } from "./drafts";
import { setMode, useMode } from "./mode";
import { ModeTabs } from "./mode-tabs";
import { ReplyBar } from "./reply-bar";
import { sendDraft } from "./send";
import { useTypingSignal } from "./typing-signal";

/** As the server: longer texts are refused. */
const TEXT_MOST = 32_000;

interface Props {
  conversation: Conversation;
  /** The newest message shown, after which an answer will stand. */
  lastSeq: number;
}

export function Composer({ conversation, lastSeq }: Props) {
  const { t } = useI18n();
  const may = useCan()("conversations:reply");
  if (!may) return <Closed text={t("composer.view_only")} />;
  return <ReplyBox conversation={conversation} lastSeq={lastSeq} />;
}

function Closed({ text }: { text: string }) {
  return (
    <p className="border-t border-line bg-surface px-4 py-4 text-center text-sm text-ink-3">
      {text}
    </p>
  );
}

/** Why the customer cannot be answered here; the team can be written to all the same. */
function shutFor({ customer, status }: Conversation) {
  if (customer.blocked) return "composer.blocked";
  return status === "closed" ? "composer.closed" : null;
}

function ReplyBox({ conversation, lastSeq }: Props) {
  const { t } = useI18n();
  const { id, customer } = conversation;
  const shut = shutFor(conversation);
  const closed = shut !== null;
  const note = useMode(id) === "note" || closed;
  const written = note ? noteKey(id) : id;
  const draft = useDraft(written);
  const area = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const typing = useTypingSignal(id);
  const attach = useAttach(written);
  const canned = useCannedPicker(id, written, draft.text, area);
  const write = (mode: "reply" | "note") => {
    setMode(id, mode);
    area.current?.focus();
  };
  useShortcuts({ KeyR: () => write("reply"), KeyN: () => write("note") });

  useCommands([
    ...(closed
      ? []
      : [
          {
            group: "conversation" as const,
            label: t("shortcuts.reply"),
            icon: <SendHorizontal className="mirrored" />,
            keys: "R",
            run: () => write("reply"),
          },
        ]),
    {
      group: "conversation",
      label: t("shortcuts.note"),
      icon: <Lock />,
      keys: "N",
      run: () => write("note"),
    },
  ]);

  useEffect(() => openDraft(id), [id]);

  // On a touch screen the keyboard would cover the thread that was just opened.
  useEffect(() => {
    if (!closed && matchMedia("(pointer: fine)").matches)
      area.current?.focus({ preventScroll: true });
  }, [closed]);

  // Whoever picked a message to answer wants to write now.
  useEffect(() => {
    if (draft.replyTo !== undefined) area.current?.focus();
  }, [draft.replyTo]);

  const waiting = draft.attachments.some(({ file }) => file === undefined);
  const empty = draft.text.trim() === "" && draft.attachments.length === 0;
  const send = () => {
    if (sendDraft(id, lastSeq, note)) typing(false);
    area.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (canned.onKeyDown(event)) return;
    // While an input method composes a word, Enter ends the word.
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      send();
    }
    if (event.key === "Escape") area.current?.blur();
  };
  const onPaste = (event: ClipboardEvent) => {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    attach(event.clipboardData.files);
  };

  return (
    <div className="border-t border-line bg-surface px-2 pt-2 pb-[max(0.5rem,env(safe-area-inset-bottom))] md:px-4 md:pb-4">
      <Writers conversationId={id} />
      {shut !== null && <p className="mx-auto max-w-3xl px-2 pb-2 text-sm text-ink-3">{t(shut)}</p>}
      <div
        className={cx(
          "relative mx-auto max-w-3xl rounded-2xl border transition-colors focus-within:ring-1",
          note
            ? "border-warn/50 bg-warn-soft focus-within:border-warn focus-within:ring-warn"
            : "border-line-strong/55 bg-surface focus-within:border-accent focus-within:ring-accent",
        )}
      >
        {canned.panel}
        {!closed && <ModeTabs mode={note ? "note" : "reply"} onMode={write} />}
        {draft.replyTo !== undefined && (
          <ReplyBar conversation={conversation} messageId={draft.replyTo} />
        )}
        {draft.attachments.length > 0 && (
          <ul className="flex flex-wrap gap-2 px-3 pt-3">
            {draft.attachments.map((attachment) => (
              <AttachmentChip
                key={attachment.id}
                attachment={attachment}
                onRemove={() => detach(written, attachment.id)}
              />
            ))}
          </ul>
        )}
        <div className="flex items-end gap-1 p-1.5">
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            onChange={(event) => {
              attach(event.target.files ?? []);
              event.target.value = "";
            }}
          />
          <IconButton label={t("composer.attach")} onClick={() => picker.current?.click()}>
            <Paperclip />
          </IconButton>
          {!note && <AskPhone conversation={conversation} lastSeq={lastSeq} />}
          <textarea
            ref={area}
            rows={1}
            // An empty box takes the page's direction, a written one that of its text.
            dir={draft.text === "" ? undefined : "auto"}
            value={draft.text}
            maxLength={TEXT_MOST}
            aria-label={
              note
                ? t("composer.note_label")
                : t("composer.label", { name: customer.name || t("customer.nameless") })
            }
            placeholder={note ? t("composer.note_placeholder") : t("composer.placeholder")}
            onChange={(event) => {
              const { value } = event.target;
              changeDraft(written, (current) => ({
                ...current,
                text: value,
                // What was said when the answer was begun; an empty box begins another.
                since: current.text === "" ? lastSeq : (current.since ?? lastSeq),
              }));
              typing(!note && value.trim() !== "");
              canned.onCaret(event.target.selectionStart);
            }}
            onSelect={(event) => canned.onCaret(event.currentTarget.selectionStart)}
            {...canned.field}
            onBlur={() => typing(false)}
            onKeyDown={onKeyDown}
            onPaste={onPaste}
            className="field-sizing-content max-h-48 min-h-9 w-full min-w-0 resize-none bg-transparent px-1 py-2 text-base leading-5 outline-none max-md:text-lg"
          />
          <IconButton
            label={
              waiting ? t("composer.uploading") : note ? t("composer.add_note") : t("composer.send")
            }
            onClick={send}
            disabled={empty || waiting}
            className="bg-accent text-on-accent hover:bg-accent-hover hover:text-on-accent disabled:bg-sunken disabled:text-ink-3 disabled:opacity-100"
          >
            {note ? <Lock /> : <SendHorizontal className="mirrored" />}
          </IconButton>
        </div>
      </div>
      <p className="mx-auto mt-1.5 hidden max-w-3xl px-2 text-2xs text-ink-3 md:block">
        {t("composer.hint")}
      </p>
    </div>
  );
}
