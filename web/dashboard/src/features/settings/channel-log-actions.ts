import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "../../api/client";
import { keys } from "../../api/keys";
import type { ChannelEventPage, EventOutcome } from "../../api/types";

const PAGE = 50;
/** What waits now will be through by then. */
const SOON_MS = 2_000;

const waits = (page: ChannelEventPage) => page.items.some(({ outcome }) => outcome === "pending");

/** What a channel was handed, the newest first. */
export function useChannelEvents(id: string, outcome: EventOutcome | "") {
  return useInfiniteQuery({
    queryKey: [...keys.channelEvents(id), "list", outcome],
    initialPageParam: null as string | null,
    getNextPageParam: (page: ChannelEventPage) => page.next_cursor ?? null,
    refetchInterval: ({ state: { data } }) => (data?.pages.some(waits) ? SOON_MS : false),
    queryFn: ({ pageParam, signal }): Promise<ChannelEventPage> => {
      const query = {
        limit: PAGE,
        ...(outcome === "" ? {} : { outcome }),
        ...(pageParam === null ? {} : { cursor: pageParam }),
      };
      const params = { path: { id }, query };
      return call(api.GET("/api/v1/channels/{id}/events", { params, signal }));
    },
  });
}

/** What one of them carried, once somebody wants to see it. */
export function useChannelEvent(id: string, event: string, wanted: boolean) {
  return useQuery({
    queryKey: [...keys.channelEvents(id), "one", event],
    enabled: wanted,
    queryFn: ({ signal }) => {
      const params = { path: { id, event_id: event } };
      return call(api.GET("/api/v1/channels/{id}/events/{event_id}", { params, signal }));
    },
  });
}

/** Has one worked on again. */
export function useReplayEvent(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (event: string) => {
      const params = { path: { id, event_id: event } };
      return call(api.POST("/api/v1/channels/{id}/events/{event_id}/replay", { params }));
    },
    onSuccess: () => client.invalidateQueries({ queryKey: keys.channelEvents(id) }),
  });
}
