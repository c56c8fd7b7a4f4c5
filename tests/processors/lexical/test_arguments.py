from tests.processors.lexical.reading import roles

ACME = ("organization", "Acme")
WIDGET = ("organization", "Widget")
ANN = ("person", "Ann Lee")
BOB = ("person", "Bob Ray")


class TestAnActiveVerb:
    def test_takes_who_stands_before_and_what_stands_behind(self) -> None:
        text = "Acme bought Widget."
        assert roles(text, "bought", ACME, WIDGET) == {"buyer": "Acme", "object": "Widget"}

    def test_looks_past_adverbs_and_auxiliaries(self) -> None:
        text = "Acme has also quietly bought Widget."
        assert roles(text, "bought", ACME, WIDGET) == {"buyer": "Acme", "object": "Widget"}

    def test_looks_past_a_plan(self) -> None:
        text = "Acme is expected to buy Widget."
        assert roles(text, "buy", ACME, WIDGET) == {"buyer": "Acme", "object": "Widget"}

    def test_looks_past_where_someone_is(self) -> None:
        text = "Police in Lima arrested Ann Lee."
        assert roles(text, "arrested", ("place", "Lima"), ANN) == {
            "authority": "Police",
            "defendant": "Ann Lee",
        }

    def test_takes_the_name_in_a_phrase(self) -> None:
        text = "The chip maker Acme bought its old rival Widget."
        assert roles(text, "bought", ACME, WIDGET) == {"buyer": "Acme", "object": "Widget"}

    def test_takes_a_phrase_without_a_name(self) -> None:
        assert roles("Its founder resigned.", "resigned") == {"person": "Its founder"}

    def test_takes_the_name_that_explains_a_phrase(self) -> None:
        text = "Its founder, Ann Lee, resigned."
        assert roles(text, "resigned", ANN) == {"person": "Ann Lee"}

    def test_takes_a_pronoun(self) -> None:
        assert roles("She resigned.", "resigned") == {"person": "She"}

    def test_takes_the_one_whom_a_relative_clause_describes(self) -> None:
        text = "Ann Lee, who founded it, thanked Bob Ray, who resigned."
        assert roles(text, "resigned", ANN, BOB) == {"person": "Bob Ray"}

    def test_shares_its_subject_with_the_verb_before(self) -> None:
        text = "Acme bought Widget and fired Ann Lee."
        assert roles(text, "fired", ACME, WIDGET, ANN) == {"person": "Ann Lee", "employer": "Acme"}

    def test_takes_all_that_are_joined_by_and(self) -> None:
        text = "Police arrested Ann Lee, Bob Ray and Cy Fox."
        filled = roles(text, "arrested", ANN, BOB, ("person", "Cy Fox"))
        assert filled["defendant"] == "Ann Lee + Bob Ray + Cy Fox"

    def test_takes_a_number_of_people(self) -> None:
        text = "The fire killed at least 12 people."
        assert roles(text, "killed", ("number", "12"))["victim"] == "12 people"

    def test_takes_no_time_for_a_person(self) -> None:
        assert roles("She resigned a day later.", "resigned") == {"person": "She"}

    def test_takes_no_name_of_another_kind(self) -> None:
        text = "Paris bought $5."
        assert roles(text, "bought", ("place", "Paris"), ("money", "$5")) == {}

    def test_stops_before_an_amount(self) -> None:
        text = "A court fined his party €80,000."
        assert roles(text, "fined", ("money", "€80,000")) == {
            "authority": "A court",
            "defendant": "his party",
        }


class TestAPassiveVerb:
    def test_takes_what_stands_before_as_its_object(self) -> None:
        text = "Widget was bought by Acme."
        assert roles(text, "bought", WIDGET, ACME) == {"object": "Widget", "buyer": "Acme"}

    def test_needs_no_auxiliary(self) -> None:
        text = "Widget, bought by Acme, is small."
        assert roles(text, "bought", WIDGET, ACME) == {"object": "Widget", "buyer": "Acme"}

    def test_leaves_the_doer_open(self) -> None:
        assert roles("Ann Lee was arrested.", "arrested", ANN) == {"defendant": "Ann Lee"}


