/// The keyword table of writ: how each keyword is spelled in both languages.
///
/// The table is data. `grammar/keywords` is the same table as a readable file, and a test proves the
/// two equal, complete and without doubles. In Chinese every keyword is one word; in English it may
/// be several (`or else`). A word may have a second spelling only where the table says so (`days`
/// and `day`): the printer writes the first.
public enum Keywords {
  /// A line of the table.
  public struct Entry: Sendable {
    public let keyword: Keyword
    /// Words parted by spaces; empty where English says it with nothing or a symbol.
    public let english: String
    /// One word; empty where Chinese says it with nothing or a symbol.
    public let chinese: String
    /// Further spellings, of either language.
    public let also: [String]

    init(_ keyword: Keyword, _ english: String, _ chinese: String, also: [String] = []) {
      self.keyword = keyword
      self.english = english
      self.chinese = chinese
      self.also = also
    }
  }

  /// A group of lines under a heading.
  public struct Group: Sendable {
    public let title: String
    public let entries: [Entry]
  }

  /// A construct whose Chinese has another word order: the same tree, two patterns. Words in capitals
  /// are places.
  public struct Pattern: Sendable {
    public let english: String
    public let chinese: String
  }

  /// All lines, in the order of the table.
  public static let entries: [Entry] = table.flatMap(\.entries)

