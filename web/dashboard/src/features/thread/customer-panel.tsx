import { Link } from "@tanstack/react-router";
import { BadgeCheck, Ban } from "lucide-react";
import type { ReactNode } from "react";
import { useCustomer } from "../../api/queries";
import type { Conversation } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { Avatar } from "../../ui/avatar";
import { Badge } from "../../ui/badge";
import { ChannelIcon } from "../../ui/channel-icon";
import { ProblemText } from "../../ui/states";

/** Who the customer is: what he told, what is proven, where he writes. Where there is room. */
export function CustomerPanel({ conversation }: { conversation: Conversation }) {
  const { t, fmt, locale } = useI18n();
  const { customer: brief } = conversation;
  const { data: customer, error, isPending } = useCustomer(brief.id);
  const name = brief.name || t("customer.nameless");
  const language = brief.locale ? languageName(brief.locale, locale) : null;
  return (
    <aside
      aria-label={t("customer.title")}
      className="hidden h-full w-72 shrink-0 flex-col gap-5 overflow-y-auto border-s border-line bg-surface p-5 xl:flex"
    >
      <div className="flex flex-col items-center gap-2 pt-2 text-center">
        <Avatar name={name} seed={brief.id} size="lg" />
        <p className="max-w-full font-semibold break-words">
          <bdi>{name}</bdi>
        </p>
        {brief.blocked && (
          <Badge tone="bad">
            <Ban className="size-3.5" />
            {t("customer.blocked")}
          </Badge>
        )}
        {brief.verified && (
          <Badge tone="good">
            <BadgeCheck className="size-3.5" />
            {t("customer.verified")}
          </Badge>
        )}
      </div>
      <dl className="flex flex-col gap-3.5">
        <Line
          label={t("customer.phone")}
          value={brief.phone}
          verified={customer?.phone_verified}
          ltr
        />
        <Line
          label={t("customer.email")}
          value={brief.email}
          verified={customer?.email_verified}
          ltr
        />
        <Line label={t("customer.language")} value={language} />
        <CameBy metadata={conversation.metadata} />
        <Line
          label={t("customer.since")}
          value={customer === undefined ? null : fmt.dateTime(customer.created_at)}
        />
      </dl>
      <section aria-labelledby="identities" className="flex flex-col gap-2.5">
        <h3 id="identities" className="text-xs font-medium text-ink-3">
          {t("customer.identities")}
        </h3>
        {isPending && <span className="skeleton h-9" />}
        {error !== null && <ProblemText error={error} />}
        {customer?.identities.map((identity) => (
          <div key={identity.id} className="flex items-center gap-2.5">
            <ChannelIcon kind={identity.channel} className="size-7" />
            <div className="min-w-0">
              <bdi className="block truncate text-sm">
                {identity.display_name || t(`channel.${identity.channel}`)}
              </bdi>
              {/* What the widget calls a visitor who did not sign in says nothing to anybody. */}
              {identity.external_id.startsWith("anon:") ? (
                <span className="block truncate text-2xs text-ink-3">
                  {t("customer.anonymous")}
                </span>
              ) : (
                <bdi dir="ltr" className="block truncate text-2xs text-ink-3">
                  {identity.external_id}
                </bdi>
              )}
            </div>
          </div>
        ))}
      </section>
      <Link
        to="/customers/$customerId"
        params={{ customerId: brief.id }}
        className="text-sm font-medium text-accent-ink hover:underline"
      >
        {t("customer.open_card")}
      </Link>
    </aside>
  );
}

/** The links to the bot by which the customer came. */
function CameBy({ metadata }: Pick<Conversation, "metadata">) {
  const { t } = useI18n();
  const { first, last } =
    (metadata as { start_parameter?: Record<string, string> }).start_parameter ?? {};
  return (
    <>
      <Line label={t("customer.came_by")} value={first} ltr />
      {last !== first && <Line label={t("customer.came_by_last")} value={last} ltr />}
    </>
  );
}

interface LineProps {
  label: string;
  value: ReactNode;
  verified?: boolean | undefined;
  ltr?: boolean;
}

function Line({ label, value, verified, ltr = false }: LineProps) {
  const { t } = useI18n();
  if (value === null || value === undefined || value === "") return null;
  return (
    <div className="min-w-0">
      <dt className="text-xs text-ink-3">{label}</dt>
      <dd className="flex items-center gap-1.5 text-sm">
        <bdi dir={ltr ? "ltr" : undefined} className="min-w-0 break-words">
          {value}
        </bdi>
        {verified === true && (
          <BadgeCheck className="size-3.5 shrink-0 text-good" aria-label={t("customer.proven")} />
        )}
      </dd>
    </div>
  );
}

function languageName(tag: string, locale: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
