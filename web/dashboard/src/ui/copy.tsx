import { Check, Copy as CopyIcon } from "lucide-react";
import { useRef, useState } from "react";
import { useI18n } from "../i18n/i18n";
import { Button } from "./button";

/** Text to take elsewhere, with a button that takes it. */
export function Copyable({ label, text }: { label: string; text: string }) {
  const { t } = useI18n();
  const code = useRef<HTMLElement>(null);
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), 2_000);
    } catch {
      // No clipboard on plain http: the text is selected, ready for the keyboard.
      if (code.current !== null) getSelection()?.selectAllChildren(code.current);
    }
  };
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <div className="flex items-center justify-between gap-2">
        <span className="text-xs font-medium text-ink-2">{label}</span>
        <Button
          size="sm"
          look="quiet"
          icon={copied ? <Check className="size-3.5" /> : <CopyIcon className="size-3.5" />}
          onClick={() => void copy()}
        >
          <span aria-live="polite">{copied ? t("action.copied") : t("action.copy")}</span>
        </Button>
      </div>
      <code
        ref={code}
        dir="ltr"
        className="block rounded-lg bg-sunken px-3 py-2 text-start font-mono text-xs break-all whitespace-pre-wrap"
      >
        {text}
      </code>
    </div>
  );
}
