"""E-mail to customers: rows of the outbox (topic `mail`), handed to the mail server of the installation.

Where no server is set, each mail becomes a file that a gateway fetches. A plugin that fills the slot `connector` for
the same topic takes the place of both.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from loanloom.engines.forms import formats
from loanloom.plugins import DeliveryFailed, Outgoing
from loanloom.problems import Text, say, text

TOPIC = "mail"
SECONDS = 15
LONGEST = 4000


class NotSent(DeliveryFailed):
    """The mail server did not take it; `said` tells why in both languages."""

    def __init__(self, said: Text) -> None:
        super().__init__(say(said, "en"))
        self.said = said


class _Unencrypted(smtplib.SMTPException):
    """There is a password to send, and nothing that closes it."""


@dataclass(frozen=True, slots=True)
class Sender:
    """The connector; payload {to, heading, text}. `server` as in settings.py, `sender` the address mails come from."""

    server: str
    sender: str
    clock: Callable[[], datetime]

    @property
    def place(self) -> str:
        """Where mails go, without user and password; empty where each becomes a file."""
        to = urlsplit(self.server)
        return f"{to.scheme}://{to.hostname}" + (f":{to.port}" if to.port else "") if self.server else ""

    def deliver(self, outgoing: Outgoing) -> None:
        """Send it, or raise DeliveryFailed. Tried again it has the same Message-ID, by which servers know it."""
        mail = self._written(outgoing)
        if not self.server:
            _keep(outgoing.home / "outgoing" / "mail", f"{outgoing.company_id}-{outgoing.id}.eml", mail)
            return
        try:
            self._send(mail)
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(_words(error)) from None

    def _written(self, outgoing: Outgoing) -> EmailMessage:
        said = {name: str(outgoing.payload.get(name) or "").strip() for name in ("to", "heading", "text")}
        if formats.email(said["to"]) != said["to"] or not said["text"] or len(said["text"]) > LONGEST:
            raise DeliveryFailed(f"A mail needs one address and a text of at most {LONGEST} characters.")
        sender = self.sender or "noreply@localhost"
        mail = EmailMessage(policy=SMTP)
        try:
            mail["From"], mail["To"] = sender, said["to"]
            mail["Subject"] = " ".join(said["heading"].split())
            mail["Date"] = format_datetime(self.clock())
            mail["Message-ID"] = (
                f"<loanloom.{outgoing.company_id}.{outgoing.id}@{sender.rpartition('@')[2].strip('>')}>"
            )
            mail["Auto-Submitted"] = "auto-generated"
            mail.set_content(said["text"])
        except (ValueError, MessageError) as error:
            raise DeliveryFailed(f"No mail can be made of it: {error}.") from None
        return mail

    def _send(self, mail: EmailMessage) -> None:
        to, safe = urlsplit(self.server), ssl.create_default_context()
        host = to.hostname or ""
        closed = to.scheme == "smtps"
        server = (
            smtplib.SMTP_SSL(host, to.port or 465, timeout=SECONDS, context=safe)
            if closed
            else smtplib.SMTP(host, to.port or 25, timeout=SECONDS)
        )
        try:
            server.ehlo()
            if not closed and server.has_extn("starttls"):
                server.starttls(context=safe)
                server.ehlo()
                closed = True
            if to.username is not None:
                if not closed:
                    raise _Unencrypted
                server.login(unquote(to.username), unquote(to.password or ""))
            server.send_message(mail)
        finally:
            with suppress(OSError, smtplib.SMTPException):  # what the server took is sent, however it says goodbye
                server.quit()


def _keep(folder: Path, name: str, mail: EmailMessage) -> None:
    """Write the file whole or not at all; the same mail again is the same file."""
    folder.mkdir(parents=True, exist_ok=True)
    path, half = folder / name, folder / f".{name}.part"
    if path.exists():
        return
    try:
        half.write_bytes(mail.as_bytes())
        half.replace(path)
    except OSError as error:
        with suppress(OSError):
            half.unlink(missing_ok=True)
        raise DeliveryFailed(f"The file could not be written: {error.strerror}.") from None


def _words(error: Exception) -> Text:
    """What went wrong, without the address: these words are shown to whoever operates the house."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = ", ".join(sorted({str(code) for code, _said in error.recipients.values()}))
        return text(f"The server refused the recipient ({codes}).", f"邮件服务器拒绝该收件人（{codes}）。")
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return text("The server refused user or password.", "邮件服务器拒绝该用户名或密码。")
    if isinstance(error, smtplib.SMTPResponseException):
        return text(f"The server answered {error.smtp_code}.", f"邮件服务器返回 {error.smtp_code}。")
    if isinstance(error, ssl.SSLCertVerificationError):
        return text("No safe connection: the certificate does not fit.", "无法安全连接：服务器证书未通过校验。")
    if isinstance(error, ssl.SSLError):
        return text("No safe connection: the server does not encrypt here.", "无法安全连接：该端口未提供加密。")
    if isinstance(error, TimeoutError):
        return text("The server did not answer in time.", "邮件服务器未及时响应。")
    if isinstance(error, _Unencrypted):
        return text(
            "The server offers no encryption; the password is not sent to it.", "邮件服务器不支持加密，未向其发送密码。"
        )
    if isinstance(error, smtplib.SMTPException):
        return text("The server broke off.", "邮件服务器中断了连接。")
    return text("The mail server could not be reached.", "无法连接邮件服务器。")
