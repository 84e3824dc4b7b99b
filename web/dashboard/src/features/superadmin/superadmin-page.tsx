import { useMutation, useQueryClient } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { type FormEvent, useEffect } from "react";
import { call, publicApi } from "../../api/client";
import { keys } from "../../api/keys";
import { useI18n } from "../../i18n/i18n";
import { useStore } from "../../lib/store";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { FormError } from "../../ui/states";
import { LanguageMenu } from "../auth/sign-in-page";
import { enter, signOut, superadminStore } from "./session";
import { Tenants } from "./tenants";

/** For whoever looks after the whole installation. */
export function SuperadminPage() {
  const session = useStore(superadminStore);
  return session === null ? <SignIn /> : <Office email={session.superadmin.email} />;
}

function SignIn() {
  const { t } = useI18n();
  const signIn = useMutation({
    mutationFn: (body: { email: string; password: string }) =>
      call(publicApi.POST("/api/v1/superadmin/login", { body })),
    onSuccess: enter,
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const field = (name: string) => String(form.get(name) ?? "");
    signIn.mutate({ email: field("email").trim(), password: field("password") });
  };
  return (
    <div className="relative h-full overflow-y-auto">
      <div className="absolute end-3 top-3">
        <LanguageMenu />
      </div>
      <main className="mx-auto flex min-h-full w-full max-w-sm flex-col justify-center gap-6 px-5 py-14">
        <header className="flex flex-col items-center gap-3 text-center">
          <img src="/favicon.svg" alt="" className="size-12" />
          <div>
            <h1 className="text-xl font-semibold">{t("superadmin.title")}</h1>
            <p className="text-sm text-ink-2">{t("superadmin.subtitle")}</p>
          </div>
        </header>
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
          <FormError error={signIn.error} />
          <Button type="submit" look="primary" busy={signIn.isPending}>
            {t("sign_in.submit")}
          </Button>
        </form>
      </main>
    </div>
  );
}

function Office({ email }: { email: string }) {
  const { t } = useI18n();
  const client = useQueryClient();
  // Nothing of one person stays for the next.
  useEffect(() => () => client.removeQueries({ queryKey: keys.tenants }), [client]);
  return (
    <div className="flex h-full flex-col overflow-hidden bg-surface">
      <header className="border-b border-line">
        <div className="mx-auto flex max-w-4xl flex-wrap items-center justify-between gap-2 px-4 py-3 md:px-6">
          <div className="min-w-0">
            <h1 className="text-lg font-semibold">{t("superadmin.title")}</h1>
            <p className="truncate text-xs text-ink-3">
              <bdi>{email}</bdi>
            </p>
          </div>
          <div className="flex items-center gap-1">
            <LanguageMenu />
            <Button
              icon={<LogOut className="size-4 rtl:-scale-x-100" />}
              onClick={() => void signOut()}
            >
              {t("person.sign_out")}
            </Button>
          </div>
        </div>
      </header>
      <main className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex max-w-4xl flex-col gap-6 px-4 py-6 md:px-6">
          <Tenants />
        </div>
      </main>
    </div>
  );
}
