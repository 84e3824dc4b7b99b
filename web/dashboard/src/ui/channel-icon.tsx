import { Braces, Mail, MessageCircle, MessagesSquare, Send } from "lucide-react";
import type { ChannelKind } from "../api/types";
import { useI18n } from "../i18n/i18n";
import { cx } from "../lib/cx";

const LOOKS: Record<ChannelKind, { icon: typeof Send; color: string }> = {
  telegram: { icon: Send, color: "bg-[#1b7fc0]" },
  whatsapp: { icon: MessagesSquare, color: "bg-[#12804a]" },
  wazzup: { icon: MessagesSquare, color: "bg-[#0f766e]" },
  widget: { icon: MessageCircle, color: "bg-[#4f46e5]" },
  email: { icon: Mail, color: "bg-[#a1541b]" },
  api: { icon: Braces, color: "bg-[#55586a]" },
};

/** Where a customer writes, as a small coloured mark. */
export function ChannelIcon({ kind, className }: { kind: ChannelKind; className?: string }) {
  const { t } = useI18n();
  const { icon: Icon, color } = LOOKS[kind];
  return (
    <span
      role="img"
      aria-label={t(`channel.${kind}`)}
      className={cx(
        "inline-flex size-5 shrink-0 items-center justify-center rounded-full text-white",
        color,
        className,
      )}
    >
      <Icon className="size-[55%]" />
    </span>
  );
}
