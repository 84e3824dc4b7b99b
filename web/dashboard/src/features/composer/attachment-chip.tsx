import { CircleAlert, FileText, X } from "lucide-react";
import { useI18n } from "../../i18n/i18n";
import { useProblemText } from "../../i18n/problem-text";
import { cx } from "../../lib/cx";
import type { Attachment } from "./drafts";

export function AttachmentChip({
  attachment,
  onRemove,
}: {
  attachment: Attachment;
  onRemove: () => void;
}) {
  const { t, fmt } = useI18n();
  const problem = useProblemText();
  const { name, size, progress, file, error } = attachment;
  const picture = file?.mime_type.startsWith("image/") === true ? file.url : undefined;
  return (
    <li
      className={cx(
        "relative flex w-60 max-w-full items-center gap-2 overflow-hidden rounded-xl border p-1.5 pe-1",
        error === undefined ? "border-line bg-sunken" : "border-bad/40 bg-bad-soft",
      )}
    >
      {picture !== undefined ? (
        <img src={picture} alt="" className="size-9 rounded-lg object-cover" />
      ) : (
        <span className="flex size-9 shrink-0 items-center justify-center rounded-lg bg-surface text-ink-3">
          {error === undefined ? (
            <FileText className="size-4" />
          ) : (
            <CircleAlert className="size-4 text-bad" />
          )}
        </span>
      )}
      <span className="min-w-0 flex-1">
        <bdi className="block truncate text-xs font-medium">{name}</bdi>
        <span className={cx("block text-2xs", error === undefined ? "text-ink-3" : "text-bad")}>
          {error === undefined ? fmt.bytes(size) : problem(error)}
        </span>
      </span>
      <button
        type="button"
        aria-label={t("composer.detach", { name })}
        onClick={onRemove}
        className="flex size-7 shrink-0 items-center justify-center rounded-md text-ink-3 hover:bg-hover hover:text-ink"
      >
        <X className="size-4" />
      </button>
      {file === undefined && error === undefined && (
        <progress
          aria-label={t("composer.uploading_file", { name })}
          value={progress}
          max={1}
          className="absolute inset-x-0 bottom-0 h-0.5 w-full appearance-none bg-transparent [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-transparent [&::-webkit-progress-value]:bg-accent"
        />
      )}
    </li>
  );
}