  public static let table: [Group] = [
    Group(
      title: "reserved",
      entries: [
        Entry(.and, "and", "且"), Entry(.or, "or", "或"), Entry(.not, "not", "非"),
        Entry(.isIn, "in", "在"), Entry(.within, "within", "属于"), Entry(.is, "is", "为"),
        Entry(.where, "where", "满足"), Entry(.when, "when", "当"),
        Entry(.unless, "unless", "除非"), Entry(.then, "then", "则"),
        Entry(.thenBy, "then", "再按"), Entry(.else, "else", "其余"), Entry(.some, "some", "有"),
        Entry(.no, "no", "没有"), Entry(.noValue, "no", "否"), Entry(.every, "every", "全部"),
        Entry(.yes, "yes", "是"), Entry(.missing, "missing", "空缺"), Entry(.this, "this", "本条"),
        Entry(.today, "today", "今天"),
      ]),
    Group(
      title: "infix phrases",
      entries: [
        Entry(.orElse, "or else", "缺则"), Entry(.isNot, "is not", "不为"),
        Entry(.inLast, "last", "近"), Entry(.lastEnd, "", "内"), Entry(.known, "known", "已填"),
      ]),
    Group(
      title: "types",
      entries: [
        Entry(.text, "text", "文本"), Entry(.number, "number", "数字"),
        Entry(.integer, "integer", "整数"), Entry(.percent, "percent", "百分比"),
        Entry(.money, "money", "金额"), Entry(.date, "date", "日期"), Entry(.time, "time", "时间"),
        Entry(.duration, "duration", "时长"), Entry(.yesNo, "", "是否"), Entry(.setOf, "set of", "多选"),
        Entry(.listOf, "list of", "列表"), Entry(.any, "any", "不限"),
      ]),
    Group(
      title: "the model",
      entries: [
        Entry(.currency, "currency", "币种"), Entry(.zone, "zone", "时区"),
        Entry(.enum, "enum", "选项"), Entry(.ordered, "ordered", "有高低"),
        Entry(.tree, "tree", "层级"), Entry(.record, "record", "对象"), Entry(.key, "key", "主键"),
        Entry(.called, "called", "称呼"), Entry(.partAs, "part as", "明细作"),
        Entry(.queue, "queue", "队列"), Entry(.data, "data", "数据"), Entry(.from, "from", "来自"),
        Entry(.format, "as", "格式"), Entry(.fraction, "fraction", "小数"),
        Entry(.percentPoints, "points", "百分点"),
        Entry(.missingWhen, "missing when", "视为空缺"),
        Entry(.delimiter, "delimiter", "分隔符"), Entry(.encoding, "encoding", "编码"),
        Entry(.noHeader, "no header", "无表头"), Entry(.show, "show", "查看"),
        Entry(.onlyTo, "only to", "仅限"),
      ]),
    Group(
      title: "values",
      entries: [
        Entry(.define, "define", "计算"), Entry(.caseOf, "case", "分情况"),
        Entry(.points, "points", "计分"), Entry(.always, "always", "基础分"),
        Entry(.each, "each", "每个"), Entry(.atMost, "at most", "封顶"), Entry(.pointUnit, "", "分"),
        Entry(.halvingEvery, "halving every", ""), Entry(.halvingStart, "", "每"),
        Entry(.halvingEnd, "", "减半"), Entry(.since, "since", "自"), Entry(.sum, "sum", "合计"),
        Entry(.average, "average", "平均"), Entry(.min, "min", "最小"), Entry(.max, "max", "最大"),
        Entry(.median, "median", "中位数"), Entry(.count, "count", "个数"), Entry(.foldOf, "of", ""),
        Entry(.distinct, "distinct", "去重"), Entry(.foldOver, "over", ""), Entry(.amid, "", "中"),
        Entry(.possessive, "", "的"), Entry(.pick, "pick", "取一条"), Entry(.by, "by", "按"),
        Entry(.least, "least", "从少到多"), Entry(.most, "most", "从多到少"),
        Entry(.earliest, "earliest", "最早"), Entry(.latest, "latest", "最晚"),
        Entry(.rotation, "rotation", "轮流"), Entry(.weightedBy, "weighted by", "按权重"),
        Entry(.catchup, "catchup", "补轮"), Entry(.noCatchup, "no catchup", "不补轮"),
        Entry(.follow, "follow", "沿"), Entry(.whileHolds, "while", "只要"),
        Entry(.days, "days", "天", also: ["day"]), Entry(.weeks, "weeks", "周", also: ["week"]),
        Entry(.months, "months", "个月", also: ["month"]),
        Entry(.years, "years", "年", also: ["year"]),
        Entry(.hours, "hours", "小时", also: ["hour"]),
        Entry(.minutes, "minutes", "分钟", also: ["minute"]),
      ]),
    Group(
      title: "tables and decisions",
      entries: [
        Entry(.table, "table", "对照表"), Entry(.first, "first", "取首个"),
        Entry(.unique, "unique", "唯一命中"), Entry(.policyAny, "any", "任一命中"),
        Entry(.priority, "priority", "优先级"),
        Entry(.mostSpecific, "most specific", "最具体优先"), Entry(.collect, "collect", "汇集"),
        Entry(.ruleOrder, "rule order", "按规则次序"),
        Entry(.outputOrder, "output order", "按结果次序"), Entry(.effective, "effective", "有效期"),
        Entry(.decide, "decide", "判定"), Entry(.for, "for", "针对"),
        Entry(.otherwise, "otherwise", "兜底"), Entry(.because, "because", "提示"),
      ]),
    Group(
      title: "territories and assignment",
      entries: [
        Entry(.territories, "territories", "辖区划分"), Entry(.to, "to", "给"),
        Entry(.exclusive, "exclusive", "互斥"), Entry(.overlapping, "overlapping", "可重叠"),
        Entry(.deepest, "deepest", "取最细"), Entry(.byPriority, "by priority", "按优先级"),
        Entry(.owner, "owner", "归属"), Entry(.splitCredit, "split credit", "分摊业绩"),
        Entry(.extraPart, "extra", "另计"), Entry(.access, "access", "权限"),
        Entry(.blockName, "as", "名为"), Entry(.assign, "assign", "分配"),
        Entry(.sets, "sets", "写入"), Entry(.counts, "counts", "计入"),
        Entry(.inOrderOf, "in order of", "依次按"), Entry(.skip, "skip", "跳过"),
        Entry(.among, "among", "候选"), Entry(.with, "with", "关联"),
      ]),
    Group(
      title: "price",
      entries: [
        Entry(.price, "price", "定价"),
        Entry(.onRunning, "each step on the running price", "逐步折"),
        Entry(.onStart, "each step on the start price", "都按起价折"),
        Entry(.asOf, "as of", "业务日"), Entry(.start, "start", "起价"),
        Entry(.running, "running", "当前价"), Entry(.mark, "mark", "价格点"),
        Entry(.timesStep, "times", "乘以"), Entry(.tier, "tier", "阶梯"),
        Entry(.slab, "slab", "分段"), Entry(.tierFrom, "from", "满"),
        Entry(.tierOver, "over", "超出"), Entry(.allOf, "all of", "叠加"),
        Entry(.firstOf, "first of", "首个可用"), Entry(.cheapestOf, "cheapest of", "取最优惠"),
        Entry(.final, "final", "到此为止"), Entry(.off, "off", "减"), Entry(.extra, "extra", "加"),
        Entry(.fixed, "fixed", "一口价"), Entry(.baseOf, "of", "基于"),
        Entry(.forEvery, "for every", "每满"), Entry(.timesUnit, "times", "次"),
        Entry(.whole, "whole", "整单"), Entry(.floor, "floor", "底价"),
        Entry(.raise, "raise", "顶到"), Entry(.forbid, "forbid", "禁止"), Entry(.ask, "ask", "报批"),
        Entry(.roundHalfUp, "round half up to", "四舍五入到"),
        Entry(.roundHalfEven, "round half even to", "四舍六入到"),
        Entry(.roundHalfDown, "round half down to", "五舍六入到"),
        Entry(.roundUp, "round up to", "进位到"), Entry(.roundDown, "round down to", "抹零到"),
        Entry(.roundCeiling, "round ceiling to", "向上取整到"),
        Entry(.roundFloor, "round floor to", "向下取整到"),
      ]),
    Group(
      title: "authorization",
      entries: [
        Entry(.authorize, "authorize", "授权"), Entry(.sale, "sale of", "销售"),
        Entry(.toward, "", "向"), Entry(.discountOn, "on", ""), Entry(.permit, "permit", "可售"),
        Entry(.moreIsWorse, "more is worse", "越高越严"),
        Entry(.lessIsWorse, "less is worse", "越低越严"),
        Entry(.askedBy, "asked by", "申请人"), Entry(.limit, "limit", "额度"),
        Entry(.insteadLimit, "instead limit", "改额度"), Entry(.atLeast, "at least", "至少到"),
        Entry(.also, "also", "会签"), Entry(.voidOn, "void on", "作废于"),
      ]),
    Group(
      title: "match, split, require",
      entries: [
        Entry(.match, "match", "判重"), Entry(.matchWith, "with", "与"),
        Entry(.certain, "certain", "确定重复"), Entry(.suspected, "suspected", "疑似"),
        Entry(.split, "split", "分摊"), Entry(.splitOf, "of", "取自"),
        Entry(.splitTo, "to", "精确到"), Entry(.splitOver, "over", "摊给"),
        Entry(.require, "require", "校验"), Entry(.togetherBy, "together by", "合并按"),
        Entry(.stops, "stops", "拦住"),
      ]),
    Group(
      title: "facts that change",
      entries: [
        Entry(.change, "change", "联动"), Entry(.set, "set", "令"), Entry(.insert, "insert", "新增"),
        Entry(.remove, "remove", "去掉"), Entry(.alert, "alert", "预警"), Entry(.high, "high", "高"),
        Entry(.medium, "medium", "中等"), Entry(.low, "low", "低"),
      ]),
    Group(
      title: "tests",
      entries: [
        Entry(.test, "test", "用例"), Entry(.given, "given", "假设"),
        Entry(.examples, "examples", "样例"), Entry(.commit, "commit", "执行"),
        Entry(.expect, "expect", "应当"), Entry(.check, "check", "检查"),
        Entry(.error, "error", "错误"), Entry(.warning, "warning", "警告"),
        Entry(.note, "note", "说明"), Entry(.viewer, "as", "身份"), Entry(.answerBy, "by", "依据"),
        Entry(.approvedBy, "by", "由"), Entry(.over, "over", "压过"), Entry(.none, "none", "无"),
        Entry(.tied, "tied", "并列"), Entry(.undetermined, "undetermined", "待定"),
        Entry(.fault, "fault", "故障"), Entry(.hidden, "hidden", "不可见"),
        Entry(.permitted, "permitted", "准许"), Entry(.refused, "refused", "不准"),
        Entry(.allowed, "allowed", "允许"), Entry(.approval, "approval", "需审批"),
        Entry(.forbidden, "forbidden", "已禁止"), Entry(.failed, "failed", "未通过"),
        Entry(.held, "held", "通过"), Entry(.raised, "raised", "已触发"),
      ]),
    Group(
      title: "variants, measures, experiments",
      entries: [
        Entry(.variant, "variant", "方案"), Entry(.variantOf, "of", "源自"),
        Entry(.replace, "replace", "替换"), Entry(.add, "add", "插入"), Entry(.move, "move", "移动"),
        Entry(.before, "before", "先于"), Entry(.after, "after", "后于"),
        Entry(.param, "param", "可调值"), Entry(.measure, "measure", "指标"),
        Entry(.moreIsBetter, "more is better", "越高越好"),
        Entry(.lessIsBetter, "less is better", "越低越好"),
        Entry(.mayFall, "may fall by at most", "容许下降"),
        Entry(.mayRise, "may rise by at most", "容许上升"),
        Entry(.experiment, "experiment", "分流试验"), Entry(.looks, "looks", "评估日"),
        Entry(.changeable, "changeable", "可改动"),
      ]),
    Group(
      title: "functions",
      entries: [
        Entry(.rounded, "rounded", "舍入"), Entry(.roundedDown, "rounded_down", "向下舍入"),
        Entry(.roundedUp, "rounded_up", "向上舍入"), Entry(.smaller, "smaller", "较小值"),
        Entry(.larger, "larger", "较大值"), Entry(.exp, "exp", "指数"), Entry(.ln, "ln", "对数"),
        Entry(.year, "year", "年份"), Entry(.month, "month", "月份"),
        Entry(.length, "length", "长度"), Entry(.startsWith, "starts_with", "开头是"),
        Entry(.normalized, "normalized", "规范化"), Entry(.similarity, "similarity", "相似度"),
        Entry(.inCurrency, "in_currency", "折算成"), Entry(.currencyOf, "currency", "所用币种"),
      ]),
    Group(
      title: "words for symbols",
      entries: [
        Entry(.rangeWord, "", "至", also: ["到"]), Entry(.equalWord, "", "等于"),
        Entry(.notEqualWord, "", "不等于"), Entry(.lessWord, "", "不满"),
        Entry(.lessOrEqualWord, "", "不超过"), Entry(.greaterWord, "", "超过"),
        Entry(.greaterOrEqualWord, "", "不少于"),
      ]),
  ]

