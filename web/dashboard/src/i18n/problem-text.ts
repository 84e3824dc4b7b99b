import { type ApiError, toApiError } from "../api/problem";
import { type I18n, type MessageKey, useI18n } from "./i18n";

/** Codes of the server that a person at the dashboard can meet, and our own. */
const KNOWN: Record<string, MessageKey> = {
  network: "error.network",
  timeout: "error.timeout",
  bad_credentials: "error.bad_credentials",
  unauthenticated: "error.unauthenticated",
  token_reused: "error.token_reused",
  bad_invitation: "error.bad_invitation",
  forbidden: "error.forbidden",
  not_found: "error.not_found",
  conflict: "error.conflict",
  tenant_required: "error.tenant_required",
  tenant_suspended: "error.tenant_suspended",
  idempotency_mismatch: "error.idempotency_mismatch",
  already_open: "error.already_open",
  answered_meanwhile: "error.answered_meanwhile",
  not_retryable: "error.not_retryable",
  email_taken: "error.email_taken",
  last_owner: "error.last_owner",
  team_exists: "error.team_exists",
  channel_exists: "error.channel_exists",
  code_taken: "error.code_taken",
  channel_refused: "error.channel_refused",
  too_large: "error.too_large",
  file_refused: "error.file_refused",
  invalid: "error.invalid",
  rate_limited: "error.rate_limited",
  internal: "error.internal",
  unavailable: "error.unavailable",
  storage_full: "error.storage_full",
};

/** What went wrong, in words for the person at the screen. */
export function problemText({ t }: I18n, thrown: unknown): string {
  const error: ApiError = toApiError(thrown);
  if (error.code === "rate_limited" && error.retryAfter !== undefined) {
    return t("error.rate_limited_for", { count: error.retryAfter });
  }
  const key = KNOWN[error.code];
  return key === undefined ? t("error.unknown") : t(key);
}

/** What to write beside the field a JSON pointer names, where the server found fault with it. */
export function useFieldError(thrown: unknown): (pointer: string) => string | undefined {
  const { t } = useI18n();
  return (pointer) =>
    thrown !== null && toApiError(thrown).blames(pointer) ? t("error.field") : undefined;
}

export function useProblemText(): (thrown: unknown) => string {
  const i18n = useI18n();
  return (thrown) => problemText(i18n, thrown);
}
