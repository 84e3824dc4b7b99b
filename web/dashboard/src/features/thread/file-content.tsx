import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Download, FileText, ImageOff } from "lucide-react";
import { useState } from "react";
import { api, call } from "../../api/client";
import { keys } from "../../api/keys";
import type { ContentType, Message, MessageContent } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { ImageViewer } from "./image-viewer";

interface Props {
  type: ContentType;
  content: MessageContent;
  metadata: Message["metadata"];
  /** In a grid, where pictures and films fill their places. */
  tile?: boolean;
}

/**
 * The address at the origin this page came from: the public one may be another name of the same server
 * (`localhost`, a tunnel), and the page may show nothing from there.
 */
export function here(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  if (!URL.canParse(url, location.origin)) return undefined;
  const { protocol, pathname, search } = new URL(url, location.origin);
  if (protocol !== "http:" && protocol !== "https:") return undefined;
  // Two slashes would lead to another host.
  return pathname.replace(/^\/+/, "/") + search;
}

/** Addresses of files live for minutes; when one has died, a fresh one is asked for, once. */
function useFileUrl({ file_id: id, url, state }: MessageContent) {
  const client = useQueryClient();
  const [stale, setStale] = useState<string>();
  // Each telling of the message signs a new address; changing to it would load the picture again.
  const [first, setFirst] = useState(url);
  if (first === undefined && url !== undefined) setFirst(url);
  const fresh = useQuery({
    queryKey: keys.file(id ?? ""),
    enabled: id !== undefined && state === undefined && (url === undefined || stale !== undefined),
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      const params = { path: { id: id ?? "" } };
      return call(api.GET("/api/v1/files/{id}", { params, signal }));
    },
  });
  const current = here(fresh.data?.file.url ?? first);
  const refresh = async () => {
    if (stale !== undefined && stale === current) return;
    setStale(current);
    await client.invalidateQueries({ queryKey: keys.file(id ?? "") });
  };
  return {
    url: current,
    refresh,
    gone:
      state === "failed" ||
      fresh.isError ||
      (stale !== undefined && stale === current && !fresh.isFetching),
  };
}

export function FileContent({ type, content, metadata, tile = false }: Props) {
  const { t } = useI18n();
  const file = useFileUrl(content);
  const name = content.file_name ?? "";
  if (type === "sticker" && !isPicture(content)) {
    return <Sticker content={content} url={file.url} emoji={metadata.emoji} />;
  }
  if (file.url !== undefined && !file.gone) {
    if (type === "image" || type === "sticker") {
      const size = tile ? "tile" : type === "sticker" ? "small" : "large";
      return <ImageViewer url={file.url} name={name} size={size} onError={file.refresh} />;
    }
    if (type === "audio") {
      return (
        // biome-ignore lint/a11y/useMediaCaption: voice notes come without captions
        <audio
          controls
          preload="none"
          src={file.url}
          onError={file.refresh}
          className="my-1 h-10 w-72 max-w-full"
        />
      );
    }
    if (type === "video") {
      const round = metadata.kind === "video_note";
      return (
        // biome-ignore lint/a11y/useMediaCaption: customers' videos come without captions
        <video
          controls
          preload="metadata"
          src={file.url}
          onError={file.refresh}
          aria-label={t(round ? "content.video_note" : "content.video")}
          className={
            tile
              ? "size-full rounded-lg bg-sunken object-cover"
              : round
                ? "my-1 size-56 max-w-full rounded-[2.5rem] bg-sunken object-cover"
                : "my-1 max-h-80 max-w-full rounded-lg"
          }
        />
      );
    }
  }
  return <FileCard content={content} url={file.url} gone={file.gone} />;
}

/** Whether a browser can show the file as a picture. */
const isPicture = ({ mime_type: type }: MessageContent): boolean =>
  type === undefined || type.startsWith("image/");

/** A sticker that moves: a film where the browser plays it, otherwise the emoji it stands for. */
function Sticker({
  content,
  url,
  emoji,
}: {
  content: MessageContent;
  url: string | undefined;
  emoji: string | undefined;
}) {
  const { t } = useI18n();
  const label = t("content.animated_sticker");
  if (url !== undefined && content.mime_type?.startsWith("video/")) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    return (
      <video
        src={url}
        autoPlay={!still}
        loop
        muted
        playsInline
        aria-label={label}
        className="my-1 max-h-28 max-w-full"
      />
    );
  }
  return (
    <span className="my-1 flex items-center gap-2.5">
      <span aria-hidden="true" className="text-4xl leading-none">
        {emoji ?? "🙂"}
      </span>
      <span className="text-sm text-ink-2">{label}</span>
    </span>
  );
}

function FileCard({
  content,
  url,
  gone,
}: {
  content: MessageContent;
  url: string | undefined;
  gone: boolean;
}) {
  const { t, fmt } = useI18n();
  const name = content.file_name || t("content.file");
  const body = (
    <>
      <span className="flex size-9 shrink-0 items-center justify-center rounded-lg bg-accent-soft text-accent-ink">
        {gone ? <ImageOff className="size-4.5" /> : <FileText className="size-4.5" />}
      </span>
      <span className="min-w-0 flex-1">
        <bdi className="block truncate text-sm font-medium">{name}</bdi>
        <span className="block text-xs text-ink-2">
          {gone
            ? t("content.file_gone")
            : content.state === "pending"
              ? t("content.file_pending")
              : fmt.bytes(content.size ?? 0)}
        </span>
      </span>
    </>
  );
  const box = "my-1 flex w-64 max-w-full items-center gap-2.5";
  if (url === undefined || gone) return <span className={box}>{body}</span>;
  return (
    <a
      href={url}
      download={name}
      aria-label={t("content.download", { name })}
      className={`${box} group rounded-lg`}
    >
      {body}
      <Download className="size-4 shrink-0 text-ink-3 group-hover:text-ink" />
    </a>
  );
}
