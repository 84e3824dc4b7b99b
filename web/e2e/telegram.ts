import { tmpdir } from "node:os";
import { freePort, Program } from "./program";

/** A file as its sender describes it. */
interface SentFile {
  name: string;
  mimeType: string;
  content: string | Uint8Array<ArrayBuffer>;
  /** The album it is sent in. */
  album?: string;
  /** `sticker` or `video_note`, where it goes as one. */
  kind?: string;
}

/** Telegram, played by our own simulator: bots connect to it, and we hold the phones of customers. */
export class Telegram {
  readonly url: string;
  readonly #program: Program;

  private constructor(url: string, program: Program) {
    this.url = url;
    this.#program = program;
  }

  static async create(): Promise<Telegram> {
    const address = `127.0.0.1:${await freePort()}`;
    const url = `http://${address}`;
    const program = await Program.start({
      args: ["simulate", "telegram", "--addr", address],
      cwd: tmpdir(),
      answersAt: `${url}/phone/state`,
    });
    return new Telegram(url, program);
  }

  /** Somebody with a phone; he can write as soon as a bot is connected. */
  async customer(name: string): Promise<Customer> {
    const answer = await act(`${this.url}/phone/customers`, asJson({ name, language: "en" }));
    const { id } = (await answer.json()) as { id: number };
    return new Customer(this.url, id);
  }

  async dispose(): Promise<void> {
    await this.#program.end("SIGTERM");
  }
}

export class Customer {
  readonly #phone: string;
  readonly #id: number;

  constructor(url: string, id: number) {
    this.#phone = `${url}/phone`;
    this.#id = id;
  }

  async writes(text: string): Promise<void> {
    await act(`${this.#phone}/customers/${this.#id}/messages`, asJson({ text }));
  }

  async sends({ name, mimeType, content, album, kind }: SentFile): Promise<void> {
    const query = new URLSearchParams({ name, mime_type: mimeType });
    if (album !== undefined) query.set("album", album);
    if (kind !== undefined) query.set("kind", kind);
    await act(`${this.#phone}/customers/${this.#id}/files?${query}`, { body: content });
  }

  /** A place, his own number, or a dice, as the page sends them. */
  async sendsThing(thing: object): Promise<void> {
    await act(`${this.#phone}/customers/${this.#id}/things`, asJson(thing));
  }

  /** Whether a button with this title stands in place of his keyboard. */
  async sees(title: string): Promise<boolean> {
    const answer = await fetch(`${this.#phone}/state?customer=${this.#id}`);
    const { keyboard } = (await answer.json()) as {
      keyboard: { keyboard: { text: string }[][] } | null;
    };
    return keyboard?.keyboard.flat().some(({ text }) => text === title) ?? false;
  }

  /** What the bot wrote to him, as it arrived. */
  async reads(): Promise<(string | undefined)[]> {
    const answer = await fetch(`${this.#phone}/state?customer=${this.#id}`);
    const { messages } = (await answer.json()) as {
      messages: { from: { is_bot: boolean }; text?: string }[];
    };
    return messages.filter(({ from }) => from.is_bot).map(({ text }) => text);
  }
}

const asJson = (body: object) => ({
  body: JSON.stringify(body),
  headers: { "Content-Type": "application/json" },
});

/** Does what the phone's page does; the header is how the simulator knows its own page. */
async function act(
  url: string,
  { body, headers }: { body: BodyInit; headers?: Record<string, string> },
): Promise<Response> {
  const asPage = { ...headers, "X-Phone": "1" };
  const answer = await fetch(url, { method: "POST", body, headers: asPage });
  if (!answer.ok) throw new Error(`the phone refuses: ${answer.status} ${await answer.text()}`);
  return answer;
}
