import { type ComponentProps, type ReactNode, useId } from "react";
import { cx } from "../lib/cx";

const INPUT =
  "w-full min-w-0 rounded-lg border border-line-strong/55 bg-surface px-3 text-base text-ink transition-colors hover:border-line-strong focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 aria-invalid:border-bad disabled:opacity-60 max-md:text-lg";

interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
}

interface Wiring {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

/** A label, its control and what there is to say about it, tied together for screen readers. */
function Field({
  label,
  hint,
  error,
  children,
}: FieldProps & { children: (wiring: Wiring) => ReactNode }) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-medium text-ink">
        {label}
      </label>
      {children({
        id,
        ...(note === undefined ? {} : { "aria-describedby": `${id}-note` }),
        ...(error === undefined ? {} : { "aria-invalid": true }),
      })}
      {note !== undefined && (
        <p
          id={`${id}-note`}
          className={cx("text-xs", error === undefined ? "text-ink-3" : "text-bad")}
        >
          {note}
        </p>
      )}
    </div>
  );
}

type Own<T> = Omit<T, "id" | "className">;

export function TextField({
  label,
  hint,
  error,
  ...rest
}: FieldProps & Own<ComponentProps<"input">>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => <input {...wiring} {...rest} className={cx(INPUT, "h-9 max-md:h-11")} />}
    </Field>
  );
}

export function TextAreaField({
  label,
  hint,
  error,
  ...rest
}: FieldProps & Own<ComponentProps<"textarea">>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => <textarea {...wiring} {...rest} className={cx(INPUT, "resize-y py-2")} />}
    </Field>
  );
}

export function SelectField({
  label,
  hint,
  error,
  children,
  ...rest
}: FieldProps & Own<ComponentProps<"select">>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => (
        <select {...wiring} {...rest} className={cx(INPUT, "h-9 max-md:h-11")}>
          {children}
        </select>
      )}
    </Field>
  );
}
