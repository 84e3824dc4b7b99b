import {
  AlarmClock,
  CheckCheck,
  CircleCheck,
  Flag,
  Lock,
  RotateCcw,
  Tag,
  UserMinus,
  UserRound,
  X,
} from "lucide-react";
import { useOperators } from "../../api/queries";
import type { Conversation } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useCan, useUser } from "../../session/session";
import { IconButton } from "../../ui/icon-button";
import { Menu, MenuItem, MenuLine } from "../../ui/menu";
import { PriorityMenu } from "../thread/priority";
import { SnoozeMenu } from "../thread/snooze-menu";
import { TagEditor } from "../thread/tag-editor";
import { type BulkAct, useBulkAct } from "./bulk-actions";
import { clearSelection, keepSelected, SELECTED_MOST, useSelection } from "./selection";

/** What can be done with all selected conversations at once. */
export function BulkBar({ items }: { items: readonly Conversation[] }) {
  const { t } = useI18n();
  const selected = useSelection();
  const bulk = useBulkAct([...selected]);
  const can = useCan();
  const chosen = items.filter(({ id }) => selected.has(id));
  const replies = can("conversations:reply");
  const act = (wanted: BulkAct) => bulk.mutate(wanted);
  const common = commonTags(chosen);
  return (
    <div
      role="toolbar"
      aria-label={t("bulk.title")}
      aria-busy={bulk.isPending}
      className="flex flex-wrap items-center border-b border-line bg-accent-soft px-1 py-1"
    >
      <IconButton label={t("bulk.clear")} onClick={clearSelection}>
        <X />
      </IconButton>
      <button
        type="button"
        onClick={() => keepSelected(items.slice(0, SELECTED_MOST).map(({ id }) => id))}
        title={t("bulk.all")}
        className="me-auto rounded-md px-1 py-1 text-sm font-medium text-accent-ink hover:bg-hover"
      >
        <span aria-live="polite">{t("bulk.selected", { count: selected.size })}</span>
      </button>
      <AssignMany onAct={act} disabled={bulk.isPending} />
      {replies && (
        <>
          <Menu
            trigger={
              <IconButton label={t("filter.status")} disabled={bulk.isPending}>
                <CircleCheck />
              </IconButton>
            }
          >
            {STATUSES.map(({ status, icon }) => (
              <MenuItem key={status} icon={icon} onSelect={() => act({ status: { status } })}>
                {t(`set_status.${status}`)}
              </MenuItem>
            ))}
          </Menu>
          <SnoozeMenu
            onSnooze={(until) =>
              act({ status: { status: "pending", snooze_until: until.toISOString() } })
            }
            trigger={
              <IconButton label={t("snooze.menu")} disabled={bulk.isPending}>
                <AlarmClock />
              </IconButton>
            }
          />
          <TagEditor
            tags={common}
            onAdd={(tag) => act({ tags: { add: [tag] } })}
            onRemove={(tag) => act({ tags: { remove: [tag] } })}
            trigger={
              <IconButton label={t("tags.title")} disabled={bulk.isPending}>
                <Tag />
              </IconButton>
            }
          />
          <PriorityMenu
            value=""
            onChange={(priority) => act({ priority })}
            trigger={
              <IconButton label={t("priority.label")} disabled={bulk.isPending}>
                <Flag />
              </IconButton>
            }
          />
          <IconButton
            label={t("bulk.read")}
            disabled={bulk.isPending}
            onClick={() => act({ read: true })}
          >
            <CheckCheck />
          </IconButton>
        </>
      )}
    </div>
  );
}

const STATUSES = [
  { status: "open", icon: <RotateCcw /> },
  { status: "resolved", icon: <CircleCheck /> },
  { status: "closed", icon: <Lock /> },
] as const;

function AssignMany({ onAct, disabled }: { onAct: (act: BulkAct) => void; disabled: boolean }) {
  const { t } = useI18n();
  const me = useUser().id;
  const can = useCan();
  const { data: operators = [] } = useOperators();
  const takes = can("conversations:assign_self");
  const gives = can("conversations:assign");
  if (!takes && !gives) return null;
  const assign = (operator_id: string | null) => onAct({ assign: { operator_id } });
  return (
    <Menu
      trigger={
        <IconButton label={t("assign.to")} disabled={disabled}>
          <UserRound />
        </IconButton>
      }
    >
      {takes && (
        <MenuItem icon={<UserRound />} onSelect={() => assign(me)}>
          {t("assign.take")}
        </MenuItem>
      )}
      {gives && (
        <>
          <MenuLine />
          {operators
            .filter(({ id, role }) => role !== "viewer" && id !== me)
            .map(({ id, name }) => (
              <MenuItem key={id} onSelect={() => assign(id)}>
                {name}
              </MenuItem>
            ))}
          <MenuLine />
          <MenuItem icon={<UserMinus />} onSelect={() => assign(null)}>
            {t("assign.to_nobody")}
          </MenuItem>
        </>
      )}
    </Menu>
  );
}

/** The tags that all of them have. */
function commonTags(chosen: readonly Conversation[]): string[] {
  const [first, ...others] = chosen;
  return first?.tags.filter((tag) => others.every(({ tags }) => tags.includes(tag))) ?? [];
}
