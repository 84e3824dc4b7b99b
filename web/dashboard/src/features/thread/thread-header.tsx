import { Link, useNavigate } from "@tanstack/react-router";
import {
  ArrowLeft,
  Check,
  ChevronDown,
  CircleCheck,
  Clock,
  Lock,
  RotateCcw,
  UserMinus,
  UserRound,
  UsersRound,
} from "lucide-react";
import { useOperators, useTeams } from "../../api/queries";
import type { Conversation, ConversationStatus } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useShortcuts } from "../../lib/shortcuts";
import { useCan, useUser } from "../../session/session";
import { Avatar } from "../../ui/avatar";
import { Badge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { ChannelIcon } from "../../ui/channel-icon";
import { IconButton } from "../../ui/icon-button";
import { Menu, MenuChoice, MenuItem, MenuLine } from "../../ui/menu";
import { ConnectionPill } from "../shell/connection";
import { type AssignTarget, useConversationActions } from "./actions";
import { Onlookers } from "./colleagues";
import { STATUS_TONES } from "./status";

export function ThreadHeader({ conversation }: { conversation: Conversation }) {
  const { t } = useI18n();
  const navigate = useNavigate({ from: "/inbox" });
  const { customer, channel, status } = conversation;
  const name = customer.name || t("customer.nameless");
  const { assign, setStatus } = useConversationActions(conversation);
  const can = useCan();
  const me = useUser();
  const reply = can("conversations:reply");
  const takes = can("conversations:assign_self");
  const active = status === "open" || status === "pending";
  const toggle = () => setStatus(active ? "resolved" : "open");
  const take = () => assign({ operator_id: me.id });
  useShortcuts({
    ...(reply ? { KeyE: toggle } : {}),
    ...(takes && conversation.assigned_to !== me.id ? { KeyA: take } : {}),
    Escape: () => void navigate({ to: "/inbox", search: (current) => current }),
  });

  return (
    <header className="flex min-h-14 items-center gap-2.5 border-b border-line bg-surface px-3 py-2 md:px-4">
      <Link
        to="/inbox"
        from="/inbox"
        search={(current) => current}
        aria-label={t("thread.back")}
        className="-ms-1 inline-flex size-10 shrink-0 items-center justify-center rounded-lg text-ink-2 hover:bg-hover md:hidden"
      >
        <ArrowLeft className="mirrored size-5" />
      </Link>
      <span className="relative shrink-0 max-[26rem]:hidden">
        <Avatar name={name} seed={customer.id} />
        <ChannelIcon
          kind={channel}
          className="absolute -end-1 -bottom-1 size-[1.125rem] border-2 border-surface"
        />
      </span>
      <div className="min-w-0 flex-1">
        <h2 className="truncate font-semibold">
          <bdi>{name}</bdi>
        </h2>
        <div className="flex items-center gap-1.5 text-xs text-ink-3">
          <ChannelIcon kind={channel} className="size-4 min-[26rem]:hidden" />
          <span className="truncate max-sm:hidden">{t(`channel.${channel}`)}</span>
          <Badge tone={STATUS_TONES[status]}>{t(`status.${status}`)}</Badge>
          <span className="md:hidden">
            <ConnectionPill brief />
          </span>
        </div>
      </div>
      <Onlookers conversationId={conversation.id} />
      <AssignMenu conversation={conversation} onAssign={assign} />
      {reply && <StatusActions status={status} onStatus={setStatus} onToggle={toggle} />}
    </header>
  );
}

interface AssignProps {
  conversation: Conversation;
  onAssign: (target: AssignTarget) => void;
}

/** Who has it; and, as far as the person may, giving it to himself, to others or to nobody. */
function AssignMenu({ conversation, onAssign }: AssignProps) {
  const { t } = useI18n();
  const me = useUser();
  const can = useCan();
  const { data: operators = [] } = useOperators();
  const { data: teams = [] } = useTeams();
  const assigned = operators.find(({ id }) => id === conversation.assigned_to);
  const mine = conversation.assigned_to === me.id;
  const takes = can("conversations:assign_self");
  const gives = can("conversations:assign");
  const label = mine
    ? t("assign.you")
    : (assigned?.name ??
      (conversation.assigned_to
        ? t("assign.somebody")
        : (conversation.team?.name ?? t("assign.nobody"))));

  if (!takes && !gives) return <span className="truncate text-sm text-ink-2">{label}</span>;
  if (conversation.assigned_to === null && !gives) {
    return (
      <Button look="plain" icon={<UserRound className="size-4" />} onClick={() => onAssign({ operator_id: me.id })}>
        {t("assign.take")}
      </Button>
    );
  }
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={t("assign.menu", { name: label })}
          className="inline-flex h-9 min-w-0 max-w-44 shrink-0 items-center gap-2 rounded-lg border border-line bg-surface px-2.5 text-sm shadow-card transition-colors hover:bg-hover"
        >
          {assigned === undefined ? (
            <UserRound className="size-4 text-ink-3" />
          ) : (
            <Avatar
              name={assigned.name}
              seed={assigned.id}
              size="sm"
              className="size-5! text-[0.5625rem]!"
            />
          )}
          <span className="truncate max-lg:hidden">{label}</span>
          <ChevronDown className="size-3.5 shrink-0 text-ink-3" />
        </button>
      }
    >
      {takes && !mine && (
        <MenuItem icon={<UserRound />} onSelect={() => onAssign({ operator_id: me.id })}>
          {t("assign.take")}
        </MenuItem>
      )}
      {gives && (
        <>
          <MenuChoice
            label={t("assign.to")}
            value={conversation.assigned_to ?? ""}
            onChange={(operator_id) => onAssign({ operator_id })}
            choices={operators
              .filter(({ role }) => role !== "viewer")
              .map((one) => ({
                value: one.id,
                label: one.id === me.id ? t("assign.self", { name: one.name }) : one.name,
                note: t("assign.load", {
                  status: t(`operator_status.${one.status}`),
                  count: one.active_conversations,
                }),
                icon: (
                  <Avatar
                    name={one.name}
                    seed={one.id}
                    size="sm"
                    className="size-5! text-[0.5625rem]!"
                  />
                ),
              }))}
          />
          {teams.length > 0 && (
            <>
              <MenuLine />
              <MenuChoice
                label={t("assign.to_team")}
                value={conversation.team?.id ?? ""}
                onChange={(team_id) => onAssign({ team_id })}
                choices={teams.map(({ id, name, members }) => ({
                  value: id,
                  label: name,
                  note: t("assign.members", { count: members.length }),
                  icon: <UsersRound />,
                }))}
              />
            </>
          )}
          {(conversation.assigned_to !== null || conversation.team) && (
            <MenuItem
              icon={<UserMinus />}
              onSelect={() => onAssign({ operator_id: null, team_id: null })}
            >
              {t("assign.to_nobody")}
            </MenuItem>
          )}
        </>
      )}
    </Menu>
  );
}

