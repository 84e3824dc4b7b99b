import { Check, Plus } from "lucide-react";
import { Popover } from "radix-ui";
import { type KeyboardEvent, type ReactElement, useId, useState } from "react";
import { useTags } from "../../api/queries";
import { useI18n } from "../../i18n/i18n";
import { cx } from "../../lib/cx";
import { TAG_MOST } from "../inbox/filter";

/** Suggestions shown at once. */
const SHOWN = 50;

interface Props {
  trigger: ReactElement;
  tags: readonly string[];
  onAdd: (tag: string) => void;
  onRemove: (tag: string) => void;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}

/** Puts tags on and takes them off, with the tags in use to choose from. */
export function TagEditor({ trigger, open, onOpenChange, ...list }: Props) {
  const { t } = useI18n();
  return (
    <Popover.Root
      {...(open === undefined ? {} : { open })}
      {...(onOpenChange === undefined ? {} : { onOpenChange })}
    >
      <Popover.Trigger asChild>{trigger}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={6}
          collisionPadding={8}
          aria-label={t("tags.title")}
          className="z-50 w-64 animate-pop rounded-xl border border-line bg-raised p-1.5 shadow-pop"
        >
          <TagList {...list} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function TagList({ tags, onAdd, onRemove }: Pick<Props, "tags" | "onAdd" | "onRemove">) {
  const { t, fmt } = useI18n();
  const id = useId();
  const { data: known = [] } = useTags();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const wanted = text.trim();
  const counts = new Map(known.map(({ tag, count }) => [tag, count]));
  const all = [...new Set([...tags, ...counts.keys()])];
  const found = all
    .filter((tag) => tag.toLowerCase().includes(wanted.toLowerCase()))
    .slice(0, SHOWN);
  const isNew = wanted !== "" && !all.includes(wanted);
  const options = isNew ? [...found, wanted] : found;
  const active = Math.min(at, options.length - 1);

  const toggle = (tag: string) => {
    if (tags.includes(tag)) onRemove(tag);
    else onAdd(tag);
    setText("");
    setAt(0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const tag = options[active];
    if (step !== 0 && options.length > 0) setAt((active + step + options.length) % options.length);
    else if (event.key === "Enter" && tag !== undefined) toggle(tag);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        // biome-ignore lint/a11y/noAutofocus: it was opened to be typed in
        autoFocus
        value={text}
        maxLength={TAG_MOST}
        role="combobox"
        aria-label={t("tags.find")}
        aria-expanded="true"
        aria-autocomplete="list"
        aria-controls={id}
        aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
        placeholder={t("tags.find")}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
        className="mb-1 h-9 w-full rounded-lg bg-sunken px-2.5 text-sm outline-none max-md:text-lg"
      />
      <div
        id={id}
        role="listbox"
        aria-label={t("tags.title")}
        aria-multiselectable="true"
        className="max-h-60 overflow-y-auto"
      >
        {options.map((tag, index) => (
          <div
            key={tag}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={tags.includes(tag)}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => toggle(tag)}
            onKeyDown={(event) => event.key === "Enter" && toggle(tag)}
            className={cx(
              "flex cursor-pointer items-center gap-2 rounded-md px-2.5 py-1.5 text-sm max-md:py-2.5",
              index === active ? "bg-hover" : "hover:bg-hover",
            )}
          >
            <span className="flex size-4 shrink-0 items-center justify-center">
              {tags.includes(tag) && <Check className="size-4 text-accent-ink" />}
              {isNew && tag === wanted && <Plus className="size-4 text-ink-3" />}
            </span>
            <bdi className="min-w-0 flex-1 truncate">{tag}</bdi>
            {counts.has(tag) && (
              <span className="text-xs text-ink-3 tabular-nums">
                {fmt.number(counts.get(tag) ?? 0)}
              </span>
            )}
          </div>
        ))}
      </div>
      {options.length === 0 && <p className="px-2.5 py-2 text-sm text-ink-3">{t("tags.none")}</p>}
    </>
  );
}
