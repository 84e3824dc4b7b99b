import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { configOptions } from "../../api/queries";
import { attach } from "./drafts";

/** Adds files to a draft, within what this installation takes. */
export function useAttach(written: string): (files: Iterable<File>) => void {
  const most = useQuery(configOptions).data?.max_file_size;
  return useCallback((files) => attach(written, files, most), [written, most]);
}
