"""python-telegram-bot against the simulator."""

import asyncio
import os

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters, Update
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from phone import PNG, Hook, Phone

BASE, TOKEN = os.environ["BASE_URL"], os.environ["TOKEN"]


def builder(token):
    return Application.builder().token(token).base_url(f"{BASE}/bot").base_file_url(f"{BASE}/file/bot")


async def main():
    app = builder(TOKEN).build()
    seen = asyncio.Queue()

    async def on_message(update: Update, context):
        await seen.put(update)

    app.add_handler(CommandHandler("start", on_message))
    app.add_handler(MessageHandler(filters.ALL, on_message))
    app.add_handler(CallbackQueryHandler(on_message))
    await app.initialize()
    me = await app.bot.get_me()
    assert me.is_bot and me.username.endswith("bot"), me

    phone = Phone(BASE, "Пётр Ильин")
    try:
        await app.bot.send_message(phone.id, "первым")
        raise AssertionError("a bot cannot begin")
    except Forbidden as error:
        assert "initiate" in str(error)

    await app.updater.start_polling(timeout=5)
    await app.start()
    phone.writes("/start ref42")
    update = await asyncio.wait_for(seen.get(), 10)
    assert update.message.text == "/start ref42" and update.message.entities[0].type == "bot_command"
    assert update.effective_user.full_name == "Пётр Ильин"
    phone.sends_photo()
    update = await asyncio.wait_for(seen.get(), 10)
    file = await update.message.photo[-1].get_file()
    assert bytes(await file.download_as_bytearray()) == PNG

    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Да", callback_data="y:1")]])
    sent = await update.message.reply_text(
        "Записать?", reply_parameters=ReplyParameters(update.message.message_id), reply_markup=keyboard
    )
    assert sent.reply_to_message.message_id == update.message.message_id
    phone.presses(sent.message_id, "y:1")
    update = await asyncio.wait_for(seen.get(), 10)
    assert update.callback_query.data == "y:1"
    await update.callback_query.answer()
    await update.callback_query.edit_message_text("Записали")
    try:
        await update.callback_query.edit_message_text("Записали")
        raise AssertionError("nothing was changed")
    except BadRequest as error:
        assert "message is not modified" in str(error).lower()
    document = await app.bot.send_document(phone.id, b"%PDF-1.7", caption="Счёт", filename="счёт.pdf")
    assert document.document.file_name == "счёт.pdf" and document.caption == "Счёт"
    photo = await app.bot.send_photo(phone.id, PNG)
    assert (photo.photo[-1].width, photo.photo[-1].height) == (1, 1)
    await app.bot.send_chat_action(phone.id, "typing")
    await app.bot.delete_message(phone.id, photo.message_id)
    texts = [message.get("text") or message.get("caption") for message in phone.sees()]
    assert texts == ["/start ref42", None, "Записали", "Счёт"], texts
    for text in ("", "x" * 4097):
        try:
            await app.bot.send_message(phone.id, text)
            raise AssertionError("refused by Telegram")
        except BadRequest:
            pass

    await app.updater.stop()
    await app.stop()
    hook = Hook()
    assert await app.bot.set_webhook(hook.url, secret_token="s3cret", allowed_updates=["message"])
    try:
        await app.bot.get_updates()
        raise AssertionError("a webhook is set")
    except Conflict:
        pass
    phone.writes("через вебхук")
    secret, update = await hook.wait()
    assert secret == "s3cret" and update["message"]["text"] == "через вебхук"
    info = await app.bot.get_webhook_info()
    assert info.url == hook.url and info.last_error_message.startswith("Wrong response"), info
    assert await app.bot.delete_webhook()
    await app.shutdown()
    try:
        await builder("nonsense").build().initialize()
        raise AssertionError("no such token")
    except InvalidToken:
        pass


asyncio.run(main())
print("python-telegram-bot agrees")
