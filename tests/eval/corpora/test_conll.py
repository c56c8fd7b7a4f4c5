"""Files of tokens and tags: how each is written, and what is made of it."""

from pathlib import Path

import pytest

from eval.corpora import sec_fin5, uner_ewt_dev, wikigold, wnut17
from eval.corpora.errors import CorpusError
from eval.gold import GoldDocument
from tests.eval.corpora.written import entities, quoted, write_text


def wikigold_documents(folder: Path, text: str) -> list[GoldDocument]:
    """A file of wikigold, as read."""
    write_text(folder, wikigold.FILE, text)
    return list(wikigold.read(folder))


def wnut17_documents(folder: Path, tweets: str, comments: str = "x\tO\n") -> list[GoldDocument]:
    """The two files of WNUT 17, as read."""
    write_text(folder, wnut17.FILES[wnut17.TRAINING], tweets)
    write_text(folder, wnut17.FILES[wnut17.DEVELOPMENT], comments)
    return list(wnut17.read(folder))


def test_in_iob1_names_begin_with_i_and_b_divides_two_of_one_type(tmp_path: Path) -> None:
    (document,) = wikigold_documents(
        tmp_path, "New I-LOC\nOslo I-LOC\nActon B-LOC\nAcme I-ORG\nMr O\nOle I-PER\n"
    )
    assert entities(document) == [
        ("New Oslo", "place"),
        ("Acton", "place"),
        ("Acme", "organization"),
        ("Ole", "person"),
    ]


def test_in_iob2_names_begin_with_b(tmp_path: Path) -> None:
    document, _ = wnut17_documents(
        tmp_path, "New\tB-location\nOslo\tI-location\nActon\tB-location\nOle\tB-person\n"
    )
    assert entities(document) == [("New Oslo", "place"), ("Acton", "place"), ("Ole", "person")]


def test_in_iob2_a_name_that_goes_on_without_a_beginning_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"wnut17train.conll, line 2: I-person goes on"):
        wnut17_documents(tmp_path, "Mr\tO\nOle\tI-person\n")


def test_a_name_ends_with_its_sentence(tmp_path: Path) -> None:
    (document,) = wikigold_documents(tmp_path, "Acme I-ORG\n\nWidget I-ORG\n")
    assert entities(document) == [("Acme", "organization"), ("Widget", "organization")]


def test_documents_lie_between_the_files_own_borders(tmp_path: Path) -> None:
    documents = wikigold_documents(
        tmp_path,
        "Acme I-ORG\n. O\n\nIt O\nfell O\n. O\n\n-DOCSTART- O\n\nOslo I-LOC\n. O\n\n-DOCSTART- O\n",
    )
    assert [document.text for document in documents] == ["Acme. It fell.", "Oslo."]
    assert [document.document_id for document in documents] == ["001", "002"]
    assert quoted(documents[0], documents[0].sentences or ()) == ["Acme.", "It fell."]


def test_groups_and_corporations_are_organizations_and_works_are_nothing(tmp_path: Path) -> None:
    document, _ = wnut17_documents(
        tmp_path,
        "Acme\tB-corporation\nSaints\tB-group\nScrubs\tB-creative-work\nX1\tB-product\n",
    )
    assert entities(document) == [("Acme", "organization"), ("Saints", "organization")]


def test_a_hash_is_a_word_of_a_tweet(tmp_path: Path) -> None:
    documents = wnut17_documents(tmp_path, "#Oslo\tB-location\nwow\tO\n\n# 1\tO\n", "no\tO\n")
    assert [(one.text, one.notes["genre"]) for one in documents] == [
        ("#Oslo wow", "tweet"),
        ("# 1", "tweet"),
        ("no", "comment"),
    ]


def test_roles_of_a_contract_are_no_names(tmp_path: Path) -> None:
    write_text(
        tmp_path,
        sec_fin5.FILE,
        "-DOCSTART- -X- O O\n\nBorrower NNP - I-PER\npays VB - O\nOle NNP - I-PER\n. . - O\n",
    )
    (document,) = sec_fin5.read(tmp_path)
    assert [
        (words, one.is_name)
        for (words, _), one in zip(entities(document), document.entities or (), strict=True)
    ] == [("Borrower", False), ("Ole", True)]


UNER = """# newdoc id = reviews-1
# sent_id = reviews-1-1
# text = Don't go to Oslo, ever!
1\tDo\tO\t-\t-
2\tn't\tO\t-\t-
3\tgo\tO\t-\t-
4\tto\tO\t-\t-
5\tOslo\tB-LOC\t-\tx
6\t,\tO\t-\t-
7\tever\tO\t-\t-
8\t!\tO\t-\t-

# sent_id = reviews-1-2
# text = Ole
1\tOle\tB-PER\t-\tx

# newdoc id = email-2
# sent_id = email-2-1
# text = # 1 Acme
1\t#\tO\t-\t-
2\t1\tO\t-\t-
3\tAcme\tB-ORG\t-\tx
"""


def test_uner_keeps_the_text_of_its_comments(tmp_path: Path) -> None:
    write_text(tmp_path, uner_ewt_dev.FILE, UNER)
    first, second = uner_ewt_dev.read(tmp_path)
    assert (first.text, second.text) == ("Don't go to Oslo, ever! Ole", "# 1 Acme")
    assert entities(first) == [("Oslo", "place"), ("Ole", "person")]
    assert (first.document_id, second.notes["genre"]) == ("reviews-1", "email")


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("Oslo, ever", "Bonn, ever", "line 8: not what follows"),
        ("to Oslo, ever", "to old Oslo, ever", "line 8: not what follows"),
        ("2\tn't\tO\t-\t-", "2\tn't\tO", "line 5: 3 columns instead of 5"),
        ("B-LOC", "LOC", "line 8: the last column is no tag"),
        ("# newdoc id = reviews-1\n", "", "no '# newdoc id"),
    ],
)
def test_a_malformed_line_is_an_error_with_its_number(
    tmp_path: Path, old: str, new: str, wrong: str
) -> None:
    write_text(tmp_path, uner_ewt_dev.FILE, UNER.replace(old, new, 1))
    with pytest.raises(CorpusError) as caught:
        list(uner_ewt_dev.read(tmp_path))
    assert wrong in str(caught.value)
    assert str(tmp_path / uner_ewt_dev.FILE) in str(caught.value)


def test_what_is_not_utf_8_is_an_error_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / wikigold.FILE
    path.parent.mkdir()
    path.write_bytes(b"Acme I-ORG\n\xff O\n")
    with pytest.raises(CorpusError, match=r"conll.txt, line 2: not UTF-8"):
        list(wikigold.read(tmp_path))
