"""Cells with labels, made up from a seed: personal data in every form offices write it in, and what only looks like it.

Nothing here is shared with the detectors: names, addresses, check digits and templates are this module's own.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random

Cell = tuple[str, frozenset[str]]
Maker = Callable[[Random], str]

ROWS = 20

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆"
    "范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙史陶贺毛段郝顾龚邵覃武钱戴严莫孔向常汤康易乔赖文"
)
GIVEN = [
    "建国",
    "建军",
    "秀英",
    "桂兰",
    "玉兰",
    "淑珍",
    "秀兰",
    "桂英",
    "凤英",
    "玉梅",
    "国强",
    "志强",
    "志刚",
    "卫东",
    "红梅",
    "丽娟",
    "晓燕",
    "海燕",
    "春梅",
    "雪梅",
    "文杰",
    "俊杰",
    "浩然",
    "子涵",
    "梓涵",
    "一诺",
    "欣怡",
    "雨桐",
    "可欣",
    "诗涵",
    "思远",
    "宇轩",
    "子轩",
    "浩宇",
    "宇航",
    "佳怡",
    "梦琪",
    "嘉欣",
    "雅婷",
    "婷婷",
    "丹丹",
    "静",
    "敏",
    "丽",
    "伟",
    "强",
    "磊",
    "军",
    "洋",
    "勇",
    "艳",
    "杰",
    "娟",
    "涛",
    "超",
    "明",
    "霞",
    "刚",
    "平",
    "辉",
    "鹏",
    "斌",
    "波",
    "宁",
    "凯",
    "健",
    "俊",
    "帆",
    "旭",
    "鑫",
    "楠",
    "倩",
    "颖",
    "琳",
    "玲",
    "莉",
    "萍",
    "红",
    "芳",
    "燕",
    "梅",
    "兰",
    "德福",
    "德胜",
    "长江",
    "永福",
    "永生",
    "福生",
    "根生",
    "金宝",
    "银花",
    "玉凤",
    "爱华",
    "爱民",
    "新民",
    "新华",
    "国庆",
    "国华",
    "世杰",
    "世昌",
    "立新",
    "立军",
    "振华",
    "振东",
    "洪波",
    "洪涛",
    "晓明",
    "晓峰",
    "晓东",
    "晓红",
    "小红",
    "小龙",
    "大伟",
    "文博",
    "文静",
    "文娟",
    "若曦",
    "若彤",
    "沐宸",
    "奕辰",
    "语桐",
    "书瑶",
    "芷若",
    "亦菲",
    "承志",
    "守义",
    "怀仁",
    "兴旺",
    "满仓",
    "铁柱",
    "来福",
    "喜梅",
    "巧云",
    "月娥",
    "翠花",
    "素芬",
    "素珍",
    "惠芳",
    "慧敏",
    "淑芬",
    "淑华",
    "宝山",
    "宝玉",
    "景云",
    "景春",
]
COMPOUND = (
    "欧阳娜娜",
    "上官婉儿",
    "诸葛明",
    "司马南",
    "令狐冲",
    "皇甫松",
    "东方明",
    "慕容雪",
    "尉迟恭",
    "司徒静",
)
BY_SOUND = (
    "阿卜杜拉·买买提", "古丽娜尔·艾合买提", "努尔江·别克", "热依扎·阿里木江", "迪丽热巴·迪力木拉提", "扎西多吉", "次仁卓玛",
    "洛桑平措", "乌云其木格", "巴特尔", "约翰·史密斯", "玛丽亚·罗德里格斯", "安德烈·彼得罗夫", "买买提江·吐尔逊",
)  # fmt: skip
AREAS = ("230803", "230881", "360302", "360502", "110105", "310104", "440305", "510107", "620102", "230102")
ISSUERS = ("622848", "621700", "622202", "621661", "622588", "621226", "622262", "623058", "621799", "622155")
MAILS = ("qq.com", "163.com", "126.com", "sina.com", "gmail.com", "foxmail.com", "139.com", "outlook.com")
PLACES = (
    "幸福",
    "和平",
    "阳光",
    "锦绣",
    "金地",
    "龙湖",
    "翠竹",
    "紫荆",
    "东湖",
    "长青",
    "万和",
    "保利",
    "中兴",
    "北苑",
)
HOMES = ("小区", "花园", "家园", "新村", "公寓", "嘉苑", "名都", "雅苑", "家属院", "华府")
ROADS = (
    "中山路",
    "长安路",
    "胜利路",
    "西林路",
    "光复路",
    "保卫路",
    "解放东路",
    "人民大街",
    "建设路",
    "学府街",
)
DISTRICTS = (
    "佳木斯市前进区",
    "佳木斯市向阳区",
    "萍乡市安源区",
    "新余市渝水区",
    "郊区",
    "富锦市",
    "桦南县",
    "哈尔滨市南岗区",
)
VILLAGES = ("红旗", "永丰", "太平", "双兴", "靠山", "兴隆", "向阳", "东升")


def dice(seed: int) -> Random:
    """Return dice that fall the same way again."""
    return Random(seed)  # noqa: S311


def digits(rng: Random, count: int) -> str:
    """Return so many digits."""
    return "".join(rng.choices(string.digits, k=count))


def day(rng: Random, first: int = 1940, last: int = 2018) -> date:
    """Return a day between two years."""
    return date(first, 1, 1) + timedelta(days=rng.randrange((last - first) * 365))


def with_check(body: str) -> str:
    """Append the check sign of an ID number, computed product by product."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(a) * b for a, b in zip(body, weights, strict=True)) % 11]


