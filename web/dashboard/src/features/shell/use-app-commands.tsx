import { useNavigate } from "@tanstack/react-router";
import {
  Clock,
  Inbox,
  Keyboard,
  Languages,
  LogOut,
  MessageSquareText,
  MessagesSquare,
  Moon,
  Route,
  Sun,
  UserRound,
  Users,
} from "lucide-react";
import { LOCALES, setLocale, useI18n } from "../../i18n/i18n";
import { type Command, useCommands } from "../../lib/commands";
import { setPrefs } from "../../lib/prefs";
import { useCan } from "../../session/session";
import { DEFAULT_FILTER } from "../inbox/filter";
import { useOwnStatus } from "./own-status";
import { openShortcuts } from "./shortcuts-dialog";
import { signOut } from "./sign-out";

/** Offers what can be done from everywhere. */
export function useAppCommands(): void {
  const { t, locale } = useI18n();
  const navigate = useNavigate();
  const can = useCan();
  const { status, setStatus } = useOwnStatus();
  const go = (label: string, icon: Command["icon"], run: () => void): Command => ({
    group: "go",
    label,
    icon,
    run,
  });
  const own = (label: string, icon: Command["icon"], run: () => void): Command => ({
    group: "own",
    label,
    icon,
    run,
  });
  const manages = can("settings:read");
  useCommands([
    go(t("nav.inbox"), <Inbox />, () => void navigate({ to: "/inbox", search: DEFAULT_FILTER })),
    ...(manages
      ? [
          go(
            t("settings.channels"),
            <MessagesSquare />,
            () => void navigate({ to: "/settings/channels" }),
          ),
          go(t("settings.routing"), <Route />, () => void navigate({ to: "/settings/routing" })),
          go(t("settings.hours"), <Clock />, () => void navigate({ to: "/settings/hours" })),
          go(t("settings.people"), <Users />, () => void navigate({ to: "/settings/people" })),
        ]
      : []),
    ...(can("conversations:reply")
      ? [
          go(
            t("canned.title"),
            <MessageSquareText />,
            () => void navigate({ to: "/settings/canned-responses" }),
          ),
        ]
      : []),
    go(t("settings.profile"), <UserRound />, () => void navigate({ to: "/settings/profile" })),
    ...(status === undefined
      ? []
      : (["online", "away", "offline"] as const)
          .filter((one) => one !== status)
          .map((one) =>
            own(`${t("person.status")}: ${t(`operator_status.${one}`)}`, <UserRound />, () =>
              setStatus(one),
            ),
          )),
    own(`${t("person.theme")}: ${t("theme.light")}`, <Sun />, () => setPrefs({ theme: "light" })),
    own(`${t("person.theme")}: ${t("theme.dark")}`, <Moon />, () => setPrefs({ theme: "dark" })),
    ...LOCALES.filter((one) => one.locale !== locale).map((one) =>
      own(`${t("person.language")}: ${one.name}`, <Languages />, () => void setLocale(one.locale)),
    ),
    own(t("shortcuts.title"), <Keyboard />, openShortcuts),
    own(t("person.sign_out"), <LogOut className="mirrored" />, () => void signOut()),
  ]);
}
