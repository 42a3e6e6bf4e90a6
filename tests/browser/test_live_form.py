"""A generated form under a real keyboard: fields come and go as one types, nothing typed is lost, drafts outlive
the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

PEOPLE = ("relationship-manager",)


def field(page: Page, name: str):
    return page.locator(f'[name="{name}"]')


@pytest.fixture
def filling(staff: Callable[..., str], open_as: Callable[..., Page]) -> Callable[..., Page]:
    """The page of a fresh application."""

    def go(**how: object) -> Page:
        page = open_as(staff("form-rm", *PEOPLE, unit="east-lending"), **how)
        page.goto("/customers/new")
        field(page, "customer.kind").select_option("sole_trader")
        if how.get("script", True):
            expect(field(page, "customer.business_name")).to_be_visible()
        else:
            page.locator('button[value="submit"]').click()
            expect(page.locator("#problems")).to_be_visible()
        typed = {
            "customer.name": "林秀珍（演示）",
            "customer.id_number": "330000198503140033",
            "customer.phone": "19900000002",
            "customer.address": "青禾县城东街道18号（演示）",
            "customer.business_name": "秀珍早餐店（演示）",
            "customer.licence_number": "92990100MA2DEM001F",
        }
        for name, value in typed.items():
            field(page, name).fill(value)
        chosen = {"customer.province": "zhejiang", "customer.industry": "hospitality", "customer.housing": "owned"}
        for name, value in chosen.items():
            field(page, name).select_option(value)
        page.locator('button[name="_then"]').click()
        page.locator('form:has([value="sole-trader-loan"]) button').click()
        page.wait_for_url("**/fill")
        return page

    return go


def test_fields_come_and_go_and_the_schedule_follows(filling: Callable[..., Page]) -> None:
    page = filling()
    assert field(page, "guarantors.0.name").count() == 0
    field(page, "application.amount").fill("60000")
    field(page, "application.term_months").fill("12")
    field(page, "application.guarantee_mode").select_option("guarantee")
    expect(page.locator("#preview .preview-figures")).to_contain_text("12")
    page.locator('button[value="add:guarantors"]').click()
    expect(field(page, "guarantors.0.name")).to_be_visible()
    expect(field(page, "application.amount")).to_have_value("60,000.00")
    field(page, "application.guarantee_mode").select_option("credit")
    expect(field(page, "guarantors.0.name")).to_have_count(0)


def test_what_is_typed_while_the_server_answers_stays(filling: Callable[..., Page]) -> None:
    page = filling()
    slow = {"on": True}

    def late(route) -> None:
        if slow["on"] and route.request.method == "POST":
            page.wait_for_timeout(600)
        route.continue_()

    page.route("**/fill", late)
    field(page, "application.amount").fill("60000")
    field(page, "application.term_months").focus()  # the change of the amount goes to the server
    page.keyboard.type("24")
    field(page, "application.monthly_turnover").focus()
    page.keyboard.type("52000")
    slow["on"] = False
    expect(page.locator("#preview .preview-figures")).to_contain_text("24")
    expect(field(page, "application.term_months")).to_have_value("24")
    assert field(page, "application.monthly_turnover").input_value().replace(",", "").removesuffix(".00") == "52000"
    assert page.evaluate("document.activeElement.name") == "application.monthly_turnover", "the cursor stayed"


def test_a_draft_outlives_the_page(filling: Callable[..., Page]) -> None:
    page = filling()
    with page.expect_response(lambda answer: "/fill" in answer.url and answer.request.method == "POST"):
        field(page, "application.purpose_detail").fill("更换蒸柜")
        field(page, "application.amount").focus()
    page.reload()
    expect(field(page, "application.purpose_detail")).to_have_value("更换蒸柜")


def test_the_summary_leads_to_the_field(filling: Callable[..., Page], axe: Callable[[Page], list[str]]) -> None:
    page = filling()
    page.locator('button[value="submit"]').click()
    expect(page.locator("#problems")).to_be_focused()
    page.locator('#problems a[href="#f-application.amount"]').click()
    expect(field(page, "application.amount")).to_be_focused()
    assert axe(page) == []


def test_without_script_it_is_the_same_form(filling: Callable[..., Page]) -> None:
    page = filling(script=False)
    form = page.url
    field(page, "application.guarantee_mode").select_option("guarantee")
    page.locator('button[value="leave"]').click()
    page.wait_for_url("**/applications/")
    page.goto(form)
    expect(field(page, "application.guarantee_mode")).to_have_value("guarantee")
    page.locator('button[value="submit"]').click()
    expect(page.locator("#problems")).to_be_visible()
    page.locator('button[value="add:guarantors"]').click()
    expect(field(page, "guarantors.0.name")).to_be_visible()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_a_phone_nothing_runs_over(filling: Callable[..., Page], language: str) -> None:
    page = filling(width=390, language=language)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
