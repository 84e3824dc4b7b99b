import { api, call } from "../../api/client";
import { endSession } from "../../session/session";

/** Ends the session here at once, and at the server if it can be reached. */
export async function signOut(): Promise<void> {
  const told = call(api.POST("/api/v1/auth/logout", {})).catch(() => undefined);
  await Promise.race([told, new Promise((resolve) => setTimeout(resolve, 1_500))]);
  endSession("signed_out");
}
