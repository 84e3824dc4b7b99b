import { QueryClient } from "@tanstack/react-query";
import { toApiError } from "../api/problem";

/** The cache is kept true by live events, so nothing is refetched just because time passed. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: 30 * 60_000,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: "always",
        retry: (failures, error) => failures < 4 && toApiError(error).passing,
        retryDelay: (attempt, error) => {
          const { retryAfter } = toApiError(error);
          return retryAfter === undefined ? Math.min(500 * 2 ** attempt, 8_000) : retryAfter * 1000;
        },
      },
      mutations: { networkMode: "always" },
    },
  });
}
