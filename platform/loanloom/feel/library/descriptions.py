"""What every function of the library does, in a line of English and Chinese, by subject: for completion and the manual.

Read when somebody asks; the library itself needs none of it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from ..problems import Words, words


class Subject(NamedTuple):
    """Functions that belong together; `text` has a line for each: name | English | Chinese."""

    title: Words
    text: str

    def rows(self) -> list[tuple[str, Words]]:
        """Each function's name and what it does."""
        found = []
        for line in filter(None, self.text.splitlines()):
            name, english, chinese = (part.strip() for part in line.split("|"))
            found.append((name, words(english, chinese)))
        return found


_NUMBERS = """
decimal | Rounded to so many decimals, halves to even | 保留若干位小数，四舍六入五成双
round half even | Rounded to so many decimals, halves to the even neighbour | 银行家舍入：五成双
round half up | Rounded to so many decimals, halves away from zero | 四舍五入
round half down | Rounded to so many decimals, halves towards zero | 五舍六入
round up | Rounded away from zero | 远离零进位
round down | Rounded towards zero | 截尾，向零舍去
floor | The largest number of so many decimals that is not above it | 向下取整
ceiling | The smallest number of so many decimals that is not below it | 向上取整
abs | Without its sign: of a number or a duration | 绝对值（数字或时长）
modulo | What remains of a division, with the sign of the divisor | 取余，符号同除数
sqrt | Square root | 平方根
log | Natural logarithm | 自然对数
exp | e raised to a number | e 的若干次方
odd | Whether a whole number is odd | 是否奇数
even | Whether a whole number is even | 是否偶数
"""

_AGGREGATES = """
count | How many items | 个数
min | The smallest item; null for none | 最小值，空列表为空值
max | The largest item; null for none | 最大值，空列表为空值
sum | All items added; null for none | 合计，空列表为空值
mean | The average | 平均值
median | The middle one of the items in order | 中位数
mode | The items that occur most often | 众数
stddev | Standard deviation of a sample | 样本标准差
product | All items multiplied | 连乘积
all | Whether all are true | 是否全部为真
any | Whether at least one is true | 是否至少一个为真
"""

_TEXTS = """
string | Any value as text | 转换为文本
number | A text as number, with its separators of thousands and decimals | 文本转换为数字，可指定千分位与小数点
string length | How many characters | 字符个数
substring | A part from a position, counted from 1 (from the end if below 0) | 从某位置起的部分，负数自末尾数起
substring before | The part before the first occurrence | 首次出现之前的部分
substring after | The part after the first occurrence | 首次出现之后的部分
upper case | In capital letters | 转为大写字母
lower case | In small letters | 转为小写字母
trim | Without white space at both ends | 去掉首尾空白
contains | Whether it contains another text | 是否包含
starts with | Whether it begins with another text | 是否以其开头
ends with | Whether it ends with another text | 是否以其结尾
matches | Whether a pattern is found in it; flags s m i x q | 是否匹配正则表达式，标志 s m i x q
replace | Every match of a pattern replaced; $1 is the first group | 按正则表达式替换，$1 为第一组
split | The parts between the matches of a pattern | 按正则表达式拆分
string join | Texts as one, with a delimiter between | 用分隔符连接各文本
"""

_LISTS = """
list contains | Whether a value is in the list | 列表是否含有该值
index of | The positions of a value, counted from 1 | 该值的各个位置，自 1 数起
sublist | A part from a position, of a length if given | 从某位置起的部分
append | With items added at the end | 在末尾追加
concatenate | Several lists as one | 连接多个列表
insert before | With an item put in before a position | 在某位置之前插入
remove | Without the item at a position | 去掉某位置的一项
list replace | With the item at a position, or those a function picks, replaced | 替换某位置或符合条件的项
reverse | In the opposite order | 倒序
sort | In order; by a function that says which of two comes first | 排序，可用函数规定先后
union | Several lists as one, each value once | 合并多个列表并去重
distinct values | Each value once | 去除重复值
duplicate values | The values that occur more than once | 出现多次的值
flatten | Lists in lists as one list | 展开嵌套列表
"""

_CONTEXTS = """
get value | The entry of a name, or along a path of names; null where there is none | 取某项，或按路径取值，没有则为空值
get entries | The entries as a list of keys and values | 各项的键与值
context | A context from a list of keys and values | 由键与值的列表构成记录
context put | With an entry set, also along a path of names | 设置某项，也可按路径设置
context merge | Several contexts as one, later entries win | 合并多个记录，后者优先
is defined | Whether it is there (not null) | 是否有值
get or else | The value, or another where it is null | 有值取其值，否则取另一值
not | The opposite of true or false; null stays null | 取反，空值仍为空值
is | Whether two values are the same in kind, value and time zone | 类型、值与时区是否完全相同
"""

