import type { MessageContent } from "../api/types";

const LENGTH = 200;

/** The first words of a message, for lists; empty where it has none. */
export function previewOf(content: MessageContent): string {
  const words = content.text ?? content.caption ?? content.file_name ?? content.name ?? "";
  return words.replace(/\s+/g, " ").trim().slice(0, LENGTH);
}
