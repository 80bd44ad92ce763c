"""What the rules look for in a conversation, in the languages that Pages hear most."""

from __future__ import annotations

import re


def _any(*words: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(words) + ")", re.IGNORECASE)


# English, German, Spanish, Portuguese, French, Italian, Turkish, Filipino, Norwegian, Dutch,
# Polish, Indonesian, Arabic, Hindi, Thai, Vietnamese. Beginnings of words, as they are inflected.
PRICE = _any(
    r"price", r"cost\b", r"costs\b", r"how much", r"quote\b", r"discount", r"preis", r"kostet",
    r"kosten", r"wie ?viel", r"precio", r"cu[aá]nto", r"pre[cç]o", r"quanto", r"prix", r"combien",
    r"prezzo", r"costa\b", r"fiyat", r"ne kadar", r"kaç ?(?:para|lira|tl)", r"magkano", r"presyo",
    r"pris\b", r"hva koster", r"prijs", r"hoeveel", r"cena\b", r"ile kosztuje", r"harga",
    r"berapa", r"سعر", r"كم", r"कीमत", r"कितने", r"ราคา", r"เท่าไ", r"giá", r"bao nhiêu",
)  # fmt: skip
BUY = _any(
    r"(?:i|we)(?:'d| would)? (?:want|like|love) to (?:buy|order|book|reserve|purchase)",
    r"i'?ll take", r"buy\b", r"buying", r"order\b", r"purchase",
    r"book(?:ing)? (?:a|an|the|for|me)\b", r"reserve", r"invoice", r"pay\b", r"payment",
    r"deposit", r"checkout", r"where can i (?:get|buy)", r"kaufen", r"bestell", r"buchen",
    r"rechnung", r"bezahl", r"comprar", r"pedir", r"encargar", r"reservar", r"pagar", r"encomend",
    r"acheter", r"commander", r"réserver", r"payer", r"comprare", r"ordinare", r"prenot",
    r"pagare", r"satın al", r"sipariş", r"alabilir", r"almak ist", r"ödeme", r"bili(?:hin)?\b",
    r"bibili", r"order po", r"pabili", r"kjøpe", r"bestille", r"betale", r"kopen", r"betalen",
    r"kupi[ćęc]", r"zamówi", r"beli\b", r"pesan", r"bayar", r"شراء", r"اشتري", r"أطلب", r"खरीद",
    r"ซื้อ", r"สั่ง", r"mua\b", r"đặt",
)  # fmt: skip
DETAIL = _any(
    r"size", r"colou?r", r"deliver", r"shipping", r"ship\b", r"pick ?up", r"when can",
    r"available", r"in stock", r"appointment", r"address", r"how many", r"größe", r"farbe",
    r"liefer", r"versand", r"abhol", r"verfügbar", r"termin", r"talla", r"color", r"env[ií]o",
    r"entrega", r"disponible", r"tamanho", r"disponível", r"taille", r"livraison", r"livr",
    r"rendez", r"taglia", r"consegna", r"spedi", r"disponibil", r"beden", r"renk", r"kargo",
    r"teslim", r"stok", r"randevu", r"meron pa", r"available pa", r"leveran", r"frakt",
    r"levering", r"maat", r"dostaw", r"rozmiar", r"ukuran", r"ongkir", r"kirim", r"توصيل", r"مقاس",
    r"डिलीवरी", r"ส่ง", r"giao hàng",
)  # fmt: skip
BOUGHT = _any(
    r"(?:i|we)(?:'ve| have)? (?:just )?(?:paid|ordered|booked|transferred|bought)",
    r"payment sent", r"order confirmed", r"(?:it|package|parcel) (?:has )?arrived",
    r"habe (?:bezahlt|überwiesen|bestellt)", r"ist angekommen",
    r"ya (?:pagu[eé]|ped[ií]|compr[eé])", r"j[aá] paguei", r"j'ai (?:payé|commandé)",
    r"ho (?:pagato|ordinato)", r"ödedim", r"ödeme yaptım", r"sipariş verdim", r"nakabayad",
    r"bayad na", r"har betalt", r"heb betaald", r"zapłaci", r"sudah bayar",
)  # fmt: skip
NO = _any(
    r"not interested", r"no longer (?:need|interested)", r"too expensive", r"changed my mind",
    r"cancel", r"found (?:it|another|something) (?:else|elsewhere)", r"stop (?:messaging|writing)",
    r"unsubscribe", r"kein interesse", r"zu teuer", r"stornier", r"no me interesa",
    r"demasiado caro", r"muy caro", r"n[aã]o (?:tenho )?interesse", r"muito caro",
    r"pas intéressé", r"trop cher", r"annuler", r"non mi interessa", r"troppo caro",
    r"ilgilenmiyorum", r"çok pahalı", r"vazgeçtim", r"iptal", r"di na po", r"ikke interessert",
    r"for dyrt", r"geen interesse", r"te duur", r"za drogo", r"tidak jadi", r"kemahalan",
)  # fmt: skip
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+\.[\w.]{2,}")
PHONE = re.compile(r"(?<![\w.])\+?\d[\d ()./-]{6,}\d(?!\w)")
QUESTION = re.compile(r"[?？؟]")
