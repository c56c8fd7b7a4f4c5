"""The files of logs: bounded, however long a process writes."""

from pathlib import Path

from millrace.log_files import Follower, move_content, too_long


def test_a_file_is_too_long_beyond_its_bound(tmp_path: Path) -> None:
    log = tmp_path / "sink.log"
    assert not too_long(log, 10)
    log.write_bytes(b"x" * 10)
    assert not too_long(log, 10)
    log.write_bytes(b"x" * 11)
    assert too_long(log, 10)


def test_who_has_it_open_goes_on_at_its_new_beginning(tmp_path: Path) -> None:
    log = tmp_path / "sink.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"before\n")
        move_content(log)
        writer.write(b"after\n")

    assert log.read_text() == "after\n"
    assert (tmp_path / "sink.log.1").read_text() == "before\n"


def test_the_newest_of_the_older_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "sink.log"
    for text in ("first", "second", "third"):
        log.write_text(text)
        move_content(log, kept=2)

    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "sink.log", "sink.log.1", "sink.log.2",
    ]  # fmt: skip
    assert (tmp_path / "sink.log.1").read_text() == "third"
    assert (tmp_path / "sink.log.2").read_text() == "second"


class TestAFollower:
    def test_hands_on_what_is_added_in_whole_lines(self, tmp_path: Path) -> None:
        log, said = tmp_path / "sink.log", list[bytes]()
        log.write_bytes(b"yesterday\n")
        follower = Follower(log, said.append)
        with log.open("ab", buffering=0) as writer:
            for part in (b"first\nsec", b"o", b"nd\n"):
                writer.write(part)
                follower.go_on()

        assert said == [b"first\n", b"second\n"]

    def test_ends_with_the_line_that_nobody_finishes(self, tmp_path: Path) -> None:
        log, said = tmp_path / "sink.log", list[bytes]()
        follower = Follower(log, said.append)
        log.write_bytes(b"first\nlast wor")

        follower.end()
        follower.end()

        assert said == [b"first\n", b"last wor\n"]

    def test_goes_on_at_the_new_beginning(self, tmp_path: Path) -> None:
        log, said = tmp_path / "sink.log", list[bytes]()
        follower = Follower(log, said.append)
        with log.open("ab", buffering=0) as writer:
            writer.write(b"before\n")
            follower.end()
            move_content(log)
            follower.begin_anew()
            writer.write(b"after\n")
            follower.go_on()

        assert said == [b"before\n", b"after\n"]
