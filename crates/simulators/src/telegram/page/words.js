"use strict";

/** The page's words. */
const WORDS = {
  en: {
    title: "Telegram simulator",
    customers: "Customers",
    customersHint: "You hold their phones: each writes to the same bot.",
    newName: "New customer",
    add: "Add",
    back: "Back to the customers",
    attach: "Send files",
    more: "More",
    sendLocation: "My location",
    sendPhone: "My phone number",
    sendDice: "A dice",
    sendSticker: "A picture as a sticker",
    sendNote: "A video as a video note",
    message: "Message",
    send: "Send",
    cancel: "Cancel",
    edit: "Edit",
    reply: "Reply",
    editing: "Editing: ",
    replying: "Answering: ",
    edited: "edited",
    file: "File",
    photo: "Photo",
    voice: "Voice message",
    location: "Location",
    contact: "Contact",
    bot: "bot",
    typing: "is typing…",
    blocked: "You blocked this bot",
    block: "Block",
    unblock: "Unblock",
    empty: "Nothing here yet. Write the first message.",
    setupTitle: "No bot has connected yet",
    setupHint: "This page plays Telegram. Connect a bot of OmniSupport to it:",
    setupUrl: "start the server with this address:",
    setupToken: "add a Telegram channel with this token (any other of its form will do, too):",
    setupMode: "choose the mode “polling”.",
    waiting: "Waiting for the first call…",
    offline: "The simulator does not answer. Trying again…",
    failed: "That did not work: ",
    firstCustomer: "Anna",
  },
  ru: {
    title: "Симулятор Telegram",
    customers: "Клиенты",
    customersHint: "Их телефоны у вас в руках: все пишут одному боту.",
    newName: "Новый клиент",
    add: "Добавить",
    back: "К списку клиентов",
    attach: "Отправить файлы",
    more: "Ещё",
    sendLocation: "Моё место",
    sendPhone: "Мой номер телефона",
    sendDice: "Игральный кубик",
    sendSticker: "Картинку как стикер",
    sendNote: "Видео как видеосообщение",
    message: "Сообщение",
    send: "Отправить",
    cancel: "Отмена",
    edit: "Изменить",
    reply: "Ответить",
    editing: "Изменение: ",
    replying: "Ответ на: ",
    edited: "изменено",
    file: "Файл",
    photo: "Фото",
    voice: "Голосовое сообщение",
    location: "Место",
    contact: "Контакт",
    bot: "бот",
    typing: "печатает…",
    blocked: "Вы заблокировали этого бота",
    block: "Заблокировать",
    unblock: "Разблокировать",
    empty: "Здесь пока пусто. Напишите первое сообщение.",
    setupTitle: "Бот ещё не подключён",
    setupHint: "Эта страница изображает Telegram. Подключите к ней бота OmniSupport:",
    setupUrl: "запустите сервер с этим адресом:",
    setupToken: "добавьте канал Telegram с этим токеном (подойдёт и любой другой такого же вида):",
    setupMode: "выберите режим «polling».",
    waiting: "Ждём первого обращения…",
    offline: "Симулятор не отвечает. Пробуем снова…",
    failed: "Не получилось: ",
    firstCustomer: "Анна",
  },
};

const LANGUAGE = navigator.languages.some((tag) => tag.startsWith("ru")) ? "ru" : "en";
const word = (name) => WORDS[LANGUAGE][name];

document.documentElement.lang = LANGUAGE;
document.title = word("title");
for (const node of document.querySelectorAll("[data-word]")) {
  node.textContent = word(node.dataset.word);
}
for (const node of document.querySelectorAll("[data-label]")) {
  const label = word(node.dataset.label);
  node.setAttribute("aria-label", label);
  if ("placeholder" in node) node.placeholder = label;
  else node.title = label;
}
