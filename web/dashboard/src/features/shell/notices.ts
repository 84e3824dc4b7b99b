import { i18n } from "../../i18n/i18n";
import { setPrefs } from "../../lib/prefs";
import { toast } from "../../ui/toasts";

/** Desktop notices need https or localhost. */
export const noticesPossible = (): boolean => "Notification" in window && window.isSecureContext;

/** Switches desktop notices; the browser asks the person, who may say no. */
export async function askForNotices(on: boolean): Promise<void> {
  if (!on) return setPrefs({ notices: false });
  const answer = await Notification.requestPermission();
  setPrefs({ notices: answer === "granted" });
  if (answer !== "granted") toast(i18n().t("notice.denied"));
}
