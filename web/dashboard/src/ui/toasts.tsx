import { CircleAlert, CircleCheck, X } from "lucide-react";
import type { ReactNode } from "react";
import { useI18n } from "../i18n/i18n";
import { createStore, useStore } from "../lib/store";
import { ProblemText } from "./states";

interface Toast {
  id: number;
  kind: "good" | "bad";
  body: ReactNode;
}

const LASTS_MS = 6_000;
const store = createStore<Toast[]>([]);
let nextId = 1;

function push(kind: Toast["kind"], body: ReactNode): void {
  const id = nextId;
  nextId += 1;
  store.set((toasts) => [...toasts.slice(-2), { id, kind, body }]);
  setTimeout(() => dismiss(id), LASTS_MS);
}

function dismiss(id: number): void {
  store.set((toasts) => toasts.filter((toast) => toast.id !== id));
}

/** Says that something worked. */
export const toast = (text: string): void => push("good", text);

/** Says that something did not. */
export const toastError = (error: unknown): void => push("bad", <ProblemText error={error} />);

/** Says in words of our own that something did not work, or not for all. */
export const toastProblem = (text: string): void => push("bad", text);

export function Toasts() {
  const { t } = useI18n();
  return (
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 bottom-4 z-50 flex flex-col items-center gap-2 px-3"
    >
      {useStore(store).map(({ id, kind, body }) => (
        <div
          key={id}
          className="pointer-events-auto flex max-w-md animate-rise items-start gap-2.5 rounded-xl border border-line bg-raised py-2.5 ps-3.5 pe-2 text-sm shadow-pop"
        >
          {kind === "good" ? (
            <CircleCheck className="mt-0.5 size-4 shrink-0 text-good" />
          ) : (
            <CircleAlert className="mt-0.5 size-4 shrink-0 text-bad" />
          )}
          <div className="min-w-0">{body}</div>
          <button
            type="button"
            aria-label={t("action.close")}
            onClick={() => dismiss(id)}
            className="rounded-md p-1 text-ink-3 hover:bg-hover"
          >
            <X className="size-3.5" />
          </button>
        </div>
      ))}
    </div>
  );
}
