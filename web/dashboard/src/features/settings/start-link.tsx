import { useState } from "react";
import { useI18n } from "../../i18n/i18n";
import { Copyable } from "../../ui/copy";
import { TextField } from "../../ui/field";

/** As Telegram: what a link to a bot may carry. */
const MOST = 64;

/** Makes a link to a bot that says where somebody comes from. */
export function StartLink({ bot }: { bot: string }) {
  const { t } = useI18n();
  const [mark, setMark] = useState("");
  const link = `https://t.me/${bot}${mark === "" ? "" : `?start=${mark}`}`;
  return (
    <div className="grid items-end gap-3 md:grid-cols-2">
      <TextField
        label={t("telegram.link_mark")}
        hint={t("telegram.link_hint")}
        value={mark}
        onChange={(event) => setMark(event.target.value.replace(/[^\w-]/g, "").slice(0, MOST))}
        dir="ltr"
        autoComplete="off"
        spellCheck={false}
      />
      <Copyable label={t("telegram.link")} text={link} />
    </div>
  );
}
