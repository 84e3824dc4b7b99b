import type { Schemas } from "@omnisupport/api-client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call } from "../../api/client";
import { keys } from "../../api/keys";
import type {
  Customer,
  CustomerField,
  CustomerNote,
  CustomerPatch,
  NewCustomerField,
} from "../../api/types";
import { uuid } from "../../lib/uuid";

/** Shows a customer as he is now, wherever he is shown. */
function useShowCustomer() {
  const client = useQueryClient();
  return (customer: Customer) => {
    client.setQueryData(keys.customer(customer.id), customer);
    void client.invalidateQueries({ queryKey: keys.customerLists });
    void client.invalidateQueries({ queryKey: keys.timeline(customer.id) });
  };
}

export function useSaveCustomer(id: string) {
  const show = useShowCustomer();
  return useMutation({
    mutationFn: (patch: CustomerPatch) => {
      const body = patch as Schemas["CustomerPatch"];
      return call(api.PATCH("/api/v1/customers/{id}", { params: { path: { id } }, body }));
    },
    onSuccess: (customer) => show(customer as Customer),
  });
}

export function useBlockCustomer(id: string) {
  const show = useShowCustomer();
  const params = { path: { id } };
  return useMutation({
    mutationFn: (block: boolean) =>
      block
        ? call(api.POST("/api/v1/customers/{id}/block", { params }))
        : call(api.POST("/api/v1/customers/{id}/unblock", { params })),
    onSuccess: (customer) => show(customer as Customer),
  });
}

/** Writes a note about a customer, or puts other words into the given one. */
export function useSaveNote(customer: string, note?: CustomerNote) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (text: string) =>
      note === undefined
        ? call(
            api.POST("/api/v1/customers/{id}/notes", {
              params: { path: { id: customer }, header: { "Idempotency-Key": uuid() } },
              body: { text },
            }),
          )
        : call(
            api.PATCH("/api/v1/customers/{id}/notes/{note_id}", {
              params: { path: { id: customer, note_id: note.id } },
              body: { text },
            }),
          ),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.notes(customer) }),
  });
}

export function useDeleteNote(note: CustomerNote) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () =>
      call(
        api.DELETE("/api/v1/customers/{id}/notes/{note_id}", {
          params: { path: { id: note.customer_id, note_id: note.id } },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.notes(note.customer_id) }),
  });
}

/** Adds a field to customers' cards, or changes the given one's label and options. */
export function useSaveField(field?: CustomerField) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewCustomerField) =>
      field === undefined
        ? call(
            api.POST("/api/v1/customer-fields", {
              params: { header: { "Idempotency-Key": uuid() } },
              body,
            }),
          )
        : call(
            api.PATCH("/api/v1/customer-fields/{id}", {
              params: { path: { id: field.id } },
              body: { label: body.label, ...(body.options ? { options: body.options } : {}) },
            }),
          ),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.customerFields }),
  });
}

export function useDeleteField(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () =>
      call(api.DELETE("/api/v1/customer-fields/{id}", { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.customerFields }),
  });
}

/** All that is shown of these customers may be otherwise now. */
function useRefreshCustomers() {
  const client = useQueryClient();
  return (...ids: string[]) => {
    for (const id of ids) void client.invalidateQueries({ queryKey: keys.customer(id) });
    return client.invalidateQueries({ queryKey: keys.customerLists });
  };
}

/** Merges somebody into this customer. */
export function useMerge(survivor: string) {
  const refresh = useRefreshCustomers();
  return useMutation({
    mutationFn: (merged: string) =>
      call(
        api.POST("/api/v1/customers/{id}/merge", {
          params: { path: { id: merged } },
          body: { into: survivor },
        }),
      ),
    onSuccess: (_, merged) => refresh(survivor, merged),
  });
}

/** Parts somebody from the customer he was merged into. */
export function useUnmerge(survivor: string) {
  const refresh = useRefreshCustomers();
  return useMutation({
    mutationFn: (merged: string) =>
      call(api.POST("/api/v1/customers/{id}/unmerge", { params: { path: { id: merged } } })),
    onSuccess: (_, merged) => refresh(survivor, merged),
  });
}

/** Says that two customers are two people. */
export function useDismissProposal(id: string) {
  const refresh = useRefreshCustomers();
  return useMutation({
    mutationFn: (other: string) =>
      call(
        api.POST("/api/v1/customers/{id}/merge-proposals/{other_id}/dismiss", {
          params: { path: { id, other_id: other } },
        }),
      ),
    onSuccess: (_, other) => refresh(id, other),
  });
}
