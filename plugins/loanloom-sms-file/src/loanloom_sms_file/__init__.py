"""SMS into a file a day, for a gateway to fetch."""

from loanloom.plugins import Part, Plugin

from .connector import SmsFile

plugin = Plugin(name="loanloom-sms-file", version="0.1.0", parts=(Part("connector", "sms", SmsFile()),))

__all__ = ["SmsFile", "plugin"]
