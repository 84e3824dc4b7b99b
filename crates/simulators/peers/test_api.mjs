// Our Telegram adapter against a Bot API server that somebody else wrote: telegram-test-api.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import net from "node:net";
import { once } from "node:events";
import TelegramServer from "telegram-test-api";

const probe = net.createServer().listen(0, "127.0.0.1");
await once(probe, "listening");
const { port } = probe.address();
probe.close();
await once(probe, "close");

const server = new TelegramServer({ host: "127.0.0.1", port });
await server.start();
const token = "424242:somebody-elses-server";
const bot = spawn(process.env.ECHO, [`http://127.0.0.1:${port}`, token], { stdio: "inherit" });
try {
  const client = server.getClient(token, { timeout: 10_000 });
  for (const text of ["Здравствуйте", "👍 и ещё"]) {
    await client.sendMessage(client.makeMessage(text));
    const { ok, result } = await client.getUpdates();
    assert.ok(ok);
    assert.deepEqual(
      result.map((update) => update.message.text),
      [`echo: ${text}`],
    );
  }
} finally {
  bot.kill();
  await server.stop();
}
console.log("telegram-test-api agrees");
process.exit(0);
