"""aiogram against the simulator."""

import asyncio
import os

from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup, Message

from phone import PNG, Hook, Phone

BASE, TOKEN = os.environ["BASE_URL"], os.environ["TOKEN"]


async def main():
    session = AiohttpSession(api=TelegramAPIServer.from_base(BASE))
    bot = Bot(TOKEN, session=session)
    dispatcher = Dispatcher()
    seen = asyncio.Queue()

    @dispatcher.message()
    async def on_message(message: Message):
        await seen.put(message)

    @dispatcher.edited_message(F.text)
    async def on_edit(message: Message):
        await seen.put(message)

    @dispatcher.callback_query()
    async def on_press(query):
        await query.answer()
        await seen.put(query)

    me = await bot.get_me()
    assert me.is_bot, me
    phone = Phone(BASE, "Айгуль")
    polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False, polling_timeout=5))
    phone.writes("Салам 👋")
    message = await asyncio.wait_for(seen.get(), 10)
    assert message.text == "Салам 👋" and message.chat.type == "private"
    phone.sends_photo()
    message = await asyncio.wait_for(seen.get(), 10)
    photo = await bot.download(message.photo[-1])
    assert photo.read() == PNG

    answer = await message.reply("Здравствуйте")
    assert answer.reply_to_message.message_id == message.message_id
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Да", callback_data="y")]])
    question = await message.answer("Удобно?", reply_markup=keyboard)
    phone.presses(question.message_id, "y")
    query = await asyncio.wait_for(seen.get(), 10)
    assert query.data == "y" and query.message.message_id == question.message_id
    document = await message.answer_document(BufferedInputFile(b"%PDF-1.7", "акт.pdf"), caption="Акт")
    assert document.document.file_name == "акт.pdf"
    voice = await message.answer_voice(BufferedInputFile(b"OggS", "v.oga"))
    assert voice.voice.duration == 1
    await bot.send_chat_action(phone.id, "typing")
    try:
        await bot.send_message(424242, "кому?")
        raise AssertionError("no such chat")
    except TelegramBadRequest as error:
        assert "chat not found" in error.message
    assert len(phone.sees()) == 6

    await dispatcher.stop_polling()
    await polling
    session = AiohttpSession(api=TelegramAPIServer.from_base(BASE))
    bot = Bot(TOKEN, session=session)
    hook = Hook()
    await asyncio.sleep(1.1)
    assert await bot.set_webhook(hook.url, secret_token="s3cret")
    try:
        await bot.get_updates()
        raise AssertionError("a webhook is set")
    except TelegramConflictError:
        pass
    phone.writes("через вебхук")
    secret, update = await hook.wait()
    assert secret == "s3cret" and update["message"]["text"] == "через вебхук"
    assert (await bot.get_webhook_info()).url == hook.url
    assert await bot.delete_webhook()
    await session.close()


asyncio.run(main())
print("aiogram agrees")
