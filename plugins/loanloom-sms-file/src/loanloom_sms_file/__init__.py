"""SMS into a file a day, for a gateway to fetch."""

from loanloom.plugins import Part, Plugin

from .connector import SmsFile

_sms = SmsFile()
plugin = Plugin(
    name="loanloom-sms-file",
    version="0.2.0",
    parts=(Part("connector", "sms", _sms), Part("node_action", "sms", _sms)),
)

__all__ = ["SmsFile", "plugin"]
