import type { paths } from "@omnisupport/api-client";
import type { QueryClient } from "@tanstack/react-query";
import { tokens } from "../../api/client";
import { ApiError, problemOf, toApiError } from "../../api/problem";
import type { StoredFile } from "../../api/types";
import { tabShelf } from "../../lib/storage";
import { createStore, useStorePart } from "../../lib/store";
import { uuid } from "../../lib/uuid";
import { sessionStore } from "../../session/session";
import { DraftSync, draftPort, type Saved } from "./draft-sync";

/** A file beside the text of a draft. */
export interface Attachment {
  id: string;
  name: string;
  size: number;
  type: string;
  /** From 0 to 1. */
  progress: number;
  file?: StoredFile;
  error?: ApiError;
}

/** What is written but not sent. */
export interface Draft {
  text: string;
  attachments: Attachment[];
  /** The newest `seq` when it was begun. */
  since?: number;
}

const EMPTY: Draft = { text: "", attachments: [] };
const PATH = "/api/v1/files" satisfies keyof paths;

const store = createStore<Readonly<Record<string, Draft>>>({});
const uploads = new Map<string, XMLHttpRequest>();

const shelfKey = (conversationId: string) =>
  `draft.${sessionStore.get()?.user.id ?? ""}.${conversationId}`;

export function draftOf(conversationId: string): Draft {
  return store.get()[conversationId] ?? remembered(conversationId);
}

export function useDraft(conversationId: string): Draft {
  return useStorePart(store, () => draftOf(conversationId));
}

let sync: DraftSync | null = null;

/** Keeps the signed-in person's drafts on the server. Returns how to stop. */
export function startDraftSync(client: QueryClient): () => void {
  const heard = new Map<string, Saved>();
  const current = new DraftSync(
    draftPort(client, {
      written: (id) => draftOf(id).text,
      adopt: (id, text) => changeDraft(id, (draft) => ({ ...draft, text })),
      recall: (id) => heard.get(id) ?? tabShelf.read<Saved>(`kept-${shelfKey(id)}`),
      remember: (id, saved) => {
        heard.set(id, saved);
        tabShelf.write(`kept-${shelfKey(id)}`, saved);
      },
    }),
  );
  sync = current;
  return () => {
    current.stop();
    if (sync === current) sync = null;
  };
}

/** Goes on with what was begun in another browser. */
export const openDraft = (conversationId: string): void => void sync?.open(conversationId);

const read = new Map<string, Draft>();

/** What an earlier page of this tab left; read once, so that it stays the same object. */
function remembered(conversationId: string): Draft {
  const draft = read.get(conversationId) ?? tabShelf.read<Draft>(shelfKey(conversationId)) ?? EMPTY;
  read.set(conversationId, draft);
  return draft;
}

/** Somebody else may sign in: what is in memory belongs to the person who left. */
export function forgetDrafts(): void {
  for (const request of uploads.values()) request.abort();
  read.clear();
  store.set({});
}

export function changeDraft(conversationId: string, change: (draft: Draft) => Draft): void {
  const before = draftOf(conversationId);
  const draft = change(before);
  store.set((drafts) => ({ ...drafts, [conversationId]: draft }));
  if (draft.text !== before.text) sync?.changed(conversationId);
  const kept = draft.attachments.filter(({ file }) => file !== undefined);
  if (draft.text === "" && kept.length === 0) tabShelf.remove(shelfKey(conversationId));
  else tabShelf.write(shelfKey(conversationId), { ...draft, attachments: kept });
}

/** Adds a file that the server has already. */
export function attachStored(conversationId: string, file: StoredFile): void {
  const { file_name: name, size, mime_type: type } = file;
  const attachment: Attachment = { id: uuid(), name, size, type, progress: 1, file };
  changeDraft(conversationId, (draft) => ({
    ...draft,
    attachments: [...draft.attachments, attachment],
  }));
}

/** Empties a draft that was sent. */
export function clearDraft(conversationId: string): void {
  changeDraft(conversationId, () => EMPTY);
}

function changeAttachment(conversationId: string, id: string, change: Partial<Attachment>): void {
  changeDraft(conversationId, (draft) => ({
    ...draft,
    attachments: draft.attachments.map((one) => (one.id === id ? { ...one, ...change } : one)),
  }));
}

/**
 * Adds files to the draft; they are stored at once, so that sending is quick. One of more than `most`
 * bytes would be refused at the end of its way, so it does not start.
 */
export function attach(conversationId: string, files: Iterable<File>, most = Infinity): void {
  for (const file of files) {
    const id = uuid();
    const fits = file.size <= most;
    const attachment: Attachment = {
      id,
      name: file.name,
      size: file.size,
      type: file.type,
      progress: 0,
      ...(fits ? {} : { error: new ApiError({ status: 413, code: "too_large" }) }),
    };
    changeDraft(conversationId, (draft) => ({
      ...draft,
      attachments: [...draft.attachments, attachment],
    }));
    if (!fits) continue;
    upload(id, file, (progress) => changeAttachment(conversationId, id, { progress })).then(
      (stored) => changeAttachment(conversationId, id, { file: stored, progress: 1 }),
      (thrown) => changeAttachment(conversationId, id, { error: toApiError(thrown) }),
    );
  }
}

export function detach(conversationId: string, id: string): void {
  uploads.get(id)?.abort();
  changeDraft(conversationId, (draft) => ({
    ...draft,
    attachments: draft.attachments.filter((one) => one.id !== id),
  }));
}

/** Stores a file; `id` names the upload. `fetch` cannot tell how far an upload has come, so this is the one older request. */
export async function upload(
  id: string,
  file: File,
  onProgress: (progress: number) => void,
): Promise<StoredFile> {
  const token = await tokens.fresh();
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    uploads.set(id, request);
    request.open("POST", PATH);
    request.setRequestHeader("Authorization", `Bearer ${token ?? ""}`);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onloadend = () => uploads.delete(id);
    request.onerror = () => reject(new ApiError({ status: 0, code: "network" }));
    request.onabort = () => reject(new ApiError({ status: 0, code: "aborted" }));
    request.onload = () => {
      const body = parsed(request.responseText);
      if (request.status === 201) resolve((body as { file: StoredFile }).file);
      else reject(problemOf(new Response(null, { status: request.status || 500 }), body));
    };
    const form = new FormData();
    form.append("file", file, file.name || "file");
    request.send(form);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
