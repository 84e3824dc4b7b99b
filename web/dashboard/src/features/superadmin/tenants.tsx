import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Building2, SearchX } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { call } from "../../api/client";
import { keys } from "../../api/keys";
import type { TenantPage } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { Empty, Failure } from "../../ui/states";
import { Section } from "../settings/settings-page";
import { rootApi } from "./session";
import { TenantCard } from "./tenant-card";

const PAGE = 50;

function useTenants(q: string) {
  return useInfiniteQuery({
    queryKey: [...keys.tenants, q],
    // Others make companies, and no event tells of it.
    staleTime: 0,
    placeholderData: keepPreviousData,
    initialPageParam: null as string | null,
    getNextPageParam: (page: TenantPage) => page.next_cursor ?? null,
    queryFn: ({ pageParam, signal }) => {
      const cursor = pageParam === null ? {} : { cursor: pageParam };
      const query = { limit: PAGE, ...(q === "" ? {} : { q }), ...cursor };
      return call(rootApi.GET("/api/v1/superadmin/tenants", { params: { query }, signal }));
    },
  });
}

/** The companies of this installation. */
export function Tenants() {
  const { t } = useI18n();
  const [typed, setTyped] = useState("");
  const q = useDeferredValue(typed.trim());
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useTenants(q);
  const tenants = data?.pages.flatMap((page) => page.items);
  const total = data?.pages[0]?.total ?? 0;
  return (
    <Section
      title={t("superadmin.tenants")}
      hint={tenants === undefined ? t("superadmin.hint") : t("superadmin.found", { count: total })}
    >
      <TextField
        label={t("superadmin.search")}
        type="search"
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        maxLength={200}
        autoComplete="off"
      />
      {error !== null && tenants === undefined ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : tenants === undefined ? (
        <div role="status" aria-label={t("state.loading")} className="flex flex-col gap-3">
          <span className="skeleton h-20 rounded-2xl" />
          <span className="skeleton h-20 rounded-2xl" />
        </div>
      ) : tenants.length === 0 ? (
        q === "" ? (
          <Empty
            icon={<Building2 />}
            title={t("superadmin.none")}
            hint={t("superadmin.none_hint")}
          />
        ) : (
          <Empty icon={<SearchX />} title={t("superadmin.not_found")} />
        )
      ) : (
        <ul className="flex flex-col gap-3">
          {tenants.map((tenant) => (
            <li key={tenant.id}>
              <TenantCard tenant={tenant} />
            </li>
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button
          busy={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
          className="self-center"
        >
          {t("superadmin.more")}
        </Button>
      )}
    </Section>
  );
}
