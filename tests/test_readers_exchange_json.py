"""StackExchange's and Discourse's interfaces kept as JSON: small answers of their shapes, made up here."""

# ruff: noqa: E501 - markup stays on its lines

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from essaysearch.filling.ingest import read
from essaysearch.model import Document, Skipped
from essaysearch.readers.posts import TITLE_ONLY

Reads = Callable[[Any], tuple[list[Document], list[Skipped]]]

ADA, BOB = (
    {"user_id": 1, "display_name": "Ada &amp; Co"},
    {"user_type": "does_not_exist", "display_name": "user9"},
)
QUESTION = {
    "tags": ["gulls", "rope"], "owner": ADA, "is_answered": True, "view_count": 12, "accepted_answer_id": 21,
    "answer_count": 1, "score": -2, "creation_date": 1600000000, "last_edit_date": 1600000100, "question_id": 20,
    "link": "https://ropes.stackexchange.com/questions/20/why", "title": "Why &quot;rope&quot;?", "body": "<p>Why?</p>",
    "content_license": "CC BY-SA 4.0",
    "comments": [{"owner": BOB, "post_id": 20, "comment_id": 5, "creation_date": 1600000050, "score": 0, "edited": False,
                  "link": "https://ropes.stackexchange.com/questions/20/why#comment5_20", "body": "I &amp; you."}],
    "answers": [{"owner": BOB, "is_accepted": True, "score": 3, "creation_date": 1600000060, "answer_id": 21,
                 "question_id": 20, "link": "https://ropes.stackexchange.com/questions/20/why/21#21",
                 "body": "<blockquote><p>Why?</p></blockquote><p>It holds.</p>",
                 "comments": [{"owner": ADA, "post_id": 21, "comment_id": 6, "creation_date": 1600000070, "score": 1,
                               "link": "https://ropes.stackexchange.com/questions/20/why#comment6_21", "body": "Thanks."}]}],
}  # fmt: skip


@pytest.fixture
def reads(tmp_path: Path) -> Reads:
    def of(value: Any) -> tuple[list[Document], list[Skipped]]:
        path = tmp_path / "answer.json"
        path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        found = list(read(path))
        return [one for one in found if isinstance(one, Document)], [
            one for one in found if isinstance(one, Skipped)
        ]

    return of


def test_a_question_of_the_interface_has_its_answers_and_comments(reads: Reads) -> None:
    found, left = reads({"items": [QUESTION], "has_more": False, "quota_max": 300, "quota_remaining": 299})
    assert not left
    host = "se:ropes.stackexchange.com/"
    assert [(one.id, one.kind, one.parent, one.thread) for one in found] == [
        (f"{host}20", "post", None, f"{host}20"),
        (f"{host}comment-5", "comment", f"{host}20", f"{host}20"),
        (f"{host}21", "comment", f"{host}20", f"{host}20"),
        (f"{host}comment-6", "comment", f"{host}21", f"{host}20"),
    ]
    question, comment, answer, _ = found
    assert (question.title, question.text, question.authors) == ('Why "rope"?', "Why?", ("Ada & Co",))
    assert (question.date, question.karma) == ("2020-09-13T12:26:40+00:00", -2.0)
    assert question.categories == ("gulls", "rope")
    assert question.metadata["accepted"] == answer.id
    assert comment.text == "I & you."
    assert [block.voice for block in answer.blocks] == ["quoted", "own"]


def test_answers_without_bodies_say_why_and_questions_keep_their_titles(reads: Reads) -> None:
    bare = {key: value for key, value in QUESTION.items() if key not in ("body", "comments", "answers")}
    answer = {key: value for key, value in QUESTION["answers"][0].items() if key not in ("body", "comments")}
    found, left = reads({"items": [bare, answer], "has_more": True, "quota_remaining": 1})
    assert [(one.title, one.text, one.notes) for one in found] == [('Why "rope"?', "", (TITLE_ONLY,))]
    assert [one.reason for one in left] == [
        "The answer is one page of several: those that follow it are not in the file.",
        "1 answer has no text: the interface was asked without bodies.",
    ]


def test_an_answer_without_an_address_is_of_the_site_that_its_author_s_is(reads: Reads) -> None:
    answer = {"answer_id": 21, "question_id": 20, "creation_date": 1600000060, "score": 3, "is_accepted": True,
              "owner": BOB | {"link": "https://ropes.stackexchange.com/users/9/user9"}, "body": "<p>It holds.</p>"}  # fmt: skip
    (one,), _ = reads({"items": [answer], "has_more": False})
    assert (one.id, one.thread) == ("se:ropes.stackexchange.com/21", "se:ropes.stackexchange.com/20")
    found, _ = reads({"items": [QUESTION | {"answers": [answer | {"owner": BOB}]}]})
    assert found[2].id == one.id


