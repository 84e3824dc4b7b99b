import { Link } from "@tanstack/react-router";
import { Contact, Inbox, Settings } from "lucide-react";
import type { ReactNode } from "react";
import { useI18n } from "../../i18n/i18n";
import { cx } from "../../lib/cx";
import { useCan } from "../../session/session";
import { DEFAULT_FILTER } from "../inbox/filter";
import { PersonMenu } from "./person-menu";

/** The way between parts: a rail at the side, on narrow screens a bar at the bottom. */
export function NavBar({ badge, className }: { badge: number; className?: string }) {
  const { t } = useI18n();
  const readsCustomers = useCan()("customers:read");
  return (
    <nav
      aria-label={t("nav.label")}
      className={cx(
        "flex shrink-0 items-center gap-1 border-line bg-app max-md:justify-around max-md:border-t max-md:px-2 max-md:py-1 md:w-[4.75rem] md:flex-col md:border-e md:py-3",
        className,
      )}
    >
      <img src="/favicon.svg" alt="" className="mb-3 hidden size-8 md:block" />
      <Item
        icon={<Inbox />}
        label={t("nav.inbox")}
        badge={badge > 0 ? t("nav.unread", { count: badge }) : undefined}
        count={badge}
      >
        {(className, children) => (
          <Link to="/inbox" search={DEFAULT_FILTER} className={className}>
            {children}
          </Link>
        )}
      </Item>
      {readsCustomers && (
        <Item icon={<Contact />} label={t("nav.customers")}>
          {(className, children) => (
            <Link to="/customers" className={className}>
              {children}
            </Link>
          )}
        </Item>
      )}
      <Item icon={<Settings />} label={t("nav.settings")}>
        {(className, children) => (
          <Link to="/settings" className={className}>
            {children}
          </Link>
        )}
      </Item>
      <div className="md:mt-auto">
        <PersonMenu />
      </div>
    </nav>
  );
}

interface ItemProps {
  icon: ReactNode;
  label: string;
  badge?: string | undefined;
  count?: number;
  children: (className: string, children: ReactNode) => ReactNode;
}

function Item({ icon, label, badge, count = 0, children }: ItemProps) {
  const { fmt } = useI18n();
  return children(
    "relative flex min-w-14 flex-col items-center gap-0.5 rounded-xl px-1 py-1.5 text-ink-2 transition-colors hover:bg-hover hover:text-ink [&.active]:bg-accent-soft [&.active]:text-accent-ink [&_svg]:size-5",
    <>
      {icon}
      <span className="max-w-[4.5rem] truncate text-2xs font-medium">{label}</span>
      {badge !== undefined && (
        <span className="absolute end-1.5 top-0.5 flex h-4 min-w-4 items-center justify-center rounded-full bg-bad-solid px-1 text-[0.625rem] leading-none font-semibold text-white">
          <span className="sr-only">{badge}</span>
          <span aria-hidden="true">{count > 99 ? "99+" : fmt.number(count)}</span>
        </span>
      )}
    </>,
  );
}
