import type { ComponentProps, ReactNode } from "react";
import { cx } from "../lib/cx";
import { Tip } from "./tip";

interface Props extends Omit<ComponentProps<"button">, "aria-label" | "title"> {
  /** Read out, and shown on hover. */
  label: string;
  children: ReactNode;
}

/** A square button with a picture on it. Passes everything on, so menus can use it as their trigger. */
export function IconButton({ label, className, children, ...rest }: Props) {
  return (
    <Tip label={label}>
      <button
        type="button"
        aria-label={label}
        className={cx(
          "inline-flex size-9 shrink-0 items-center justify-center rounded-lg text-ink-2 transition-colors hover:bg-hover hover:text-ink disabled:cursor-not-allowed disabled:opacity-50 aria-pressed:bg-accent-soft aria-pressed:text-accent-ink [&_svg]:size-[1.125rem]",
          className,
        )}
        {...rest}
      >
        {children}
      </button>
    </Tip>
  );
}
