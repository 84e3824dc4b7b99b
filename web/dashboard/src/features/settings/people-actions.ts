import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call } from "../../api/client";
import { keys } from "../../api/keys";
import type { Operator, Role, Team } from "../../api/types";
import { uuid } from "../../lib/uuid";
import { toastError } from "../../ui/toasts";

/** What a person is made of, as the form has it. */
export interface PersonDraft {
  email: string;
  name: string;
  role: Role;
  skills: string[];
  capacity: number | null;
}

/** Whatever shows people or teams looks again. */
function useRefresh() {
  const client = useQueryClient();
  return () => {
    for (const queryKey of [keys.people, keys.operators, keys.teams, keys.skills]) {
      void client.invalidateQueries({ queryKey });
    }
  };
}

export function useAddPerson() {
  const onSettled = useRefresh();
  return useMutation({
    mutationFn: (body: PersonDraft) =>
      call(
        api.POST("/api/v1/operators", {
          params: { header: { "Idempotency-Key": uuid() } },
          body,
        }),
      ),
    onSettled,
  });
}

type Change = Partial<Omit<PersonDraft, "email">> & { disabled?: boolean };

export function useChangePerson({ id }: Operator) {
  const onSettled = useRefresh();
  return useMutation({
    mutationFn: (body: Change) =>
      call(api.PATCH("/api/v1/operators/{id}", { params: { path: { id } }, body })),
    onSettled,
  });
}

export function useInvite() {
  const onSettled = useRefresh();
  return useMutation({
    mutationFn: (id: string) =>
      call(api.POST("/api/v1/operators/{id}/invitation", { params: { path: { id } } })),
    onError: toastError,
    onSettled,
  });
}

interface TeamDraft {
  name: string;
  members: string[];
}

/** Makes a team, or changes the one there is. */
export function useSaveTeam(team: Team | undefined) {
  const onSettled = useRefresh();
  return useMutation({
    mutationFn: (body: TeamDraft) =>
      team === undefined
        ? call(
            api.POST("/api/v1/teams", {
              params: { header: { "Idempotency-Key": uuid() } },
              body,
            }),
          )
        : call(api.PATCH("/api/v1/teams/{id}", { params: { path: { id: team.id } }, body })),
    onSettled,
  });
}

export function useDeleteTeam() {
  const onSettled = useRefresh();
  return useMutation({
    mutationFn: (id: string) =>
      call(api.DELETE("/api/v1/teams/{id}", { params: { path: { id } } })),
    onError: toastError,
    onSettled,
  });
}
