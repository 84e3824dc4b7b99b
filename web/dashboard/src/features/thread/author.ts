import { useOperators } from "../../api/queries";
import type { Message } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useUser } from "../../session/session";

/** Who wrote a message, as the person at the screen calls him. */
export function useAuthor(message: Message, customerName: string): string {
  const { t } = useI18n();
  const me = useUser().id;
  const { data: operators } = useOperators();
  if (message.sender_type === "customer") return customerName || t("customer.nameless");
  if (message.sender_type === "bot") return t("message.bot");
  if (message.sender_id === me) return t("message.you");
  return operators?.find(({ id }) => id === message.sender_id)?.name ?? t("assign.somebody");
}
