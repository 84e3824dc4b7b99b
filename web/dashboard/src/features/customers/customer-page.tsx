import { Link, useParams } from "@tanstack/react-router";
import { ArrowLeft, Ban, Merge } from "lucide-react";
import { useState } from "react";
import { useCustomer } from "../../api/queries";
import type { Customer } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useCan } from "../../session/session";
import { Avatar } from "../../ui/avatar";
import { Badge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { ChannelIcon } from "../../ui/channel-icon";
import { Confirm } from "../../ui/dialog";
import { Empty, Failure } from "../../ui/states";
import { toastError } from "../../ui/toasts";
import { ConnectionPill } from "../shell/connection";
import { useBlockCustomer } from "./actions";
import { Notes } from "./notes";
import { ProfileForm } from "./profile-form";
import { SamePerson } from "./same-person";
import { Timeline } from "./timeline";

/** A customer's card: who he is, what the team noted, and all that was said. */
export function CustomerPage() {
  const { t } = useI18n();
  const { customerId } = useParams({ from: "/app/customers/$customerId" });
  const { data: customer, error, refetch } = useCustomer(customerId);
  if (customer === undefined) {
    return (
      <main className="h-full bg-surface">
        {error !== null ? (
          <Failure error={error} onRetry={() => void refetch()} />
        ) : (
          <div role="status" aria-label={t("state.loading")} className="p-6">
            <span className="skeleton block h-40 rounded-2xl" />
          </div>
        )}
      </main>
    );
  }
  if (customer.merged_into != null) return <MergedAway into={customer.merged_into} />;
  return (
    <div className="flex h-full flex-col overflow-hidden bg-surface">
      <CardHeader customer={customer} />
      <main className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto grid max-w-5xl gap-8 px-4 py-6 md:px-6 lg:grid-cols-[20rem_1fr]">
          <div className="flex min-w-0 flex-col gap-8">
            <ProfileForm key={customer.id} customer={customer} />
            <Identities customer={customer} />
            <SamePerson customer={customer} />
          </div>
          <div className="flex min-w-0 flex-col gap-8">
            <Notes customerId={customer.id} />
            <Timeline customerId={customer.id} />
          </div>
        </div>
      </main>
    </div>
  );
}

/** The card of somebody who turned out to be another. */
function MergedAway({ into }: { into: string }) {
  const { t } = useI18n();
  return (
    <main className="h-full bg-surface">
      <Empty icon={<Merge />} title={t("merge.away")}>
        <Link
          to="/customers/$customerId"
          params={{ customerId: into }}
          className="text-sm font-medium text-accent-ink hover:underline"
        >
          {t("customer.open_card")}
        </Link>
      </Empty>
    </main>
  );
}

function CardHeader({ customer }: { customer: Customer }) {
  const { t } = useI18n();
  const changes = useCan()("customers:update");
  const [asking, setAsking] = useState(false);
  const block = useBlockCustomer(customer.id);
  const name = customer.name || t("customer.nameless");
  const blocked = customer.blocked_at != null;
  return (
    <header className="border-b border-line">
      <div className="mx-auto flex max-w-5xl flex-wrap items-center gap-3 px-4 py-3 md:px-6">
        <Link
          to="/customers"
          aria-label={t("customers.back")}
          className="-ms-2 inline-flex size-9 shrink-0 items-center justify-center rounded-lg text-ink-2 hover:bg-hover hover:text-ink"
        >
          <ArrowLeft className="mirrored size-5" />
        </Link>
        <Avatar name={name} seed={customer.id} />
        <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2 gap-y-1">
          <h1 className="min-w-0 truncate text-lg font-semibold">
            <bdi>{name}</bdi>
          </h1>
          {blocked && (
            <Badge tone="bad">
              <Ban className="size-3.5" />
              {t("customer.blocked")}
            </Badge>
          )}
        </div>
        <ConnectionPill brief />
        {changes && blocked && (
          <Button
            busy={block.isPending}
            onClick={() => block.mutate(false, { onError: toastError })}
          >
            {t("customer.unblock")}
          </Button>
        )}
        {changes && !blocked && (
          <Button icon={<Ban className="size-4" />} onClick={() => setAsking(true)}>
            {t("customer.block")}
          </Button>
        )}
      </div>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t("customer.block_title", { name })}
        description={t("customer.block_hint")}
        confirm={t("customer.block")}
        busy={block.isPending}
        onConfirm={() =>
          block.mutate(true, { onError: toastError, onSettled: () => setAsking(false) })
        }
      />
    </header>
  );
}

function Identities({ customer }: { customer: Customer }) {
  const { t, fmt } = useI18n();
  return (
    <section aria-labelledby="card-identities" className="flex flex-col gap-2.5">
      <h2 id="card-identities" className="font-semibold">
        {t("customer.identities")}
      </h2>
      <ul className="flex flex-col gap-2.5">
        {customer.identities.map((identity) => (
          <li key={identity.id} className="flex items-center gap-2.5">
            <ChannelIcon kind={identity.channel} className="size-7" />
            <div className="min-w-0">
              <bdi className="block truncate text-sm">
                {identity.display_name || t(`channel.${identity.channel}`)}
              </bdi>
              <span className="block truncate text-2xs text-ink-3">
                {t("customer.since")} {fmt.dateTime(identity.created_at)}
              </span>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
