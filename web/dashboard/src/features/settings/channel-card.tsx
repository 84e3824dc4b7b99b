import { Link } from "@tanstack/react-router";
import { Pencil, RefreshCw, ScrollText, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Channel, ChannelStatus } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { Badge, type Tone } from "../../ui/badge";
import { Button } from "../../ui/button";
import { ChannelIcon } from "../../ui/channel-icon";
import { Copyable } from "../../ui/copy";
import { Confirm } from "../../ui/dialog";
import { IconButton } from "../../ui/icon-button";
import { FormError } from "../../ui/states";
import { toastError } from "../../ui/toasts";
import { useCheckChannel, useDeleteChannel } from "./channel-actions";
import { embedSnippet } from "./embed";
import { StartLink } from "./start-link";
import { TelegramDialog } from "./telegram-dialog";
import { WidgetDialog } from "./widget-dialog";

const TONES: Record<ChannelStatus, Tone> = { active: "good", connecting: "warn", error: "bad" };

export function ChannelCard({ channel, manages }: { channel: Channel; manages: boolean }) {
  const { t } = useI18n();
  const [editing, setEditing] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const check = useCheckChannel(channel.id);
  const remove = useDeleteChannel(channel.id);
  const { mode, automatic } = channel.settings;
  const editable = manages && (channel.type === "telegram" || channel.type === "widget");
  return (
    <article
      aria-label={channel.name}
      className="flex flex-col gap-3 rounded-2xl border border-line p-4 shadow-card"
    >
      <div className="flex flex-wrap items-center gap-3">
        <ChannelIcon kind={channel.type} className="size-9" />
        <div className="min-w-32 flex-1">
          <h3 className="truncate font-medium">
            <bdi>{channel.name}</bdi>
          </h3>
          <p className="truncate text-xs text-ink-3">
            {t(`channel.${channel.type}`)}
            {mode !== undefined && ` · ${t(`telegram.mode_${mode}`)}`}
            {automatic === true && ` (${t("telegram.automatic")})`}
          </p>
        </div>
        <Badge tone={TONES[channel.status]}>{t(`channel_status.${channel.status}`)}</Badge>
        {manages && (
          <div className="flex flex-wrap items-center gap-1">
            {channel.type === "telegram" && (
              <Link
                to="/settings/channels/$channelId"
                params={{ channelId: channel.id }}
                className="inline-flex items-center gap-1.5 rounded-lg px-2.5 py-1 text-xs font-medium text-ink-2 hover:bg-hover hover:text-ink"
              >
                <ScrollText className="size-3.5" aria-hidden="true" />
                {t("channel_log.open")}
              </Link>
            )}
            <Button
              size="sm"
              busy={check.isPending}
              icon={<RefreshCw className="size-3.5" />}
              onClick={() => check.mutate()}
            >
              {t("channels.check")}
            </Button>
            {editable && (
              <IconButton
                label={t("channels.edit", { name: channel.name })}
                onClick={() => setEditing(true)}
              >
                <Pencil />
              </IconButton>
            )}
            <IconButton
              label={t("channels.delete", { name: channel.name })}
              onClick={() => setDeleting(true)}
            >
              <Trash2 />
            </IconButton>
          </div>
        )}
      </div>
      <div aria-live="polite" className="flex flex-col gap-2 empty:hidden">
        {channel.status_detail && check.data?.status !== "active" && (
          <p className="text-sm text-ink-2">{channel.status_detail}</p>
        )}
        {check.isSuccess && check.data.status === "active" && (
          <p className="text-sm text-good">{t("channels.check_good")}</p>
        )}
        <FormError error={check.error} />
      </div>
      {channel.widget_key && (
        <Copyable label={t("channels.snippet")} text={embedSnippet(channel.widget_key)} />
      )}
      {channel.webhook_url && mode === "webhook" && (
        <Copyable label={t("channels.webhook_url")} text={channel.webhook_url} />
      )}
      {manages && channel.account_name && <StartLink bot={channel.account_name} />}
      {editing && channel.type === "telegram" && (
        <TelegramDialog channel={channel} onClose={() => setEditing(false)} />
      )}
      {editing && channel.type === "widget" && (
        <WidgetDialog channel={channel} onClose={() => setEditing(false)} />
      )}
      <Confirm
        open={deleting}
        onOpenChange={setDeleting}
        title={t("channels.delete_title", { name: channel.name })}
        description={t("channels.delete_hint")}
        confirm={t("channels.delete_confirm")}
        busy={remove.isPending}
        onConfirm={() =>
          remove.mutate(undefined, { onError: toastError, onSettled: () => setDeleting(false) })
        }
      />
    </article>
  );
}
