"""Vietnamese syllables without their diacritics: what can be one, by the rules of spelling."""

from __future__ import annotations

import re

_INITIALS = "b c ch d g gh gi h k kh l m n ng ngh nh p ph q qu r s t th tr v x"

_FINALS = """
a ac ach ai am an ang anh ao ap at au ay
e ec ech em en eng enh eo ep et eu
i ia ich iec iem ien ieng iep iet ieu im in inh ip it iu
o oa oac oach oai oam oan oang oanh oao oap oat oay oc oe oen oeo oet oi om on ong ooc oong op ot
u ua uan uang uat uay uc ue uech uenh ui um un ung uo uoc uoi uom uon uong uop uot uou up ut uu uy
uya uych uyen uyet uynh uyp uyt uyu
y yem yen yet yeu ynh
"""
"""Of 'ư' and 'u', 'ơ', 'ô' and 'o' and so on nothing is left but the letter."""

_SYLLABLE = re.compile(
    f"(?:{'|'.join(_INITIALS.split())})?(?:{'|'.join(_FINALS.split())})", re.ASCII
)


def is_syllable(word: str) -> bool:
    """Tell whether a lower-case word can be a Vietnamese syllable typed without diacritics.

    >>> [is_syllable(word) for word in ("nguoi", "truong", "the", "which", "street")]
    [True, True, True, False, False]
    """
    return _SYLLABLE.fullmatch(word) is not None
