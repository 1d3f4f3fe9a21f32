"""The languages a text can be in: their codes, names and direction, and what tells their words apart."""

import unicodedata
from collections.abc import Mapping
from importlib.util import find_spec

#: Any language, or several: words end at blanks and signs, and Chinese and its like are told apart by character.
ANY = "xx"
#: spaCy's codes (ISO 639) and some of languages it has no rules for, which are told apart as ANY is.
NAMES: Mapping[str, str] = {
    "af": "Afrikaans", "am": "Amharic", "ar": "Arabic", "az": "Azerbaijani", "be": "Belarusian", "bg": "Bulgarian",
    "bn": "Bengali", "bo": "Tibetan", "bs": "Bosnian", "ca": "Catalan", "ckb": "Central Kurdish", "cs": "Czech",
    "cy": "Welsh", "da": "Danish", "de": "German", "dv": "Dhivehi", "el": "Greek", "en": "English", "eo": "Esperanto",
    "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish", "fo": "Faroese",
    "fr": "French",
    "ga": "Irish", "gd": "Scottish Gaelic", "gl": "Galician", "grc": "Ancient Greek", "gu": "Gujarati", "ha": "Hausa",
    "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "ht": "Haitian Creole", "hu": "Hungarian", "hy": "Armenian",
    "id": "Indonesian", "ig": "Igbo", "is": "Icelandic", "it": "Italian", "ja": "Japanese", "jv": "Javanese",
    "ka": "Georgian", "kk": "Kazakh", "km": "Khmer", "kmr": "Northern Kurdish", "kn": "Kannada", "ko": "Korean",
    "ky": "Kyrgyz", "la": "Latin", "lb": "Luxembourgish", "lo": "Lao", "lt": "Lithuanian", "lv": "Latvian",
    "mg": "Malagasy", "mk": "Macedonian", "ml": "Malayalam", "mn": "Mongolian", "mr": "Marathi", "ms": "Malay",
    "mt": "Maltese", "my": "Burmese", "nb": "Norwegian", "ne": "Nepali", "nl": "Dutch", "nn": "Norwegian Nynorsk",
    "or": "Odia", "pa": "Punjabi", "pl": "Polish", "ps": "Pashto", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "sa": "Sanskrit", "sd": "Sindhi", "si": "Sinhala", "sk": "Slovak", "sl": "Slovenian",
    "so": "Somali", "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil", "te": "Telugu",
    "tg": "Tajik", "th": "Thai", "ti": "Tigrinya", "tl": "Tagalog", "tn": "Tswana", "tr": "Turkish", "tt": "Tatar",
    "ug": "Uyghur", "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek", "vi": "Vietnamese", "xh": "Xhosa", "yi": "Yiddish",
    "yo": "Yoruba", "zh": "Chinese", "zu": "Zulu", ANY: "any language",
}  # fmt: skip
_OWN_NAMES: Mapping[str, str] = {
    "deutsch": "de", "español": "es", "castellano": "es", "français": "fr", "italiano": "it", "português": "pt",
    "nederlands": "nl", "svenska": "sv", "dansk": "da", "norsk": "nb", "norwegian bokmål": "nb", "no": "nb",
    "suomi": "fi", "polski": "pl", "čeština": "cs", "magyar": "hu", "türkçe": "tr", "русский": "ru",
    "українська": "uk", "ελληνικά": "el", "العربية": "ar", "فارسی": "fa", "farsi": "fa", "עברית": "he", "اردو": "ur",
    "हिन्दी": "hi", "中文": "zh", "mandarin": "zh", "日本語": "ja", "한국어": "ko", "ไทย": "th", "tiếng việt": "vi",
    "multilingual": ANY, "multi": ANY, "any": ANY, "mul": ANY, "jp": "ja", "cn": "zh", "iw": "he", "in": "id",
    "filipino": "tl", "kurdish": "kmr", "myanmar": "my",
}  # fmt: skip
#: What has to be installed beside spaCy, by language: the module, and the extra of nerbot that brings it.
EXTRAS: Mapping[str, tuple[str, str]] = {
    "ja": ("sudachipy", "japanese"),
    "th": ("pythainlp", "thai"),
}


def find_language(words: str) -> str | None:
    """The code that is meant by a code (`de`, `de-AT`) or a name of a language; None where there is none."""
    folded = unicodedata.normalize("NFC", words).strip().casefold()
    code = folded.replace("_", "-").partition("-")[0]
    by_name = {name.casefold(): code for code, name in NAMES.items()}
    found = by_name.get(folded) or _OWN_NAMES.get(folded)
    return found or (code if code in NAMES else _OWN_NAMES.get(code))


def missing_extra(language: str) -> str | None:
    """The extra of nerbot that has to be installed for a language; None where nothing is missing."""
    module, extra = EXTRAS.get(language, ("", ""))
    return extra if module and find_spec(module) is None else None


def runs_right_to_left(text: str) -> bool:
    """Whether a text is shown from right to left: by its first letter, as the Unicode rules have it."""
    for character in text:
        match unicodedata.bidirectional(character):
            case "R" | "AL":
                return True
            case "L":
                return False
    return False
