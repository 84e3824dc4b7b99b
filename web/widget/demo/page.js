// Speaks the language of ?lang=, then carries the widget as any other site would.
(() => {
  const words = {
    en: {
      title: "Lavender beauty salon",
      brand: "Lavender",
      navServices: "Services",
      navMasters: "Team",
      navVisit: "Contact",
      over: "A beauty salon in the quiet old town",
      headline: "Two hours that belong to you alone",
      lead: "Hair, care and nails without hurry. Book in the chat: we answer right away and find a time that suits you.",
      book: "Book in the chat",
      prices: "See prices",
      fact1: "years with you",
      fact2: "specialists",
      fact3: "guest rating",
      rating: "4.9",
      servicesTitle: "Services and prices",
      s1: "Cut and styling",
      s1text: "Consultation, wash, cut and styling to suit your face.",
      s1price: "from ₽3,000 · 1 h",
      s2: "Colour",
      s2text: "Refined techniques and gentle care that protects your hair.",
      s2price: "from ₽6,000 · 3 h",
      s3: "Manicure",
      s3text: "Classic or e-file, with polish and a hand massage.",
      s3price: "from ₽2,200 · 1 h 30 min",
      s4: "Facial care",
      s4text: "Cleansing, mask and massage. Your skin rests with you.",
      s4price: "from ₽3,800 · 1 h 15 min",
      mastersTitle: "Our team",
      m1: "Irina",
      m1i: "I",
      m1text: "Stylist, 10 years of experience",
      m2: "Kirill",
      m2i: "K",
      m2text: "Men's cuts and beards",
      m3: "Sofia",
      m3i: "S",
      m3text: "Nails and fine designs",
      quote:
        "I wrote in the chat at ten in the evening and sat in the chair next morning. Left happy.",
      quoteBy: "Olga, a guest",
      visitTitle: "See you any day",
      hours: "10 am to 9 pm, seven days a week",
      address: "12 Tsvetochnaya street, entrance from the yard",
      ask: "Ask a question",
      footer: "This is a demonstration page: the salon is made up, the chat is real.",
      missing: "The chat is not connected: the server runs without demonstration data.",
    },
    ar: {
      title: "صالون التجميل «لافندر»",
      brand: "لافندر",
      navServices: "الخدمات",
      navMasters: "الفريق",
      navVisit: "اتصل بنا",
      over: "صالون تجميل في قلب المدينة الهادئ",
      headline: "ساعتان لكِ وحدكِ",
      lead: "قصّ الشعر والعناية والمانيكير بلا استعجال. احجزي عبر المحادثة: نرد فورًا ونختار الوقت المناسب لكِ.",
      book: "احجزي عبر المحادثة",
      prices: "عرض الأسعار",
      fact1: "عامًا معكِ",
      fact2: "خبراء",
      fact3: "تقييم الضيفات",
      rating: "4.9",
      servicesTitle: "الخدمات والأسعار",
      s1: "قصّ وتصفيف",
      s1text: "استشارة وغسل وقصّ وتصفيف يناسب ملامح وجهكِ.",
      s1price: "من 3000 ₽ · ساعة",
      s2: "صبغ الشعر",
      s2text: "تقنيات متقنة وعناية لطيفة تحمي شعركِ.",
      s2price: "من 6000 ₽ · 3 ساعات",
      s3: "مانيكير",
      s3text: "كلاسيكي أو بالجهاز، مع الطلاء وتدليك اليدين.",
      s3price: "من 2200 ₽ · ساعة ونصف",
      s4: "العناية بالوجه",
      s4text: "تنظيف وقناع وتدليك. بشرتكِ ترتاح معكِ.",
      s4price: "من 3800 ₽ · ساعة وربع",
      mastersTitle: "فريقنا",
      m1: "إيرينا",
      m1i: "إ",
      m1text: "مصففة شعر، خبرة 10 سنوات",
      m2: "كيريل",
      m2i: "ك",
      m2text: "قصّات رجالية ولحى",
      m3: "صوفيا",
      m3i: "ص",
      m3text: "أظافر وتصاميم دقيقة",
      quote: "كتبتُ في المحادثة عند العاشرة مساءً، وفي الصباح كنت على الكرسي. خرجتُ سعيدة.",
      quoteBy: "أولغا، ضيفة الصالون",
      visitTitle: "بانتظاركِ كل يوم",
      hours: "من 10:00 إلى 21:00 طوال أيام الأسبوع",
      address: "شارع تسفيتوتشنايا 12، المدخل من الفناء",
      ask: "اطرحي سؤالًا",
      footer: "هذه صفحة تجريبية: الصالون خيالي والمحادثة حقيقية.",
      missing: "المحادثة غير متصلة: يعمل الخادم دون بيانات تجريبية.",
    },
  };

  const asked = new URLSearchParams(location.search).get("lang");
  const lang = asked === "en" || asked === "ar" ? asked : "ru";
  document.documentElement.lang = lang;
  document.documentElement.dir = lang === "ar" ? "rtl" : "ltr";
  for (const element of document.querySelectorAll("[data-t]")) {
    const text = words[lang]?.[element.dataset.t];
    if (text) element.textContent = text;
  }
  document.querySelector(`.languages [lang=${lang}]`).setAttribute("aria-current", "page");

  // Calls made before the widget has loaded wait in `q`.
  window.OmniSupport ??= (...call) => {
    window.OmniSupport.q ??= [];
    window.OmniSupport.q.push(call);
  };
  for (const button of document.querySelectorAll("[data-chat]")) {
    button.addEventListener("click", () => window.OmniSupport("open"));
  }

  fetch("/api/v1/public/config")
    .then((answer) => answer.json())
    .then(({ demo_widget_key: key }) => {
      if (!key) throw new Error("no demo");
      const script = document.createElement("script");
      script.src = "/widget.js";
      script.async = true;
      script.dataset.channel = key;
      script.dataset.locale = lang;
      script.dataset.color = "#7c3aed";
      document.head.append(script);
    })
    .catch(() => {
      document.getElementById("missing").hidden = false;
    });
})();
