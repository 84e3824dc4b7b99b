import { useState } from "preact/hooks";
import type { Chat } from "../core/chat";
import type { I18n } from "../i18n";

/** Files sent in one go at most. */
const MOST = 10;

/** Files chosen, pasted or dropped that wait beside the text until it is sent. */
export interface Staged {
  readonly files: readonly File[];
  /** Why something did not get in, for people. */
  readonly refusal: string;
  add(more: Iterable<File>): void;
  remove(file: File): void;
  clear(): void;
}

export const useStaged = (chat: Chat, i18n: I18n): Staged => {
  const [files, setFiles] = useState<readonly File[]>([]);
  const [refusal, setRefusal] = useState("");
  return {
    files,
    refusal,
    add: (more) => {
      const all = [...more];
      const large = all.find((file) => file.size > chat.maxFileSize);
      const values = large && { name: large.name, size: i18n.size(chat.maxFileSize) };
      setRefusal(values ? i18n.t("tooLarge", values) : "");
      const fitting = all.filter((file) => file.size <= chat.maxFileSize);
      setFiles((known) => [...known, ...fitting].slice(0, MOST));
    },
    remove: (file) => setFiles((known) => known.filter((other) => other !== file)),
    clear: () => {
      setFiles([]);
      setRefusal("");
    },
  };
};
