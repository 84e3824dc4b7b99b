import { useI18n } from "../../i18n/i18n";

export function TypingBubble() {
  const { t } = useI18n();
  return (
    <div className="mt-3 flex w-fit items-center gap-1 rounded-2xl border border-line bg-bubble-in px-3.5 py-3">
      <span className="sr-only">{t("thread.typing")}</span>
      {[0, 150, 300].map((delay) => (
        <span
          key={delay}
          className="size-1.5 animate-bounce rounded-full bg-ink-3"
          style={{ animationDelay: `${delay}ms` }}
        />
      ))}
    </div>
  );
}
