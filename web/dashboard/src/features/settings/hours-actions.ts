import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "../../api/client";
import { keys } from "../../api/keys";
import type { HoursSettings, Schedule, Team, TeamHours } from "../../api/types";

/** Typing goes on for so long before the server is asked what it thinks. */
const PAUSE = 400;

export function useHours() {
  return useQuery({
    queryKey: keys.hours,
    queryFn: ({ signal }) => call(api.GET("/api/v1/settings/hours", { signal })),
  });
}

export function useSaveHours() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: HoursSettings) => call(api.PUT("/api/v1/settings/hours", { body })),
    onSuccess: (saved) => client.setQueryData(keys.hours, saved),
  });
}

export function useTeamHours({ id }: Team) {
  return useQuery({
    queryKey: keys.teamHours(id),
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/teams/{id}/hours", { params: { path: { id } }, signal })),
  });
}

export function useSaveTeamHours({ id }: Team) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: TeamHours) =>
      call(api.PUT("/api/v1/teams/{id}/hours", { params: { path: { id } }, body })),
    onSuccess: (saved) => client.setQueryData(keys.teamHours(id), saved),
  });
}

/** Whether a schedule that is not saved yet would be open now, or what is wrong with it. */
export function usePreview(schedule: Schedule) {
  return useQuery({
    queryKey: keys.hoursPreview(schedule),
    queryFn: async ({ signal }) => {
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      signal.throwIfAborted();
      return call(api.POST("/api/v1/settings/hours/preview", { body: schedule, signal }));
    },
    placeholderData: keepPreviousData,
    retry: false,
    refetchInterval: 60_000,
  });
}
