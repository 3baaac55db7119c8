"""Languages, and the tags that name them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_ISO_639 = """
aa:aar ab:abk ae:ave af:afr ak:aka am:amh an:arg ar:ara+arb as:asm av:ava ay:aym+ayr az:aze+azj
ba:bak be:bel bg:bul bh:bih bi:bis bm:bam bn:ben bo:bod+tib br:bre bs:bos ca:cat ce:che ch:cha
co:cos cr:cre cs:ces+cze cu:chu cv:chv cy:cym+wel da:dan de:deu+ger dv:div dz:dzo ee:ewe
el:ell+gre en:eng eo:epo es:spa et:ekk+est eu:baq+eus fa:fas+per+pes ff:ful fi:fin fj:fij fo:fao
fr:fra+fre fy:fry ga:gle gd:gla gl:glg gn:grn gu:guj gv:glv ha:hau he:heb hi:hin ho:hmo hr:hrv
ht:hat hu:hun hy:arm+hye hz:her ia:ina id:ind ie:ile ig:ibo ii:iii ik:ipk io:ido is:ice+isl
it:ita iu:ike+iku ja:jpn jv:jav ka:geo+kat kg:kng+kon ki:kik kj:kua kk:kaz kl:kal km:khm kn:kan
ko:kor kr:kau ks:kas ku:kmr+kur kv:kom+kpv kw:cor ky:kir la:lat lb:ltz lg:lug li:lim ln:lin
lo:lao lt:lit lu:lub lv:lav+lvs mg:mlg+plt mh:mah mi:mao+mri mk:mac+mkd ml:mal mn:khk+mon mr:mar
ms:may+msa+zsm mt:mlt my:bur+mya na:nau nb:nob nd:nde ne:nep+npi ng:ndo nl:dut+nld nn:nno no:nor
nr:nbl nv:nav ny:nya oc:oci oj:oji om:gaz+orm or:ori+ory os:oss pa:pan pi:pli pl:pol ps:pbu+pus
pt:por qu:que+quz rm:roh rn:run ro:ron+rum ru:rus rw:kin sa:san sc:srd sd:snd se:sme sg:sag
sh:hbs si:sin sk:slk+slo sl:slv sm:smo sn:sna so:som sq:alb+sqi sr:srp ss:ssw st:sot su:sun
sv:swe sw:swa+swh ta:tam te:tel tg:tgk th:tha ti:tir tk:tuk tl:tgl tn:tsn to:ton tr:tur ts:tso
tt:tat tw:twi ty:tah ug:uig uk:ukr ur:urd uz:uzb+uzn ve:ven vi:vie vo:vol wa:wln wo:wol xh:xho
yi:ydd+yid yo:yor za:zha zh:chi+cmn+zho zu:zul
"""
"""The codes of two letters (ISO 639-1), each with those of three letters that mean the same
(ISO 639-2 and 639-3). Where a code of two letters covers several languages, the three letters of
the one that is meant without more words are added: Mandarin for Chinese. Source: the Library of
Congress's list of ISO 639-2, and the aliases of CLDR."""

_FORMER = {"in": "id", "iw": "he", "ji": "yi", "jw": "jv", "mo": "ro"}
"""Codes that ISO 639-1 has withdrawn."""

_TWO_LETTERS = frozenset(entry[:2] for entry in _ISO_639.split())
"""The codes of ISO 639-1."""

_SAME_AS = _FORMER | {
    longer: entry[:2] for entry in _ISO_639.split() for longer in entry[3:].split("+")
}
"""Codes that mean the same language as a code of two letters, with that code."""

_ISO_15924 = """
adlm arab aran armn beng bopo brai cakm cans cher copt cyrl deva ethi geor goth grek gujr guru hanb
hang hani hans hant hebr hira hrkt java jpan kali kana khmr knda kore lana laoo latf latn lisu mlym
mong mtei mymr nkoo olck orya rohg sinh sund sylo syrc tale talu taml tavt telu tfng thaa thai tibt
vaii yiii zinh zmth zsye zsym zxxx zyyy
"""

_SCRIPTS = frozenset(_ISO_15924.split())
"""The codes of the scripts that are in use (ISO 15924), in small letters."""

