import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, call } from "../../api/client";
import { keys } from "../../api/keys";

const PAGE = 50;
const next = (page: { next_cursor?: string | null }) => page.next_cursor ?? undefined;
const from = (cursor: string) => ({ limit: PAGE, ...(cursor === "" ? {} : { cursor }) });

/** The customers with `q` in name, phone or e-mail; all of them without. */
export function useCustomers(q: string) {
  return useInfiniteQuery({
    queryKey: keys.customers(q),
    initialPageParam: "",
    getNextPageParam: next,
    queryFn: ({ signal, pageParam }) =>
      call(
        api.GET("/api/v1/customers", {
          params: { query: { ...from(pageParam), ...(q === "" ? {} : { q }) } },
          signal,
        }),
      ),
  });
}

/** A customer's conversations over all channels. */
export function useTimeline(id: string) {
  return useInfiniteQuery({
    queryKey: keys.timeline(id),
    initialPageParam: "",
    getNextPageParam: next,
    queryFn: ({ signal, pageParam }) =>
      call(
        api.GET("/api/v1/customers/{id}/timeline", {
          params: { path: { id }, query: from(pageParam) },
          signal,
        }),
      ),
  });
}

/** The team's notes about a customer. */
export function useNotes(id: string) {
  return useInfiniteQuery({
    queryKey: keys.notes(id),
    initialPageParam: "",
    getNextPageParam: next,
    queryFn: ({ signal, pageParam }) =>
      call(
        api.GET("/api/v1/customers/{id}/notes", {
          params: { path: { id }, query: from(pageParam) },
          signal,
        }),
      ),
  });
}

/** The company's own fields of customers' cards. */
export function useCustomerFields() {
  return useQuery({
    queryKey: keys.customerFields,
    queryFn: async ({ signal }) => {
      const { items } = await call(api.GET("/api/v1/customer-fields", { signal }));
      return items;
    },
  });
}

/** Who may be the same person. */
export function useProposals(id: string) {
  return useQuery({
    queryKey: keys.proposals(id),
    queryFn: async ({ signal }) => {
      const params = { path: { id } };
      const { items } = await call(
        api.GET("/api/v1/customers/{id}/merge-proposals", { params, signal }),
      );
      return items;
    },
  });
}

/** Who was merged into a customer. */
export function useMerges(id: string) {
  return useQuery({
    queryKey: keys.merges(id),
    queryFn: async ({ signal }) => {
      const params = { path: { id } };
      const { items } = await call(api.GET("/api/v1/customers/{id}/merges", { params, signal }));
      return items;
    },
  });
}

/** What merging one customer into another would make, as things are now. */
export function useMergePreview(merged: string, into: string) {
  return useQuery({
    queryKey: keys.mergePreview(merged, into),
    staleTime: 0,
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/customers/{id}/merge-preview", {
          params: { path: { id: merged }, query: { into } },
          signal,
        }),
      ),
  });
}