_DATES = """
today | The business date (`as_of`) | 业务日期（as_of）
now | The moment that the facts give as `now` | 事实中 now 所给的时刻
date | A date from text, from a date and time, or from year, month and day | 由文本、日期时间或年月日得到日期
time | A time of day from text, from a date and time, or from its parts | 由文本、日期时间或时分秒得到时间
date and time | A date and time from text, or from both | 由文本或日期与时间得到日期时间
duration | A duration from text: P3M, P10D | 由文本得到时长：P3M、P10D
years and months duration | Whole months between two dates | 两个日期之间的整月数
day of year | The number of the day in the year | 当年第几天
day of week | The day's name: Monday to Sunday | 星期几（英文）
month of year | The month's name: January to December | 月份（英文）
week of year | The number of the week by ISO 8601 | ISO 8601 周数
last day of month | The last date of the month | 当月最后一天
"""

_RANGES = """
range | A range from text: "[1..10)" | 由文本得到区间
before | Whether a point or range lies wholly before another | 是否完全在其之前
after | Whether a point or range lies wholly after another | 是否完全在其之后
meets | Whether a range ends at the very point where another begins | 终点是否恰为另一区间的起点
met by | Whether a range begins at the very point where another ends | 起点是否恰为另一区间的终点
overlaps | Whether two ranges share a point | 两个区间是否有重叠
overlaps before | Whether a range begins before another and ends within it | 是否先开始并在其中结束
overlaps after | Whether a range begins within another and ends after it | 是否在其中开始并后结束
finishes | Whether a point or range lies at the end of a range | 是否位于区间末端
finished by | Whether a range has a point or range at its end | 末端是否为该点或区间
includes | Whether a range holds a point or range | 区间是否包含
during | Whether a point or range lies in a range | 是否位于区间之内
starts | Whether a point or range lies at the beginning of a range | 是否位于区间始端
started by | Whether a range has a point or range at its beginning | 始端是否为该点或区间
coincides | Whether two points or ranges are the same | 两点或两区间是否相同
"""

_RATES = """
instalment | The level payment that repays a principal, not rounded | 等额本息每期还款额，未取整
affordable principal | The principal that a level payment repays | 每期还款额可负担的本金
effective rate | A rate per period compounded over so many periods | 每期利率按若干期复利的实际利率
npv | Cash flows one period apart, discounted to the first | 逐期现金流折现到首期的净现值
irr | The rate per period that makes cash flows worth nothing, to 12 decimals | 逐期现金流的内部收益率，12 位小数
xirr | The same a year for dated cash flows, actual days over 365 | 按日期的现金流的年化内部收益率，实际天数除以 365
"""

_DAY_COUNTS = """
actual days | Calendar days between two dates | 两日期之间的实际天数
days 360 | Days in months of thirty, by "30/360" if nothing is said, or "30E/360" | 按每月三十天计的天数
year fraction | The share of a year: "30/360" "30E/360" "act/360" "act/364" "act/365" "act/act" | 按计息惯例的年数
"""

_AMOUNTS = """
round to | The next multiple of a step: "up", "down", "half up", "half even", "half down" | 按步长取整
without currency | The bare number of an amount | 去掉金额的币种，只取数字
capitals | An amount in yuan in formal Chinese | 人民币大写金额
amount to words | An amount in English words, as on cheques | 英文大写金额
"""

SUBJECTS: Final = (
    Subject(words("Numbers", "数字"), _NUMBERS),
    Subject(words("Over lists of values", "汇总"), _AGGREGATES),
    Subject(words("Texts", "文本"), _TEXTS),
    Subject(words("Lists", "列表"), _LISTS),
    Subject(words("Records and unknown values", "记录与空值"), _CONTEXTS),
    Subject(words("Dates, times and durations", "日期、时间与时长"), _DATES),
    Subject(words("Ranges and points", "区间与点"), _RANGES),
    Subject(words("Lending: payments and rates", "信贷：还款与利率"), _RATES),
    Subject(words("Lending: day counts", "信贷：计息天数"), _DAY_COUNTS),
    Subject(words("Lending: amounts", "信贷：金额"), _AMOUNTS),
)

ABOUT: Final = {name: said for subject in SUBJECTS for name, said in subject.rows()}
"""What each function does, by its name."""
