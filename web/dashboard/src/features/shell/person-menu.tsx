import { useNavigate } from "@tanstack/react-router";
import {
  Bell,
  BellOff,
  Keyboard,
  Languages,
  LogOut,
  Monitor,
  Moon,
  Sun,
  UserRound,
  Volume2,
  VolumeX,
} from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { OperatorStatus } from "../../api/types";
import { LOCALES, setLocale, useI18n } from "../../i18n/i18n";
import { cx } from "../../lib/cx";
import { setPrefs, type Theme, usePrefs } from "../../lib/prefs";
import { useUser } from "../../session/session";
import { Avatar } from "../../ui/avatar";
import { Menu, MenuChoice, MenuItem, MenuLine } from "../../ui/menu";
import { askForNotices, noticesPossible } from "./notices";
import { useOwnStatus } from "./own-status";
import { openShortcuts } from "./shortcuts-dialog";
import { signOut } from "./sign-out";

const DOTS: Record<OperatorStatus, string> = {
  online: "bg-[#22a565]",
  away: "bg-[#e0a100]",
  offline: "bg-line-strong",
};

/** Who I am here, whether I take conversations, and how this browser behaves. */
export function PersonMenu() {
  const { t, locale } = useI18n();
  const user = useUser();
  const prefs = usePrefs();
  const navigate = useNavigate();
  const { status, setStatus } = useOwnStatus();
  const word = (one: OperatorStatus) => t(`operator_status.${one}`);
  return (
    <Menu
      side="top"
      align="start"
      trigger={
        <button
          type="button"
          aria-label={t("person.menu", { name: user.name, status: word(status ?? "offline") })}
          className="relative flex rounded-full p-1.5 transition-colors hover:bg-hover"
        >
          <Avatar name={user.name} seed={user.id} />
          {status !== undefined && (
            <span
              className={cx(
                "absolute end-1 bottom-1 size-3 rounded-full border-2 border-app",
                DOTS[status],
              )}
            />
          )}
        </button>
      }
    >
      <div className="px-2.5 py-1.5">
        <p className="truncate text-sm font-medium">{user.name}</p>
        <p className="truncate text-xs text-ink-3">{user.email}</p>
      </div>
      <MenuLine />
      {status !== undefined && (
        <>
          <MenuChoice
            label={t("person.status")}
            value={status}
            onChange={setStatus}
            choices={(["online", "away", "offline"] as const).map((value) => ({
              value,
              label: word(value),
              icon: <span className={cx("mx-1 size-2 rounded-full", DOTS[value])} />,
            }))}
          />
          <MenuLine />
        </>
      )}
      <MenuItem
        icon={prefs.sound ? <Volume2 /> : <VolumeX />}
        onSelect={() => setPrefs({ sound: !prefs.sound })}
      >
        {prefs.sound ? t("person.sound_on") : t("person.sound_off")}
      </MenuItem>
      {noticesPossible() && (
        <MenuItem
          icon={prefs.notices ? <Bell /> : <BellOff />}
          onSelect={() => void askForNotices(!prefs.notices)}
        >
          {prefs.notices ? t("person.notices_on") : t("person.notices_off")}
        </MenuItem>
      )}
      <MenuItem icon={<Keyboard />} onSelect={openShortcuts}>
        {t("shortcuts.title")}
      </MenuItem>
      <MenuLine />
      <SubChoice
        icon={<Sun />}
        label={t("person.theme")}
        value={prefs.theme}
        onChange={(theme: Theme) => setPrefs({ theme })}
        choices={[
          { value: "system", label: t("theme.system"), icon: <Monitor /> },
          { value: "light", label: t("theme.light"), icon: <Sun /> },
          { value: "dark", label: t("theme.dark"), icon: <Moon /> },
        ]}
      />
      <SubChoice
        icon={<Languages />}
        label={t("person.language")}
        value={locale}
        onChange={(next) => void setLocale(next)}
        choices={LOCALES.map(({ locale: value, name }) => ({ value, label: name }))}
      />
      <MenuLine />
      <MenuItem icon={<UserRound />} onSelect={() => void navigate({ to: "/settings/profile" })}>
        {t("person.profile")}
      </MenuItem>
      <MenuItem icon={<LogOut className="mirrored" />} onSelect={() => void signOut()}>
        {t("person.sign_out")}
      </MenuItem>
    </Menu>
  );
}

type SubProps<T extends string> = Parameters<typeof MenuChoice<T>>[0] & { icon: React.ReactNode };

/** A choice that opens beside its line, so that the menu stays short. */
function SubChoice<T extends string>({ icon, label, ...choice }: SubProps<T>) {
  return (
    <DropdownMenu.Sub>
      <DropdownMenu.SubTrigger className="flex cursor-pointer items-center gap-2.5 rounded-md px-2.5 py-1.5 text-sm outline-none data-[highlighted]:bg-hover data-[state=open]:bg-hover max-md:py-2.5 [&_svg]:size-4">
        {icon}
        <span className="flex-1">{label}</span>
        <span className="text-xs text-ink-3">
          {choice.choices.find(({ value }) => value === choice.value)?.label}
        </span>
      </DropdownMenu.SubTrigger>
      <DropdownMenu.Portal>
        <DropdownMenu.SubContent
          sideOffset={4}
          collisionPadding={8}
          className="z-50 min-w-40 animate-pop rounded-xl border border-line bg-raised p-1.5 shadow-pop"
        >
          <MenuChoice label={label} {...choice} />
        </DropdownMenu.SubContent>
      </DropdownMenu.Portal>
    </DropdownMenu.Sub>
  );
}
