import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "../../api/client";
import { keys } from "../../api/keys";
import type { DeliveryPage, EventKind, Webhook, WebhookDeliveryState } from "../../api/types";
import type { MessageKey } from "../../i18n/i18n";
import { uuid } from "../../lib/uuid";

/** What a webhook can be told of, and what that means. */
export const TOLD: readonly { type: EventKind; text: MessageKey }[] = [
  { type: "message.new", text: "webhook_type.message_new" },
  { type: "message.updated", text: "webhook_type.message_updated" },
  { type: "conversation.queued", text: "webhook_type.conversation_queued" },
  { type: "conversation.assigned", text: "webhook_type.conversation_assigned" },
  { type: "conversation.updated", text: "webhook_type.conversation_updated" },
];

/** What a form says about a webhook. */
export interface WebhookForm {
  url: string;
  description: string;
  types: EventKind[];
  enabled: boolean;
}

const PAGE = 50;
/** What is being sent now will be through by then. */
const SOON_MS = 2_000;

/** Whether something on the page is being sent now, rather than waiting for its next attempt. */
const isUnderWay = (page: DeliveryPage) =>
  page.items.some((item) => item.state === "pending" && !item.retry_at);

export function useWebhooks(mayRead = true) {
  return useQuery({
    queryKey: keys.webhooks,
    enabled: mayRead,
    queryFn: async ({ signal }) => (await call(api.GET("/api/v1/webhooks", { signal }))).items,
  });
}

/** What was sent to a webhook, the newest first. */
export function useDeliveries(id: string, state: WebhookDeliveryState | "") {
  return useInfiniteQuery({
    queryKey: [...keys.deliveries(id), state],
    initialPageParam: null as string | null,
    getNextPageParam: (page: DeliveryPage) => page.next_cursor ?? null,
    refetchInterval: ({ state: { data } }) => (data?.pages.some(isUnderWay) ? SOON_MS : false),
    queryFn: ({ pageParam, signal }): Promise<DeliveryPage> => {
      const query = {
        limit: PAGE,
        ...(state === "" ? {} : { state }),
        ...(pageParam === null ? {} : { cursor: pageParam }),
      };
      const params = { path: { id }, query };
      return call(api.GET("/api/v1/webhooks/{id}/deliveries", { params, signal }));
    },
  });
}

/** Makes a webhook, or changes the given one. The answer to making one carries its secret, once. */
export function useSaveWebhook(webhook?: Webhook) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (body: WebhookForm): Promise<Webhook> => {
      if (webhook === undefined) {
        const params = { header: { "Idempotency-Key": uuid() } };
        return call(api.POST("/api/v1/webhooks", { params, body }));
      }
      const params = { path: { id: webhook.id } };
      return call(api.PATCH("/api/v1/webhooks/{id}", { params, body }));
    },
    onSuccess: refresh,
  });
}

export function useSwitchOn(id: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: () =>
      call(
        api.PATCH("/api/v1/webhooks/{id}", { params: { path: { id } }, body: { enabled: true } }),
      ),
    onSuccess: refresh,
  });
}

export function useDeleteWebhook(id: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: () => call(api.DELETE("/api/v1/webhooks/{id}", { params: { path: { id } } })),
    onSuccess: refresh,
  });
}

export function useRenewSecret(id: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: () => call(api.POST("/api/v1/webhooks/{id}/secret", { params: { path: { id } } })),
    onSuccess: refresh,
  });
}

/** Calls the webhook now; answers how that went. */
export function useTestWebhook(id: string) {
  return useMutation({
    mutationFn: () => call(api.POST("/api/v1/webhooks/{id}/test", { params: { path: { id } } })),
  });
}

export function useReplayDelivery(id: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (delivery: string) => {
      const params = { path: { id, delivery_id: delivery } };
      return call(api.POST("/api/v1/webhooks/{id}/deliveries/{delivery_id}/replay", { params }));
    },
    onSuccess: refresh,
  });
}

export function useReplayRange(id: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (body: { from: string; to: string }) =>
      call(api.POST("/api/v1/webhooks/{id}/replay", { params: { path: { id } }, body })),
    onSuccess: refresh,
  });
}

function useRefresh() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.webhooks });
}
