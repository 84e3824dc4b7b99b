import { type ReactNode, useEffect, useRef } from "react";

/** The part of the command bar that a command stands in. */
export type CommandGroup = "conversation" | "go" | "own";

/** Something that can be done now, from where one is. */
export interface Command {
  group: CommandGroup;
  /** In the person's language. */
  label: string;
  icon?: ReactNode;
  /** The single keys that do the same. */
  keys?: string;
  run: () => void;
}

const offered = new Set<{ readonly current: readonly Command[] }>();

/** Offers commands while the component is there. */
export function useCommands(commands: readonly Command[]): void {
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  useEffect(() => {
    offered.add(latest);
    return () => void offered.delete(latest);
  }, []);
}

/** What is offered at this moment. */
export const commandsNow = (): Command[] => [...offered].flatMap(({ current }) => current);

/**
 * Those with all the words of `typed` in their label, in any order; those whose label begins with it come first.
 */
export function matching<T extends { label: string }>(all: readonly T[], typed: string): T[] {
  const plain = (text: string) => text.toLocaleLowerCase().replaceAll("ё", "е");
  const words = plain(typed).split(/\s+/).filter(Boolean);
  const begins = ({ label }: T) => Number(plain(label).startsWith(words[0] ?? ""));
  return all
    .filter(({ label }) => words.every((word) => plain(label).includes(word)))
    .sort((one, other) => (words.length === 0 ? 0 : begins(other) - begins(one)));
}
