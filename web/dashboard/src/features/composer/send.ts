import type { ContentType, MessageContent, StoredFile } from "../../api/types";
import { uuid } from "../../lib/uuid";
import { outbox } from "../../outbox/current";
import { clearDraft, draftOf } from "./drafts";

/** A longer text goes as its own message before the file. */
const CAPTION_MOST = 1_024;

/** Sends the draft of a conversation; `false` where there is nothing to send, or not yet. */
export function sendDraft(conversationId: string, afterSeq: number): boolean {
  const draft = draftOf(conversationId);
  const text = draft.text.trim();
  const files = draft.attachments.map(({ file }) => file);
  const sender = outbox();
  if (sender === null || (text === "" && files.length === 0)) return false;
  if (!files.every((file) => file !== undefined)) return false;

  const put = (content_type: ContentType, content: MessageContent) =>
    sender.add({
      key: uuid(),
      conversation_id: conversationId,
      content_type,
      content,
      created_at: new Date().toISOString(),
      after_seq: afterSeq,
      if_last_seq: draft.since ?? afterSeq,
    });
  const captioned = files.length === 1 && text !== "" && text.length <= CAPTION_MOST;
  if (text !== "" && !captioned) put("text", { text });
  for (const file of files) put(kindOf(file), fileContent(file, captioned ? text : undefined));
  clearDraft(conversationId);
  return true;
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
