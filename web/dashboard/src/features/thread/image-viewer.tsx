import { Download, X } from "lucide-react";
import { Dialog } from "radix-ui";
import { useI18n } from "../../i18n/i18n";
import { cx } from "../../lib/cx";

interface Props {
  url: string;
  name: string;
  /** In a thread, as a sticker, or in the grid of an album. */
  size: "large" | "small" | "tile";
  onError: () => void;
}

const SIZES = {
  large: "max-h-72 min-h-16 min-w-24 max-w-full",
  small: "max-h-28 max-w-full",
  tile: "size-full",
};

/** A picture in the thread that opens large. */
export function ImageViewer({ url, name, size, onError }: Props) {
  const { t } = useI18n();
  const label = name || t("content.image");
  return (
    <Dialog.Root>
      <Dialog.Trigger asChild>
        <button
          type="button"
          aria-label={t("content.open_image", { name: label })}
          className={size === "tile" ? "block size-full" : "my-1 block max-w-full"}
        >
          <img
            src={url}
            alt={label}
            loading="lazy"
            onError={onError}
            className={cx("rounded-lg bg-sunken object-cover", SIZES[size])}
          />
        </button>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-fade bg-[rgb(8_9_14/0.86)]" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-0 z-50 flex flex-col p-3 text-white"
        >
          <div className="flex items-center gap-2 pb-3">
            <Dialog.Title className="min-w-0 flex-1 truncate text-sm">
              <bdi>{label}</bdi>
            </Dialog.Title>
            <a
              href={url}
              download={name}
              aria-label={t("content.download", { name: label })}
              className="inline-flex size-9 items-center justify-center rounded-lg hover:bg-white/15"
            >
              <Download className="size-4.5" />
            </a>
            <Dialog.Close
              aria-label={t("action.close")}
              className="inline-flex size-9 items-center justify-center rounded-lg hover:bg-white/15"
            >
              <X className="size-4.5" />
            </Dialog.Close>
          </div>
          <div className="flex min-h-0 flex-1 items-center justify-center">
            <img src={url} alt={label} className="max-h-full max-w-full object-contain" />
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
