import { useEffect, useState } from "preact/hooks";
import type { Content, ContentType } from "../core/types";
import type { I18n } from "../i18n";
import { FileIcon } from "./icons";

/** Signed addresses live five minutes; ask for a new one a little earlier. */
const FRESH_FOR = 4 * 60_000;

interface Props {
  type: ContentType;
  content: Content;
  i18n: I18n;
  origin: string;
  /** The bytes, while this page still has them. */
  file: File | undefined;
  /** How much of them has left, while they leave. */
  progress: number | undefined;
  /** Asks the server for a new address, once it has the file. */
  fresh: (() => Promise<string | undefined>) | undefined;
}

/** An http(s) address, or nothing: a message must not bring any other kind. */
export const safeUrl = (url: string | undefined, origin: string): string | undefined => {
  if (!url) return undefined;
  try {
    const { protocol, href } = new URL(url, origin);
    return protocol === "https:" || protocol === "http:" ? href : undefined;
  } catch {
    return undefined;
  }
};

/** An address under which the page's own copy of a picture can be seen. */
export const usePreview = (file: File | undefined): string | undefined => {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!file?.type.startsWith("image/")) return;
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return url;
};

/** A file in a bubble: a picture, a player, or a card to download. */
export const Attachment = ({ type, content, i18n, origin, file, progress, fresh }: Props) => {
  const [broken, setBroken] = useState(false);
  const [large, setLarge] = useState(false);
  const [since] = useState(Date.now);
  const preview = usePreview(file);
  const stored = safeUrl(content.url, origin);
  const url = preview ?? stored;
  const name = content.file_name ?? "";

  const failed = async () => {
    // Perhaps only the signed address has died; a new one comes with the message.
    const renewed = fresh && (await fresh());
    if (!renewed || renewed === content.url) setBroken(true);
  };
  const open = async (event: MouseEvent) => {
    if (!fresh || Date.now() - since < FRESH_FOR) return;
    event.preventDefault();
    const renewed = safeUrl(await fresh(), origin);
    if (renewed) window.open(renewed, "_blank", "noopener");
  };

  if (url && !broken && (type === "image" || type === "sticker")) {
    return (
      <button
        type="button"
        class={large ? "picture large" : "picture"}
        aria-label={i18n.t("enlarge", { name })}
        aria-pressed={large}
        onClick={() => setLarge(!large)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || !large) return;
          event.stopPropagation();
          setLarge(false);
        }}
      >
        <img src={url} alt={name} onError={failed} />
        {progress !== undefined && <Progress share={progress} i18n={i18n} />}
      </button>
    );
  }
  if (stored && !broken && type === "audio") {
    // biome-ignore lint/a11y/useMediaCaption: a voice message has no captions
    return <audio controls preload="none" src={stored} onError={failed} />;
  }
  const card = (
    <>
      <FileIcon />
      <span>
        <bdi>{name}</bdi>
        {content.size ? <small>{i18n.size(content.size)}</small> : null}
        {progress !== undefined && <Progress share={progress} i18n={i18n} />}
      </span>
    </>
  );
  if (!stored) return <div class="card">{card}</div>;
  return (
    <a
      class="card"
      href={stored}
      target="_blank"
      rel="noopener noreferrer"
      aria-label={i18n.t("download", { name })}
      onClick={open}
    >
      {card}
    </a>
  );
};

const Progress = ({ share, i18n }: { share: number; i18n: I18n }) => (
  <progress value={share} max={1} aria-label={i18n.t("sending")} />
);
