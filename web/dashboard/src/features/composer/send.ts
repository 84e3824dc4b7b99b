import type { ContentType, MessageContent, StoredFile } from "../../api/types";
import { prefs } from "../../lib/prefs";
import { uuid } from "../../lib/uuid";
import { outbox } from "../../outbox/current";
import type { Outgoing, SentDraft } from "../../outbox/outbox";
import { clearDraft, draftOf, noteKey } from "./drafts";

/** A longer text goes as its own message before the file. */
const CAPTION_MOST = 1_024;
const ALBUM_MOST = 10;

/**
 * Sends the draft of a conversation, or what is written for the team; `false` where there is nothing to send, or
 * not yet. What goes to the customer waits as long as the person likes to be able to take it back.
 */
export function sendDraft(conversationId: string, afterSeq: number, note = false): boolean {
  const written = note ? noteKey(conversationId) : conversationId;
  const draft = draftOf(written);
  const text = draft.text.trim();
  const files = draft.attachments.map(({ file }) => file);
  const sender = outbox();
  if (sender === null || (text === "" && files.length === 0)) return false;
  if (!files.every((file) => file !== undefined)) return false;

  const delay = note ? 0 : prefs().undoSeconds * 1000;
  const sent: SentDraft = {
    text: draft.text,
    files,
    ...(draft.replyTo === undefined ? {} : { replyTo: draft.replyTo }),
  };
  const batch = uuid();
  let { replyTo } = draft;
  const put = ([first, ...rest]: Piece[]) => {
    if (first === undefined) return;
    sender.add({
      key: uuid(),
      conversation_id: conversationId,
      ...first,
      ...(rest.length === 0 ? {} : { rest }),
      // Only the first of what is sent answers.
      ...(replyTo === undefined ? {} : { reply_to: replyTo }),
      created_at: new Date().toISOString(),
      after_seq: afterSeq,
      ...(note ? { private: true } : { if_last_seq: draft.since ?? afterSeq }),
      ...(delay === 0 ? {} : { held: { batch, until: Date.now() + delay, sent } }),
    });
    replyTo = undefined;
  };
  const album = !note && isAlbum(files);
  const captioned = (files.length === 1 || album) && text !== "" && text.length <= CAPTION_MOST;
  if (text !== "" && !captioned) put([{ content_type: "text", content: { text } }]);
  const pieces = files.map((file, index) => ({
    content_type: kindOf(file),
    content: fileContent(file, captioned && index === 0 ? text : undefined),
  }));
  if (album) put(pieces);
  else for (const piece of pieces) put([piece]);
  clearDraft(written);
  return true;
}

type Piece = Pick<Outgoing, "content_type" | "content">;

/** As the server: 2 to 10 pictures and films, or sound, or files of other kinds. */
function isAlbum(files: readonly StoredFile[]): boolean {
  if (files.length < 2 || files.length > ALBUM_MOST) return false;
  const kinds = files.map(kindOf);
  const all = (...wanted: ContentType[]) => kinds.every((kind) => wanted.includes(kind));
  return all("image", "video") || all("audio") || all("file");
}

function fileContent(file: StoredFile, caption: string | undefined): MessageContent {
  const { id, file_name, mime_type, size, url } = file;
  const content = { file_id: id, file_name, mime_type, size, url };
  return caption === undefined ? content : { ...content, caption };
}

/** The kind that shows a file of this media type best, as the server sees it. */
function kindOf({ mime_type }: Pick<StoredFile, "mime_type">): ContentType {
  // A vector image can carry script: it is handed out as a file, never shown.
  if (mime_type.startsWith("image/") && !mime_type.includes("svg")) return "image";
  if (mime_type.startsWith("audio/")) return "audio";
  if (mime_type.startsWith("video/")) return "video";
  return "file";
}
