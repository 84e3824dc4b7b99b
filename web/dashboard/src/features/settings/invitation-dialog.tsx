import type { Invitation } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { Button } from "../../ui/button";
import { Copyable } from "../../ui/copy";
import { Dialog } from "../../ui/dialog";

interface Props {
  name: string;
  invitation: Invitation;
  onClose: () => void;
}

/** Shows the link that is told only once. */
export function InvitationDialog({ name, invitation, onClose }: Props) {
  const { t } = useI18n();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("people.invitation_title", { name })}
      description={t("people.invitation_hint")}
    >
      <div className="flex flex-col gap-4">
        <Copyable label={t("people.invitation_link")} text={invitation.url} />
        <Button look="primary" onClick={onClose} className="self-end">
          {t("action.done")}
        </Button>
      </div>
    </Dialog>
  );
}
