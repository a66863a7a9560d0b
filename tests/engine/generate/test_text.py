from random import Random

from mockgw.engine.generate import text


def test_words_and_sentences_are_counted() -> None:
    assert len(text.words(80, Random(1)).split()) == 80
    assert text.sentences(3, Random(1)).count(".") == 3


def test_the_seed_makes_the_text() -> None:
    assert text.words(5, Random(1)) == text.words(5, Random(1)) != text.words(5, Random(2))


def test_what_is_unique_is_so_in_one_answer_alone() -> None:
    made = [text.seeded(Random(1)).unique.random_int(1, 1) for _ in range(3)]

    assert made == [1, 1, 1]
