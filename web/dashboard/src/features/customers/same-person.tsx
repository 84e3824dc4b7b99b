import { Link } from "@tanstack/react-router";
import { Merge, Split } from "lucide-react";
import { useState } from "react";
import type { Customer, CustomerMerge, MergeProposal } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useCan } from "../../session/session";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { toast, toastError } from "../../ui/toasts";
import { useDismissProposal, useUnmerge } from "./actions";
import { MergeDialog } from "./merge-dialog";
import { useMerges, useProposals } from "./queries";

/** Who may be the same person, and who turned out to be. */
export function SamePerson({ customer }: { customer: Customer }) {
  const { t } = useI18n();
  const changes = useCan()("customers:update");
  const { data: proposals = [] } = useProposals(customer.id);
  const { data: merges = [] } = useMerges(customer.id);
  const [picking, setPicking] = useState(false);
  return (
    <section aria-labelledby="card-same" className="flex flex-col gap-2.5">
      <h2 id="card-same" className="font-semibold">
        {t("merge.title")}
      </h2>
      {proposals.map((proposal) => (
        <Proposal key={proposal.customer_id} customer={customer} proposal={proposal} />
      ))}
      {merges.map((merge) => (
        <Merged key={merge.customer_id} merge={merge} survivor={customer.id} />
      ))}
      {changes && (
        <Button
          icon={<Merge className="size-4" />}
          onClick={() => setPicking(true)}
          className="self-start"
        >
          {t("merge.pick")}
        </Button>
      )}
      {picking && <MergeDialog survivor={customer.id} onClose={() => setPicking(false)} />}
    </section>
  );
}

interface ProposalProps {
  customer: Customer;
  proposal: MergeProposal;
}

function Proposal({ customer, proposal }: ProposalProps) {
  const { t, fmt } = useI18n();
  const changes = useCan()("customers:update");
  const dismiss = useDismissProposal(customer.id);
  const [merging, setMerging] = useState(false);
  const name = proposal.name || t("customer.nameless");
  const proofs = fmt.list(proposal.proofs.map((proof) => t(`merge.proof.${proof}`)));
  return (
    <article
      aria-label={name}
      className="flex flex-col gap-2 rounded-2xl border border-line bg-warn-soft p-3"
    >
      <p className="text-sm">
        <Link
          to="/customers/$customerId"
          params={{ customerId: proposal.customer_id }}
          className="font-medium underline"
        >
          <bdi>{name}</bdi>
        </Link>
        {" · "}
        {t("merge.same", { proofs })}
      </p>
      {changes && (
        <div className="flex flex-wrap gap-2">
          <Button size="sm" look="primary" onClick={() => setMerging(true)}>
            {t("merge.look")}
          </Button>
          <Button
            size="sm"
            busy={dismiss.isPending}
            onClick={() => dismiss.mutate(proposal.customer_id, { onError: toastError })}
          >
            {t("merge.dismiss")}
          </Button>
        </div>
      )}
      {merging && (
        <MergeDialog
          survivor={customer.id}
          merged={proposal.customer_id}
          onClose={() => setMerging(false)}
        />
      )}
    </article>
  );
}

function Merged({ merge, survivor }: { merge: CustomerMerge; survivor: string }) {
  const { t, fmt } = useI18n();
  const changes = useCan()("customers:update");
  const [asking, setAsking] = useState(false);
  const part = useUnmerge(survivor);
  const name = merge.name || t("customer.nameless");
  return (
    <div className="flex flex-wrap items-center gap-2 text-sm">
      <span className="min-w-0 flex-1 text-ink-2">
        {t("merge.merged", { name, at: fmt.dateTime(merge.merged_at) })}
      </span>
      {changes && (
        <Button size="sm" icon={<Split className="size-3.5" />} onClick={() => setAsking(true)}>
          {t("merge.part")}
        </Button>
      )}
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t("merge.part_title", { name })}
        description={t("merge.part_hint")}
        confirm={t("merge.part")}
        busy={part.isPending}
        onConfirm={() =>
          part.mutate(merge.customer_id, {
            onSuccess: () => toast(t("merge.parted", { name })),
            onError: toastError,
            onSettled: () => setAsking(false),
          })
        }
      />
    </div>
  );
}
