"""The codes of languages and scripts that tags are made of."""

from __future__ import annotations

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

TWO_LETTERS = frozenset(entry[:2] for entry in _ISO_639.split())
"""The codes of ISO 639-1."""

SAME_AS = _FORMER | {
    longer: entry[:2] for entry in _ISO_639.split() for longer in entry[3:].split("+")
}
"""Codes that mean the same language as a code of two letters, with that code."""

_ISO_15924 = """
adlm arab aran armn beng bopo brai cakm cans cher copt cyrl deva ethi geor goth grek gujr guru hanb
hang hani hans hant hebr hira hrkt java jpan kali kana khmr knda kore lana laoo latf latn lisu mlym
mong mtei mymr nkoo olck orya rohg sinh sund sylo syrc tale talu taml tavt telu tfng thaa thai tibt
vaii yiii zinh zmth zsye zsym zxxx zyyy
"""

SCRIPTS = frozenset(_ISO_15924.split())
"""The codes of the scripts that are in use (ISO 15924), in small letters."""

MEANT = {
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
