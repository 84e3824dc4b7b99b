import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call } from "../../api/client";
import { keys } from "../../api/keys";
import { ApiError } from "../../api/problem";
import type { BulkAction, Conversation } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { problemText } from "../../i18n/problem-text";
import { applyConversations } from "../../live/apply";
import { useUser } from "../../session/session";
import { toast, toastError, toastProblem } from "../../ui/toasts";
import { keepSelected } from "./selection";

export type BulkAct = Omit<BulkAction, "ids">;

/** Does one thing with all that are selected; what could not be done stays selected. */
export function useBulkAct(ids: readonly string[]) {
  const i18n = useI18n();
  const client = useQueryClient();
  const me = useUser().id;
  return useMutation({
    mutationFn: (act: BulkAct) =>
      call(api.POST("/api/v1/conversations/bulk", { body: { ...act, ids: [...ids] } })),
    onSuccess: ({ results }) => {
      const changes = new Map<string, Conversation>();
      for (const { id, conversation } of results) {
        if (conversation) changes.set(id, conversation);
      }
      applyConversations(client, changes, me);
      const failed = results.filter(({ error }) => error);
      const first = failed[0]?.error;
      if (first) {
        const why = problemText(i18n, new ApiError({ status: first.status, code: first.code }));
        toastProblem(i18n.t("bulk.failed", { count: failed.length, why }));
      } else {
        toast(i18n.t("bulk.done", { count: results.length }));
      }
      keepSelected(failed.map(({ id }) => id));
    },
    onError: toastError,
    onSettled: () => {
      void client.invalidateQueries({ queryKey: keys.counts });
      void client.invalidateQueries({ queryKey: keys.tags });
    },
  });
}
