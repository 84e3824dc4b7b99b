import { type MessageKey, useI18n } from "../../i18n/i18n";
import { setPrefs, usePrefs } from "../../lib/prefs";
import { useShortcuts } from "../../lib/shortcuts";
import { createStore, useStore } from "../../lib/store";
import { Dialog } from "../../ui/dialog";
import { Switch } from "../../ui/switch";

const open = createStore(false);

export const openShortcuts = (): void => open.set(true);

const LINES: { keys: string[]; label: MessageKey }[] = [
  { keys: ["Ctrl", "K"], label: "commands.title" },
  { keys: ["J"], label: "shortcuts.next" },
  { keys: ["K"], label: "shortcuts.previous" },
  { keys: ["S"], label: "shortcuts.search" },
  { keys: ["R"], label: "shortcuts.reply" },
  { keys: ["N"], label: "shortcuts.note" },
  { keys: ["A"], label: "shortcuts.take" },
  { keys: ["E"], label: "shortcuts.resolve" },
  { keys: ["X"], label: "shortcuts.select" },
  { keys: ["Shift", "X"], label: "shortcuts.select_range" },
  { keys: ["P"], label: "shortcuts.priority" },
  { keys: ["T"], label: "shortcuts.tags" },
  { keys: ["S"], label: "shortcuts.snooze" },
  { keys: ["/"], label: "shortcuts.canned" },
  { keys: ["Enter"], label: "shortcuts.send" },
  { keys: ["Shift", "Enter"], label: "shortcuts.newline" },
  { keys: ["Esc"], label: "shortcuts.leave" },
  { keys: ["?"], label: "shortcuts.help" },
];

/** What the keyboard can do. */
export function ShortcutsDialog() {
  const { t } = useI18n();
  const { shortcuts } = usePrefs();
  // The question mark stands on the slash of the English layout and on the 7 of the Russian one.
  useShortcuts({ "Shift+Slash": openShortcuts, "Shift+Digit7": openShortcuts });
  return (
    <Dialog open={useStore(open)} onOpenChange={open.set} title={t("shortcuts.title")}>
      <dl className="flex flex-col gap-2">
        {LINES.map(({ keys, label }) => (
          <div key={label} className="flex items-center justify-between gap-4">
            <dt className="text-sm">{t(label)}</dt>
            <dd className="flex shrink-0 gap-1" dir="ltr">
              {keys.map((key) => (
                <kbd
                  key={key}
                  className="rounded-md border border-line bg-sunken px-1.5 py-0.5 font-sans text-xs text-ink-2"
                >
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <div className="mt-5 border-t border-line pt-4">
        <Switch
          label={t("shortcuts.single_keys")}
          hint={t("shortcuts.single_keys_hint")}
          checked={shortcuts}
          onChange={(on) => setPrefs({ shortcuts: on })}
        />
      </div>
    </Dialog>
  );
}
