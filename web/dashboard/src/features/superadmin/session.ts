import { type ApiClient, createApiClient } from "@omnisupport/api-client";
import { authorisedBy, refresh } from "../../api/client";
import type { SuperadminProfile, SuperadminTokenPair } from "../../api/types";
import { tabShelf } from "../../lib/storage";
import { createStore } from "../../lib/store";
import { type HeldTokens, held, Tokens } from "../../session/tokens";

/** A superadmin in this tab. Apart from whoever is signed in to a company here. */
interface SuperadminSession extends HeldTokens {
  superadmin: SuperadminProfile;
}

const KEY = "superadmin";

export const superadminStore = createStore<SuperadminSession | null>(
  tabShelf.read<SuperadminSession>(KEY),
);

function save(session: SuperadminSession): void {
  tabShelf.write(KEY, session);
  superadminStore.set(session);
}

export function enter(pair: SuperadminTokenPair): void {
  save({ ...held(pair, Date.now()), superadmin: pair.superadmin });
}

function leave(): void {
  tabShelf.remove(KEY);
  superadminStore.set(null);
}

const tokens = new Tokens<SuperadminSession, SuperadminTokenPair>({
  load: () => superadminStore.get(),
  save,
  goOn: (_, pair) => ({ ...held(pair, Date.now()), superadmin: pair.superadmin }),
  end: leave,
  now: () => Date.now(),
  request: (refreshToken) =>
    refresh<SuperadminTokenPair>("/api/v1/superadmin/refresh", refreshToken),
});

/** The server's API as the superadmin. */
export const rootApi: ApiClient = createApiClient({
  baseUrl: location.origin,
  fetch: authorisedBy(tokens),
});

/** Ends the session here at once, and at the server if it can be reached. */
export async function signOut(): Promise<void> {
  await rootApi.POST("/api/v1/superadmin/logout", {}).catch(() => undefined);
  leave();
}
