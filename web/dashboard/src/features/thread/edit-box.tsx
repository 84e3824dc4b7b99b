import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Message } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { Button } from "../../ui/button";
import { useEditMessage } from "./actions";

/** As the server: longer ones are refused. */
const TEXT_MOST = 32_000;
const CAPTION_MOST = 1_024;

/** The words of a message while their author changes them. */
export function EditBox({ message, onDone }: { message: Message; onDone: () => void }) {
  const { t } = useI18n();
  const area = useRef<HTMLTextAreaElement>(null);
  const { content } = message;
  const isFile = content.file_id !== undefined;
  const before = (isFile ? content.caption : content.text) ?? "";
  const [words, setWords] = useState(before);
  const edit = useEditMessage();
  useEffect(() => {
    const element = area.current;
    element?.focus();
    element?.setSelectionRange(element.value.length, element.value.length);
  }, []);

  const empty = !isFile && words.trim() === "";
  const save = () => {
    if (empty) return;
    if (words.trim() === before) return onDone();
    const changed = isFile ? { caption: words.trim() } : { text: words.trim() };
    edit.mutate({ id: message.id, content: changed }, { onSuccess: onDone });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      save();
    }
    if (event.key === "Escape") {
      event.stopPropagation();
      onDone();
    }
  };
  return (
    <div className="flex w-[min(30rem,70vw)] flex-col gap-2 py-1">
      <textarea
        ref={area}
        rows={1}
        dir={words === "" ? undefined : "auto"}
        value={words}
        maxLength={isFile ? CAPTION_MOST : TEXT_MOST}
        aria-label={t("message.edit_label")}
        onChange={(event) => setWords(event.target.value)}
        onKeyDown={onKeyDown}
        className="field-sizing-content max-h-60 min-h-9 w-full resize-none rounded-lg border border-line-strong/55 bg-surface px-2.5 py-2 text-base leading-5"
      />
      <div className="flex justify-end gap-2">
        <Button size="sm" look="quiet" onClick={onDone}>
          {t("action.cancel")}
        </Button>
        <Button size="sm" look="primary" busy={edit.isPending} disabled={empty} onClick={save}>
          {t("action.save")}
        </Button>
      </div>
    </div>
  );
}
