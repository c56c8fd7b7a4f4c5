"""Texts for property-based tests: scripts, signs and line ends that shift careless offsets."""

from hypothesis import strategies as st

_PIECES = (
    "Acme bought Widget Ltd in London on 3 March 2024. ",
    'Mr. John Smith left at 3 p.m. He said "No." ',
    "a day later ",
    "$40 billion ",
    "12.5% ",
    "bob@example.com ",
    "https://example.com/a ",
    "10 Downing Street ",
    "他在北京大学工作。",
    "令和6年3月3日に東京で300万円を払った。",
    "「はい。」",
    "😀👨‍👩‍👧",
    "e\u0301a\u0308 ",
    "שלום עולם. ",
    "مرحبا بالعالم؟ ",
    "\r\n",
    "\n\n",
    "\n> ",
    "\u2028",
    "\x00\x07",
    "\t",
    "\ufeff",
    ".",
    "(",
    "Ltd",
    "Mar",
    "&",
    ", Inc.",
)

# Made of sense and nonsense alike; what JSON can carry, so no lone surrogates.
TEXTS = st.lists(
    st.one_of(
        st.sampled_from(_PIECES),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
        st.text("aA1. ,\n'-/:$%年月日", max_size=12),
    ),
    max_size=12,
).map("".join)