def with_luhn(body: str) -> str:
    """Append the Luhn digit, found by trying."""
    for last in string.digits:
        total = 0
        for place, sign in enumerate(reversed(body + last)):
            value = int(sign) * (2 if place % 2 else 1)
            total += value - 9 if value > 9 else value
        if total % 10 == 0:
            return body + last
    raise AssertionError


def with_uscc(body: str) -> str:
    """Append the check sign of a unified social credit code."""
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    return body + signs[-sum(signs.index(sign) * 3**place for place, sign in enumerate(body)) % 31]


def id_number(rng: Random) -> str:
    number = with_check(f"{rng.choice(AREAS)}{day(rng):%Y%m%d}{digits(rng, 3)}")
    form = rng.random()
    if form < 0.06:
        return number.replace("X", "x")
    if form < 0.10:
        return f"{number[:6]} {number[6:14]} {number[14:]}"
    return number


def old_id_number(rng: Random) -> str:
    return f"{rng.choice(AREAS)}{day(rng, 1930, 1985):%y%m%d}{digits(rng, 3)}"


def mobile(rng: Random) -> str:
    number = f"1{rng.choice('3456789')}{digits(rng, 9)}"
    forms = (
        number, number, number, number, number, f"+86{number}", f"+86 {number}", f"0086{number}", f"86-{number}",
        f"{number[:3]}-{number[3:7]}-{number[7:]}", f"{number[:3]} {number[3:7]} {number[7:]}", f"(+86){number}",
    )  # fmt: skip
    return rng.choice(forms)


def landline(rng: Random) -> str:
    area, length = rng.choice((("0454", 7), ("0799", 7), ("0790", 7), ("010", 8), ("021", 8), ("0451", 8)))
    number = rng.choice("2345678") + digits(rng, length - 1)
    return rng.choice((f"{area}-{number}", f"{area}{number}", f"({area}){number}", f"{area} {number}"))


def bank_card(rng: Random) -> str:
    number = with_luhn(rng.choice(ISSUERS) + digits(rng, rng.choice((9, 12))))
    return number if rng.random() < 0.8 else " ".join(number[i : i + 4] for i in range(0, len(number), 4))


