/** Browser storage that may be full, blocked or broken: then nothing is remembered and nothing fails. */
export interface Shelf {
  read<T>(key: string): T | null;
  write(key: string, value: unknown): void;
  remove(key: string): void;
}

const PREFIX = "omnisupport.";

function shelf(storage: () => Storage): Shelf {
  return {
    read<T>(key: string) {
      try {
        const text = storage().getItem(PREFIX + key);
        return text === null ? null : (JSON.parse(text) as T);
      } catch {
        return null;
      }
    },
    write(key, value) {
      try {
        storage().setItem(PREFIX + key, JSON.stringify(value));
      } catch {
        // Private windows and full disks: the value lives as long as the page.
      }
    },
    remove(key) {
      try {
        storage().removeItem(PREFIX + key);
      } catch {
        // As above.
      }
    },
  };
}

/** This tab's own: session, drafts, messages on their way. */
export const tabShelf = shelf(() => window.sessionStorage);

/** This browser's: language, theme, sound. */
export const browserShelf = shelf(() => window.localStorage);
