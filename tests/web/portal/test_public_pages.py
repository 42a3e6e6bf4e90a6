"""What the company publishes: read at the door by anybody, by borrowers in their own frame; nothing in it runs."""

from __future__ import annotations

from tests.web.pages import page

from loanloom.services.definitions.releases import drafts

from .conftest import lent, publish


def test_anybody_reads_profile_questions_and_agreements_at_the_door(client) -> None:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    about = page(client, "/about/")
    assert "Small loans for people who work." in about and 'href="tel:0570-0000012"' in about and "East branch" in about
    questions = page(client, "/help/?q=early")
    assert "Can I repay early?" in questions and "How do I apply for a loan?" not in questions
    assert "Nothing fits" in page(client, "/help/?q=zebra")
    assert "How we treat personal data" in page(client, "/agreements/")
    assert "Your log-in is yours alone." in page(client, "/agreements/registration/")
    page(client, "/agreements/nowhere/", 404)
    assert 'href="/about/"' in page(client, "/login/")


def test_a_borrower_sees_banners_and_the_pages_in_the_own_frame(borrower, house) -> None:
    mine = borrower(lent(house).customer_id, "zh")
    home = page(mine, "/portal/")
    assert home.index("春耕备耕，贷款跟着季节走") < home.index("放款前不收任何费用") < home.index("提前还款，随时可以")
    assert 'href="/help/"' in home and "关于我们" in home
    about = page(mine, "/about/")
    assert 'class="portal-nav"' in about and "小额贷款，服务实干的人。" in about


def test_markup_in_the_texts_is_words(client, model_company, acting) -> None:
    admin = acting(model_company, "business-administrator")
    words = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    text = drafts.text_of(admin, "company_profile", "profile")
    assert "Small loans for people who work." in text
    publish(model_company, acting, "company_profile", "profile", {"/spec/slogan/en": words, "/spec/address/en": words})
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    about = page(client, "/about/")
    assert "<script>alert" not in about and "<img src=x" not in about and "&lt;script&gt;alert(1)" in about