def plate(rng: Random) -> str:
    start = rng.choice("京沪粤黑赣浙苏鲁川渝豫冀湘鄂皖闽") + rng.choice("ABCDEFGHJ")
    tail = "".join(rng.choices("ABCDEFGHJKLMNPQRSTUVWXYZ", k=rng.choice((0, 0, 1)))) + digits(rng, 5)
    forms = (
        start + tail[:5], start + tail[:5], f"{start}·{tail[:5]}", start + "D" + digits(rng, 5),
        start + digits(rng, 5) + "F", start + digits(rng, 4) + rng.choice("警学挂"), f"{start} {tail[:5]}",
    )  # fmt: skip
    return rng.choice(forms)


def passport(rng: Random) -> str:
    forms = (
        "E" + digits(rng, 8), "G" + digits(rng, 8), f"E{rng.choice('ABCDEFGHJK')}{digits(rng, 7)}", "H" + digits(rng, 8),
        "M" + digits(rng, 8), "C" + digits(rng, 8), f"C{rng.choice('ABCDEFGH')}{digits(rng, 7)}",
    )  # fmt: skip
    return rng.choice(forms)


def email(rng: Random) -> str:
    names = (
        digits(rng, 9),
        "zhangwei" + digits(rng, 2),
        "li.xiuying",
        "wang_" + digits(rng, 4),
        "chenjing1988",
    )
    return f"{rng.choice(names)}@{rng.choice(MAILS)}"


def person(rng: Random) -> str:
    form = rng.random()
    if form < 0.03:
        return rng.choice(COMPOUND)
    if form < 0.06:
        return rng.choice(BY_SOUND)
    return rng.choice(SURNAMES) + rng.choice(GIVEN)


def plain_person(rng: Random) -> str:
    return rng.choice(SURNAMES) + rng.choice(GIVEN)


def residence(rng: Random) -> str:
    home = f"{rng.choice(PLACES)}{rng.choice(HOMES)}"
    building, unit, room = (
        rng.randint(1, 40),
        rng.randint(1, 6),
        f"{rng.randint(1, 28)}{rng.randint(1, 6):02d}",
    )
    forms = (
        f"{rng.choice(DISTRICTS)}{rng.choice(ROADS)}{rng.randint(1, 900)}号{home}{building}号楼{unit}单元{room}室",
        f"{home}{building}栋{room}室", f"{rng.choice(DISTRICTS)}{home}{building}-{unit}-{room}",
        f"{home}{building}幢{unit}单元{room}", f"{home}{building}#{unit}单元{room}",
        f"{rng.choice(DISTRICTS)}{rng.choice(VILLAGES)}村{rng.randint(1, 9)}组{rng.randint(1, 200)}号",
        f"{rng.choice(DISTRICTS)}{rng.choice(VILLAGES)}镇{rng.choice(VILLAGES)}村{rng.choice('一二三四五')}组{rng.randint(1, 99)}号",
        f"{rng.choice(ROADS)}{rng.randint(1, 900)}弄{rng.randint(1, 60)}号{room}室",
    )  # fmt: skip
    return rng.choice(forms)


def sole_trader(rng: Random) -> str:
    return with_uscc(f"92{rng.choice(AREAS)}MA{''.join(rng.choices('0123456789ABCDEFGH', k=7))}")


KINDS: dict[str, tuple[tuple[Maker, ...], tuple[str, ...]]] = {
    "id_number": ((id_number,), ("身份证号", "身份证号码", "证件号码", "公民身份号码", "sfzh", "ID_CARD", "申请人身份证号", "内容", "列3")),
    "mobile_phone": ((mobile,), ("手机号", "手机号码", "联系电话", "联系方式", "phone", "lxdh", "法人电话", "内容", "字段7")),
    "landline": ((landline,), ("座机", "办公电话", "固定电话", "联系电话", "内容")),
    "bank_card": ((bank_card,), ("银行卡号", "卡号", "收款账号", "社保卡银行账号", "内容", "col_5")),
    "license_plate": ((plate,), ("车牌号", "车牌号码", "号牌", "车辆", "内容")),
    "travel_document": ((passport,), ("护照号码", "通行证号", "证件号码", "passport_no", "护照/通行证")),
    "email": ((email,), ("邮箱", "电子邮箱", "E-mail", "联系邮箱", "内容")),
    "person_name": ((person,), ("姓名", "户主", "联系人", "申请人", "法定代表人", "患者姓名", "xm", "内容", "列1", "家长姓名")),
    "residence_address": ((residence,), ("家庭住址", "住址", "户籍地址", "地址", "居住地址", "联系地址", "内容")),
    "sole_trader_uscc": ((sole_trader,), ("统一社会信用代码", "信用代码", "内容")),
}  # fmt: skip

