//! What people say in the load: sentences of three languages, their words as unevenly spread as in real talk, a quarter
//! of them from a large vocabulary, and now and then a number that stands nowhere else.

use fastrand::Rng;

const NAMES: [&str; 16] = [
    "Мария Иванова",
    "Олег Смирнов",
    "Анна Кузнецова",
    "Пётр Соколов",
    "Елена Попова",
    "Дмитрий Волков",
    "Ольга Морозова",
    "Иван Лебедев",
    "John Miller",
    "Emma Clarke",
    "Liam Walker",
    "Olivia Brown",
    "محمد علي",
    "فاطمة حسن",
    "أحمد خالد",
    "ليلى يوسف",
];

const RUSSIAN: [&str; 48] = [
    "и",
    "в",
    "не",
    "на",
    "можно",
    "здравствуйте",
    "запись",
    "когда",
    "завтра",
    "спасибо",
    "заказ",
    "доставка",
    "цена",
    "время",
    "мастер",
    "салон",
    "оплата",
    "карта",
    "адрес",
    "сегодня",
    "вечером",
    "стрижка",
    "окрашивание",
    "маникюр",
    "свободно",
    "отменить",
    "перенести",
    "скидка",
    "подарок",
    "сертификат",
    "возврат",
    "размер",
    "цвет",
    "наличие",
    "курьер",
    "чек",
    "гарантия",
    "ремонт",
    "консультация",
    "суббота",
    "договор",
    "филиал",
    "парковка",
    "ребёнок",
    "аллергия",
    "педикюр",
    "кератин",
    "барбершоп",
];

const ENGLISH: [&str; 40] = [
    "the",
    "a",
    "to",
    "is",
    "please",
    "hello",
    "order",
    "when",
    "tomorrow",
    "thanks",
    "delivery",
    "price",
    "time",
    "payment",
    "card",
    "address",
    "today",
    "evening",
    "haircut",
    "colour",
    "free",
    "cancel",
    "move",
    "discount",
    "gift",
    "refund",
    "size",
    "available",
    "courier",
    "receipt",
    "warranty",
    "repair",
    "advice",
    "saturday",
    "contract",
    "branch",
    "parking",
    "allergy",
    "invoice",
    "manicure",
];

const ARABIC: [&str; 24] = [
    "في",
    "من",
    "على",
    "مرحبا",
    "موعد",
    "شكرا",
    "طلب",
    "توصيل",
    "سعر",
    "وقت",
    "غدا",
    "اليوم",
    "دفع",
    "بطاقة",
    "عنوان",
    "خصم",
    "هدية",
    "مقاس",
    "لون",
    "متوفر",
    "إلغاء",
    "فرع",
    "ضمان",
    "حجز",
];

/// Tags of conversations, the first the most used.
const TAGS: [&str; 12] = [
    "vip",
    "booking",
    "delivery",
    "refund",
    "complaint",
    "question",
    "new",
    "wholesale",
    "call back",
    "paid",
    "waits",
    "press",
];

pub(super) fn person(rng: &mut Rng) -> &'static str {
    pick(rng, &NAMES)
}

pub(super) fn tag(rng: &mut Rng) -> &'static str {
    unevenly(rng, &TAGS)
}

/// Words beside the common ones.
const RARER: usize = 20_000;
const CONSONANTS: [&str; 18] = [
    "б", "в", "г", "д", "ж", "з", "к", "л", "м", "н", "п", "р", "с", "т", "ф", "х", "ч", "ш",
];
const VOWELS: [&str; 7] = ["а", "е", "и", "о", "у", "ы", "я"];

/// A sentence: half of them Russian, a third English, the others Arabic.
pub(super) fn sentence(rng: &mut Rng) -> String {
    let words: &[&str] = match rng.u8(..6) {
        0..3 => &RUSSIAN,
        3..5 => &ENGLISH,
        _ => &ARABIC,
    };
    let count = rng.usize(3..18);
    let mut said: Vec<String> = (0..count)
        .map(|_| match rng.u8(..4) {
            0 => rarer(rng),
            _ => unevenly(rng, words).to_owned(),
        })
        .collect();
    if rng.u8(..20) == 0 {
        said.push(format!("№{}", rng.u32(1_000_000..10_000_000)));
    }
    said.join(" ")
}

fn pick<'a>(rng: &mut Rng, of: &[&'a str]) -> &'a str {
    of[rng.usize(..of.len())]
}

/// One of the words that are used seldom, some much more seldom than others.
fn rarer(rng: &mut Rng) -> String {
    // The same place is the same word.
    let mut letters = Rng::with_seed(place(rng, RARER) as u64);
    let syllables = letters.usize(2..5);
    (0..syllables)
        .map(|_| [pick(&mut letters, &CONSONANTS), pick(&mut letters, &VOWELS)].concat())
        .collect()
}

fn unevenly<'a>(rng: &mut Rng, of: &[&'a str]) -> &'a str {
    of[place(rng, of.len())]
}

/// One of so many places, the first ones much more often than the last: its logarithm is even.
fn place(rng: &mut Rng, of: usize) -> usize {
    let places = of + 1;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "a place in a short list"
    )]
    let place = (places as f64).powf(rng.f64()) as usize;
    place.clamp(1, of) - 1
}
