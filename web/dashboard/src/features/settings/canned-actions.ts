import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call } from "../../api/client";
import { keys } from "../../api/keys";
import type { CannedResponse, NewCanned } from "../../api/types";
import { uuid } from "../../lib/uuid";

/** What a text may ask for, as the server knows it, and what people call it. */
export const VARIABLES = [
  { name: "customer.name", label: "canned.variable.customer_name" },
  { name: "customer.first_name", label: "canned.variable.customer_first_name" },
  { name: "customer.email", label: "canned.variable.customer_email" },
  { name: "customer.phone", label: "canned.variable.customer_phone" },
  { name: "operator.name", label: "canned.variable.operator_name" },
  { name: "operator.first_name", label: "canned.variable.operator_first_name" },
  { name: "company.name", label: "canned.variable.company_name" },
] as const;

/** Writes a canned response, or changes the given one. */
export function useSaveCanned(response?: CannedResponse) {
  const refresh = useRefreshCanned();
  return useMutation({
    mutationFn: (body: NewCanned) =>
      response === undefined
        ? call(
            api.POST("/api/v1/canned-responses", {
              params: { header: { "Idempotency-Key": uuid() } },
              body,
            }),
          )
        : call(
            api.PATCH("/api/v1/canned-responses/{id}", {
              params: { path: { id: response.id } },
              body,
            }),
          ),
    onSuccess: refresh,
  });
}

export function useDeleteCanned(id: string) {
  const refresh = useRefreshCanned();
  return useMutation({
    mutationFn: () =>
      call(api.DELETE("/api/v1/canned-responses/{id}", { params: { path: { id } } })),
    onSuccess: refresh,
  });
}

function useRefreshCanned() {
  const client = useQueryClient();
  return () => {
    client.removeQueries({ queryKey: ["canned-rendered"] });
    return client.invalidateQueries({ queryKey: keys.cannedLists });
  };
}