OFFICES = (
    "教育局",
    "民政局",
    "市场监督管理局",
    "卫生健康委员会",
    "自然资源局",
    "住房和城乡建设局",
    "行政审批局",
)
SCHOOLS = ("第一中学", "实验小学", "育才幼儿园", "职业技术学院", "特殊教育学校", "胜利小学")
COMPANIES = (
    "华泰建筑工程有限公司",
    "金龙粮油加工厂",
    "康达医药连锁有限公司",
    "王记百货商店",
    "宏远物流有限公司",
    "李氏牧业合作社",
)
GOODS = (
    "王府井",
    "黄河",
    "高新区",
    "金额",
    "马铃薯",
    "黄瓜",
    "白菜",
    "康师傅方便面",
    "金龙鱼",
    "花生油",
    "石灰",
    "水泥",
    "钢材",
    "江淮货车",
)


def company_uscc(rng: Random) -> str:
    return with_uscc(
        f"{rng.choice(('91', '11', '12', '52'))}{rng.choice(AREAS)}MA{''.join(rng.choices('0123456789ABCDEFGH', k=7))}"
    )


def office_address(rng: Random) -> str:
    forms = (
        f"{rng.choice(DISTRICTS)}{rng.choice(ROADS)}{rng.randint(1, 900)}号", f"{rng.choice(PLACES)}大厦{rng.randint(1, 20)}层{rng.randint(101, 2000)}室",
        f"{rng.choice(DISTRICTS)}{rng.choice(ROADS)}{rng.randint(1, 900)}号市民服务中心二楼", f"{rng.choice(PLACES)}广场A座{rng.randint(101, 2000)}室",
        f"{rng.choice(ROADS)}与{rng.choice(ROADS)}交叉口", f"{rng.choice(DISTRICTS)}人民医院{rng.randint(1, 5)}号楼3层301室",
    )  # fmt: skip
    return rng.choice(forms)


def case_number(rng: Random) -> str:
    return f"{rng.choice(AREAS)}{day(rng, 2018, 2024):%Y%m%d}{rng.randint(1, 9999):04d}"


