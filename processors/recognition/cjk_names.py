"""Names in Chinese and Japanese texts: known places and bodies, and telling affixes.

Neither language parts its words, so a name is taken only where something marks both of its ends.
"""

import re
from collections.abc import Iterator

from processors.recognition.found import Found
from processors.recognition.gazetteer import gazetteer

_HAN = r"[\u4e00-\u9fff々]"
_KATAKANA = r"[\u30a1-\u30fa\u30fc]"
# Particles, prepositions and verbs that end before a name begins.
_NO_NAME = "的在与和是了向对由被从到及把他她我你这那该将就于以为给让叫或并而其至自因说称"
_NAME = rf"(?:(?![{_NO_NAME}]){_HAN})"

_BODY = re.compile(
    rf"株式会社(?:{_KATAKANA}{{2,12}}|{_HAN}{{1,6}}|[A-Za-z]{{2,20}})"
    rf"|(?:{_KATAKANA}{{2,12}}|{_HAN}{{1,8}}|[A-Za-z]{{2,20}})株式会社"
    rf"|{_NAME}{{2,8}}(?:有限公司|公司|集团|集團|银行|銀行|大学|大學|医院|醫院|研究所|研究院|委员会"
    rf"|委員会|协会|協会|基金会|电视台|出版社|航空)"
    rf"|(?:{_KATAKANA}{{2,12}}|{_NAME}{{1,6}})(?:大学|銀行|新聞社?|放送|省庁|警察|党|研究所|病院)"
)
_PERSON = re.compile(
    rf"(?P<before>{_HAN}{{2,4}}|{_KATAKANA}{{2,10}}(?:・{_KATAKANA}{{2,10}})?)"
    r"(?=先生|女士|氏|さん|首相|大統領|総理|社長|会長|知事|教授|容疑者|選手|監督)"
)


def find_cjk_names(text: str) -> Iterator[Found]:
    """The names of ``text`` that something marks, with overlaps, in no order."""
    known = gazetteer()
    for match in known.cjk.finditer(text):
        name = match.group()
        if name in known.places:
            yield Found(*match.span(), "place", known.places[name])
        else:
            yield Found(*match.span(), "organization", known.organizations[name])
    for match in _BODY.finditer(text):
        yield Found(*match.span(), "organization", "")
    for match in _PERSON.finditer(text):
        yield Found(*match.span(), "person", "")
