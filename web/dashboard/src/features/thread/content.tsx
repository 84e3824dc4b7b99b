import {
  BadgeCheck,
  Contact,
  ExternalLink,
  FileText,
  Keyboard,
  MapPin,
  MousePointerClick,
  Phone,
} from "lucide-react";
import type { ReactNode } from "react";
import type { ContentType, Message, MessageButton, MessageContent } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { FileContent } from "./file-content";
import { linkify } from "./linkify";

interface Props {
  type: ContentType;
  content: MessageContent;
  metadata?: Message["metadata"];
}

const NO_METADATA: Message["metadata"] = {};

/** What a message carries. Everything a customer wrote is text, never markup. */
export function BubbleContent({ type, content, metadata = NO_METADATA }: Props): ReactNode {
  switch (type) {
    case "text":
      return (
        <>
          <KindLine kind={metadata.kind} />
          <Words text={content.text ?? ""} />
        </>
      );
    case "image":
    case "sticker":
    case "file":
    case "audio":
    case "video":
      return (
        <>
          <FileContent type={type} content={content} metadata={metadata} />
          {content.caption !== undefined && <Words text={content.caption} />}
        </>
      );
    case "location":
      return <Location content={content} metadata={metadata} />;
    case "contact":
      return <ContactCard content={content} own={metadata.own === true} />;
    case "interactive":
      return (
        <>
          <Words text={content.text ?? ""} />
          <Pressed pressed={metadata.button_data !== undefined} />
          <Buttons buttons={content.buttons ?? []} keyboard={content.kind === "reply"} />
        </>
      );
    default:
      return <Unsupported />;
  }
}

/** That the customer did not write it, but pressed a button with these words. */
function Pressed({ pressed }: { pressed: boolean }) {
  const { t } = useI18n();
  if (!pressed) return null;
  return (
    <span className="mt-0.5 flex items-center gap-1 text-2xs font-medium text-ink-2">
      <MousePointerClick className="size-3.5 shrink-0" aria-hidden="true" />
      {t("content.pressed")}
    </span>
  );
}

const BUTTON =
  "inline-flex max-w-full items-center gap-1.5 rounded-lg border border-line-strong/50 px-2.5 py-1 text-xs font-medium [&_svg]:size-3.5 [&_svg]:shrink-0";

function Buttons({ buttons, keyboard }: { buttons: MessageButton[]; keyboard: boolean }) {
  const { t } = useI18n();
  if (buttons.length === 0) return null;
  return (
    <span className="mt-1.5 flex flex-wrap items-center gap-1.5">
      {keyboard && (
        <Keyboard className="size-4 shrink-0 text-ink-3" aria-label={t("content.keyboard")} />
      )}
      {buttons.map(({ id, title, url, request }) =>
        url === undefined ? (
          <span key={id} className={BUTTON}>
            {request === "contact" && <Phone aria-hidden="true" />}
            {request === "location" && <MapPin aria-hidden="true" />}
            <bdi className="truncate">{title}</bdi>
          </span>
        ) : (
          <a
            key={id}
            href={url}
            target="_blank"
            rel="noopener noreferrer nofollow"
            className={`${BUTTON} hover:bg-hover`}
          >
            <bdi className="truncate">{title}</bdi>
            <ExternalLink className="mirrored" aria-hidden="true" />
          </a>
        ),
      )}
    </span>
  );
}

/** What came, where only a line of it can be shown. */
const KINDS = ["dice", "poll", "checklist", "game", "invoice", "story", "paid_media"] as const;

function KindLine({ kind }: { kind: string | undefined }) {
  const { t } = useI18n();
  const known = KINDS.find((name) => name === kind);
  if (known === undefined) return null;
  return (
    <span className="block text-2xs font-medium text-ink-2">{t(`content.kind.${known}`)}</span>
  );
}

function ContactCard({ content, own }: { content: MessageContent; own: boolean }) {
  const { t } = useI18n();
  return (
    <span className="flex items-center gap-2.5">
      <Contact className="size-5 shrink-0 text-ink-3" />
      <span className="min-w-0">
        <bdi className="block truncate font-medium">{content.name}</bdi>
        <bdi dir="ltr" className="block truncate text-sm text-ink-2">
          {content.phone}
        </bdi>
        {own && (
          <span className="flex items-center gap-1 text-xs text-good">
            <BadgeCheck className="size-3.5 shrink-0" aria-hidden="true" />
            {t("content.own_contact")}
          </span>
        )}
      </span>
    </span>
  );
}

function Words({ text }: { text: string }) {
  return (
    <p dir="auto" className="break-words whitespace-pre-wrap">
      {linkify(text).map((part) =>
        part.href === undefined ? (
          part.text
        ) : (
          <a
            key={part.key}
            href={part.href}
            target="_blank"
            rel="noopener noreferrer nofollow"
            className="break-all text-accent-ink underline underline-offset-2"
          >
            {part.text}
          </a>
        ),
      )}
    </p>
  );
}

function Location({
  content,
  metadata: { venue, live },
}: {
  content: MessageContent;
  metadata: Message["metadata"];
}) {
  const { t } = useI18n();
  const { latitude = 0, longitude = 0 } = content;
  const point = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  return (
    <a
      href={`https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`}
      target="_blank"
      rel="noopener noreferrer"
      className="flex items-center gap-2.5"
    >
      <MapPin className="size-5 shrink-0 text-ink-3" />
      <span className="min-w-0">
        <bdi className="block font-medium underline underline-offset-2">
          {venue?.title || t(live === true ? "content.live_location" : "content.location")}
        </bdi>
        {venue?.address ? (
          <bdi className="block text-sm text-ink-2">{venue.address}</bdi>
        ) : (
          <bdi dir="ltr" className="block text-sm text-ink-2 tabular-nums">
            {point}
          </bdi>
        )}
      </span>
    </a>
  );
}

function Unsupported() {
  const { t } = useI18n();
  return (
    <span className="flex items-center gap-2 text-ink-2">
      <FileText className="size-4" />
      {t("content.unsupported")}
    </span>
  );
}
