import { useEffect } from "react";
import { useConversations } from "../../api/queries";
import { useI18n } from "../../i18n/i18n";
import type { InboxFilter } from "../../live/lists";

const MINE: InboxFilter = { status: "open", assigned: "me", channel: "all", tag: "" };
const WAITING: InboxFilter = { ...MINE, assigned: "unassigned" };

/** How many conversations wait for this person unread, his own and the queue; kept in the tab's title. */
export function useTitleBadge(): number {
  const { t } = useI18n();
  const unread = useUnread(MINE) + useUnread(WAITING);
  useEffect(() => {
    const name = t("app.title");
    document.title = unread > 0 ? t("app.title_unread", { count: unread, name }) : name;
  }, [unread, t]);
  return unread;
}

function useUnread(filter: InboxFilter): number {
  const { data } = useConversations(filter);
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  return items.filter((conversation) => conversation.unread_count > 0).length;
}
