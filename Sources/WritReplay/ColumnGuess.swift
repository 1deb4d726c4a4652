import WritModel

/// What a column of a spreadsheet seems to hold.
struct ColumnGuess {
  enum Kind: Equatable {
    case text, number, integer, percent, money, yesNo, date, time
    case member
    /// Several choices in one cell.
    case members
    case reference(String)

    var isText: Bool { self == .text }
    /// References are texts; numbers meet the numbers of keys by chance.
    var mayBeKey: Bool { self == .text || self == .member }
    var isChoice: Bool { self == .member || self == .members }
  }
  let header: String
  var name = ""
  var kind = Kind.text
  var isKey = false
  var isCalled = false
  var hasBlanks = false
  /// The different values, in the order of their first row.
  private(set) var distinct: [String] = []
  /// Whether every row has a value of its own.
  private(set) var isUnique: Bool
  /// Cells that mean missing.
  private(set) var markers: [String] = []
  /// How its dates are written, where not as 2026-12-31.
  private(set) var pattern: String?
  /// Percents written as fractions of one.
  private(set) var isFraction = false
  private(set) var currency: String?
  var notes: [Note] = []
  private var count = 0

  private static let usualMarkers: Set<String> = [
    "N/A", "n/a", "NA", "NULL", "null", "None", "none", "-", "--", "#N/A", "无", "暂无", "未填",
  ]

  init(_ sheet: Sheet, _ column: Int) {
    header = sheet.header[column]
    var cells: [String] = []
    var seen: Set<String> = []
    for row in sheet.rows {
      let cell = row.indices.contains(column) ? Self.trimmed(row[column]) : ""
      if cell.isEmpty {
        hasBlanks = true
        continue
      }
      cells.append(cell)
      if seen.insert(cell).inserted { distinct.append(cell) }
    }
    isUnique = !hasBlanks && !cells.isEmpty && distinct.count == cells.count
    let present = distinct.filter { !Self.usualMarkers.contains($0) }
    let marked = distinct.filter { Self.usualMarkers.contains($0) }
    count = cells.count
    guard !present.isEmpty else { return }
    kind = guess(present)
    if !marked.isEmpty {
      // In a column of text such a word may be a value; elsewhere it is none.
      if kind.isText, !marked.allSatisfy({ $0.contains("/") || $0.lowercased() == "null" }) {
        return
      }
      markers = marked
      hasBlanks = true
      distinct = present
    }
  }

  private mutating func guess(_ values: [String]) -> Kind {
    let yesNo: Set<String> = ["yes", "no", "true", "false", "是", "否", "y", "n"]
    if values.count <= 2, values.allSatisfy({ yesNo.contains($0.lowercased()) }),
      values.allSatisfy({ !["y", "n"].contains($0.lowercased()) })
    {
      return .yesNo
    }
    if let dates = dateKind(values) { return dates }
    if values.allSatisfy({ $0.hasSuffix("%") && Decimal(String($0.dropLast())) != nil }) {
      return .percent
    }
    if let money = moneyKind(values) { return money }
    let numbers = values.count { Decimal($0) != nil }
    if numbers == values.count {
      if values.contains(where: { $0.count > 1 && $0.hasPrefix("0") && !$0.hasPrefix("0.") }) {
        notes.append(.leadingZeros)
        return .text
      }
      if soundsLikeNumbering, values.allSatisfy({ $0.count >= 4 && !$0.contains(".") }) {
        return .text
      }
      if soundsLikeShare, values.contains(where: { $0.contains(".") }),
        values.allSatisfy({ !$0.hasPrefix("-") && ($0.hasPrefix("0") || $0 == "1" || $0 == "1.0") })
      {
        isFraction = true
        notes.append(.soundsLikeShare)
        return .percent
      }
      if soundsLikeMoney {
        notes.append(.soundsLikeMoney)
        return .money
      }
      return values.allSatisfy { Decimal($0)?.scale == 0 } ? .integer : .number
    }
    if numbers * 10 >= values.count * 9, values.count >= 10 {
      notes.append(.mixed("`\(values.first { Decimal($0) == nil } ?? "")`"))
    }
    return .text
  }

