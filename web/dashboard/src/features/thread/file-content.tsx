import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Download, FileText, ImageOff } from "lucide-react";
import { useState } from "react";
import { api, call } from "../../api/client";
import { keys } from "../../api/keys";
import type { ContentType, MessageContent } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { ImageViewer } from "./image-viewer";

interface Props {
  type: ContentType;
  content: MessageContent;
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

export function FileContent({ type, content }: Props) {
  const file = useFileUrl(content);
  const name = content.file_name ?? "";
  if (file.url !== undefined && !file.gone) {
    if (type === "image" || type === "sticker") {
      return (
        <ImageViewer url={file.url} name={name} small={type === "sticker"} onError={file.refresh} />
      );
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
      return (
        // biome-ignore lint/a11y/useMediaCaption: customers' videos come without captions
        <video
          controls
          preload="metadata"
          src={file.url}
          onError={file.refresh}
          className="my-1 max-h-80 max-w-full rounded-lg"
        />
      );
    }
  }
  return <FileCard content={content} url={file.url} gone={file.gone} />;
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
