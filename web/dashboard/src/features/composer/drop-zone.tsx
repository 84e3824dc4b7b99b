import { Paperclip } from "lucide-react";
import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { useI18n } from "../../i18n/i18n";
import { useCan } from "../../session/session";
import { useAttach } from "./attach";

/** Files dropped anywhere on the thread become attachments of its draft. */
export function DropZone({
  conversationId,
  children,
}: {
  conversationId: string;
  children: ReactNode;
}) {
  const { t } = useI18n();
  const may = useCan()("conversations:reply");
  const attach = useAttach(conversationId);
  const [over, setOver] = useState(false);
  // Entering a child leaves its parent: only the balance tells whether the pointer is inside.
  const depth = useRef(0);
  const withFiles = (event: DragEvent) => may && event.dataTransfer.types.includes("Files");
  const end = () => {
    depth.current = 0;
    setOver(false);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping has a button beside it for the keyboard
    <div
      className="relative flex min-h-0 flex-1 flex-col"
      onDragEnter={(event) => {
        if (!withFiles(event)) return;
        depth.current += 1;
        setOver(true);
      }}
      onDragLeave={() => {
        depth.current -= 1;
        if (depth.current <= 0) end();
      }}
      onDragOver={(event) => withFiles(event) && event.preventDefault()}
      onDrop={(event) => {
        if (!withFiles(event)) return;
        event.preventDefault();
        end();
        attach(event.dataTransfer.files);
      }}
    >
      {children}
      {over && (
        <div className="pointer-events-none absolute inset-3 z-20 flex flex-col items-center justify-center gap-2 rounded-2xl border-2 border-dashed border-accent bg-accent-soft/90 text-accent-ink">
          <Paperclip className="size-7" />
          <p className="font-medium">{t("composer.drop")}</p>
        </div>
      )}
    </div>
  );
}