  /// Dates in one of the usual forms, the first that all values have.
  private mutating func dateKind(_ values: [String]) -> Kind? {
    if values.allSatisfy({ CivilDate($0) != nil }) { return .date }
    if values.allSatisfy({ Moment($0) != nil }) { return .time }
    let days = [
      "yyyy/M/d", "yyyy.M.d", "M/d/yyyy", "d/M/yyyy", "d.M.yyyy", "d-M-yyyy", "yyyy-M-d",
      "yyyy年M月d日",
    ]
    let clocks = ["", " H:mm", " H:mm:ss", "THH:mm:ss"]
    for clock in clocks {
      let fitting = days.filter { day in
        DatePattern(day + clock).map { pattern in values.allSatisfy { pattern.reads($0) } } ?? false
      }
      guard let first = fitting.first else { continue }
      if fitting.contains("M/d/yyyy"), fitting.contains("d/M/yyyy") {
        notes.append(.ambiguousDates)
      }
      pattern = first + clock
      return clock.isEmpty ? .date : .time
    }
    return nil
  }

  private mutating func moneyKind(_ values: [String]) -> Kind? {
    let signs: [(sign: String, code: String)] = [
      ("¥", "CNY"), ("￥", "CNY"), ("$", "USD"), ("€", "EUR"), ("£", "GBP"),
    ]
    for (sign, code) in signs
    where values.allSatisfy({ $0.hasPrefix(sign) || $0.hasPrefix("-" + sign) }) {
      currency = code
      return .money
    }
    if values.allSatisfy({ $0.hasSuffix("元") && Decimal(String($0.dropLast())) != nil }) {
      currency = "CNY"
      return .money
    }
    return nil
  }

  /// Few different short values in many rows are a list of choices.
  mutating func guessEnum() {
    guard kind.isText, distinct.count >= 2, distinct.count <= 16, count >= 4 * distinct.count,
      distinct.allSatisfy({ $0.count <= 24 && !$0.contains("\"") })
    else { return guessEnums() }
    if distinct.contains(where: { $0.contains(";") }) { return guessEnums() }
    kind = .member
    if distinct.count > 8 { notes.append(.manyChoices(distinct.count, count)) }
  }

  /// `a;b` and `b;c`: sets of few different choices.
  private mutating func guessEnums() {
    guard kind.isText, distinct.contains(where: { $0.contains(";") }) else { return }
    var parts: [String] = []
    for value in distinct {
      for part in value.split(separator: ";").map({ Self.trimmed(String($0)) })
      where !parts.contains(part) {
        parts.append(part)
        if parts.count > 24 { return }
      }
    }
    guard parts.count >= 2, parts.allSatisfy({ $0.count <= 24 && !$0.contains("\"") }) else {
      return
    }
    kind = .members
    distinct = parts
  }

  // MARK: - What headers say

  var soundsLikeKey: Bool {
    header.ends(in: ["id", "no", "no.", "code", "key", "编号", "编码", "单号", "代码", "number"])
  }

  var soundsLikeName: Bool {
    header.ends(in: ["name", "company", "title", "姓名", "名称", "公司", "客户", "名字"])
  }

  /// Digits that count nothing.
  private var soundsLikeNumbering: Bool {
    header.ends(in: [
      "phone", "tel", "telephone", "mobile", "fax", "zip", "postal", "postcode", "电话", "手机", "邮编",
      "传真",
    ]) || header.lowercased().hasPrefix("postal") || header.lowercased().hasPrefix("zip")
      || soundsLikeKey
  }

  private var soundsLikeShare: Bool {
    header.ends(in: ["discount", "rate", "share", "percent", "margin", "折扣", "率", "占比", "比例"])
  }

  private var soundsLikeMoney: Bool {
    header.ends(in: [
      "amount", "price", "revenue", "sales", "profit", "cost", "value", "total", "金额", "单价", "价格",
      "标价", "成本", "利润", "销售额", "总价", "采购额",
    ])
  }

  private static func trimmed(_ text: String) -> String {
    let tail = text.drop { $0 == " " || $0 == "\t" }
    guard let last = tail.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
    return String(tail[...last])
  }
}

extension String {
  /// Whether the last word, or the end where words are not parted, is one of these.
  fileprivate func ends(in endings: [String]) -> Bool {
    let lower = lowercased()
    let word = lower.split { $0 == " " || $0 == "_" || $0 == "-" }.last.map(String.init) ?? lower
    return endings.contains { ending in
      ending.utf8.first.map { $0 < 0x80 } ?? true
        ? word == ending || lower == ending : lower.hasSuffix(ending)
    }
  }
}

extension DatePattern {
  fileprivate func reads(_ text: String) -> Bool {
    Array(text.utf8).withUnsafeBufferPointer { read($0) != nil }
  }
}