DECOYS: tuple[tuple[Maker, tuple[str, ...]], ...] = (
    (lambda rng: f"{rng.randint(1, 99999):08d}", ("序号", "编号", "内容")),
    (lambda rng: f"{rng.choice(AREAS)}{digits(rng, 6)}", ("统计用区划代码", "行政区划代码", "内容")),
    (lambda rng: f"{day(rng, 2015, 2024):%Y%m%d}{rng.randint(0, 23):02d}{rng.randint(0, 59):02d}00", ("采集时间", "时间戳", "更新时间", "内容")),
    (lambda rng: f"{rng.randint(1000, 99999999)}.{rng.randint(0, 99):02d}", ("金额", "投资额(元)", "合同价款", "内容")),
    (lambda rng: f"{rng.randint(10**10, 10**11)}", ("生产总值(元)", "预算金额", "总产值")),
    (company_uscc, ("统一社会信用代码", "信用代码", "内容")),
    (lambda rng: f"{rng.choice(DISTRICTS)}{rng.choice(SCHOOLS)}", ("学校名称", "单位名称", "内容")),
    (lambda rng: f"佳木斯市{rng.choice(COMPANIES)}", ("企业名称", "名称", "内容")),
    (lambda rng: rng.choice(OFFICES), ("部门", "主管单位", "内容")),
    (lambda rng: rng.choice(GOODS), ("品名", "商品名称", "项目", "内容")),
    (lambda rng: rng.choice(ROADS), ("道路名称", "所在道路", "内容")),
    (office_address, ("地址", "单位地址", "办公地址", "注册地址", "内容")),
    (lambda rng: f"DD{day(rng, 2020, 2024):%Y%m%d}{digits(rng, 6)}", ("订单号", "业务流水号", "内容")),
    (lambda rng: f"{rng.randint(100000, 899999)}", ("邮政编码", "邮编", "内容")),
    (lambda rng: f"{digits(rng, 8)}-{rng.choice('0123456789X')}", ("组织机构代码", "机构代码", "内容")),
    (case_number, ("办件编号", "案件编号", "受理编号", "内容")),
    (lambda rng: f"{rng.choice(('400', '800'))}-{digits(rng, 3)}-{digits(rng, 4)}", ("服务热线", "客服电话")),
    (lambda rng: rng.choice(("12345", "12315", "95598", "110", "119", "12320", "96116")), ("热线电话", "举报电话", "内容")),
    (lambda rng: f"86{digits(rng, 13)}", ("IMEI", "设备串号", "内容")),
    (lambda rng: f"978-7-{digits(rng, 4)}-{digits(rng, 4)}-{digits(rng, 1)}", ("ISBN", "书号")),
    (lambda rng: f"佳政发〔{rng.randint(2010, 2024)}〕{rng.randint(1, 99)}号", ("文号", "依据", "内容")),
    (lambda rng: f"黑ICP备{digits(rng, 8)}号", ("备案号", "内容")),
    (lambda rng: f"{rng.choice('ABCDKQXYZ')}{rng.choice('ABKLXYZ')}-{digits(rng, 4)}", ("型号", "规格型号", "内容")),
    (lambda rng: f"1{digits(rng, 18)}", ("主键", "id", "内容")),
    (lambda rng: f"{day(rng, 2015, 2024)}", ("日期", "成立日期", "内容")),
    (lambda rng: f"{rng.randint(0, 999) / 10}%", ("占比", "增长率", "内容")),
    (lambda rng: f"{rng.choice(PLACES)}{rng.choice(('社区', '街道', '镇', '村', '公园', '广场', '站'))}", ("名称", "站点名称", "所属社区", "内容")),
    (lambda rng: rng.choice(("汉族", "满族", "回族", "朝鲜族", "蒙古族", "赫哲族")), ("民族", "内容")),
    (lambda rng: rng.choice(("在业", "存续", "注销", "正常", "停业", "优秀", "良好", "合格", "已办结")), ("状态", "等级", "内容")),
    (lambda rng: f"{rng.randint(1, 5000) * 10 + 13800000000}", ("流水编号", "资产编号")),
    (lambda rng: f"{rng.choice(('info', 'office', 'xinxi', 'bgs'))}@jms.gov.cn", ("单位邮箱", "内容")),
)  # fmt: skip

SENTENCES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("{person}来电反映{road}路灯不亮，联系电话{mobile}，请核实。", ("person_name", "mobile_phone")),
    ("申请人{person}，身份证号{id}，申请办理低保，材料齐全。", ("person_name", "id_number")),
    ("联系人：{person}；手机：{mobile}；邮箱：{email}", ("person_name", "mobile_phone", "email")),
    ("经查，{plate}号车辆于{date}违停，车主{person}已接受处理。", ("license_plate", "person_name")),
    ("户主{person}家住{home}，家庭成员3人。", ("person_name", "residence_address")),
    ("请汇至{person}账户，银行卡号{card}，开户行中国农业银行。", ("person_name", "bank_card")),
    ("当事人持护照{passport}于{date}入境。", ("travel_document",)),
    ("{person}女士反映其住址{home}漏水，电话{mobile}。", ("person_name", "residence_address", "mobile_phone")),
    ("身份证{id}，手机{mobile}，卡号{card}", ("id_number", "mobile_phone", "bank_card")),
    ("患者{person}，男，{number}岁，身份证号码：{id}", ("person_name", "id_number")),
    ("该项目位于{road}，总投资{amount}万元，{date}开工，计划{date}竣工。", ()),
    ("受理编号{serial}，办理时限5个工作日，咨询热线12345。", ()),
    ("{office}于{date}印发佳政发〔2021〕{number}号文件，请遵照执行。", ()),
    ("营业时间8:30-17:30，乘坐{number}路公交车可达。", ()),
    ("{school}新建教学楼建筑面积{amount}平方米，抗震设防烈度7度。", ()),
    ("设备编号{serial}，型号AX-{number}，保修至{date}。", ()),
    ("无", ()), ("", ()), ("正常", ()), ("详见附件，共{number}页", ()),
)  # fmt: skip


