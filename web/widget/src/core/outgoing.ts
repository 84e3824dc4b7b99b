import type { Item } from "./outbox";
import type { Content, ContentType, Message } from "./types";

/** The server's longest caption; a longer text goes as a message of its own. */
const CAPTION = 1024;

/** A message before it is put into the outbox. */
interface Draft {
  type: ContentType;
  content: Content;
  file?: File;
}

/** The messages that a text and files make: the text is the caption of the first file where it fits. */
export const draftsOf = (text: string, files: readonly File[]): Draft[] => {
  const caption = files.length > 0 && text.length <= CAPTION ? text : "";
  const drafts: Draft[] = text && !caption ? [{ type: "text", content: { text } }] : [];
  for (const [index, file] of files.entries()) {
    const content: Content = { file_name: file.name, mime_type: file.type, size: file.size };
    if (caption && index === 0) content.caption = caption;
    drafts.push({ type: kindOf(file), content, file });
  }
  return drafts;
};

/** What the API takes of an item; the rest of its content is for showing it meanwhile. */
export const bodyOf = ({ type, content }: Item): object => {
  const { text, caption, file_id } = content;
  return {
    content_type: type,
    content: file_id ? { file_id, ...(caption && { caption }) } : { text },
  };
};

/** Whether a message that came by the socket can be the item that is under way. */
export const isTwin = (item: Item, { content }: Message): boolean =>
  item.state === "sending" &&
  !item.echo &&
  (item.content.file_id
    ? item.content.file_id === content.file_id
    : item.content.text === content.text);

const kindOf = ({ type }: File): ContentType => {
  const [kind] = type.split("/");
  // A vector image can carry script: it travels as a plain file.
  if (kind === "image" && !type.includes("svg")) return "image";
  return kind === "audio" ? "audio" : "file";
};
