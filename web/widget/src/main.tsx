import { render } from "preact";
import { Chat } from "./core/chat";
import { openTabStore } from "./core/store";
import type { Visitor } from "./core/types";
import { I18n } from "./i18n";
import { directionOf, localeOf } from "./i18n/locale";
import type { Bridge, Call } from "./loader/bridge";
import { addStyle } from "./loader/style";
import { beep } from "./ui/beep";
import { Panel } from "./ui/panel";
import panelCss from "./ui/panel.css?inline";
import threadCss from "./ui/thread.css?inline";

/** A connection that is back within this time was never away, as far as people care. */
const PATIENCE = 2_500;
/** As in panel.css: here the panel covers the screen, so it only opens when asked. */
const NARROW = "(max-width: 480px)";

const FIELDS = ["name", "email", "phone", "external_id", "identity_hash"] as const;

/** What the page may tell about its visitor; anything else it passes stays on the page. */
const visitorOf = (value: unknown): Visitor | null => {
  if (typeof value !== "object" || !value) return null;
  const visitor: Visitor = {};
  for (const field of FIELDS) {
    const given = (value as Record<string, unknown>)[field];
    if (given != null && given !== "") visitor[field] = String(given).slice(0, 254);
  }
  return visitor;
};

/** Starts the app inside the loader's shadow root and answers the page's calls from then on. */
export const start = (bridge: Bridge): ((call: Call) => void) => {
  const { root, launcher, store, origin, widgetKey } = bridge;
  const tab = openTabStore(widgetKey);
  const mount = document.createElement("div");
  addStyle(root, panelCss + threadCss);
  root.append(mount);

  let i18n = new I18n(bridge.locale);
  let open = false;
  let focus = false;
  let unread = -1;
  let scheduled = false;
  let calmUntil = 0;

  const changed = () => {
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(draw);
  };

  const chat = new Chat({
    origin,
    widgetKey,
    store,
    locale: () => i18n.locale,
    visible: () => open && document.visibilityState === "visible",
    changed,
    arrived: ({ id, sender_type, content_type }) => {
      bridge.emit("message", { id, sender_type, content_type });
      if (store.get<boolean>("b")) beep();
    },
  });

  /** Whether to say that the connection is away: only after a moment without it. */
  const troubled = (): boolean => {
    if (chat.live) {
      calmUntil = 0;
    } else if (!calmUntil) {
      calmUntil = Date.now() + PATIENCE;
      setTimeout(changed, PATIENCE);
    }
    return !chat.live && (Date.now() >= calmUntil || !navigator.onLine);
  };

  const draw = () => {
    scheduled = false;
    const count = chat.unread;
    if (count !== unread) {
      unread = count;
      store.set("u", count);
      bridge.emit("unread", count);
    }
    launcher.badge(count, count ? i18n.count("unread", count) : i18n.t("open"));
    launcher.colour(chat.settings.color);
    const setSound = (on: boolean) => {
      store.set("b", on);
      if (on) beep();
      changed();
    };
    const panel = open && (
      <Panel
        {...{ chat, store, i18n, origin, focus, setSound }}
        sound={store.get<boolean>("b") === true}
        troubled={troubled()}
        close={() => show(false)}
      />
    );
    render(panel || null, mount);
  };

  const show = (wanted: boolean, asked = true) => {
    if (open === wanted) return;
    open = wanted;
    focus = asked;
    launcher.show(!open);
    tab.set("o", open);
    if (open) {
      chat.opened();
    } else {
      chat.presence.stopped();
    }
    draw();
    if (!open) launcher.button.focus();
    bridge.emit(open ? "open" : "close", undefined);
  };

  const set = (options: unknown) => {
    if (typeof options !== "object" || !options) return;
    const { locale, sound } = options as { locale?: unknown; sound?: unknown };
    const language = localeOf(locale);
    if (language) {
      i18n = new I18n(language);
      launcher.direction(directionOf(language));
    }
    if (typeof sound === "boolean") store.set("b", sound);
    changed();
  };

  // After the calls that waited in the loader: whoever they identify joins once.
  queueMicrotask(() => {
    chat.resume();
    if (tab.get<boolean>("o") && !matchMedia(NARROW).matches) show(true, false);
  });
  draw();

  return ([name, value]) => {
    if (name === "open") show(true, value !== false);
    else if (name === "close") show(false);
    else if (name === "identify") chat.identify(visitorOf(value));
    else if (name === "set") set(value);
    // biome-ignore lint/suspicious/noConsole: tells the page's developer, who has no other way to know
    else console.warn(`OmniSupport: unknown command "${name}"`);
  };
};
