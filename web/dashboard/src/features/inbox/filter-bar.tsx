import { ChevronDown } from "lucide-react";
import { useCount, useTags } from "../../api/queries";
import { useI18n } from "../../i18n/i18n";
import { cx } from "../../lib/cx";
import type { InboxFilter } from "../../live/lists";
import { Menu, MenuChoice } from "../../ui/menu";
import { ASSIGNED, CHANNELS, STATUSES } from "./filter";

interface Props {
  filter: InboxFilter;
  onChange: (change: Partial<InboxFilter>) => void;
  /** A search goes through conversations in every state. */
  searching: boolean;
}

/** Whose conversations, in which state, from where; with how many there are of each. */
export function FilterBar({ filter, onChange, searching }: Props) {
  const { t } = useI18n();
  return (
    <div className="flex flex-col gap-2 border-b border-line px-3 pb-2.5">
      <fieldset className="grid grid-cols-3 gap-0.5 rounded-lg bg-sunken p-0.5">
        <legend className="sr-only">{t("filter.assigned")}</legend>
        {ASSIGNED.map((assigned) => (
          <AssignedTab
            key={assigned}
            filter={{ ...filter, assigned }}
            active={filter.assigned === assigned}
            onPick={() => onChange({ assigned })}
            counted={!searching}
          />
        ))}
      </fieldset>
      <div className="flex flex-wrap gap-1.5">
        {!searching && (
          <Pick
            name={t("filter.status")}
            value={filter.status}
            choices={STATUSES.map((value) => ({ value, label: t(`status.${value}`) }))}
            onChange={(status) => onChange({ status })}
          />
        )}
        <Pick
          name={t("filter.channel")}
          value={filter.channel}
          choices={CHANNELS.map((value) => ({ value, label: t(`channel.${value}`) }))}
          onChange={(channel) => onChange({ channel })}
        />
        <TagPick tag={filter.tag} onChange={(tag) => onChange({ tag })} />
      </div>
    </div>
  );
}

function AssignedTab({
  filter,
  active,
  onPick,
  counted,
}: {
  filter: InboxFilter;
  active: boolean;
  onPick: () => void;
  counted: boolean;
}) {
  const { t, fmt } = useI18n();
  const { data } = useCount(filter);
  return (
    <button
      type="button"
      aria-pressed={active}
      onClick={onPick}
      className={cx(
        "flex h-8 min-w-0 items-center justify-center gap-1.5 rounded-md px-1.5 text-xs font-medium transition-colors",
        active ? "bg-raised text-ink shadow-card" : "text-ink-2 hover:text-ink",
      )}
    >
      <span className="truncate">{t(`filter.assigned.${filter.assigned}`)}</span>
      {counted && data !== undefined && (
        <span className={cx("text-2xs tabular-nums", active ? "text-ink-2" : "text-ink-3")}>
          {fmt.number(data.total)}
          {!data.exact && "+"}
        </span>
      )}
    </button>
  );
}

/** Tags shown to choose from: the most used ones. */
const TAGS = 30;

function TagPick({ tag, onChange }: { tag: string; onChange: (tag: string) => void }) {
  const { t } = useI18n();
  const { data } = useTags();
  const known = data?.slice(0, TAGS).map((one) => one.tag) ?? [];
  if (known.length === 0 && tag === "") return null;
  const shown = tag === "" || known.includes(tag) ? known : [tag, ...known];
  return (
    <Pick
      name={t("tags.filter")}
      value={tag}
      choices={[
        { value: "", label: t("tags.any") },
        ...shown.map((value) => ({ value, label: value })),
      ]}
      onChange={onChange}
    />
  );
}

interface PickProps<T extends string> {
  name: string;
  value: T;
  choices: { value: T; label: string }[];
  onChange: (value: T) => void;
}

function Pick<T extends string>({ name, value, choices, onChange }: PickProps<T>) {
  const label = choices.find((choice) => choice.value === value)?.label ?? "";
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          aria-label={`${name}: ${label}`}
          className="inline-flex h-7 items-center gap-1 rounded-lg border border-line px-2.5 text-xs font-medium text-ink-2 transition-colors hover:bg-hover hover:text-ink"
        >
          <bdi className="max-w-32 truncate">{label}</bdi>
          <ChevronDown className="size-3.5" />
        </button>
      }
    >
      <MenuChoice label={name} value={value} choices={choices} onChange={onChange} />
    </Menu>
  );
}
