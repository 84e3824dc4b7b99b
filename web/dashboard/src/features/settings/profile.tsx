import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useState } from "react";
import { api, call } from "../../api/client";
import { toApiError } from "../../api/problem";
import { useI18n } from "../../i18n/i18n";
import { setPrefs, usePrefs } from "../../lib/prefs";
import { useUser } from "../../session/session";
import { Avatar } from "../../ui/avatar";
import { Badge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { SelectField, TextField } from "../../ui/field";
import { FormError } from "../../ui/states";
import { Switch } from "../../ui/switch";
import { toast } from "../../ui/toasts";
import { askForNotices, noticesPossible } from "../shell/notices";
import { Section } from "./settings-page";

/** What may be chosen to think better of an answer. */
const UNDO_SECONDS = [0, 5, 10, 20];

/** As the server: shorter new passwords are refused. */
const PASSWORD_LEAST = 8;

export function ProfileSection() {
  const { t } = useI18n();
  const user = useUser();
  return (
    <>
      <div className="flex items-center gap-4">
        <Avatar name={user.name} seed={user.id} size="lg" />
        <div className="min-w-0">
          <p className="truncate text-lg font-semibold">
            <bdi>{user.name}</bdi>
          </p>
          <p className="flex flex-wrap items-center gap-2 text-sm text-ink-2">
            <bdi className="truncate">{user.email}</bdi>
            <Badge>{t(`role.${user.role}`)}</Badge>
          </p>
        </div>
      </div>
      <Section title={t("profile.browser")} hint={t("profile.browser_hint")}>
        <BrowserPrefs />
      </Section>
      <Section title={t("profile.password")} hint={t("profile.password_hint")}>
        <PasswordForm />
      </Section>
    </>
  );
}

function BrowserPrefs() {
  const { t } = useI18n();
  const prefs = usePrefs();
  return (
    <div className="flex flex-col gap-4 rounded-2xl border border-line p-4">
      <Switch
        label={t("profile.sound")}
        hint={t("profile.sound_hint")}
        checked={prefs.sound}
        onChange={(sound) => setPrefs({ sound })}
      />
      {noticesPossible() && (
        <Switch
          label={t("profile.notices")}
          hint={t("profile.notices_hint")}
          checked={prefs.notices}
          onChange={(on) => void askForNotices(on)}
        />
      )}
      <Switch
        label={t("shortcuts.single_keys")}
        hint={t("shortcuts.single_keys_hint")}
        checked={prefs.shortcuts}
        onChange={(shortcuts) => setPrefs({ shortcuts })}
      />
      <SelectField
        label={t("profile.undo")}
        hint={t("profile.undo_hint")}
        value={prefs.undoSeconds}
        onChange={({ target }) => setPrefs({ undoSeconds: Number(target.value) })}
      >
        {UNDO_SECONDS.map((seconds) => (
          <option key={seconds} value={seconds}>
            {seconds === 0 ? t("profile.undo_off") : t("profile.undo_seconds", { count: seconds })}
          </option>
        ))}
      </SelectField>
    </div>
  );
}

function PasswordForm() {
  const { t } = useI18n();
  const [mismatch, setMismatch] = useState(false);
  const change = useMutation({
    mutationFn: (body: { current_password: string; new_password: string }) =>
      call(api.POST("/api/v1/auth/password", { body })),
    onSuccess: () => toast(t("profile.password_changed")),
  });
  const wrongCurrent =
    change.error !== null && toApiError(change.error).blames("/current_password");
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const [current, next, again] = ["current", "next", "again"].map((name) =>
      String(data.get(name) ?? ""),
    );
    setMismatch(next !== again);
    if (current === undefined || next === undefined || next !== again) return;
    change.mutate(
      { current_password: current, new_password: next },
      { onSuccess: () => form.reset() },
    );
  };
  return (
    <form onSubmit={submit} className="flex max-w-sm flex-col gap-4">
      <TextField
        label={t("profile.current_password")}
        error={wrongCurrent ? t("profile.password_wrong") : undefined}
        name="current"
        type="password"
        autoComplete="current-password"
        dir="ltr"
        required
      />
      <TextField
        label={t("profile.new_password")}
        hint={t("profile.new_password_hint", { count: PASSWORD_LEAST })}
        name="next"
        type="password"
        autoComplete="new-password"
        minLength={PASSWORD_LEAST}
        dir="ltr"
        required
      />
      <TextField
        label={t("profile.repeat_password")}
        error={mismatch ? t("profile.password_mismatch") : undefined}
        name="again"
        type="password"
        autoComplete="new-password"
        dir="ltr"
        required
      />
      <FormError error={wrongCurrent ? null : change.error} />
      <Button type="submit" look="primary" busy={change.isPending} className="self-start">
        {t("profile.change_password")}
      </Button>
    </form>
  );
}
