"""What the plain way knows of a language: the words beside a trigger or a name that matter."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grammar:
    """Words right before or right behind a trigger or a name.

    ``behind`` says that roles are announced behind a name and that the verb stands last, as in
    Japanese. ``reported`` marks a name as the source of a report, not as one who takes part.
    """

    behind: bool = False
    negative_before: tuple[str, ...] = ()
    negative_behind: tuple[str, ...] = ()
    possible_before: tuple[str, ...] = ()
    possible_behind: tuple[str, ...] = ()
    passive_before: tuple[str, ...] = ()
    passive_behind: tuple[str, ...] = ()
    place_before: tuple[str, ...] = ()
    place_behind: tuple[str, ...] = ()
    definite_before: tuple[str, ...] = ()
    reported_before: tuple[str, ...] = ()
    reported_behind: tuple[str, ...] = ()
    subject_behind: tuple[str, ...] = ()
    object_behind: tuple[str, ...] = ()


UNKNOWN = Grammar()

GRAMMARS = {
    "zh": Grammar(
        negative_before=("没有", "未", "不", "否认", "拒绝", "并非"),
        possible_before=("将", "可能", "计划", "拟", "打算", "预计", "如果", "希望", "请", "会"),
        passive_before=("被", "遭"),
        place_before=("在", "位于", "于"),
        definite_before=("这次", "此次", "该", "这场", "本次"),
        reported_before=("据",),
    ),
    "ja": Grammar(
        behind=True,
        negative_behind=(
            "しない",
            "しなかった",
            "せず",
            "していない",
            "しません",
            "を否定",
            "はない",
            "はなかった",
        ),
        possible_behind=(
            "する予定",
            "する方針",
            "する計画",
            "する見通し",
            "の可能性",
            "を検討",
            "を計画",
            "を目指",
            "予定",
        ),
        passive_behind=("され",),
        place_behind=("で", "において"),
        definite_before=("この", "その", "同"),
        reported_behind=("によると", "によれば"),
        subject_behind=("は", "が"),
        object_behind=("を", "の"),
    ),
}
