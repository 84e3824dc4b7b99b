import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call } from "../../api/client";
import { keys } from "../../api/keys";
import type { Channel, TelegramSettings, WidgetSettings } from "../../api/types";
import { uuid } from "../../lib/uuid";

/** What a form says about a channel. */
export interface ChannelForm {
  type: "telegram" | "widget";
  name: string;
  settings: WidgetSettings & TelegramSettings;
  secrets?: { bot_token: string };
}

/** Creates a channel, or changes the given one. The answer carries what is shown only once. */
export function useSaveChannel(channel?: Channel) {
  const refresh = useRefreshChannels();
  return useMutation({
    mutationFn: async ({ type, ...form }: ChannelForm): Promise<Channel> => {
      if (channel === undefined) {
        const created = await call(
          api.POST("/api/v1/channels", {
            params: { header: { "Idempotency-Key": uuid() } },
            body: { type, ...form } as never,
          }),
        );
        return created as Channel;
      }
      const params = { path: { id: channel.id } };
      return (await call(
        api.PATCH("/api/v1/channels/{id}", { params, body: form as never }),
      )) as Channel;
    },
    onSuccess: refresh,
  });
}

/** Asks the channel how things stand, now. */
export function useCheckChannel(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      const params = { path: { id } };
      return (await call(api.POST("/api/v1/channels/{id}/check", { params }))) as Channel;
    },
    onSuccess: (checked) =>
      client.setQueryData<Channel[]>(keys.channels, (channels) =>
        channels?.map((one) => (one.id === id ? { ...one, ...checked } : one)),
      ),
  });
}

export function useDeleteChannel(id: string) {
  const refresh = useRefreshChannels();
  return useMutation({
    mutationFn: () => call(api.DELETE("/api/v1/channels/{id}", { params: { path: { id } } })),
    onSuccess: refresh,
  });
}

function useRefreshChannels() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.channels });
}
