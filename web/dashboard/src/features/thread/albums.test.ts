import { describe, expect, it } from "vitest";
import { message } from "../../testing/fixtures";
import { bubblesOf } from "./albums";

const of = (seq: number, album_id?: string) =>
  message(seq, { metadata: album_id === undefined ? {} : { album_id } });
const seqs = (messages: Parameters<typeof bubblesOf>[0]) =>
  bubblesOf(messages).map((bubble) => bubble.map(({ seq }) => seq));

describe("albums in a thread", () => {
  it("keeps what belongs together in one bubble", () => {
    expect(seqs([of(1), of(2, "a"), of(3, "a"), of(4, "b"), of(5), of(6)])).toEqual([
      [1],
      [2, 3],
      [4],
      [5],
      [6],
    ]);
    expect(seqs([])).toEqual([]);
  });

  it("gives what was taken back a place of its own", () => {
    const gone = message(2, { metadata: { album_id: "a", deleted: true } });
    expect(seqs([of(1, "a"), gone, of(3, "a"), of(4, "a")])).toEqual([[1], [2], [3, 4]]);
  });

  it("does not join what somebody else sent under the same name", () => {
    const answer = message(2, { metadata: { album_id: "a" }, direction: "outbound" });
    expect(seqs([of(1, "a"), answer])).toEqual([[1], [2]]);
  });
});
