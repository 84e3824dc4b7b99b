import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What a program of the company's own was sent. */
export interface Letter {
  id: string;
  type: string;
}

/** A program that takes webhooks, and answers as it is told. */
export class Receiver {
  readonly letters: Letter[] = [];
  answers = 200;
  readonly #http: HttpServer;

  private constructor(http: HttpServer) {
    this.#http = http;
  }

  static async create(): Promise<Receiver> {
    const http = createServer();
    const receiver = new Receiver(http);
    http.on("request", async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { type } = JSON.parse(Buffer.concat(chunks).toString()) as { type: string };
      receiver.letters.push({ id: String(request.headers["webhook-id"]), type });
      response.writeHead(receiver.answers).end();
    });
    await new Promise<void>((done) => http.listen(0, "127.0.0.1", done));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/hook`;
  }

  dispose(): void {
    this.#http.closeAllConnections();
    this.#http.close();
  }
}
