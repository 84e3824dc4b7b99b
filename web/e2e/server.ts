import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const STARTS_WITHIN_MS = 60_000;

/** The built program: `OMNISUPPORT_BIN`, or where `cargo build` puts it. */
function binary(): string {
  const target = process.env.CARGO_TARGET_DIR ?? join(import.meta.dirname, "../../target");
  const path = process.env.OMNISUPPORT_BIN ?? join(target, "debug/omnisupport");
  if (!existsSync(path)) {
    throw new Error(`${path} is missing: run "cargo build -p omnisupport", or set OMNISUPPORT_BIN`);
  }
  return path;
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** A demo installation of its own: a free port, a folder that is thrown away. */
export class Server {
  readonly url: string;
  readonly #port: number;
  readonly #data: string;
  #process: ChildProcess | null = null;
  #said: string[] = [];

  private constructor(port: number, data: string) {
    this.#port = port;
    this.#data = data;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async create(): Promise<Server> {
    const data = await mkdtemp(join(tmpdir(), "omnisupport-e2e-"));
    const server = new Server(await freePort(), data);
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    // Only what the program needs: settings of the person who runs the tests must not leak in.
    const { PATH, HOME } = process.env;
    const child = spawn(binary(), ["serve", "--demo"], {
      cwd: this.#data,
      env: { PATH, HOME, HTTP_ADDR: `127.0.0.1:${this.#port}`, DATA_DIR: this.#data },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    const keep = (chunk: Buffer) => {
      this.#said = [...this.#said, chunk.toString()].slice(-200);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    await this.#healthy(child);
  }

  async #healthy(child: ChildProcess): Promise<void> {
    const deadline = Date.now() + STARTS_WITHIN_MS;
    while (Date.now() < deadline && child.exitCode === null) {
      const answer = await fetch(`${this.url}/health`).catch(() => null);
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`the server did not become healthy:\n${this.#said.join("")}`);
  }

  /** As when the power goes: no time to finish anything. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async dispose(): Promise<void> {
    await this.#end("SIGTERM");
    await rm(this.#data, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  }
}
