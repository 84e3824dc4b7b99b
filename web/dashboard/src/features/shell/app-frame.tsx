import { useQueryClient } from "@tanstack/react-query";
import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { cx } from "../../lib/cx";
import { useStore } from "../../lib/store";
import { setNoticeOpener } from "../../live/announce";
import { startLive } from "../../live/live";
import { startOutbox } from "../../outbox/current";
import { sessionStore } from "../../session/session";
import { startDraftSync } from "../composer/drafts";
import { DEFAULT_FILTER } from "../inbox/filter";
import { ConnectionBanner } from "./connection";
import { NavBar } from "./nav-bar";
import { ShortcutsDialog } from "./shortcuts-dialog";
import { useTitleBadge } from "./title-badge";

/** Everything a signed-in person sees, and what runs while he is signed in. */
export function AppFrame() {
  const running = useRunning();
  return running ? <Frame /> : null;
}

function Frame() {
  const { conversationId } = useParams({ strict: false });
  const badge = useTitleBadge();
  return (
    <div className="flex h-full flex-col">
      <ConnectionBanner />
      <div className="flex min-h-0 flex-1 flex-col-reverse md:flex-row">
        <NavBar badge={badge} className={cx(conversationId !== undefined && "max-md:hidden")} />
        <div className="min-h-0 min-w-0 flex-1">
          <Outlet />
        </div>
      </div>
      <ShortcutsDialog />
    </div>
  );
}

/** Starts the live connection and the outbox of the signed-in person; `true` once they run. */
function useRunning(): boolean {
  const client = useQueryClient();
  const navigate = useNavigate();
  const sessionId = useStore(sessionStore)?.id;
  const [runningFor, setRunningFor] = useState<string>();
  useEffect(() => {
    const session = sessionStore.get();
    if (session === null || session.id !== sessionId) return;
    const stopOutbox = startOutbox(client, session.user.id);
    const stopDrafts = startDraftSync(client);
    const stopLive = startLive(client, session);
    setNoticeOpener((conversationId) => {
      void navigate({
        to: "/inbox/$conversationId",
        params: { conversationId },
        search: DEFAULT_FILTER,
      });
    });
    setRunningFor(session.id);
    return () => {
      stopLive();
      stopDrafts();
      stopOutbox();
    };
  }, [client, navigate, sessionId]);
  return sessionId !== undefined && runningFor === sessionId;
}