class TestANoun:
    def test_takes_what_of_and_by_bring_in(self) -> None:
        text = "The purchase of Widget by Acme is done."
        assert roles(text, "purchase", WIDGET, ACME) == {"object": "Widget", "buyer": "Acme"}

    def test_takes_a_possessor(self) -> None:
        text = "Acme's purchase of Widget is done."
        assert roles(text, "purchase", ACME, WIDGET) == {"buyer": "Acme", "object": "Widget"}

    def test_takes_a_possessive(self) -> None:
        assert roles("We heard of her resignation.", "resignation") == {"person": "her"}

    def test_takes_the_number_in_its_phrase(self) -> None:
        text = "A magnitude 6.8 earthquake killed 14 people."
        marked = (("number", "6.8"), ("number", "14"))
        assert roles(text, "earthquake", *marked)["magnitude"] == "6.8"


class TestAPreposition:
    def test_announces_a_role(self) -> None:
        text = "Acme bought Widget from Ann Lee for $5 million."
        money = ("money", "$5 million")
        assert roles(text, "bought", ACME, WIDGET, ANN, money) == {
            "buyer": "Acme",
            "object": "Widget",
            "seller": "Ann Lee",
            "price": "$5 million",
        }

    def test_announces_words_where_no_entity_is_asked_for(self) -> None:
        text = "Ann Lee resigned as chief executive."
        assert roles(text, "resigned", ANN) == {"person": "Ann Lee", "post": "chief executive"}

    def test_of_another_noun_announces_nothing(self) -> None:
        text = "A court sentenced Ann Lee, the head of Acme, for fraud."
        assert roles(text, "sentenced", ANN, ACME)["charge"] == "fraud"

    def test_of_time_announces_nothing(self) -> None:
        assert "charge" not in roles("She was jailed for two years.", "jailed")

    def test_before_an_infinitive_announces_nothing(self) -> None:
        text = "He promised to bring the photos."
        assert "beneficiary" not in roles(text, "promised", profile="email")


class TestAPhrase:
    def test_of_request_brings_in_what_is_asked(self) -> None:
        text = "Could you send the table to Ann Lee? Thanks."
        assert roles(text, "Could you", ANN, profile="email") == {
            "task": "send the table to Ann Lee"
        }

    def test_of_commitment_brings_in_what_is_promised(self) -> None:
        text = "I'll call you, once I know."
        assert roles(text, "I'll", profile="email") == {"promise": "call you"}


def test_what_is_given_away_is_not_given_twice() -> None:
    text = "Acme merged."
    assert roles(text, "merged", ACME) == {"party": "Acme"}


def test_an_indirect_object_is_passed_over() -> None:
    text = "Please send me the figures."
    assert roles(text, "send", profile="email")["item"] == "the figures"


class TestChinese:
    text = "海川公司以12亿元收购北岸公司。"
    marked = (
        ("organization", "海川公司"),
        ("money", "12亿元"),
        ("organization", "北岸公司"),
    )

    def test_goes_by_order_and_announcing_words(self) -> None:
        assert roles(self.text, "收购", *self.marked, language="zh") == {
            "buyer": "海川公司",
            "object": "北岸公司",
            "price": "12亿元",
        }

    def test_turns_a_passive_round(self) -> None:
        text = "林晓雯被警方逮捕。"
        filled = roles(text, "逮捕", ("person", "林晓雯"), language="zh")
        assert filled == {"defendant": "林晓雯"}


class TestJapanese:
    def test_goes_by_particles(self) -> None:
        text = "青空化学は北岸ソフトを買収した。"
        marked = (("organization", "青空化学"), ("organization", "北岸ソフト"))
        assert roles(text, "買収", *marked, language="ja") == {
            "buyer": "青空化学",
            "object": "北岸ソフト",
        }

    def test_looks_past_a_title(self) -> None:
        text = "高橋一郎社長は辞任した。"
        assert roles(text, "辞任", ("person", "高橋一郎"), language="ja") == {"person": "高橋一郎"}

    def test_takes_no_source_of_a_report(self) -> None:
        text = "青空化学によると、火災は消えた。"
        assert roles(text, "火災", ("organization", "青空化学"), language="ja") == {}
