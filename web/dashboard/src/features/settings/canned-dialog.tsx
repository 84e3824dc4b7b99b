import { useMutation } from "@tanstack/react-query";
import { Paperclip } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { toApiError } from "../../api/problem";
import type { CannedResponse, StoredFile } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useFieldError } from "../../i18n/problem-text";
import { uuid } from "../../lib/uuid";
import { useCan } from "../../session/session";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { TextAreaField, TextField } from "../../ui/field";
import { RadioCards } from "../../ui/radio-cards";
import { FormError } from "../../ui/states";
import { toast } from "../../ui/toasts";
import { AttachmentChip } from "../composer/attachment-chip";
import { upload } from "../composer/drafts";
import { useSaveCanned, VARIABLES } from "./canned-actions";

/** As the server: longer texts are refused. */
const TEXT_MOST = 32_000;

interface Props {
  response?: CannedResponse;
  onClose: () => void;
}

/** Writes a canned response, or changes one. */
export function CannedDialog({ response, onClose }: Props) {
  const { t } = useI18n();
  const manages = useCan()("settings:canned_responses");
  const save = useSaveCanned(response);
  const blame = useFieldError(save.error);
  const area = useRef<HTMLDivElement>(null);
  const [text, setText] = useState(response?.text ?? "");
  const [scope, setScope] = useState(response?.scope ?? (manages ? "all" : "own"));
  const [file, setFile] = useState<StoredFile | null>(response?.file ?? null);
  const unknown = toApiError(save.error).fields?.some(({ code }) => code === "unknown_variable");

  const insert = (variable: string) => {
    const box = area.current?.querySelector("textarea");
    const start = box?.selectionStart ?? text.length;
    const end = box?.selectionEnd ?? text.length;
    setText(`${text.slice(0, start)}{{${variable}}}${text.slice(end)}`);
    const caret = start + variable.length + 4;
    requestAnimationFrame(() => {
      box?.focus();
      box?.setSelectionRange(caret, caret);
    });
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    save.mutate(
      {
        short_code: String(form.get("code") ?? "").trim(),
        title: String(form.get("title") ?? "").trim(),
        text,
        file_id: file?.id ?? null,
        scope,
      },
      {
        onSuccess: ({ title }) => {
          toast(t("canned.saved", { name: title }));
          onClose();
        },
      },
    );
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={response === undefined ? t("canned.add") : t("canned.edit_title")}
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-[10rem_1fr]">
          <TextField
            label={t("canned.code")}
            hint={t("canned.code_hint")}
            name="code"
            error={blame("/short_code")}
            defaultValue={response?.short_code ?? ""}
            maxLength={32}
            autoComplete="off"
            spellCheck={false}
            required
          />
          <TextField
            label={t("canned.name")}
            name="title"
            error={blame("/title")}
            defaultValue={response?.title ?? ""}
            maxLength={200}
            required
          />
        </div>
        <div ref={area} className="flex flex-col gap-2">
          <TextAreaField
            label={t("canned.text")}
            hint={t("canned.text_hint", { example: "{{customer.first_name|…}}" })}
            error={unknown === true ? t("canned.unknown_variable") : blame("/text")}
            rows={6}
            dir={text === "" ? undefined : "auto"}
            value={text}
            onChange={(event) => setText(event.target.value)}
            maxLength={TEXT_MOST}
            required
          />
          <fieldset className="flex flex-wrap gap-1.5">
            <legend className="sr-only">{t("canned.variables")}</legend>
            {VARIABLES.map(({ name, label }) => (
              <Button key={name} size="sm" onClick={() => insert(name)}>
                {t(label)}
              </Button>
            ))}
          </fieldset>
        </div>
        <FileField file={file} onFile={setFile} />
        {manages && (
          <RadioCards
            legend={t("canned.scope")}
            value={scope}
            onChange={setScope}
            choices={(["all", "own"] as const).map((value) => ({
              value,
              label: t(`canned.scope.${value}`),
              hint: t(`canned.scope.${value}.hint`),
            }))}
          />
        )}
        <FormError error={save.error} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {t("action.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface FileProps {
  file: StoredFile | null;
  onFile: (file: StoredFile | null) => void;
}

/** A file that goes with the text. */
function FileField({ file, onFile }: FileProps) {
  const { t } = useI18n();
  const picker = useRef<HTMLInputElement>(null);
  const store = useMutation({
    mutationFn: (picked: File) => upload(uuid(), picked, () => undefined),
    onSuccess: onFile,
  });
  return (
    <div className="flex flex-col gap-2">
      <input
        ref={picker}
        type="file"
        hidden
        onChange={(event) => {
          const picked = event.target.files?.[0];
          if (picked !== undefined) store.mutate(picked);
          event.target.value = "";
        }}
      />
      {file !== null ? (
        <ul>
          <AttachmentChip
            attachment={{
              id: file.id,
              name: file.file_name,
              size: file.size,
              type: file.mime_type,
              progress: 1,
              file,
            }}
            onRemove={() => onFile(null)}
          />
        </ul>
      ) : (
        <Button
          icon={<Paperclip className="size-4" />}
          busy={store.isPending}
          onClick={() => picker.current?.click()}
          className="self-start"
        >
          {t("canned.attach")}
        </Button>
      )}
      <FormError error={store.error} />
    </div>
  );
}
