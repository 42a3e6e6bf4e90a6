"""What a flow finds missing among the staff, in words: who is meant, where, and what comes of it until then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from loanloom.engines import flows
from loanloom.engines.flows.drawing import wording
from loanloom.engines.flows.resolving import Lack, Staff
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, say, text
from loanloom.services.access.functions import FUNCTIONS
from loanloom.services.definitions import flow_titles
from loanloom.services.flows import subjects

MOST = 3
"""So many people or units are named; of more it is said how many."""
_UNTIL = {
    "waits": text(
        "Until somebody can, such cases wait, and flow monitoring shows them under “nobody”; or say in the step what "
        "happens if nobody qualifies.",
        "在有人可办之前，业务将停留在此环节，并在流程监控的“无人办理”中显示；也可在该环节设置“无人可办时”的处理。",
    ),
    "administrator": text(
        "Until somebody can, administrators have to give each such case to somebody.",
        "在有人可办之前，须由管理员逐笔指派。",
    ),
    "assign": text(
        "Nor is there anybody of those who would stand in.", "“无人可办时”指定的人员目前也不存在。"
    ),
    "pass": text(
        "Until somebody can, such cases pass this step by themselves.", "在有人可办之前，业务将自动通过此环节。"
    ),
    "refuse": text(
        "Until somebody can, the step before cannot be finished.", "在有人可办之前，上一环节将无法提交。"
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Telling:
    """Tells of one flow."""

    document: Document
    registry: Registry
    staff: Staff
    flow: flows.Flow

    @cached_property
    def _titles(self) -> flows.Titles:
        return flow_titles.titles(self.registry)

    def lack(self, lack: Lack, pointer: str) -> Problem:
        """Whom a step lacks."""
        several = isinstance(self.document.spec["nodes"][int(pointer.rpartition("/")[2])].get("assign"), list | tuple)
        at = f"/{lack.place}" if several and lack.place is not None else ""
        message, hint = getattr(self, f"_{lack.what}")(lack)
        return self._problem(_CODES[lack.what], f"{pointer}/assign{at}", message, hint)

    def plugin(self, pointer: str, name: str) -> Problem:
        """A plugin that is not there: nothing can be published that needs it."""
        message = text(f"The plugin '{name}' is not installed.", f"插件“{name}”未安装。")
        hint = text("Install it before this is published.", "请先安装该插件再发布。")
        return self._problem("no_plugin", pointer, message, hint, severity="error")

    def _members(self, lack: Lack) -> tuple[Text, Text]:
        who = self._meant(lack)
        return text(f"Nobody holds “{who['en']}” today.", f"目前无人担任“{who['zh']}”。"), self._until(lack)

    def _user(self, lack: Lack) -> tuple[Text, Text]:
        name = lack.one.users[0] if lack.one is not None else ""
        left = next((one.name for one in self.staff.members.values() if one.username == name and one.name), name)
        return text(f"“{left}” does not work here.", f"“{left}”不存在或已离职。"), self._until(lack)

    def _head(self, lack: Lack) -> tuple[Text, Text]:
        unit = self._unit(lack.one.head_of or "" if lack.one is not None else "")
        return text(f"“{unit['en']}” has no head today.", f"“{unit['zh']}”目前没有负责人。"), self._until(lack)

    def _limit(self, lack: Lack) -> tuple[Text, Text]:
        key = lack.one.authority or "" if lack.one is not None else ""
        table = self._titles("authority", key) or text(key, key)
        message = text(
            f"Nobody who works here has a limit in “{say(table, 'en')}”.", f"目前无人在《{say(table, 'zh')}》中有权限。"
        )
        return message, self._until(lack)

    def _branch(self, lack: Lack) -> tuple[Text, Text]:
        units, who, until = self._listed(lack.units), self._meant(lack), self._until(lack)
        message = text(
            f"Nobody can do '{say(lack.node.title, 'en')}' for cases of: {units['en']}.",
            f"“{say(lack.node.title, 'zh')}”：{units['zh']}的业务没有可办理的人员。",
        )
        hint = text(
            f"“{who['en']}” is looked for where the case belongs, and nobody there is one: give somebody there the "
            f"work, or look in the whole company. {until['en']}",
            f"“{who['zh']}”仅在业务所属机构（部门）内查找，而当地无人担任：请为当地人员配置，或改为在全公司范围查找。"
            f"{until['zh']}",
        )
        return message, hint

    def _right(self, lack: Lack) -> tuple[Text, Text]:
        right = subjects.of(self.flow.subject).right or ""
        called, who = FUNCTIONS.get(right, text(right, right)), self._people(lack.people)
        message = text(
            f"Nobody who gets '{say(lack.node.title, 'en')}' may decide it.",
            f"“{say(lack.node.title, 'zh')}”的承办人均无权审批。",
        )
        hint = text(
            f"{who['en']}: their roles lack “{say(called, 'en')}”, or the limit that this step asks for.",
            f"{who['zh']}的角色缺少“{say(called, 'zh')}”权限，或没有本环节要求的审批权限。",
        )
        return message, hint

    def _left(self, lack: Lack) -> tuple[Text, Text]:
        who, units, until = self._people(lack.people), self._listed(lack.units), self._until(lack)
        message = text(
            f"At '{say(lack.node.title, 'en')}' nobody is left who may decide cases of: {units['en']}.",
            f"“{say(lack.node.title, 'zh')}”：{units['zh']}的业务没有未回避的可办理人员。",
        )
        hint = text(
            f"Only {who['en']} could, but whoever makes or approves a case before never decides it again. "
            f"{until['en']}",
            f"仅{who['zh']}可办，但经办人和前序审批人须回避。{until['zh']}",
        )
        return message, hint

    # -- parts of sentences -------------------------------------------------------------------------------------------

    def _meant(self, lack: Lack) -> Text:
        """Whom the step means by its assignments."""
        named = [lack.one] if lack.one is not None else list(lack.node.assign)
        words = {
            tag: [wording.of_assignment(one, self._titles, self.flow.labels, tag) for one in named]
            for tag in ("en", "zh")
        }
        return text(", ".join(words["en"]), "、".join(words["zh"]))

    def _until(self, lack: Lack) -> Text:
        stated = lack.node.if_nobody
        grouped = any(one.only_group for one in lack.node.assign)
        return _UNTIL[stated.do if stated.stated or not grouped else "waits"]

    def _unit(self, key: str) -> Text:
        return self._titles("unit", key) or text(key, key)

    def _listed(self, units: Sequence[str]) -> Text:
        """The branches of units by their names."""
        organisation = self.staff.organisation
        named = [self._unit(key) for key in dict.fromkeys(organisation.branch_of(unit) or unit for unit in units)]
        return _few([say(one, "en") for one in named], [say(one, "zh") for one in named])

    def _people(self, people: Sequence[int]) -> Text:
        names = [self.staff.members[one].name or self.staff.members[one].username for one in people]
        return _few(names, names)

    def _problem(self, code: str, pointer: str, message: Text, hint: Text, severity: str = "warning") -> Problem:
        line, column = self.document.place(pointer)
        problem = Problem(
            code=f"flow.{code}", pointer=pointer, message=message, hint=hint,
            severity=severity,  # type: ignore[arg-type]  # one of the two
        )  # fmt: skip
        return problem.at(file=self.document.file, line=line, column=column)


_CODES = {
    "members": "no_members", "user": "no_user", "head": "no_head", "limit": "no_limit", "branch": "nobody_in_branch",
    "right": "nobody_may_decide", "left": "nobody_left",
}  # fmt: skip


def _few(english: Sequence[str], chinese: Sequence[str]) -> Text:
    """The first of several, and how many more there are."""
    more = len(english) - MOST
    if more <= 0:
        return text(", ".join(english), "、".join(chinese))
    return text(f"{', '.join(english[:MOST])} and {more} more", f"{'、'.join(chinese[:MOST])}等 {len(chinese)} 个")
