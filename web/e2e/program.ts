import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

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

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

interface Run {
  args: string[];
  cwd: string;
  env?: Record<string, string>;
  /** Answers as soon as it is up. */
  answersAt: string;
}

/** One run of the program. */
export class Program {
  readonly #child: ChildProcess;
  #said: string[] = [];

  private constructor({ args, cwd, env }: Run) {
    // Only what the program needs: settings of the person who runs the tests must not leak in.
    const { PATH, HOME } = process.env;
    const child = spawn(binary(), args, {
      cwd,
      env: { PATH, HOME, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const keep = (chunk: Buffer) => {
      this.#said = [...this.#said, chunk.toString()].slice(-200);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    this.#child = child;
  }

  /** Runs another command of the program to its end; what it prints. */
  static async command({ args, cwd, env }: Omit<Run, "answersAt">): Promise<string> {
    const { PATH, HOME } = process.env;
    const options = { cwd, env: { PATH, HOME, ...env } };
    return (await promisify(execFile)(binary(), args, options)).stdout;
  }

  static async start(run: Run): Promise<Program> {
    const program = new Program(run);
    const deadline = Date.now() + STARTS_WITHIN_MS;
    while (Date.now() < deadline && program.#runs) {
      const answer = await fetch(run.answersAt).catch(() => null);
      if (answer?.ok) return program;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await program.end("SIGKILL");
    throw new Error(`"${run.args.join(" ")}" did not come up:\n${program.#said.join("")}`);
  }

  get #runs(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.#runs) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill(signal);
    await ended;
  }
}
