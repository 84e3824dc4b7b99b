// telegraf against the simulator.

import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Telegraf } from "telegraf";

const { BASE_URL, TOKEN } = process.env;
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

async function phone(path, body, type = "application/json") {
  const answer = await fetch(`${BASE_URL}/phone/${path}`, {
    method: "POST",
    headers: { "x-phone": "1", "content-type": type },
    body: type === "application/json" ? JSON.stringify(body) : body,
  });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  const text = await answer.text();
  return text ? JSON.parse(text) : undefined;
}

const seen = [];
async function next() {
  for (let wait = 0; wait < 100; wait += 1) {
    if (seen.length > 0) return seen.shift();
    await sleep(100);
  }
  throw new Error("nothing arrived");
}

const bot = new Telegraf(TOKEN, { telegram: { apiRoot: BASE_URL } });
bot.on("message", (context) => seen.push(context));
bot.on("callback_query", (context) => seen.push(context));
const me = await bot.telegram.getMe();
assert.ok(me.is_bot && me.username.endsWith("bot"));

const { id } = await phone("customers", { name: "Ольга", language: "ru" });
bot.launch();
await phone(`customers/${id}/messages`, { text: "Добрый день", reply_to: null });
const hello = await next();
assert.equal(hello.message.text, "Добрый день");
assert.equal(hello.from.first_name, "Ольга");
await phone(`customers/${id}/files?name=p.png&mime_type=image/png`, PNG, "image/png");
const photo = await next();
const link = await bot.telegram.getFileLink(photo.message.photo.at(-1).file_id);
assert.deepEqual(Buffer.from(await (await fetch(link)).arrayBuffer()), PNG);

const answer = await hello.reply("Записать вас?", {
  reply_parameters: { message_id: hello.message.message_id },
  reply_markup: { inline_keyboard: [[{ text: "Да", callback_data: "y" }]] },
});
assert.equal(answer.reply_to_message.message_id, hello.message.message_id);
await phone(`customers/${id}/presses`, { message_id: answer.message_id, data: "y" });
const press = await next();
assert.equal(press.callbackQuery.data, "y");
await press.answerCbQuery();
await press.editMessageText("Записали");
const document = await bot.telegram.sendDocument(id, {
  source: Buffer.from("%PDF-1.7"),
  filename: "offer.pdf",
});
assert.equal(document.document.file_name, "offer.pdf");
await assert.rejects(bot.telegram.sendMessage(id, " "), /message text is empty/);
bot.stop();
// The poll under way ends first.
await sleep(1200);

const calls = [];
const server = http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  calls.push([request.headers["x-telegram-bot-api-secret-token"], JSON.parse(Buffer.concat(chunks))]);
  response.end();
  server.emit("call");
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const url = `http://127.0.0.1:${server.address().port}/hook`;
assert.equal(await bot.telegram.setWebhook(url, { secret_token: "s3cret" }), true);
const arrived = once(server, "call");
await phone(`customers/${id}/messages`, { text: "через вебхук", reply_to: null });
await arrived;
const [secret, update] = calls.at(-1);
assert.equal(secret, "s3cret");
assert.equal(update.message.text, "через вебхук");
assert.equal((await bot.telegram.getWebhookInfo()).url, url);
assert.equal(await bot.telegram.deleteWebhook(), true);
console.log("telegraf agrees");
process.exit(0);
