import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useDeferredValue, useId, useState } from "react";
import { api, call } from "../../api/client";
import { keys } from "../../api/keys";
import type { Conversation } from "../../api/types";
import { type MessageKey, useI18n } from "../../i18n/i18n";
import { type Command, type CommandGroup, commandsNow, matching } from "../../lib/commands";
import { cx } from "../../lib/cx";
import { Avatar } from "../../ui/avatar";
import { Dialog } from "../../ui/dialog";
import { DEFAULT_FILTER } from "../inbox/filter";

/** From so many letters on, customers are looked for. */
const LOOK_FROM = 2;
const PEOPLE_MOST = 5;

type Line = Omit<Command, "group"> & { group: CommandGroup | "people" };

const GROUPS: Record<Line["group"], MessageKey> = {
  conversation: "commands.conversation",
  people: "commands.people",
  go: "commands.go",
  own: "commands.own",
};

/** Everything that can be done from where one is, found by typing. */
export function CommandBar({ onClose }: { onClose: () => void }) {
  const { t } = useI18n();
  const listId = useId();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const [offered] = useState(commandsNow);
  const people = usePeople(useDeferredValue(typed.trim()));
  const found = matching(offered, typed);
  const lines = (Object.keys(GROUPS) as Line["group"][]).flatMap((group): Line[] =>
    group === "people" ? people : found.filter((command) => command.group === group),
  );
  const active = Math.min(at, lines.length - 1);
  const run = (line: Line | undefined) => {
    if (line === undefined) return;
    onClose();
    // The dialog gives the keyboard back when it is gone; what opens a menu wants it after that.
    setTimeout(line.run, 0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && lines.length > 0) setAt((active + step + lines.length) % lines.length);
    else if (event.key === "Enter") run(lines[active]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog open onOpenChange={onClose} title={t("commands.title")}>
      <input
        role="combobox"
        aria-expanded={true}
        aria-controls={listId}
        aria-activedescendant={lines.length > 0 ? `${listId}-${active}` : undefined}
        aria-label={t("commands.find")}
        placeholder={t("commands.find")}
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
        className="h-10 w-full rounded-lg border border-line-strong/55 bg-surface px-3 text-base outline-none focus-visible:border-accent max-md:text-lg"
      />
      <div
        id={listId}
        role="listbox"
        aria-label={t("commands.title")}
        className="mt-2 flex max-h-[50dvh] flex-col overflow-y-auto"
      >
        {lines.map((line, place) => (
          <CommandLine
            // biome-ignore lint/suspicious/noArrayIndexKey: the place is what the keyboard moves over
            key={place}
            id={`${listId}-${place}`}
            line={line}
            heading={line.group === lines[place - 1]?.group ? null : t(GROUPS[line.group])}
            active={place === active}
            onRun={() => run(line)}
          />
        ))}
      </div>
      {lines.length === 0 && (
        <p role="status" className="px-2.5 py-3 text-sm text-ink-3">
          {t("commands.none")}
        </p>
      )}
    </Dialog>
  );
}

interface LineProps {
  id: string;
  line: Line;
  heading: string | null;
  active: boolean;
  onRun: () => void;
}

function CommandLine({ id, line, heading, active, onRun }: LineProps) {
  return (
    <>
      {heading !== null && (
        <p role="presentation" className="px-2.5 pt-2 pb-1 text-2xs font-medium text-ink-3">
          {heading}
        </p>
      )}
      <div
        id={id}
        role="option"
        tabIndex={-1}
        aria-selected={active}
        ref={active ? showInView : undefined}
        onPointerDown={(event) => event.preventDefault()}
        onClick={onRun}
        onKeyDown={(event) => event.key === "Enter" && onRun()}
        className={cx(
          "flex shrink-0 cursor-pointer items-center gap-2.5 rounded-md px-2.5 py-1.5 text-sm max-md:py-2.5 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-3",
          active ? "bg-accent-soft" : "hover:bg-hover",
        )}
      >
        {line.icon}
        <bdi className="min-w-0 flex-1 truncate">{line.label}</bdi>
        {line.keys !== undefined && (
          <kbd
            dir="ltr"
            className="rounded-md border border-line bg-sunken px-1.5 font-sans text-2xs text-ink-2"
          >
            {line.keys}
          </kbd>
        )}
      </div>
    </>
  );
}

const showInView = (element: HTMLElement | null) => element?.scrollIntoView({ block: "nearest" });

/** Conversations with the customers who are looked for. */
function usePeople(wanted: string): Line[] {
  const { t } = useI18n();
  const navigate = useNavigate();
  const { data } = useQuery({
    queryKey: keys.found(wanted),
    enabled: wanted.length >= LOOK_FROM,
    queryFn: () =>
      call(
        api.GET("/api/v1/conversations", { params: { query: { q: wanted, limit: PEOPLE_MOST } } }),
      ),
  });
  if (wanted.length < LOOK_FROM) return [];
  return ((data?.items ?? []) as Conversation[]).map(({ id, customer, status }) => {
    const name = customer.name || t("customer.nameless");
    return {
      group: "people",
      label: t("commands.open", { name, status: t(`status.${status}`) }),
      icon: (
        <Avatar name={name} seed={customer.id} size="sm" className="size-5! text-[0.5625rem]!" />
      ),
      run: () =>
        void navigate({
          to: "/inbox/$conversationId",
          params: { conversationId: id },
          search: DEFAULT_FILTER,
        }),
    };
  });
}
