import type { Schemas } from "@omnisupport/api-client";
import { Link } from "@tanstack/react-router";
import { Ban, Contact, Search } from "lucide-react";
import { useState } from "react";
import { useI18n } from "../../i18n/i18n";
import { Avatar } from "../../ui/avatar";
import { Badge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { ChannelIcon } from "../../ui/channel-icon";
import { Empty, Failure } from "../../ui/states";
import { ConnectionPill } from "../shell/connection";
import { useCustomers } from "./queries";

/** Everybody who ever wrote. */
export function CustomersPage() {
  const { t } = useI18n();
  const [q, setQ] = useState("");
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useCustomers(
    q.trim(),
  );
  const customers = data?.pages.flatMap(({ items }) => items);
  return (
    <div className="flex h-full flex-col overflow-hidden bg-surface">
      <header className="border-b border-line">
        <div className="mx-auto flex max-w-4xl items-center justify-between gap-2 px-4 py-3.5 md:px-6">
          <h1 className="text-lg font-semibold">{t("customers.title")}</h1>
          <ConnectionPill />
        </div>
      </header>
      <main className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex max-w-4xl flex-col gap-4 px-4 py-6 md:px-6">
          <label className="flex h-9 items-center gap-2 rounded-lg border border-line-strong/55 px-3 text-ink-3 focus-within:border-accent max-md:h-11">
            <Search className="size-4 shrink-0" />
            <input
              type="search"
              value={q}
              maxLength={200}
              aria-label={t("customers.search")}
              placeholder={t("customers.search")}
              onChange={(event) => setQ(event.target.value)}
              className="w-full min-w-0 bg-transparent text-base text-ink outline-none max-md:text-lg"
            />
          </label>
          {customers === undefined ? (
            error !== null ? (
              <Failure error={error} onRetry={() => void refetch()} />
            ) : (
              <div role="status" aria-label={t("state.loading")} className="flex flex-col gap-3">
                <span className="skeleton h-16 rounded-2xl" />
                <span className="skeleton h-16 rounded-2xl" />
                <span className="skeleton h-16 rounded-2xl" />
              </div>
            )
          ) : customers.length === 0 ? (
            <Empty icon={<Contact />} title={t("customers.none")} />
          ) : (
            <ul className="flex flex-col gap-2">
              {customers.map((customer) => (
                <li key={customer.id}>
                  <Row customer={customer} />
                </li>
              ))}
            </ul>
          )}
          {hasNextPage && (
            <Button
              busy={isFetchingNextPage}
              onClick={() => void fetchNextPage()}
              className="self-center"
            >
              {t("customers.more")}
            </Button>
          )}
        </div>
      </main>
    </div>
  );
}

function Row({ customer }: { customer: Schemas["Customer"] }) {
  const { t } = useI18n();
  const name = customer.name || t("customer.nameless");
  const kinds = [...new Set(customer.identities.map(({ channel }) => channel))];
  return (
    <Link
      to="/customers/$customerId"
      params={{ customerId: customer.id }}
      className="flex items-center gap-3 rounded-2xl border border-line bg-surface p-3 transition-colors hover:bg-hover"
    >
      <Avatar name={name} seed={customer.id} />
      <span className="min-w-0 flex-1">
        <span className="flex min-w-0 items-center gap-2">
          <bdi className="min-w-0 truncate font-medium">{name}</bdi>
          {customer.blocked_at != null && (
            <Badge tone="bad">
              <Ban className="size-3.5" />
              {t("customer.blocked")}
            </Badge>
          )}
        </span>
        <span className="flex min-w-0 flex-wrap gap-x-3 text-xs text-ink-3">
          {[customer.phone, customer.email].map(
            (value) =>
              value != null && (
                <bdi key={value} dir="ltr" className="min-w-0 truncate">
                  {value}
                </bdi>
              ),
          )}
        </span>
      </span>
      <span className="flex shrink-0 gap-1">
        {kinds.map((kind) => (
          <ChannelIcon key={kind} kind={kind} className="size-6" />
        ))}
      </span>
    </Link>
  );
}
