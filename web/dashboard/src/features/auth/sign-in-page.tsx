import { useMutation, useQuery } from "@tanstack/react-query";
import { Languages } from "lucide-react";
import { type FormEvent, useState } from "react";
import { call, publicApi } from "../../api/client";
import { toApiError } from "../../api/problem";
import { configOptions } from "../../api/queries";
import { LOCALES, setLocale, useI18n } from "../../i18n/i18n";
import { useStore } from "../../lib/store";
import { uuid } from "../../lib/uuid";
import { saveSession, sessionEnd } from "../../session/session";
import { sessionOf } from "../../session/tokens";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { IconButton } from "../../ui/icon-button";
import { Menu, MenuChoice } from "../../ui/menu";
import { FormError } from "../../ui/states";
import { DemoBanner } from "./demo-banner";

interface Credentials {
  email: string;
  password: string;
  tenant?: string;
}

export function SignInPage() {
  const { t } = useI18n();
  const { data: config } = useQuery(configOptions);
  const [tenantAsked, setTenantAsked] = useState(false);
  const ended = useStore(sessionEnd);
  const signIn = useMutation({
    mutationFn: (body: Credentials) => call(publicApi.POST("/api/v1/auth/login", { body })),
    onSuccess: (pair) => saveSession(sessionOf(pair, Date.now(), uuid())),
    onError: (error) => {
      if (asksTenant(error)) setTenantAsked(true);
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const field = (name: string) => String(form.get(name) ?? "");
    const tenant = field("tenant").trim();
    signIn.mutate({
      email: field("email").trim(),
      password: field("password"),
      ...(tenant === "" ? {} : { tenant }),
    });
  };
  const notice =
    ended === "expired"
      ? t("sign_in.expired")
      : ended === "duplicate"
        ? t("sign_in.duplicate")
        : ended === "suspended"
          ? t("error.tenant_suspended")
          : null;

  return (
    <div className="relative h-full overflow-y-auto">
      <div className="absolute end-3 top-3">
        <LanguageMenu />
      </div>
      <main className="mx-auto flex min-h-full w-full max-w-sm flex-col justify-center gap-6 px-5 py-14">
        <header className="flex flex-col items-center gap-3 text-center">
          <img src="/favicon.svg" alt="" className="size-12" />
          <div>
            <h1 className="text-xl font-semibold">{t("sign_in.title")}</h1>
            <p className="text-sm text-ink-2">{t("sign_in.subtitle")}</p>
          </div>
        </header>
        {notice !== null && (
          <p role="status" className="rounded-lg bg-warn-soft p-3 text-sm text-warn">
            {notice}
          </p>
        )}
        <form
          onSubmit={submit}
          className="flex flex-col gap-4 rounded-2xl border border-line bg-surface p-5 shadow-card"
        >
          <TextField
            label={t("sign_in.email")}
            name="email"
            type="email"
            autoComplete="username"
            dir="ltr"
            required
          />
          <TextField
            label={t("sign_in.password")}
            name="password"
            type="password"
            autoComplete="current-password"
            dir="ltr"
            required
          />
          {tenantAsked && (
            <TextField
              label={t("sign_in.tenant")}
              hint={t("sign_in.tenant_hint")}
              name="tenant"
              autoCapitalize="none"
              dir="ltr"
              autoFocus
              required
            />
          )}
          {/* The field that appeared says it better. */}
          <FormError error={asksTenant(signIn.error) ? null : signIn.error} />
          <Button type="submit" look="primary" busy={signIn.isPending}>
            {t("sign_in.submit")}
          </Button>
        </form>
        {config?.demo === true && (
          <DemoBanner
            users={config.demo_users ?? []}
            password={config.demo_password ?? ""}
            busy={signIn.isPending}
            onPick={(email) => signIn.mutate({ email, password: config.demo_password ?? "" })}
          />
        )}
        {config !== undefined && (
          <p dir="ltr" className="text-center text-2xs text-ink-3">
            {t("app.version", { version: config.version })}
          </p>
        )}
      </main>
    </div>
  );
}

/** Whether the password was right, but for people of several companies. */
function asksTenant(error: Error | null): boolean {
  return error !== null && toApiError(error).code === "tenant_required";
}

export function LanguageMenu() {
  const { t, locale } = useI18n();
  return (
    <Menu
      trigger={
        <IconButton label={t("person.language")}>
          <Languages />
        </IconButton>
      }
    >
      <MenuChoice
        label={t("person.language")}
        value={locale}
        onChange={(next) => void setLocale(next)}
        choices={LOCALES.map(({ locale: value, name }) => ({ value, label: name }))}
      />
    </Menu>
  );
}
