import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, Program } from "./program";

/** A demo installation of its own: a free port, a folder that is thrown away. */
export class Server {
  readonly url: string;
  readonly #port: number;
  readonly #data: string;
  readonly #settings: Record<string, string>;
  #program: Program | null = null;

  private constructor(port: number, data: string, settings: Record<string, string>) {
    this.#port = port;
    this.#data = data;
    this.#settings = settings;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async create(settings: Record<string, string> = {}): Promise<Server> {
    const data = await mkdtemp(join(tmpdir(), "omnisupport-e2e-"));
    const server = new Server(await freePort(), data, settings);
    await server.start();
    return server;
  }

  get #env(): Record<string, string> {
    return {
      ...this.#settings,
      HTTP_ADDR: `127.0.0.1:${this.#port}`,
      DATA_DIR: this.#data,
    };
  }

  /** Runs another command of the program beside the server; what it prints. */
  async command(...args: string[]): Promise<string> {
    return Program.command({ args, cwd: this.#data, env: this.#env });
  }

  async start(): Promise<void> {
    this.#program = await Program.start({
      args: ["serve", "--demo"],
      cwd: this.#data,
      env: this.#env,
      answersAt: `${this.url}/health`,
    });
  }

  /** As when the power goes: no time to finish anything. */
  async kill(): Promise<void> {
    await this.#program?.end("SIGKILL");
  }

  async dispose(): Promise<void> {
    await this.#program?.end("SIGTERM");
    await rm(this.#data, { recursive: true, force: true });
  }
}
