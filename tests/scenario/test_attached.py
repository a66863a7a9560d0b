from typing import Annotated

import pytest
from pydantic import BeforeValidator, TypeAdapter, ValidationError

from mockgw.protocol.attachments import Attachment
from mockgw.scenario.attached import AttachmentCondition
from mockgw.scenario.compiled import compiled
from mockgw.scenario.conditions import read_condition
from tests.support import body, context

ATTACHED: TypeAdapter[AttachmentCondition] = TypeAdapter(
    Annotated[AttachmentCondition, BeforeValidator(read_condition)]
)
REPORT = Attachment("document", "report.txt", "text/plain", 12, "all is well")
PHOTO = Attachment("image", None, "image/png", 3000, "")
FILE = Attachment("document", None, None, None, "", None, "file_1")


def holds(condition: object, *attachments: Attachment) -> bool:
    """Whether it holds; its distances and its compiled form must agree."""
    read = ATTACHED.validate_python(condition)
    held = read.holds(attachments)
    assert held is (not list(read.distances(attachments)))
    assert held is compiled(read)(attachments)
    return held


def reasons(condition: object, *attachments: Attachment) -> list[str]:
    return [check.text for check in ATTACHED.validate_python(condition).checks(attachments) if not check.held]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("all is well", True),
        ({"contains": "well"}, True),
        ({"type": "image"}, True),
        ({"name": {"ends_with": ".txt"}, "contains": "well"}, True),
        ({"type": "image", "name": "report.txt"}, False),
        ({"media_type": ["image/png", "image/jpeg"]}, True),
        ({"size_bytes": {"gt": 2000}}, True),
        ({"size_bytes": {"gt": 3000}}, False),
        ({"size_bytes": 12, "type": "document"}, True),
        ({"file_id": {"present": True}}, False),
        ({"url": {"present": False}, "type": "image"}, True),
        ({"present": False}, False),
        ({"type": "image", "size_bytes": 5, "present": False}, True),
        ({"any": [{"file_id": "file_1"}, {"name": "report.txt"}]}, True),
    ],
)
def test_one_attachment_must_fit(condition: object, expected: bool) -> None:
    assert holds(condition, REPORT, PHOTO) is expected


def test_what_an_attachment_has_not_fits_nothing() -> None:
    assert holds({"file_id": "file_1"}, FILE)
    assert not holds({"size_bytes": {"lt": 10}}, FILE)


@pytest.mark.parametrize(
    ("condition", "attachments", "told"),
    [
        ({"type": "image"}, (), "expected an attachment, found none with the last typed prompt or since"),
        ({"present": False}, (PHOTO,), "expected no such attachment, found one"),
        ({"name": "a"}, (FILE,), "expected the name exactly 'a', found nothing (it has no name)"),
        ({"size_bytes": {"gt": 9000}}, (PHOTO,), "expected the size_bytes more than 9000, found 3000"),
    ],
)
def test_what_differs_is_told(condition: object, attachments: tuple[Attachment, ...], told: str) -> None:
    assert reasons(condition, *attachments) == [told]


def test_a_type_that_there_is_not_and_text_of_a_number_are_refused() -> None:
    with pytest.raises(ValidationError, match="Input should be 'document' or 'image'"):
        ATTACHED.validate_python({"type": "pdf"})
    with pytest.raises(ValidationError, match="is for text, and this is a number"):
        ATTACHED.validate_python({"size_bytes": {"contains": "1"}})


def test_groups_of_its_name_are_found() -> None:
    condition = ATTACHED.validate_python({"name": {"matches": r"(?P<stem>\w+)\.txt"}})
    assert condition.groups((REPORT, PHOTO)) == {"stem": "report"}


def test_attachments_count_until_something_else_is_typed() -> None:
    picture = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}
    asked = {"role": "user", "content": [picture, {"type": "text", "text": "What is it?"}]}
    answered = {"role": "assistant", "content": "A cat."}
    result = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": [picture]}]}
    call = {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "Look", "input": {}}]}
    next_one = {"role": "user", "content": "And now?"}

    counts = [
        len(context(body(messages=sent)).attachments)
        for sent in ([asked], [asked, call, result], [asked, answered, next_one], [picture_only(picture)])
    ]
    assert counts == [1, 2, 0, 1]


def picture_only(picture: object) -> object:
    return {"role": "user", "content": [picture]}
