import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Chat } from "../core/chat";
import type { Store } from "../core/store";
import type { I18n } from "../i18n";
import { directionOf } from "../i18n/locale";
import { paint } from "../loader/style";
import { Composer } from "./composer";
import { useStaged } from "./files";
import { CloseIcon, MutedIcon, SoundIcon } from "./icons";
import { Thread } from "./thread";
import { useKeyboardSpace } from "./viewport";

interface Props {
  chat: Chat;
  store: Store;
  i18n: I18n;
  origin: string;
  sound: boolean;
  /** The connection has been away long enough to say so. */
  troubled: boolean;
  /** Whether the visitor asked for it: only then may it take the focus. */
  focus: boolean;
  setSound(on: boolean): void;
  close(): void;
}

/** The open chat. */
export const Panel = (props: Props) => {
  const { chat, store, i18n, origin, sound, troubled, focus, setSound, close } = props;
  const panel = useRef<HTMLDivElement>(null);
  const staged = useStaged(chat, i18n);
  const [hovering, setHovering] = useState(false);
  const { settings } = chat;
  const name = settings.name || i18n.t("title");

  useKeyboardSpace(panel);
  useLayoutEffect(() => {
    if (panel.current) paint(panel.current, settings.color);
  }, [settings.color]);
  useEffect(() => {
    // On a touch screen focusing the text would open the keyboard over the greeting.
    const touch = matchMedia("(pointer: coarse)").matches;
    if (focus) (touch ? panel.current : panel.current?.querySelector("textarea"))?.focus();
  }, [focus]);

  const soundLabel = i18n.t(sound ? "soundOff" : "soundOn");
  const { online, hours } = settings;
  const back = new Date(hours?.next_open_at ?? 0);
  const closed = hours?.open === false && !(hours.next_open_at && +back <= Date.now());
  const hint = troubled
    ? ""
    : closed && hours.next_open_at
      ? i18n.t("closed", { time: i18n.moment(back) })
      : online === undefined
        ? ""
        : i18n.t(online && !closed ? "online" : "away");
  const trouble = chat.blocked
    ? i18n.t("blocked")
    : troubled && i18n.t(navigator.onLine ? "connecting" : "offline");
  return (
    <div
      ref={panel}
      class="panel"
      role="dialog"
      aria-modal="true"
      aria-label={name}
      lang={i18n.locale}
      dir={directionOf(i18n.locale)}
      tabIndex={-1}
      onKeyDown={(event) => {
        // The page's own shortcuts must not hear what is typed here.
        event.stopPropagation();
        if (event.key === "Escape") close();
        if (event.key === "Tab" && panel.current) keepInside(event, panel.current);
      }}
      onKeyUp={(event) => event.stopPropagation()}
      onKeyPress={(event) => event.stopPropagation()}
      onDragOver={(event) => {
        if (!event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        setHovering(true);
      }}
      onDragLeave={(event) => {
        if (!panel.current?.contains(event.relatedTarget as Node | null)) setHovering(false);
      }}
      onDrop={(event) => {
        if (!hovering) return;
        event.preventDefault();
        setHovering(false);
        staged.add(event.dataTransfer?.files ?? []);
      }}
    >
      <div class="head">
        <span class="avatar" aria-hidden="true">
          {[...name][0]}
        </span>
        <div>
          <h2>
            <bdi>{name}</bdi>
          </h2>
          {hint && <p class={online && !closed ? "hint online" : "hint"}>{hint}</p>}
        </div>
        <button
          type="button"
          class="icon"
          aria-label={soundLabel}
          title={soundLabel}
          onClick={() => setSound(!sound)}
        >
          {sound ? <SoundIcon /> : <MutedIcon />}
        </button>
        <button
          type="button"
          class="icon"
          aria-label={i18n.t("close")}
          title={i18n.t("close")}
          onClick={close}
        >
          <CloseIcon />
        </button>
      </div>
      <p class={trouble ? "trouble" : "queue"} role="status">
        {trouble || (chat.position && i18n.t("queue", { n: placeOf(chat.position, i18n) }))}
      </p>
      <Thread chat={chat} i18n={i18n} origin={origin} />
      {!chat.blocked && <Composer {...{ chat, store, i18n, staged }} />}
      {hovering && <div class="drop">{i18n.t("drop")}</div>}
    </div>
  );
};

/** Beyond the fiftieth nobody counts. */
const placeOf = (position: number, i18n: I18n): string =>
  position > 50 ? `${i18n.number(50)}+` : i18n.number(position);

/** Tab goes round within the panel. */
const keepInside = (event: KeyboardEvent, panel: HTMLElement): void => {
  const all = panel.querySelectorAll<HTMLElement>(
    "button:not(:disabled), a[href], textarea, audio, [tabindex='0']",
  );
  const from = event.shiftKey ? all[0] : all[all.length - 1];
  const to = event.shiftKey ? all[all.length - 1] : all[0];
  const { activeElement } = panel.getRootNode() as ShadowRoot;
  if (activeElement !== from && activeElement !== panel) return;
  if (activeElement === panel && !event.shiftKey) return;
  event.preventDefault();
  to?.focus();
};
