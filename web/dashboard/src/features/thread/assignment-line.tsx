import { Info } from "lucide-react";
import { useOperators } from "../../api/queries";
import type { AssignReason, Conversation, Operator } from "../../api/types";
import { type I18n, useI18n } from "../../i18n/i18n";
import { useNow } from "../../lib/now";
import { useUser } from "../../session/session";

/** Why the conversation is with whom it is with, or that it waits. */
export function AssignmentLine({ conversation }: { conversation: Conversation }) {
  const i18n = useI18n();
  const me = useUser().id;
  const now = useNow();
  const { data: operators = [] } = useOperators();
  const { assigned_reason: reason, assigned_to: assigned, status } = conversation;
  const name = (id: string | null | undefined) => nameOf(operators, id, me, i18n);
  const text = reason ? explain(reason, name, name(assigned), i18n, now) : null;
  const team = conversation.team?.name;
  const waiting =
    team === undefined ? i18n.t("assigned.waits") : i18n.t("assigned.waits_for", { team });
  // What waits for the opening waits for nobody in particular yet.
  const closed = reason?.rule === "outside_hours" && opensLater(reason.until, now);
  const waits = assigned === null && status === "open" && !closed ? waiting : null;
  const words = [text, waits].filter((part) => part !== null).join(" ");
  if (words === "") return null;
  return (
    <p className="flex items-center gap-2 border-b border-line bg-app px-4 py-1.5 text-xs text-ink-3">
      <Info className="size-3.5 shrink-0" />
      <span className="min-w-0">{words}</span>
    </p>
  );
}

const opensLater = (until: string | null | undefined, now: number) =>
  typeof until === "string" && Date.parse(until) > now;

function nameOf(
  operators: readonly Operator[],
  id: string | null | undefined,
  me: string,
  { t }: I18n,
): string {
  if (id === me) return t("assigned.you");
  return operators.find((one) => one.id === id)?.name ?? t("assign.somebody");
}

function explain(
  reason: AssignReason,
  name: (id: string) => string,
  assigned: string,
  i18n: I18n,
  now: number,
): string {
  const { t } = i18n;
  // Nobody by name: a program with an API key.
  const giver = (id: string | null | undefined) => (id ? name(id) : t("assigned.program"));
  switch (reason.rule) {
    case "least_loaded":
      return t("assigned.least_loaded", {
        name: assigned,
        active: reason.active,
        capacity: reason.capacity,
        count: reason.candidates,
      });
    case "skills":
      return explainFit(reason, assigned, i18n);
    case "team":
      return t("assigned.team", { team: reason.team, by: giver(reason.by) });
    case "taken":
      return t("assigned.taken", { name: assigned });
    case "replied":
      return t("assigned.replied", { name: assigned });
    case "manual":
      return t("assigned.manual", { name: assigned, by: giver(reason.by) });
    case "unassigned":
      return t("assigned.unassigned", { by: giver(reason.by) });
    case "operator_left":
      return t("assigned.operator_left", { name: name(reason.operator) });
    case "outside_hours":
      return reason.until && opensLater(reason.until, now)
        ? t("assigned.outside_hours_until", { time: i18n.fmt.moment(reason.until) })
        : t("assigned.outside_hours");
  }
}

/** The team and the skills that were asked for, and who was chosen among how many. */
function explainFit(
  reason: Extract<AssignReason, { rule: "skills" }>,
  name: string,
  { t }: I18n,
): string {
  const asked = [
    ...(reason.team === null || reason.team === undefined
      ? []
      : [t("assigned.for_team", { team: reason.team })]),
    ...(reason.skills.length === 0
      ? []
      : [t("assigned.for_skills", { skills: reason.skills.join(", ") })]),
    ...(reason.fallback ? [t("assigned.fallback")] : []),
  ];
  const chosen = t("assigned.least_loaded", {
    name,
    active: reason.active,
    capacity: reason.capacity,
    count: reason.candidates,
  });
  return [chosen, ...asked].join(" ");
}
