"""The twelve invented people."""

from app.demo.people import BODIES, PEOPLE, UNITS
from app.security import Role


def test_there_are_twelve_people_with_accounts_of_their_own() -> None:
    assert len(PEOPLE) == 12
    assert len({person.account for person in PEOPLE}) == 12
    assert len({person.name for person in PEOPLE}) == 12


def test_together_they_hold_every_role_of_the_office() -> None:
    held = {role for person in PEOPLE for post in person.posts for role in post.roles}

    assert held == {role.value for role in Role}


def test_every_post_stands_in_a_unit_of_the_office_and_someone_holds_two() -> None:
    units = {unit.key for unit in UNITS}
    posts = [post for person in PEOPLE for post in person.posts]

    assert {post.unit for post in posts} <= units
    assert len({post.key for post in posts}) == len(posts)
    assert any(len(person.posts) == 2 for person in PEOPLE)


def test_every_invented_person_is_marked_as_a_sample() -> None:
    assert all(" Mẫu " in person.name for person in PEOPLE)


def test_the_organ_issues_as_four_bodies() -> None:
    assert len({body.code for body in BODIES}) == len(BODIES) == 4
