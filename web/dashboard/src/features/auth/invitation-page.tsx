import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { call, publicApi } from "../../api/client";
import { useI18n } from "../../i18n/i18n";
import { uuid } from "../../lib/uuid";
import { saveSession } from "../../session/session";
import { sessionOf } from "../../session/tokens";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { FormError } from "../../ui/states";
import { DEFAULT_FILTER } from "../inbox/filter";

const SHORTEST = 8;

/** Somebody who was invited sets his password; the token stands behind `#`, which reaches no server. */
export function InvitationPage() {
  const { t } = useI18n();
  const navigate = useNavigate();
  const [token] = useState(() => location.hash.slice(1));
  const [differs, setDiffers] = useState(false);
  const join = useMutation({
    mutationFn: (password: string) =>
      call(publicApi.POST("/api/v1/auth/invitation", { body: { token, password } })),
    onSuccess: (pair) => {
      saveSession(sessionOf(pair, Date.now(), uuid()));
      void navigate({ to: "/inbox", search: DEFAULT_FILTER, replace: true });
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const password = String(form.get("password") ?? "");
    const same = password === String(form.get("repeat") ?? "");
    setDiffers(!same);
    if (same) join.mutate(password);
  };
  return (
    <main className="mx-auto flex min-h-full w-full max-w-sm flex-col justify-center gap-6 overflow-y-auto px-5 py-14">
      <header className="flex flex-col items-center gap-3 text-center">
        <img src="/favicon.svg" alt="" className="size-12" />
        <div>
          <h1 className="text-xl font-semibold">{t("invitation.title")}</h1>
          <p className="text-sm text-ink-2">{t("invitation.hint")}</p>
        </div>
      </header>
      <form
        onSubmit={submit}
        className="flex flex-col gap-4 rounded-2xl border border-line bg-surface p-5 shadow-card"
      >
        <TextField
          label={t("invitation.password")}
          hint={t("invitation.password_hint")}
          name="password"
          type="password"
          autoComplete="new-password"
          dir="ltr"
          minLength={SHORTEST}
          required
        />
        <TextField
          label={t("invitation.repeat")}
          name="repeat"
          type="password"
          autoComplete="new-password"
          dir="ltr"
          error={differs ? t("invitation.differs") : undefined}
          required
        />
        <FormError error={join.error} />
        <Button type="submit" look="primary" busy={join.isPending}>
          {t("invitation.submit")}
        </Button>
      </form>
      <Link to="/sign-in" className="text-center text-sm text-accent-ink hover:underline">
        {t("invitation.sign_in")}
      </Link>
    </main>
  );
}
