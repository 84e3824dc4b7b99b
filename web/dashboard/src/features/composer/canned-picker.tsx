import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Paperclip } from "lucide-react";
import { type KeyboardEvent, type RefObject, useId, useMemo, useState } from "react";
import { cannedRenderedOptions, useCanned } from "../../api/queries";
import type { CannedResponse } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { cx } from "../../lib/cx";
import { Spinner } from "../../ui/spinner";
import { ProblemText } from "../../ui/states";
import { toastError } from "../../ui/toasts";
import { ranked, type Token, tokenAt } from "./canned-token";
import { attachStored, changeDraft } from "./drafts";

/** A text that was filled in moments ago is as good as a new one. */
const FRESH_MS = 10_000;

/** Canned responses for what is typed after a slash. */
export function useCannedPicker(
  conversationId: string,
  text: string,
  area: RefObject<HTMLTextAreaElement | null>,
) {
  const client = useQueryClient();
  const listId = useId();
  const [caret, setCaret] = useState(0);
  const [dismissed, setDismissed] = useState<number>();
  const [at, setAt] = useState(0);
  const found = tokenAt(text, Math.min(caret, text.length));
  const token = found !== null && found.from !== dismissed ? found : null;
  const list = useCanned(token?.query ?? "", token !== null);
  const options = useMemo(
    () =>
      ranked(list.data?.pages.flatMap(({ items }) => items) ?? [], token?.query ?? "").slice(0, 50),
    [list.data, token?.query],
  );
  const active = options[Math.min(at, options.length - 1)];
  const optionId = (response: CannedResponse) => `${listId}-${response.id}`;

  const pick = async (response: CannedResponse, place: Token) => {
    setDismissed(place.from);
    const rendered = cannedRenderedOptions(response.id, conversationId);
    try {
      const filled = await client.fetchQuery({ ...rendered, staleTime: FRESH_MS });
      changeDraft(conversationId, (draft) => ({
        ...draft,
        text: draft.text.slice(0, place.from) + filled.text + draft.text.slice(place.to),
      }));
      if (filled.file) attachStored(conversationId, filled.file);
      const end = place.from + filled.text.length;
      requestAnimationFrame(() => {
        area.current?.focus();
        area.current?.setSelectionRange(end, end);
      });
    } catch (error) {
      setDismissed(undefined);
      toastError(error);
    }
  };

  /** Whether the key was meant for the picker. */
  const onKeyDown = (event: KeyboardEvent): boolean => {
    if (token === null || event.nativeEvent.isComposing) return false;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && options.length > 0) {
      setAt((now) => (Math.min(now, options.length - 1) + step + options.length) % options.length);
    } else if ((event.key === "Enter" || event.key === "Tab") && active !== undefined) {
      void pick(active, token);
    } else if (event.key === "Escape") {
      setDismissed(token.from);
    } else return false;
    event.preventDefault();
    return true;
  };
  const onCaret = (place: number) => {
    if (place !== caret) setAt(0);
    setCaret(place);
    // Another slash, or the same one typed anew, opens it again.
    if (tokenAt(area.current?.value ?? "", place)?.from !== dismissed) setDismissed(undefined);
  };

  return {
    onKeyDown,
    onCaret,
    field:
      token === null
        ? {}
        : {
            "aria-autocomplete": "list" as const,
            "aria-controls": listId,
            ...(active === undefined ? {} : { "aria-activedescendant": optionId(active) }),
          },
    panel: token !== null && (
      <Panel
        conversationId={conversationId}
        listId={listId}
        optionId={optionId}
        options={options}
        active={active}
        list={list}
        onPick={(response) => void pick(response, token)}
      />
    ),
  };
}

interface PanelProps {
  conversationId: string;
  listId: string;
  optionId: (response: CannedResponse) => string;
  options: CannedResponse[];
  active: CannedResponse | undefined;
  list: ReturnType<typeof useCanned>;
  onPick: (response: CannedResponse) => void;
}

function Panel({ listId, optionId, options, active, list, onPick, conversationId }: PanelProps) {
  const { t } = useI18n();
  return (
    <div className="absolute inset-x-0 bottom-full z-20 mb-2 flex max-h-72 animate-rise overflow-hidden rounded-xl border border-line bg-raised shadow-pop">
      <div className="flex min-w-0 flex-1 flex-col">
        <div
          id={listId}
          role="listbox"
          // Reached by the arrows of the text; a long list is scrolled by the keyboard, too.
          tabIndex={0}
          aria-label={t("canned.title")}
          className="min-h-0 overflow-y-auto p-1.5 empty:hidden"
        >
          {options.map((response) => (
            <div
              key={response.id}
              id={optionId(response)}
              role="option"
              tabIndex={-1}
              aria-selected={response.id === active?.id}
              ref={response.id === active?.id ? showInView : undefined}
              // The text keeps the keyboard.
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => onPick(response)}
              onKeyDown={(event) => event.key === "Enter" && onPick(response)}
              className={cx(
                "flex cursor-pointer items-baseline gap-2 rounded-md px-2.5 py-1.5 text-sm",
                response.id === active?.id ? "bg-accent-soft" : "hover:bg-hover",
              )}
            >
              <bdi className="shrink-0 font-medium text-accent-ink">{response.short_code}</bdi>
              <bdi className="min-w-0 flex-1 truncate">{response.title}</bdi>
              {response.file && <Paperclip className="size-3.5 shrink-0 self-center text-ink-3" />}
            </div>
          ))}
        </div>
        {options.length === 0 && (
          <div role="status" className="flex items-center gap-2 p-3 text-sm text-ink-3">
            {list.isPending && <Spinner />}
            {list.isPending && t("state.loading")}
            {list.isError && <ProblemText error={list.error} />}
            {list.isSuccess && t("canned.none_found")}
          </div>
        )}
      </div>
      {active !== undefined && <Preview response={active} conversationId={conversationId} />}
    </div>
  );
}

const showInView = (element: HTMLElement | null) => element?.scrollIntoView({ block: "nearest" });

/** What will stand in the reply. */
function Preview({
  response,
  conversationId,
}: {
  response: CannedResponse;
  conversationId: string;
}) {
  const { t } = useI18n();
  const { data } = useQuery({
    ...cannedRenderedOptions(response.id, conversationId),
    staleTime: FRESH_MS,
  });
  return (
    <section
      aria-label={t("canned.preview")}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a long text is scrolled by the keyboard, too
      tabIndex={0}
      className="w-1/2 min-w-0 overflow-y-auto border-s border-line bg-sunken p-3 text-sm max-sm:hidden"
    >
      <p dir="auto" className="break-words whitespace-pre-wrap">
        {data?.text ?? response.text}
      </p>
      {response.file && (
        <p className="mt-2 flex items-center gap-1.5 text-xs text-ink-2">
          <Paperclip className="size-3.5 shrink-0" />
          <bdi className="min-w-0 truncate">{response.file.file_name}</bdi>
        </p>
      )}
    </section>
  );
}
