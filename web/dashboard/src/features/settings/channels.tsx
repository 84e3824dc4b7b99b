import { MessagesSquare, Plus } from "lucide-react";
import { useState } from "react";
import { useChannels } from "../../api/queries";
import { useI18n } from "../../i18n/i18n";
import { useCan } from "../../session/session";
import { Button } from "../../ui/button";
import { ChannelIcon } from "../../ui/channel-icon";
import { Menu, MenuItem } from "../../ui/menu";
import { Empty, Failure } from "../../ui/states";
import { ChannelCard } from "./channel-card";
import { Section } from "./settings-page";
import { TelegramDialog } from "./telegram-dialog";
import { WidgetDialog } from "./widget-dialog";

export function ChannelsSection() {
  const { t } = useI18n();
  const manages = useCan()("settings:channels");
  const { data: channels, error, refetch } = useChannels();
  const [adding, setAdding] = useState<"telegram" | "widget" | null>(null);
  const close = () => setAdding(null);
  const add = manages && (
    <Menu
      trigger={
        <Button look="primary" icon={<Plus className="size-4" />}>
          {t("channels.add")}
        </Button>
      }
    >
      <MenuItem icon={<ChannelIcon kind="telegram" />} onSelect={() => setAdding("telegram")}>
        {t("channel.telegram")}
      </MenuItem>
      <MenuItem icon={<ChannelIcon kind="widget" />} onSelect={() => setAdding("widget")}>
        {t("channel.widget")}
      </MenuItem>
    </Menu>
  );
  return (
    <Section title={t("settings.channels")} hint={t("channels.hint")} action={add}>
      {error !== null && channels === undefined ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : channels === undefined ? (
        <div role="status" aria-label={t("state.loading")} className="flex flex-col gap-3">
          <span className="skeleton h-24 rounded-2xl" />
          <span className="skeleton h-24 rounded-2xl" />
        </div>
      ) : channels.length === 0 ? (
        <Empty
          icon={<MessagesSquare />}
          title={t("channels.none_title")}
          hint={t("channels.none_hint")}
        />
      ) : (
        <ul className="flex flex-col gap-3">
          {channels.map((channel) => (
            <li key={channel.id}>
              <ChannelCard channel={channel} manages={manages} />
            </li>
          ))}
        </ul>
      )}
      {adding === "telegram" && <TelegramDialog onClose={close} />}
      {adding === "widget" && <WidgetDialog onClose={close} />}
    </Section>
  );
}
