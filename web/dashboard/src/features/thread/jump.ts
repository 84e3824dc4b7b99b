import { useQueryClient } from "@tanstack/react-query";
import { type RefObject, useCallback } from "react";
import { keys } from "../../api/keys";
import { loadOlder } from "../../api/queries";
import type { Thread } from "../../live/thread";
import { toastError } from "../../ui/toasts";

/** Pages that are loaded to find a message at most. */
const PAGES = 40;
/** How long a message that was jumped to stands out. */
const LIT_MS = 1_600;

/** Leads to a message of the thread, wherever it stands: what is not loaded yet is loaded. */
export function useJump(
  conversationId: string,
  box: RefObject<HTMLElement | null>,
): (id: string) => void {
  const client = useQueryClient();
  return useCallback(
    (id: string) => {
      const thread = () => client.getQueryData<Thread>(keys.thread(conversationId));
      const isLoaded = () => thread()?.items.some((message) => message.id === id) === true;
      const find = async () => {
        for (let page = 0; page < PAGES && !isLoaded() && thread()?.has_before; page += 1) {
          await loadOlder(client, conversationId);
        }
        // Drawn first, and its place in the thread settled.
        await nextFrame();
        await nextFrame();
        const element = box.current?.querySelector<HTMLElement>(`[data-message="${id}"]`);
        if (element) show(element);
      };
      find().catch(toastError);
    },
    [client, conversationId, box],
  );
}

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

function show(element: HTMLElement): void {
  element.scrollIntoView({ block: "center" });
  element.classList.add("lit");
  setTimeout(() => element.classList.remove("lit"), LIT_MS);
}