interface StatusProps {
  status: ConversationStatus;
  onStatus: (status: ConversationStatus) => void;
  onToggle: () => void;
}

const OTHERS = [
  { status: "open", icon: <RotateCcw /> },
  { status: "pending", icon: <Clock /> },
  { status: "resolved", icon: <CircleCheck /> },
  { status: "closed", icon: <Lock /> },
] as const;

/** The usual next step as a button, the others beside it. */
function StatusActions({ status, onStatus, onToggle }: StatusProps) {
  const { t } = useI18n();
  const active = status === "open" || status === "pending";
  return (
    <div className="flex shrink-0">
      <Button
        look={active ? "primary" : "plain"}
        icon={active ? <Check className="size-4" /> : <RotateCcw className="size-4" />}
        onClick={onToggle}
        aria-label={active ? t("thread.resolve") : t("thread.reopen")}
        className="rounded-e-none max-sm:px-2.5"
      >
        <span className="max-sm:hidden">{active ? t("thread.resolve") : t("thread.reopen")}</span>
      </Button>
      <Menu
        trigger={
          <IconButton
            label={t("thread.more_statuses")}
            className={
              active
                ? "w-8 rounded-s-none border-s border-on-accent/25 bg-accent text-on-accent hover:bg-accent-hover hover:text-on-accent"
                : "w-8 rounded-s-none border border-s-0 border-line bg-surface shadow-card"
            }
          >
            <ChevronDown />
          </IconButton>
        }
      >
        {OTHERS.filter((other) => other.status !== status).map((other) => (
          <MenuItem key={other.status} icon={other.icon} onSelect={() => onStatus(other.status)}>
            {t(`set_status.${other.status}`)}
          </MenuItem>
        ))}
      </Menu>
    </div>
  );
}