  /// The constructs whose Chinese is not word for word.
  public static let patterns: [Pattern] = [
    Pattern(english: "AMOUNT off", chinese: "减 AMOUNT"),
    Pattern(english: "AMOUNT extra", chinese: "加 AMOUNT"),
    Pattern(english: "AMOUNT off of BASE", chinese: "基于 BASE 减 AMOUNT"),
    Pattern(
      english: "AMOUNT off for every N of X at most K times",
      chinese: "X 每满 N 减 AMOUNT 封顶 K 次"),
    Pattern(english: "P each at most N", chinese: "每个 P 分 封顶 N"),
    Pattern(english: "P halving every D since X", chinese: "P 自 X 每 D 减半"),
    Pattern(english: "by least KEY then KEY", chinese: "按 KEY 从少到多 再按 KEY"),
    Pattern(english: "FOLD of VALUE over TYPE x where C", chinese: "TYPE x 中 C 的 VALUE FOLD"),
    Pattern(
      english: "FOLD of VALUE over TYPE x in SOURCE where C",
      chinese: "TYPE x 在 SOURCE 中 C 的 VALUE FOLD"),
    Pattern(english: "X in last D", chinese: "X 在 近 D 内"),
    Pattern(english: "authorize sale of P to A by R", chinese: "授权 R 向 A 销售 P"),
    Pattern(english: "authorize X on RECORD by LADDER", chinese: "授权 RECORD 的 X 按 LADDER"),
  ]
}

extension Keywords {
  /// The table as a readable file, `grammar/keywords`.
  public static var file: String {
    var lines = [
      "# The keywords of writ: English | Chinese | further spellings. `-` is no word.",
      "# A word is a keyword only where the grammar expects it; those under [reserved] are never names.",
      "# Written by the tests from the table in Sources/WritSyntax/Keywords.swift, and compared with it.",
    ]
    func cell(_ text: String) -> String { text.isEmpty ? "-" : text }
    for group in table {
      lines.append("")
      lines.append("[\(group.title)]")
      for entry in group.entries {
        var line = cell(entry.english) + " | " + cell(entry.chinese)
        if !entry.also.isEmpty { line += " | " + entry.also.joined(separator: " ") }
        lines.append(line)
      }
    }
    lines.append("")
    lines.append("[word order]")
    for pattern in patterns { lines.append(pattern.english + " | " + pattern.chinese) }
    return lines.joined(separator: "\n") + "\n"
  }
}