def sentence(rng: Random) -> Cell:
    """Return a text of an office with what stands in it."""
    template, labels = rng.choice(SENTENCES)
    made = template.format(
        person=plain_person(rng), mobile=mobile(rng), id=id_number(rng), email=email(rng), plate=plate(rng), card=bank_card(rng),
        home=residence(rng), passport=passport(rng), road=rng.choice(ROADS), date=day(rng, 2018, 2024), number=rng.randint(10, 99),
        amount=rng.randint(1000, 99999), serial=f"20{digits(rng, 14)}", office=rng.choice(OFFICES), school=rng.choice(SCHOOLS),
    )  # fmt: skip
    return made, frozenset(labels)


def dirty(rng: Random, text: str) -> str:
    """Return a value as it comes out of office files: full-width, zero-width, stray spaces."""
    form = rng.random()
    if form < 0.3:
        return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)
    if form < 0.5:
        place = rng.randrange(len(text))
        return f"{text[:place]}\u200b{text[place:]}\ufeff"
    if form < 0.8:
        return f" {text}\u3000"
    return f"{text}\t"


def columns(seed: int) -> Iterator[tuple[str, list[Cell]]]:
    """Yield columns of ROWS cells: of one kind, clean and dirty, mixed, decoys, and free text."""
    rng = dice(seed)
    for code, (makers, headers) in KINDS.items():
        for header in headers:
            yield header, [(rng.choice(makers)(rng), frozenset({code})) for _ in range(ROWS)]
        yield headers[0], [(dirty(rng, rng.choice(makers)(rng)), frozenset({code})) for _ in range(ROWS)]
        yield (
            headers[0],
            [
                (rng.choice(makers)(rng), frozenset({code})) if rng.random() < 0.2 else ("", frozenset())
                for _ in range(ROWS)
            ],
        )
    for maker, headers in DECOYS:
        for header in headers:
            yield header, [(maker(rng), frozenset()) for _ in range(ROWS)]
    for header in ("证件号码", "有效证件号", "证件号"):
        yield header, [_one_of(rng, ("id_number", "travel_document")) for _ in range(ROWS)]
    for header in ("联系方式", "联系电话", "电话"):
        yield header, [_one_of(rng, ("mobile_phone", "landline")) for _ in range(ROWS)]
    for header in ("内容", "信息", "备注", "value"):
        yield (
            header,
            [
                _one_of(
                    rng,
                    ("id_number", "mobile_phone", "bank_card", "license_plate", "email", "residence_address"),
                )
                for _ in range(ROWS)
            ],
        )
    for header in ("备注", "诉求内容", "情况说明", "处理意见", "content", "说明") * 6:
        yield header, [sentence(rng) for _ in range(ROWS)]
    yield "证件号码", [(old_id_number(rng), frozenset({"id_number"})) for _ in range(ROWS)]
    yield "内容", [(old_id_number(rng), frozenset({"id_number"})) for _ in range(ROWS)]


def _one_of(rng: Random, codes: tuple[str, ...]) -> Cell:
    code = rng.choice(codes)
    return rng.choice(KINDS[code][0])(rng), frozenset({code})
