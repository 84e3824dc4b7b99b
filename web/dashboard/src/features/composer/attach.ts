import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { configOptions } from "../../api/queries";
import { attach } from "./drafts";

/** Adds files to the draft of a conversation, within what this installation takes. */
export function useAttach(conversationId: string): (files: Iterable<File>) => void {
  const most = useQuery(configOptions).data?.max_file_size;
  return useCallback((files) => attach(conversationId, files, most), [conversationId, most]);
}
