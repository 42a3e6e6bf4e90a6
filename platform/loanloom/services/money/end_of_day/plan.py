"""The steps of the day, in order. A step begins when every chunk of the one before is done."""

from __future__ import annotations

from loanloom.problems import text
from loanloom.services.money.end_of_day import arrears, checks, interest, keeping, rolling, surplus
from loanloom.services.money.end_of_day.step import Step

STEPS: tuple[Step, ...] = (
    Step("interest", text("Accrue interest", "计提利息"), interest.accrue),
    Step(
        "arrears", text("Penalties, days past due, asset class", "罚息、逾期天数与五级分类"), arrears.work, arrears.plan
    ),
    Step("penalties", text("Book penalties", "罚息入账"), arrears.book),
    Step("due", text("Instalments falling due", "到期分期处理"), surplus.work, surplus.plan),
    Step("sanctions", text("Expire sanctions", "批复到期处理"), rolling.expire_sanctions),
    Step("checks", text("Check the books against the loans", "总分核对与试算平衡"), checks.work),
    Step("balances", text("Keep balances", "登记余额"), keeping.work),
    Step("roll", text("Move the business date", "切换营业日期"), rolling.roll),
    Step("releases", text("Scheduled releases", "定时发布生效"), rolling.activate_releases),
)
BY_KEY = {step.key: step for step in STEPS}
