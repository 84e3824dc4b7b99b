/** Results in the order of the page. */
const results = (): HTMLElement[] => [
  ...document.querySelectorAll<HTMLElement>("[data-search-result]"),
];

export function focusResult(index: number): void {
  results().at(index)?.focus();
}

/** Takes the keyboard to the result before or after the one that has it. */
export function moveFocus(step: 1 | -1): void {
  const all = results();
  const at = all.indexOf(document.activeElement as HTMLElement);
  all[Math.min(Math.max(at + step, 0), all.length - 1)]?.focus();
}
