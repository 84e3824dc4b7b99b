import { X } from "lucide-react";
import { AlertDialog, Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { useI18n } from "../i18n/i18n";
import { Button } from "./button";

const OVERLAY = "fixed inset-0 z-40 animate-fade bg-[rgb(8_9_14/0.45)] backdrop-blur-[2px]";
const BOX =
  "fixed inset-0 z-50 m-auto flex h-fit max-h-[calc(100dvh-2rem)] w-[min(32rem,calc(100vw-1.5rem))] animate-pop flex-col overflow-hidden rounded-2xl border border-line bg-raised shadow-pop";

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: string;
  children: ReactNode;
}

export function Dialog({ open, onOpenChange, title, description, children }: DialogProps) {
  const { t } = useI18n();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={OVERLAY} />
        <Radix.Content
          className={BOX}
          onOpenAutoFocus={focusFirstField}
          {...(description === undefined ? { "aria-describedby": undefined } : {})}
        >
          <header className="flex items-start justify-between gap-3 px-5 pt-4">
            <div className="min-w-0">
              <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
              {description !== undefined && (
                <Radix.Description className="text-sm text-ink-2">{description}</Radix.Description>
              )}
            </div>
            {/* Without a tip: Escape would close the tip first and leave the dialog open. */}
            <Radix.Close
              aria-label={t("action.close")}
              className="-me-2 inline-flex size-9 shrink-0 items-center justify-center rounded-lg text-ink-2 hover:bg-hover hover:text-ink"
            >
              <X className="size-4.5" />
            </Radix.Close>
          </header>
          <div className="min-h-0 overflow-y-auto px-5 pt-4 pb-5">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** A form is opened to be filled in: its first field has the keyboard, not the cross in the corner. */
function focusFirstField(event: Event): void {
  const box = event.currentTarget as HTMLElement | null;
  const field = box?.querySelector<HTMLElement>("input, textarea, select");
  if (!field) return;
  event.preventDefault();
  field.focus();
}

interface ConfirmProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description: string;
  confirm: string;
  busy?: boolean;
  onConfirm: () => void;
}

/** Asks before something that cannot be undone. */
export function Confirm({
  open,
  onOpenChange,
  title,
  description,
  confirm,
  busy = false,
  onConfirm,
}: ConfirmProps) {
  const { t } = useI18n();
  return (
    <AlertDialog.Root open={open} onOpenChange={onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={OVERLAY} />
        <AlertDialog.Content className={BOX}>
          <div className="flex flex-col gap-2 p-5">
            <AlertDialog.Title className="text-lg font-semibold">{title}</AlertDialog.Title>
            <AlertDialog.Description className="text-sm text-ink-2">
              {description}
            </AlertDialog.Description>
          </div>
          <div className="flex flex-wrap justify-end gap-2 px-5 pb-5">
            <AlertDialog.Cancel asChild>
              <Button look="plain">{t("action.cancel")}</Button>
            </AlertDialog.Cancel>
            <Button look="danger" busy={busy} onClick={onConfirm}>
              {confirm}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
