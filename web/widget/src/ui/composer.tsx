import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Chat } from "../core/chat";
import type { Store } from "../core/store";
import type { I18n } from "../i18n";
import { usePreview } from "./attachment";
import type { Staged } from "./files";
import { ClipIcon, CloseIcon, FileIcon, SendIcon } from "./icons";

/** Longer than anybody types; the server takes four times as much. */
const LONGEST = 8000;

interface Props {
  chat: Chat;
  store: Store;
  i18n: I18n;
  staged: Staged;
}

/** Where the visitor writes: text, and files that wait beside it until they are sent. */
export const Composer = ({ chat, store, i18n, staged }: Props) => {
  const [text, setText] = useState(() => store.get<string>("d") ?? "");
  const [full, setFull] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const { files } = staged;
  const empty = !text.trim() && files.length === 0;

  const write = (value: string) => {
    setText(value);
    setFull(false);
    // The draft survives a reload, as everything else the visitor wrote does.
    if (value) store.set("d", value);
    else store.remove("d");
  };
  const send = () => {
    if (empty) return;
    if (!chat.send(text.trim(), files)) {
      setFull(true);
      return;
    }
    write("");
    staged.clear();
    area.current?.focus();
  };

  // As high as the text, up to what the style sheet allows.
  useLayoutEffect(() => {
    const { current } = area;
    if (!current) return;
    current.style.height = "auto";
    current.style.height = `${current.scrollHeight}px`;
  });

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <p class="notice" role="status">
        {full ? i18n.t("full") : staged.refusal}
      </p>
      {files.length > 0 && (
        <ul class="staged">
          {files.map((file) => (
            <StagedFile
              key={file}
              file={file}
              label={`${i18n.t("remove")} ${file.name}`}
              remove={() => staged.remove(file)}
            />
          ))}
        </ul>
      )}
      <div class="row">
        <button
          type="button"
          class="icon"
          aria-label={i18n.t("attach")}
          title={i18n.t("attach")}
          onClick={() => picker.current?.click()}
        >
          <ClipIcon />
        </button>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          onChange={({ currentTarget }) => {
            staged.add(currentTarget.files ?? []);
            currentTarget.value = "";
          }}
        />
        <textarea
          ref={area}
          rows={1}
          // Empty, it follows the panel, so that the placeholder stands on its side.
          dir={text ? "auto" : undefined}
          maxLength={LONGEST}
          value={text}
          placeholder={i18n.t("placeholder")}
          aria-label={i18n.t("placeholder")}
          enterkeyhint="send"
          onInput={({ currentTarget }) => {
            write(currentTarget.value);
            if (currentTarget.value) chat.presence.typed();
            else chat.presence.stopped();
          }}
          onKeyDown={(event) => {
            // Enter that confirms a word of an input method does not send.
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
          onPaste={(event) => {
            const pasted = event.clipboardData?.files ?? [];
            if (pasted.length === 0) return;
            event.preventDefault();
            staged.add(pasted);
          }}
        />
        <button
          type="submit"
          class="icon send"
          aria-label={i18n.t("send")}
          title={i18n.t("send")}
          disabled={empty}
        >
          <SendIcon />
        </button>
      </div>
    </form>
  );
};

interface FileProps {
  file: File;
  label: string;
  remove(): void;
}

const StagedFile = ({ file, label, remove }: FileProps) => {
  const preview = usePreview(file);
  return (
    <li>
      {preview ? <img src={preview} alt="" /> : <FileIcon />}
      <bdi>{file.name}</bdi>
      <button type="button" aria-label={label} title={label} onClick={remove}>
        <CloseIcon />
      </button>
    </li>
  );
};
