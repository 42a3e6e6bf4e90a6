"""A test mail by the way that mails to customers go, at once: whether the mail server takes them is known before."""

from __future__ import annotations

from pathlib import Path

from loanloom.engines.forms import formats
from loanloom.plugins import Connector, DeliveryFailed, Outgoing
from loanloom.problems import Problem, Text, text
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.running import mail
from loanloom.store import audit

RIGHT = "system.operate"
HEADING = "测试邮件 / Test mail"
WORDS = "邮件服务配置正常。\nThe mail server of this installation takes mails."


def send(ctx: Context, connector: Connector, home: Path, to: str) -> None:
    """Send one; Refused with what the server, or the connection to it, said. No transaction is open meanwhile."""
    ctx.require(RIGHT)
    address = formats.email(to)
    if address is None:
        words = text("This is no e-mail address.", "邮箱地址格式不正确。")
        raise Refused(Problem(code="mail.no_address", message=words, field="to"))
    number = int(ctx.now.timestamp() * 1000)
    payload = {"to": address, "heading": HEADING, "text": WORDS}
    try:
        connector.deliver(Outgoing(number, ctx.company.id, mail.TOPIC, payload, 1, home))
    except DeliveryFailed as failed:
        raise Refused(_not_sent(failed)) from None
    with ctx.transaction() as connection:
        audit.write(connection, ctx.actor, "mail.tried", ("company", ctx.company.id), at=ctx.now)


def _not_sent(failed: DeliveryFailed) -> Problem:
    said: Text = failed.said if isinstance(failed, mail.NotSent) else text(str(failed), str(failed))
    return Problem(
        code="mail.not_sent",
        message=said,
        hint=text(
            "The test mail was not sent. Whoever runs the installation sets server and sender (LOANLOOM_MAIL_SERVER, "
            "LOANLOOM_MAIL_FROM).",
            "测试邮件未发出。请由系统运维人员检查邮件服务器和发件地址（LOANLOOM_MAIL_SERVER、LOANLOOM_MAIL_FROM）。",
        ),
        field="to",
    )
