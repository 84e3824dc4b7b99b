import ar from "./ar.json";
import en from "./en.json";
import type { Locale } from "./locale";
import ru from "./ru.json";

/** Forms of one sentence by plural category; a language lists those it has. */
type Plural = Partial<Record<Intl.LDMLPluralRule, string>>;
type Keys = keyof typeof en;
type PluralKey = { [K in Keys]: (typeof en)[K] extends string ? never : K }[Keys];
type Key = Exclude<Keys, PluralKey>;

// English is the measure: a key missing in another language does not compile.
const catalogues: Record<Locale, Record<Key, string> & Record<PluralKey, Plural>> = { en, ru, ar };

const fill = (text: string, values: Record<string, string>): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");

/** The words, numbers and dates of one language. */
export class I18n {
  /** The visitor's own regional variant where it is of this language: `en-GB` has other clocks. */
  readonly #tag: string;
  readonly #formats = new Map<string, Intl.DateTimeFormat>();

  constructor(readonly locale: Locale) {
    this.#tag = navigator.languages.find((tag) => tag.startsWith(locale)) ?? locale;
  }

  t(key: Key, values: Record<string, string> = {}): string {
    return fill(catalogues[this.locale][key], values);
  }

  count(key: PluralKey, n: number): string {
    const forms = catalogues[this.locale][key];
    const form = forms[new Intl.PluralRules(this.locale).select(n)] ?? forms.other ?? "";
    return fill(form, { n: this.number(n) });
  }

  number(value: number, options?: Intl.NumberFormatOptions): string {
    return new Intl.NumberFormat(this.#tag, options).format(value);
  }

  size(bytes: number): string {
    // Powers of 1024, as file managers and our limits count.
    const large = bytes >= 1024 * 1024;
    const value = Math.max(bytes / (large ? 1024 * 1024 : 1024), 0.1);
    const unit = large ? "megabyte" : "kilobyte";
    return this.number(value, { style: "unit", unit, maximumFractionDigits: value < 10 ? 1 : 0 });
  }

  time(at: Date): string {
    return this.#format(at, { hour: "numeric", minute: "2-digit" });
  }

  /** "Mon, 23 Nov, 09:00". */
  moment(at: Date): string {
    return this.#format(at, {
      weekday: "short",
      day: "numeric",
      month: "short",
      hour: "numeric",
      minute: "2-digit",
    });
  }

  /** "Today", "Yesterday", or the date. */
  day(at: Date, now: Date): string {
    const days = Math.round((midnight(at) - midnight(now)) / 86_400_000);
    if (days > -2 && days < 1) {
      const word = new Intl.RelativeTimeFormat(this.#tag, { numeric: "auto" }).format(days, "day");
      return word.charAt(0).toLocaleUpperCase(this.#tag) + word.slice(1);
    }
    const year = at.getFullYear() === now.getFullYear() ? undefined : "numeric";
    return this.#format(at, { day: "numeric", month: "long", ...(year && { year }) });
  }

  #format(at: Date, options: Intl.DateTimeFormatOptions): string {
    const name = Object.keys(options).join();
    let format = this.#formats.get(name);
    if (!format) {
      format = new Intl.DateTimeFormat(this.#tag, options);
      this.#formats.set(name, format);
    }
    return format.format(at);
  }
}

const midnight = (at: Date): number => new Date(at).setHours(0, 0, 0, 0);