def test_an_error_of_the_interface_is_said_in_its_words(reads: Reads) -> None:
    found, left = reads(
        {"error_id": 502, "error_message": "too many requests", "error_name": "throttle_violation"}
    )
    assert not found
    assert left[0].reason == "The answer is an error of the server: too many requests."


def test_an_answer_of_the_interface_that_breaks_off_gives_what_is_whole(reads: Reads) -> None:
    whole = json.dumps({"items": [QUESTION, QUESTION | {"question_id": 30}], "has_more": False})
    found, left = reads(whole[:-60])
    assert [one.id.rpartition("/")[2] for one in found][:4] == ["20", "comment-5", "21", "comment-6"]
    assert "is damaged" in left[0].reason


def entry(number: int, cooked: str, **more: Any) -> dict[str, Any]:
    return {
        "id": 100 + number, "name": "", "username": f"user_{number}", "created_at": f"2021-05-0{number}T10:00:00.000Z",
        "avatar_template": "/user_avatar/talk.gulls.example/x/{size}/1_2.png", "cooked": cooked, "post_number": number,
        "post_type": 1, "updated_at": f"2021-05-0{number}T10:00:00.000Z", "reply_to_post_number": None,
        "topic_id": 12, "topic_slug": "on-gulls", "actions_summary": [], "user_deleted": False,
    } | more  # fmt: skip


QUOTE = (
    '<aside class="quote no-group" data-username="user_1" data-post="1" data-topic="12"><div class="title">'
    '<div class="quote-controls"></div><img src="/a.png" class="avatar"> user_1:</div><blockquote><p>Gulls sing.</p>'
    "</blockquote></aside><p>They do not.</p>"
)
TOPIC = {
    "post_stream": {
        "posts": [
            entry(1, "<p>Gulls sing.</p>", name="Ada Quill", actions_summary=[{"id": 2, "count": 4}]),
            entry(2, QUOTE, reply_to_post_number=1),
            entry(3, "", post_type=3, action_code="closed.enabled"),
            entry(4, "<p>Nor do I.</p>", reply_to_post_number=2),
            entry(5, "<p>(post deleted by author)</p>", user_deleted=True, hidden=True),
        ],
        "stream": [101, 102, 103, 104, 105, 106, 107],
    },
    "id": 12, "title": "On gulls", "posts_count": 7, "tags": ["birds", {"id": 1, "name": "song"}], "slug": "on-gulls",
}  # fmt: skip


def test_a_topic_of_discourse_is_a_thread(reads: Reads) -> None:
    found, left = reads(TOPIC)
    root = "talk.gulls.example/t/on-gulls/12"
    assert [(one.id, one.kind, one.parent) for one in found[:3]] == [
        (root, "post", None),
        (f"{root}/2", "comment", root),
        (f"{root}/4", "comment", f"{root}/2"),
    ]
    assert {one.thread for one in found} == {root}
    first, second, _ = found[:3]
    assert (first.title, first.authors, first.karma) == ("On gulls", ("Ada Quill",), 4.0)
    assert (first.date, first.categories) == ("2021-05-01T10:00:00+00:00", ("birds", "song"))
    assert first.notes == ("2 more posts of the topic are not in the file",)
    assert second.url == "https://talk.gulls.example/t/on-gulls/12/2"
    assert "1 entry is what happened to the topic, not a post." in [one.reason for one in left]


def test_a_quotation_of_discourse_names_its_speaker_and_not_twice(reads: Reads) -> None:
    second = reads(TOPIC)[0][1]
    assert second.text == "Gulls sing.\n\nThey do not."
    assert [(block.voice, block.speaker) for block in second.blocks] == [
        ("quoted", "Ada Quill"),
        ("own", None),
    ]


def test_what_a_user_of_discourse_deleted_is_counted(reads: Reads) -> None:
    found, left = reads(TOPIC)
    assert not any("deleted by author" in one.text for one in found)
    assert "1 post was deleted." in [one.reason for one in left]


def test_a_list_of_topics_is_refused_with_what_to_do(reads: Reads) -> None:
    listed = {"users": [], "topic_list": {"topics": [{"id": 12, "title": "On gulls", "posts_count": 7}]}}
    found, left = reads(listed)
    assert not found
    assert "save each topic's address with `.json`" in left[0].reason
