import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "../../api/client";
import { keys } from "../../api/keys";
import type { ApiKey } from "../../api/types";
import type { MessageKey } from "../../i18n/i18n";

/** As the server: there are no more keys than this in one company. */
const MOST = 100;

/** Everything, which only owners have and give. */
export const EVERYTHING = "*";

/** What a key can be given, with what it says. */
export const PERMISSIONS: readonly { word: string; text: MessageKey }[] = [
  { word: EVERYTHING, text: "permission.everything" },
  { word: "conversations:read", text: "permission.conversations_read" },
  { word: "conversations:reply", text: "permission.conversations_reply" },
  { word: "conversations:assign", text: "permission.conversations_assign" },
  { word: "customers:read", text: "permission.customers_read" },
  { word: "customers:update", text: "permission.customers_update" },
  { word: "operators:manage", text: "permission.operators_manage" },
  { word: "settings:read", text: "permission.settings_read" },
  { word: "settings:update", text: "permission.settings_update" },
];

export interface ApiKeyForm {
  name: string;
  permissions: string[];
  rate_limit_per_minute: number | null;
  expires_at?: string;
}

export function useApiKeys() {
  return useQuery({
    queryKey: keys.apiKeys,
    // Other people and programs change these, and no event tells of it.
    staleTime: 0,
    queryFn: async ({ signal }) => {
      const query = { limit: MOST };
      const page = await call(api.GET("/api/v1/api-keys", { params: { query }, signal }));
      return page.items;
    },
  });
}

/** Makes a key. The answer carries it, and nothing else ever does. */
export function useMakeApiKey() {
  const refresh = useRefreshApiKeys();
  return useMutation({
    // Not kept: whoever looked into this page's memory later would find the key.
    gcTime: 0,
    mutationFn: (body: ApiKeyForm): Promise<ApiKey> => call(api.POST("/api/v1/api-keys", { body })),
    onSuccess: refresh,
  });
}

export function useChangeApiKey(id: string) {
  const refresh = useRefreshApiKeys();
  return useMutation({
    mutationFn: (body: { name: string; rate_limit_per_minute: number | null }) =>
      call(api.PATCH("/api/v1/api-keys/{id}", { params: { path: { id } }, body })),
    onSuccess: refresh,
  });
}

export function useRevokeApiKey(id: string) {
  const refresh = useRefreshApiKeys();
  return useMutation({
    mutationFn: () => call(api.DELETE("/api/v1/api-keys/{id}", { params: { path: { id } } })),
    onSuccess: refresh,
  });
}

function useRefreshApiKeys() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.apiKeys });
}
