import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call } from "../../api/client";
import { keys } from "../../api/keys";
import type { Conversation, ConversationStatus, Message, Priority } from "../../api/types";
import { applyConversations } from "../../live/apply";
import { placeMessage } from "../../outbox/current";
import { useUser } from "../../session/session";
import { toastError } from "../../ui/toasts";

/** What marks a conversation, all of its tags at once. */
interface Labels {
  priority?: Priority;
  tags?: string[];
}

/** What can be done with a conversation. The screen changes at once and goes back where it was refused. */
export function useConversationActions(conversation: Conversation) {
  const client = useQueryClient();
  const me = useUser().id;
  const { id } = conversation;
  const show = (next: Conversation) => applyConversations(client, new Map([[id, next]]), me);
  const failed = (error: unknown) => {
    toastError(error);
    void client.invalidateQueries({ queryKey: keys.conversation(id) });
    void client.invalidateQueries({ queryKey: keys.lists });
  };
  const settled = () => void client.invalidateQueries({ queryKey: keys.counts });

  const assign = useMutation({
    mutationFn: (operator_id: string | null) =>
      call(
        api.POST("/api/v1/conversations/{id}/assign", {
          params: { path: { id } },
          body: { operator_id },
        }),
      ),
    onMutate: (assigned_to) => show({ ...conversation, assigned_to }),
    onSuccess: (answer) => show(answer.conversation),
    onError: failed,
    onSettled: settled,
  });
  const setStatus = useMutation({
    mutationFn: (status: ConversationStatus) =>
      call(
        api.POST("/api/v1/conversations/{id}/status", {
          params: { path: { id } },
          body: { status },
        }),
      ),
    onMutate: (status) => show({ ...conversation, status, snooze_until: null }),
    onSuccess: (answer) => show(answer.conversation),
    onError: failed,
    onSettled: settled,
  });
  const snooze = useMutation({
    mutationFn: (until: Date) =>
      call(
        api.POST("/api/v1/conversations/{id}/status", {
          params: { path: { id } },
          body: { status: "pending", snooze_until: until.toISOString() },
        }),
      ),
    onMutate: (until) =>
      show({ ...conversation, status: "pending", snooze_until: until.toISOString() }),
    onSuccess: (answer) => show(answer.conversation),
    onError: failed,
    onSettled: settled,
  });
  const label = useMutation({
    mutationFn: (body: Labels) =>
      call(api.PATCH("/api/v1/conversations/{id}", { params: { path: { id } }, body })),
    onMutate: (change) => show({ ...conversation, ...change }),
    onSuccess: show,
    onError: failed,
    onSettled: () => void client.invalidateQueries({ queryKey: keys.tags }),
  });
  return {
    assign: assign.mutate,
    setStatus: setStatus.mutate,
    snooze: snooze.mutate,
    label: label.mutate,
  };
}

/** Sends a failed or unknown message again. */
export function useRetryMessage() {
  const client = useQueryClient();
  const me = useUser().id;
  return useMutation({
    mutationFn: (id: string) =>
      call(api.POST("/api/v1/messages/{id}/retry", { params: { path: { id } } })),
    onSuccess: ({ message }) => placeMessage(client, message as Message, me),
    onError: toastError,
  });
}
