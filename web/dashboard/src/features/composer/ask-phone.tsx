import { Phone } from "lucide-react";
import type { Conversation } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { uuid } from "../../lib/uuid";
import { outbox } from "../../outbox/current";
import { IconButton } from "../../ui/icon-button";
import { changeDraft, draftOf } from "./drafts";

/** What the customer reads, in his own language. */
const WORDS = {
  en: {
    text: "Please share your phone number: press the button below.",
    button: "Share my number",
  },
  ru: {
    text: "Поделитесь, пожалуйста, номером телефона: нажмите кнопку ниже.",
    button: "Отправить мой номер",
  },
  ar: {
    text: "يُرجى مشاركة رقم هاتفك بالضغط على الزر أدناه.",
    button: "مشاركة رقمي",
  },
} as const;

interface Props {
  conversation: Conversation;
  lastSeq: number;
}

/** Asks for the customer's number by a button that sends it. What stands in the box are the words of the question. */
export function AskPhone({ conversation, lastSeq }: Props) {
  const { t, locale } = useI18n();
  const { id, customer, channel } = conversation;
  if (channel !== "telegram") return null;
  const ask = () => {
    const words = wordsFor(customer.locale ?? locale);
    const written = draftOf(id).text.trim();
    outbox()?.add({
      key: uuid(),
      conversation_id: id,
      content_type: "interactive",
      content: {
        text: written === "" ? words.text : written,
        kind: "reply",
        buttons: [{ id: "phone", title: words.button, request: "contact" }],
      },
      created_at: new Date().toISOString(),
      after_seq: lastSeq,
      if_last_seq: lastSeq,
    });
    if (written !== "") changeDraft(id, (draft) => ({ ...draft, text: "" }));
  };
  return (
    <IconButton label={t("composer.ask_phone")} onClick={ask}>
      <Phone />
    </IconButton>
  );
}

function wordsFor(tag: string) {
  const language = tag.split("-")[0];
  return language === "ru" || language === "ar" ? WORDS[language] : WORDS.en;
}
