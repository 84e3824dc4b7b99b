import { useId } from "react";

const SWATCHES = [
  "#4f46e5",
  "#0f766e",
  "#be185d",
  "#b45309",
  "#1d4ed8",
  "#15803d",
  "#7c3aed",
  "#1f2937",
];

interface Props {
  label: string;
  value: string;
  onChange: (color: string) => void;
}

/** A few good colours, and any other. */
export function ColorField({ label, value, onChange }: Props) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <div className="flex flex-wrap items-center gap-2">
        {SWATCHES.map((color) => (
          <button
            key={color}
            type="button"
            aria-label={color}
            aria-pressed={color === value}
            onClick={() => onChange(color)}
            className="size-7 rounded-full border-2 border-surface outline-2 outline-transparent aria-pressed:outline-ink"
            style={{ background: color }}
          />
        ))}
        <input
          id={id}
          type="color"
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className="h-8 w-11 cursor-pointer rounded-lg border border-line-strong/55 bg-surface p-0.5"
        />
      </div>
    </div>
  );
}
