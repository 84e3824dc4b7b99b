import { type FormEvent, useState } from "react";
import { useI18n } from "../../i18n/i18n";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { TextField } from "../../ui/field";
import { FormError } from "../../ui/states";
import { toast } from "../../ui/toasts";
import { useReplayRange } from "./webhook-actions";

const DAY_MS = 24 * 3_600_000;

/** Sends what did not arrive in a range of time. */
export function ReplayDialog({ webhook, onClose }: { webhook: string; onClose: () => void }) {
  const { t } = useI18n();
  const replay = useReplayRange(webhook);
  const [now] = useState(() => Date.now());
  const [from, setFrom] = useState(local(now - DAY_MS));
  const [to, setTo] = useState(local(now + 60_000));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    replay.mutate(range, {
      onSuccess: ({ replayed, more }) => {
        toast(t("webhook_replay.done", { count: replayed }));
        if (!more) onClose();
      },
    });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("webhook_replay.title")}
      description={t("webhook_replay.hint")}
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label={t("webhook_replay.from")}
            type="datetime-local"
            value={from}
            max={to}
            onChange={(event) => setFrom(event.target.value)}
            required
          />
          <TextField
            label={t("webhook_replay.to")}
            type="datetime-local"
            value={to}
            min={from}
            onChange={(event) => setTo(event.target.value)}
            required
          />
        </div>
        {replay.data?.more === true && (
          <p role="status" className="text-sm text-ink-2">
            {t("webhook_replay.more")}
          </p>
        )}
        <FormError error={replay.error} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="submit" look="primary" busy={replay.isPending}>
            {t("webhook_replay.send")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** A moment as the field writes it: local time to the minute. */
function local(at: number): string {
  const date = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 16);
}
