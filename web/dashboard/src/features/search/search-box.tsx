import { Search, X } from "lucide-react";
import { type KeyboardEvent, useRef } from "react";
import { useI18n } from "../../i18n/i18n";
import { useShortcuts } from "../../lib/shortcuts";
import { focusResult } from "./moves";

/** Characters that the server takes. */
const LONGEST = 200;

interface Props {
  words: string;
  onChange: (words: string) => void;
}

/** What to look for. From here, arrows lead into the results. */
export function SearchBox({ words, onChange }: Props) {
  const { t } = useI18n();
  const input = useRef<HTMLInputElement>(null);
  useShortcuts({ KeyS: () => input.current?.focus() });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      onChange("");
      input.current?.blur();
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      focusResult(0);
    }
  };
  return (
    <div className="relative mx-3 mb-2.5">
      <Search className="pointer-events-none absolute inset-y-0 start-2.5 my-auto size-4 text-ink-3" />
      <input
        ref={input}
        type="search"
        enterKeyHint="search"
        autoComplete="off"
        aria-label={t("search.label")}
        placeholder={t("search.placeholder")}
        maxLength={LONGEST}
        value={words}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={onKeyDown}
        className="h-9 w-full min-w-0 rounded-lg border border-line-strong/55 bg-surface px-8 text-base text-ink transition-colors placeholder:text-ink-3 hover:border-line-strong focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 max-md:h-11 max-md:text-lg [&::-webkit-search-cancel-button]:hidden"
      />
      {words !== "" && (
        <button
          type="button"
          aria-label={t("search.clear")}
          onClick={() => {
            onChange("");
            input.current?.focus();
          }}
          className="absolute inset-y-0 end-1 my-auto flex size-7 items-center justify-center rounded-md text-ink-3 transition-colors hover:bg-hover hover:text-ink"
        >
          <X className="size-4" />
        </button>
      )}
    </div>
  );
}
