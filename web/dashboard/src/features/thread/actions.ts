import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call } from "../../api/client";
import { keys } from "../../api/keys";
import type { Conversation, ConversationStatus, Message, Priority } from "../../api/types";
import { applyConversations } from "../../live/apply";
import { changedSince } from "../../live/freshness";
import { placeMessage } from "../../outbox/current";
import { useUser } from "../../session/session";
import { toastError } from "../../ui/toasts";

/** Somebody, a team, or nobody; what is left out of a team stays. */
export type AssignTarget = { operator_id?: string | null; team_id?: string | null };
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
  /** Shows what is hoped for; returns when it was asked. */
  const hope = (next: Conversation) => {
    show(next);
    return performance.now();
  };
  const answered = (next: Conversation, asked: number) => {
    // A live event that was faster is newer.
    if (!changedSince(id, asked)) show(next);
  };
  const failed = (error: unknown) => {
    toastError(error);
    void client.invalidateQueries({ queryKey: keys.conversation(id) });
    void client.invalidateQueries({ queryKey: keys.lists });
  };
  const settled = () => void client.invalidateQueries({ queryKey: keys.counts });

  const assign = useMutation({
    mutationFn: (body: AssignTarget) =>
      call(
        api.POST("/api/v1/conversations/{id}/assign", {
          params: { path: { id } },
          body,
        }),
      ),
    onMutate: ({ operator_id = null, team_id }) => {
      const moved = { ...conversation, assigned_to: operator_id };
      // A team's name comes with the answer.
      return hope(team_id === null ? { ...moved, team: null } : moved);
    },
    onSuccess: (answer, _, asked) => answered(answer.conversation, asked),
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
    onMutate: (status) => hope({ ...conversation, status, snooze_until: null }),
    onSuccess: (answer, _, asked) => answered(answer.conversation, asked),
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
      hope({ ...conversation, status: "pending", snooze_until: until.toISOString() }),
    onSuccess: (answer, _, asked) => answered(answer.conversation, asked),
    onError: failed,
    onSettled: settled,
  });
  const label = useMutation({
    mutationFn: (body: Labels) =>
      call(api.PATCH("/api/v1/conversations/{id}", { params: { path: { id } }, body })),
    onMutate: (change) => hope({ ...conversation, ...change }),
    onSuccess: (answer, _, asked) => answered(answer, asked),
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
    onMutate: () => performance.now(),
    onSuccess: ({ message }, _, asked) => placeMessage(client, message as Message, me, asked),
    onError: toastError,
  });
}

/** Changes the words of one's own message. */
export function useEditMessage() {
  const client = useQueryClient();
  const me = useUser().id;
  return useMutation({
    mutationFn: ({ id, content }: { id: string; content: { text?: string; caption?: string } }) =>
      call(api.PATCH("/api/v1/messages/{id}", { params: { path: { id } }, body: { content } })),
    onMutate: () => performance.now(),
    onSuccess: ({ message }, _, asked) => placeMessage(client, message as Message, me, asked),
    onError: toastError,
  });
}

/** Takes messages back, one after the other. */
export function useDeleteMessages() {
  const client = useQueryClient();
  const me = useUser().id;
  return useMutation({
    mutationFn: async (ids: string[]) => {
      for (const id of ids) {
        const params = { path: { id } };
        const asked = performance.now();
        const { message } = await call(api.DELETE("/api/v1/messages/{id}", { params }));
        placeMessage(client, message as Message, me, asked);
      }
    },
    onError: toastError,
  });
}

/** Reacts to a message for the whole team; `null` takes that back. */
export function useReact() {
  const client = useQueryClient();
  const me = useUser().id;
  return useMutation({
    mutationFn: ({ id, emoji }: { id: string; emoji: string | null }) =>
      call(
        api.PUT("/api/v1/messages/{id}/reaction", { params: { path: { id } }, body: { emoji } }),
      ),
    onMutate: () => performance.now(),
    onSuccess: ({ message }, _, asked) => placeMessage(client, message as Message, me, asked),
    onError: toastError,
  });
}
