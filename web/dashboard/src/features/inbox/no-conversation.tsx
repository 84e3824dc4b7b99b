import { MessagesSquare } from "lucide-react";
import { useI18n } from "../../i18n/i18n";
import { Empty } from "../../ui/states";

export function NoConversation() {
  const { t } = useI18n();
  return (
    <main className="h-full">
      <Empty icon={<MessagesSquare />} title={t("inbox.pick_title")} hint={t("inbox.pick_hint")} />
    </main>
  );
}
