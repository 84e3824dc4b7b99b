import type { Message } from "../../api/types";

/** Messages that are shown in one bubble: those of an album together, every other one alone. */
export function bubblesOf(messages: readonly Message[]): Message[][] {
  const bubbles: Message[][] = [];
  for (const message of messages) {
    const last = bubbles.at(-1);
    if (last?.[0] !== undefined && together(last[0], message)) last.push(message);
    else bubbles.push([message]);
  }
  return bubbles;
}

function together(first: Message, next: Message): boolean {
  const album = first.metadata.album_id;
  return (
    album !== undefined &&
    // A file that was taken back has a place of its own.
    first.metadata.deleted !== true &&
    next.metadata.deleted !== true &&
    album === next.metadata.album_id &&
    first.direction === next.direction &&
    first.private === next.private
  );
}
