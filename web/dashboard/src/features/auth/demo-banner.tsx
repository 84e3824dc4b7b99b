import type { Schemas } from "@omnisupport/api-client";
import { ArrowRight, MessageCircle } from "lucide-react";
import { useI18n } from "../../i18n/i18n";
import { Avatar } from "../../ui/avatar";

interface Props {
  users: Schemas["DemoUser"][];
  password: string;
  busy: boolean;
  onPick: (email: string) => void;
}

/** In a demo: sign in as anybody with one click, and a way to the page with the widget. */
export function DemoBanner({ users, password, busy, onPick }: Props) {
  const { t, locale } = useI18n();
  return (
    <section
      aria-labelledby="demo-title"
      className="flex flex-col gap-3 rounded-2xl bg-accent-soft p-4"
    >
      <div>
        <h2 id="demo-title" className="text-sm font-semibold text-accent-ink">
          {t("demo.title")}
        </h2>
        <p className="text-xs text-ink-2">
          {t("demo.hint")}{" "}
          <span className="whitespace-nowrap">{t("demo.password", { password })}</span>
        </p>
      </div>
      <ul className="flex flex-col gap-1.5">
        {users.map((user) => (
          <li key={user.email}>
            <button
              type="button"
              disabled={busy}
              onClick={() => onPick(user.email)}
              className="group flex w-full items-center gap-3 rounded-xl bg-surface px-3 py-2 text-start transition-colors hover:bg-hover disabled:opacity-60"
            >
              <Avatar name={user.name} seed={user.email} />
              <span className="min-w-0 flex-1">
                <span className="block truncate text-sm font-medium">
                  {t("demo.enter_as", { name: user.name })}
                </span>
                <span className="block truncate text-xs text-ink-3">{t(`role.${user.role}`)}</span>
              </span>
              <ArrowRight className="mirrored size-4 text-ink-3 group-hover:text-accent-ink" />
            </button>
          </li>
        ))}
      </ul>
      <a
        href={`/demo?lang=${locale}`}
        target="_blank"
        rel="noreferrer"
        className="inline-flex items-center gap-1.5 self-start text-sm font-medium text-accent-ink underline underline-offset-4"
      >
        <MessageCircle className="size-4" />
        {t("demo.open_page")}
      </a>
    </section>
  );
}
