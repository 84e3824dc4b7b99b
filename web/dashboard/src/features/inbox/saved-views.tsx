import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Bookmark, BookmarkPlus, Pencil, Trash2, Users } from "lucide-react";
import { type FormEvent, useState } from "react";
import { api, call } from "../../api/client";
import { keys } from "../../api/keys";
import { useViews } from "../../api/queries";
import type { SavedView } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useFieldError } from "../../i18n/problem-text";
import { cx } from "../../lib/cx";
import { uuid } from "../../lib/uuid";
import type { InboxFilter } from "../../live/lists";
import { useCan } from "../../session/session";
import { Button } from "../../ui/button";
import { Confirm, Dialog } from "../../ui/dialog";
import { TextField } from "../../ui/field";
import { Menu, MenuItem } from "../../ui/menu";
import { RadioCards } from "../../ui/radio-cards";
import { FormError } from "../../ui/states";
import { toastError } from "../../ui/toasts";
import { DEFAULT_FILTER, filterOfView, sameFilter, viewFilter } from "./filter";

interface Props {
  filter: InboxFilter;
  onChange: (filter: InboxFilter) => void;
}

/** Named filters, one click away, and the filter of the moment to be named. */
export function SavedViews({ filter, onChange }: Props) {
  const { t } = useI18n();
  const { data: views = [] } = useViews();
  const [saving, setSaving] = useState(false);
  const current = views.find((view) => sameFilter(filterOfView(view.filter), filter));
  const nameable = current === undefined && !sameFilter(filter, DEFAULT_FILTER);
  if (views.length === 0 && !nameable) return null;
  return (
    <nav
      aria-label={t("views.title")}
      className="flex items-center gap-1.5 overflow-x-auto px-3 pb-2"
    >
      {views.map((view) => (
        <ViewChip
          key={view.id}
          view={view}
          active={view === current}
          onPick={() => onChange(view === current ? DEFAULT_FILTER : filterOfView(view.filter))}
        />
      ))}
      {nameable && (
        <Button
          size="sm"
          look="quiet"
          icon={<BookmarkPlus className="size-3.5" />}
          onClick={() => setSaving(true)}
        >
          {t("views.save")}
        </Button>
      )}
      {saving && <ViewDialog filter={filter} onClose={() => setSaving(false)} />}
    </nav>
  );
}

const CHIP =
  "inline-flex h-7 shrink-0 items-center gap-1.5 rounded-full border px-2.5 text-xs font-medium transition-colors [&_svg]:size-3.5";

function ViewChip({
  view,
  active,
  onPick,
}: {
  view: SavedView;
  active: boolean;
  onPick: () => void;
}) {
  const { t } = useI18n();
  const can = useCan();
  const changes = view.scope === "own" || can("settings:views");
  const [doing, setDoing] = useState<"edit" | "delete" | null>(null);
  const refresh = useRefreshViews();
  const remove = useMutation({
    mutationFn: () => call(api.DELETE("/api/v1/views/{id}", { params: { path: { id: view.id } } })),
    onSuccess: refresh,
    onError: toastError,
    onSettled: () => setDoing(null),
  });
  const icon = view.scope === "all" ? <Users /> : <Bookmark />;
  const look = active
    ? "border-accent bg-accent-soft text-accent-ink"
    : "border-line text-ink-2 hover:bg-hover hover:text-ink";
  return (
    <>
      {active && changes ? (
        <Menu
          align="start"
          trigger={
            <button type="button" className={cx(CHIP, look)}>
              {icon}
              <bdi className="max-w-40 truncate">{view.name}</bdi>
            </button>
          }
        >
          <MenuItem icon={<Bookmark />} onSelect={onPick}>
            {t("views.leave")}
          </MenuItem>
          <MenuItem icon={<Pencil />} onSelect={() => setDoing("edit")}>
            {t("views.edit")}
          </MenuItem>
          <MenuItem icon={<Trash2 />} onSelect={() => setDoing("delete")}>
            {t("action.delete")}
          </MenuItem>
        </Menu>
      ) : (
        <button type="button" aria-pressed={active} onClick={onPick} className={cx(CHIP, look)}>
          {icon}
          <bdi className="max-w-40 truncate">{view.name}</bdi>
        </button>
      )}
      {doing === "edit" && (
        <ViewDialog view={view} filter={filterOfView(view.filter)} onClose={() => setDoing(null)} />
      )}
      <Confirm
        open={doing === "delete"}
        onOpenChange={(open) => !open && setDoing(null)}
        title={t("views.delete_title", { name: view.name })}
        description={t("views.delete_hint")}
        confirm={t("action.delete")}
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
      />
    </>
  );
}

/** Names a filter, or renames a view. */
function ViewDialog({
  view,
  filter,
  onClose,
}: {
  view?: SavedView;
  filter: InboxFilter;
  onClose: () => void;
}) {
  const { t } = useI18n();
  const shares = useCan()("settings:views");
  const [scope, setScope] = useState<SavedView["scope"]>(view?.scope ?? "own");
  const refresh = useRefreshViews();
  const save = useMutation({
    mutationFn: (name: string) =>
      view === undefined
        ? call(
            api.POST("/api/v1/views", {
              params: { header: { "Idempotency-Key": uuid() } },
              body: { name, scope, filter: viewFilter(filter) },
            }),
          )
        : call(
            api.PATCH("/api/v1/views/{id}", {
              params: { path: { id: view.id } },
              body: { name, scope },
            }),
          ),
    onSuccess: async () => {
      await refresh();
      onClose();
    },
  });
  const blame = useFieldError(save.error);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    save.mutate(String(new FormData(event.currentTarget).get("name") ?? "").trim());
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={view === undefined ? t("views.save") : t("views.edit")}
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          label={t("views.name")}
          name="name"
          error={blame("/name")}
          defaultValue={view?.name ?? ""}
          maxLength={200}
          required
        />
        {shares && (
          <RadioCards
            legend={t("views.scope")}
            value={scope}
            onChange={setScope}
            choices={(["own", "all"] as const).map((value) => ({
              value,
              label: t(`views.scope.${value}`),
              hint: t(`views.scope.${value}.hint`),
            }))}
          />
        )}
        <FormError error={save.error} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {t("action.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function useRefreshViews() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.views });
}
