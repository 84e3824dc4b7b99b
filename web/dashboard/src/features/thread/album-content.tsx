import type { Message } from "../../api/types";
import { cx } from "../../lib/cx";
import { BubbleContent } from "./content";
import { FileContent } from "./file-content";

const seen = ({ content_type }: Pick<Message, "content_type">) =>
  content_type === "image" || content_type === "video";

type Item = Pick<Message, "content_type" | "content"> & { id: string };

/** The files of an album: pictures and films in a grid, all else one below the other; then the words. */
export function AlbumContent({ items }: { items: readonly Item[] }) {
  const grid = items.every(seen);
  const captions = items.flatMap(({ content }) => content.caption ?? []);
  return (
    <>
      <div
        className={cx(
          "my-1",
          grid
            ? "grid w-[min(24rem,68vw)] max-w-full grid-cols-2 gap-1"
            : "flex flex-col gap-1 divide-y divide-line",
        )}
      >
        {items.map(({ id, content_type, content }, index) => (
          <div
            key={id}
            data-message={id}
            className={cx(
              "min-w-0 scroll-m-16 rounded-lg",
              grid && "aspect-square overflow-hidden",
              // An odd one out is as wide as two.
              grid && index === 0 && items.length % 2 === 1 && "col-span-2 aspect-video",
            )}
          >
            <FileContent type={content_type} content={content} metadata={{}} tile={grid} />
          </div>
        ))}
      </div>
      {captions.length > 0 && <BubbleContent type="text" content={{ text: captions.join("\n") }} />}
    </>
  );
}
