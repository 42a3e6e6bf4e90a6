"""SMS and letters into a file a day, for a gateway and a mailing house to fetch."""

from loanloom.plugins import Part, Plugin

from .connector import SmsFile
from .letters import LetterFile

_sms = SmsFile()
plugin = Plugin(
    name="loanloom-sms-file",
    version="0.2.0",
    parts=(Part("connector", "sms", _sms), Part("node_action", "sms", _sms), Part("connector", "post", LetterFile())),
)

__all__ = ["LetterFile", "SmsFile", "plugin"]
