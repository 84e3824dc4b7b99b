/** Serves dist/ and the mock API on a port, with an operator who answers everything. For development. */
import { createMock } from "./server.mjs";

const mock = createMock({
  settings: {
    name: "Салон «Лаванда»",
    color: "#9d4edd",
    greeting: {
      ru: "Здравствуйте! Чем можем помочь?",
      en: "Hello! How can we help?",
      ar: "مرحبًا! كيف يمكننا مساعدتك؟",
    },
    max_file_size: 20 * 1024 * 1024,
    online: true,
  },
});
// biome-ignore lint/suspicious/noConsole: a command that tells its address
console.log(`${await mock.listen(Number(process.env.PORT ?? 0))}/demo`);
let answered = 0;
setInterval(() => {
  const inbound = mock.state.messages.filter((m) => m.direction === "inbound");
  if (inbound.length === answered) return;
  answered = inbound.length;
  mock.operator.read();
  mock.operator.type(true);
  setTimeout(() => {
    mock.operator.type(false);
    mock.operator.reply(`Спасибо! Вы написали: ${inbound.at(-1).content.text ?? "файл"}`);
  }, 1500);
}, 500);