_MEANT = {
    **dict.fromkeys(("vn", "vietnam", "vietnamese", "viet", "tiếng việt", "việt", "越南语"), "vi"),
    **dict.fromkeys(("cn", "china", "chinese", "mandarin", "tiếng trung", "中文", "汉语"), "zh"),
    **dict.fromkeys(("us", "gb", "english", "tiếng anh", "英文", "英语", "英語"), "en"),
    **dict.fromkeys(("漢語", "华语", "華語", "国语", "國語", "taiwanese", "cantonese"), "zh"),
    "越南語": "vi",
    "jp": "ja",
    "japanese": "ja",
    "korean": "ko",
    "french": "fr",
    "german": "de",
    "cz": "cs",
}
"""What people write where a code is wanted: names of languages, and codes of countries that are no
codes of languages; and the code that they mean. An error proposes it."""

_LONGEST = 100
"""Characters of a tag; real ones have 35 at most."""

_LOCALE_ENDING = re.compile(r"(?<=[A-Za-z])[.@][\w.@-]+$")
"""What the name of a locale has after its language and country: ``.UTF-8``, ``@latin``."""

_TAG = re.compile(r"(?P<code>[a-z]{2,3})(?P<rest>(?:-[a-z0-9]{1,8})*)")

_TRADITIONAL = frozenset({"tw", "hk", "mo", "cht"})
_SIMPLIFIED = frozenset({"cn", "sg", "my", "chs"})
"""The countries that write Chinese in each script, and Microsoft's former names of the scripts."""


class NoSuchLanguage(ValueError):
    """A tag says which language is meant, or tries to, but not by a code of a language."""


@dataclass(frozen=True)
class Language:
    """A language.

    Attributes:
        code: of ISO 639-1, or of ISO 639-3 where it has none there; ``und`` where the language is
            not known.
        script: ``Hans`` or ``Hant`` for Chinese, where it is known; else None.
    """

    code: str
    script: str | None = None


def parse_tag(tag: str) -> Language:
    """Read a language tag, such as ``vi``, ``en-GB`` or ``zh-TW``.

    A code of three letters is read as the one of two letters that means the same. The name of a
    locale, such as ``zh_TW.UTF-8``, is read as its language.

    Raises:
        NoSuchLanguage: it has the form of a tag, but no language or script has its code; or it is
            the name of a language.
        ValueError: it has another form.

    >>> parse_tag("zh-TW"), parse_tag("EN_us")
    (Language(code='zh', script='Hant'), Language(code='en', script=None))
    >>> parse_tag("vie").code
    'vi'
    """
    even = unicodedata.normalize("NFKC", tag[: _LONGEST + 1]).strip().lower()
    match = _TAG.fullmatch(_LOCALE_ENDING.sub("", even).replace("_", "-"))
    if even in _MEANT:
        raise NoSuchLanguage(_refusal(tag, even))
    if match is None or len(tag) > _LONGEST:
        raise ValueError(_refusal(tag, even))
    code = _SAME_AS.get(match["code"], match["code"])
    # The codes of three letters are thousands, and almost any three letters are one of them.
    if len(code) == 2 and code not in _TWO_LETTERS:
        raise NoSuchLanguage(_refusal(tag, code))
    rest = match["rest"].split("-")[1:]
    for place, subtag in enumerate(rest):
        # After a single letter stands what only its own rules can read.
        if len(subtag) == 1:
            rest = rest[:place]
            break
        if len(subtag) == 4 and subtag.isalpha() and subtag not in _SCRIPTS:
            raise NoSuchLanguage(_refusal(tag, code))
    return Language(code, _script(set(rest)) if code == "zh" else None)


def _script(subtags: set[str]) -> str | None:
    """Return the script of Chinese that subtags name themselves, or else by their country."""
    for script in ("Hant", "Hans"):
        if script.lower() in subtags:
            return script
    if subtags & _TRADITIONAL:
        return "Hant"
    return "Hans" if subtags & _SIMPLIFIED else None


def _refusal(tag: str, written: str) -> str:
    """Return what is said of a tag that is refused.

    Args:
        tag: as it was given.
        written: the name or code in it, in small letters.
    """
    meant = _MEANT.get(written) or (written if written in _TWO_LETTERS else None)
    proposed = f"did you mean {meant}?" if meant else "give vi, zh, en or another ISO code"
    return f"{tag[:40]!r} is not a language tag; {proposed}"
