import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { toApiError } from "../api/problem";
import { useI18n } from "../i18n/i18n";
import { useProblemText } from "../i18n/problem-text";
import { Button } from "./button";

/** Nothing here, and why, and perhaps what to do. */
export function Empty({
  icon,
  title,
  hint,
  children,
}: {
  icon: ReactNode;
  title: string;
  hint?: string;
  children?: ReactNode;
}) {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-1 px-6 py-12 text-center">
      <span className="mb-2 flex size-12 items-center justify-center rounded-2xl bg-sunken text-ink-3 [&_svg]:size-6">
        {icon}
      </span>
      <p className="font-medium">{title}</p>
      {hint !== undefined && <p className="max-w-72 text-sm text-ink-3">{hint}</p>}
      {children !== undefined && <div className="mt-3">{children}</div>}
    </div>
  );
}

/** A request that failed where its result would stand. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useI18n();
  return (
    <div
      role="alert"
      className="flex h-full flex-col items-center justify-center gap-3 px-6 py-12 text-center"
    >
      <span className="flex size-12 items-center justify-center rounded-2xl bg-bad-soft text-bad">
        <CircleAlert className="size-6" />
      </span>
      <ProblemText error={error} />
      {onRetry !== undefined && <Button onClick={onRetry}>{t("action.try_again")}</Button>}
    </div>
  );
}

/** A request that failed inside a form. */
export function FormError({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null;
  return (
    <div role="alert" className="flex gap-2.5 rounded-lg bg-bad-soft p-3 text-sm text-bad">
      <CircleAlert className="mt-0.5 size-4 shrink-0" />
      <ProblemText error={error} />
    </div>
  );
}

/** The server's code in words, and its request id for those who will be asked. */
export function ProblemText({ error }: { error: unknown }) {
  const { t } = useI18n();
  const text = useProblemText();
  const { requestId } = toApiError(error);
  return (
    <div className="min-w-0">
      <p className="text-sm">{text(error)}</p>
      {requestId !== undefined && (
        <p className="mt-0.5 text-2xs break-all">{t("error.request_id", { id: requestId })}</p>
      )}
    </div>
  );
}
