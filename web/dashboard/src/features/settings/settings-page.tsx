import { Link, Outlet } from "@tanstack/react-router";
import {
  Clock,
  KeyRound,
  MessageSquareText,
  MessagesSquare,
  Route,
  TextCursorInput,
  UserRound,
  Users,
  UsersRound,
  Webhook,
} from "lucide-react";
import type { ReactNode } from "react";
import { useI18n } from "../../i18n/i18n";
import { useCan } from "../../session/session";
import { ConnectionPill } from "../shell/connection";
import { useWebhooks } from "./webhook-actions";

const TAB =
  "inline-flex items-center gap-2 rounded-lg px-3 py-2 text-sm font-medium whitespace-nowrap text-ink-2 transition-colors hover:bg-hover hover:text-ink [&.active]:bg-accent-soft [&.active]:text-accent-ink [&_svg]:size-4";

export function SettingsPage() {
  const { t } = useI18n();
  const can = useCan();
  const manages = can("settings:read");
  const replies = can("conversations:reply");
  // Whoever pauses one knows; one that was switched off for its failures is told of.
  const webhookOff = useWebhooks(manages).data?.some(
    ({ disabled_reason: why }) => why === "gone" || why === "failing",
  );
  return (
    <div className="flex h-full flex-col overflow-hidden bg-surface">
      <header className="border-b border-line">
        <div className="mx-auto flex max-w-4xl flex-col gap-2 px-4 pt-3.5 pb-2 md:px-6">
          <div className="flex items-center justify-between gap-2">
            <h1 className="text-lg font-semibold">{t("settings.title")}</h1>
            <ConnectionPill />
          </div>
          <nav aria-label={t("settings.title")} className="-mx-1 flex gap-1 overflow-x-auto p-1">
            {manages && (
              <>
                <Link to="/settings/channels" className={TAB}>
                  <MessagesSquare />
                  {t("settings.channels")}
                </Link>
                <Link to="/settings/routing" className={TAB}>
                  <Route />
                  {t("settings.routing")}
                </Link>
                <Link to="/settings/hours" className={TAB}>
                  <Clock />
                  {t("settings.hours")}
                </Link>
                <Link to="/settings/people" className={TAB}>
                  <Users />
                  {t("settings.people")}
                </Link>
                <Link to="/settings/teams" className={TAB}>
                  <UsersRound />
                  {t("settings.teams")}
                </Link>
                <Link to="/settings/customer-fields" className={TAB}>
                  <TextCursorInput />
                  {t("fields.title")}
                </Link>
                <Link to="/settings/api-keys" className={TAB}>
                  <KeyRound />
                  {t("settings.api_keys")}
                </Link>
                <Link to="/settings/webhooks" className={TAB}>
                  <Webhook />
                  {t("settings.webhooks")}
                  {webhookOff && (
                    <span
                      role="img"
                      aria-label={t("webhooks.off_mark")}
                      className="size-2 rounded-full bg-bad-solid"
                    />
                  )}
                </Link>
              </>
            )}
            {replies && (
              <Link to="/settings/canned-responses" className={TAB}>
                <MessageSquareText />
                {t("canned.title")}
              </Link>
            )}
            <Link to="/settings/profile" className={TAB}>
              <UserRound />
              {t("settings.profile")}
            </Link>
          </nav>
        </div>
      </header>
      <main className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex max-w-4xl flex-col gap-6 px-4 py-6 md:px-6">
          <Outlet />
        </div>
      </main>
    </div>
  );
}

/** A part of the settings, with what it is about. */
export function Section({
  title,
  hint,
  action,
  children,
}: {
  title: string;
  hint: string;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="flex flex-col gap-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <h2 className="font-semibold">{title}</h2>
          <p className="max-w-xl text-sm break-words text-ink-2">{hint}</p>
        </div>
        {action}
      </div>
      {children}
    </section>
  );
}
