import WritText

/// Turns what stands in one column into values of its field.
///
/// Blanks around a cell do not count, save in a text field, whose bytes are kept as they are (but
/// not in a key, which people cannot see the blanks of). An empty cell and a marker are missing; missing is the field's default, or missing where the field
/// allows it, or a problem. An empty cell of a set or list says that there is nothing in it, which
/// is known: it is the empty set.
final class CellReader {
  let field: FieldID
  /// The field as messages name it.
  let label: String
  let header: String
  private let kind: Kind
  private let isOptional: Bool
  /// Whether it reads a part of a key, which is blank where the reference is.
  private let isPart: Bool
  private let initial: Field.Initial?
  private let markers: [[UInt8]]
  /// How its cells are read on the usual way.
  let way: FastColumn.Way
  private let currencies: [String]

  private indirect enum Kind {
    case text
    /// A text in a key.
    case code
    case number
    case integer
    case percent(ReadPlan.Form?)
    case boolean
    /// The pattern, and the zone of clocks without an offset.
    case date(DatePattern?)
    case time(DatePattern?, zone: Int)
    case duration
    /// nil: any.
    case money(CurrencyID?)
    case name(NameTable)
    /// The key of a record: one part in a cell, all of them in an object.
    case key(RecordID, [(name: [UInt8], kind: Kind)])
    case list(Kind, isSet: Bool)
    case unreadable

    /// The same with tables of names that nobody else counts in.
    var own: Kind {
      switch self {
      case .name(let names): .name(NameTable(like: names))
      case .key(let record, let parts): .key(record, parts.map { ($0.name, $0.kind.own) })
      case .list(let item, let isSet): .list(item.own, isSet: isSet)
      case .text, .code, .number, .integer, .percent, .boolean, .date, .time, .duration, .money,
        .unreadable:
        self
      }
    }
  }

  /// Types that most cells of most files are of, and whose usual writing is read without a detour.
  private enum Usual { case text, number, integer, fraction, money, date, name, none }
  private let usual: Usual
  private let isList: Bool
  /// What a blank cell gives where that is always the same.
  private let blank: Value?
  private let names: NameTable?
  let currency: CurrencyID

  /// What a cell or JSON value gave.
  enum Outcome {
    case value(Value)
    case missing
    /// Behind a pointer, so that values are small.
    indirect case problem(DataProblem)
  }

  /// `path`: the fields that lead from a reference to the part of its key that is read here.
  init(_ column: ReadPlan.Column, part path: [FieldID] = [], missing: [String], schema: Schema) {
    let declared = schema[path.last ?? column.field]
    field = column.field
    label = ([column.field] + path).map { schema[$0].name.label ?? schema[$0].name.name }
      .joined(separator: ".")
    header = column.headers.first ?? label
    isPart = !path.isEmpty
    isOptional = isPart || declared.isOptional
    initial = isPart ? nil : declared.initial
    markers = (column.missing + missing).map { Array($0.utf8) }
    currencies = schema.currencies
    let isKey = schema[declared.record].key.contains(path.last ?? column.field)
    kind = Self.kind(
      of: declared.type, form: isPart ? nil : column.form, schema: schema, depth: 0, isKey: isKey)
    var names: NameTable?
    var currency = CurrencyID(0)
    switch kind {
    case _ where !markers.isEmpty: usual = .none
    case .text: usual = .text
    case .number: usual = .number
    case .integer: usual = .integer
    case .percent(.fraction): usual = .fraction
    case .money(let declared?):
      usual = .money
      currency = declared
    case .date(nil): usual = .date
    case .name(let table):
      usual = .name
      names = table
    default: usual = .none
    }
    self.names = names
    self.currency = currency
    way = Self.way(kind, markers)
    if case .list = kind { isList = true } else { isList = false }
    blank =
      isOptional && initial == nil && !isList
      ? .missing(Cause(.blankField, site: Int(field.index))) : nil
  }

  /// The same reader, with counts of its own.
  init(like other: CellReader) {
    (field, label, header) = (other.field, other.label, other.header)
    kind = other.kind.own
    (isOptional, isPart, initial) = (other.isOptional, other.isPart, other.initial)
    (markers, way, currencies) = (other.markers, other.way, other.currencies)
    (usual, isList, blank) = (other.usual, other.isList, other.blank)
    if other.names != nil, case .name(let table) = kind { names = table } else { names = nil }
    currency = other.currency
  }

  /// The value of a cell in its type's usual writing; nil sends it the long way.
  @inline(__always)
  func readUsual(_ cell: Bytes, into facts: inout Facts) -> Value? {
    if cell.isEmpty { return blank }
    switch usual {
    case .text: return .text(facts.texts.intern(cell))
    case .number, .fraction: return Decimal.readShort(cell).map { .number($0) }
    case .integer:
      guard let value = Decimal.readShort(cell), value.scale == 0 else { return nil }
      return .number(value)
    case .money:
      guard let value = Decimal.readShort(cell), value.scale <= 6 else { return nil }
      return .money(value, currency)
    case .date: return CivilDate(cell).map { .date(days: Int32($0.days)) }
    case .name: return names?.value(of: cell)
    case .none: return nil
    }
  }

  private static func way(_ kind: Kind, _ markers: [[UInt8]]) -> FastColumn.Way {
    let way: FastColumn.Way =
      switch kind {
      case .text: .text
      case .code: .code
      case .number: .number
      case .integer: .integer
      case .percent(.fraction): .fraction
      case .percent(.points): .points
      case .percent: .markedPercent
      case .money(_?): .money
      case .date(nil): .date
      case .money, .boolean, .date, .time, .duration, .name: .other
      case .key(_, let parts) where parts.count == 1:
        switch Self.way(parts[0].kind, []) {
        case .code: .code
        case .long: .long
        default: .other
        }
      case .key: .long
      case .list, .unreadable: .long
      }
    // A cell that would be a value may be a marker of what is missing.
    return markers.isEmpty || way == .long ? way : .other
  }

  /// Whether the column may not be absent from a file.
  var isRequired: Bool { !isOptional && initial == nil }

  /// Whether the field is missing where its column is absent.
  var leavesBlank: Bool { isOptional && initial == nil && !isPart }

  private static func kind(
    of type: ValueType, form: ReadPlan.Form?, schema: Schema, depth: Int, isKey: Bool = false
  ) -> Kind {
    let pattern: DatePattern? = if case .pattern(let pattern) = form { pattern } else { nil }
    switch type {
    case .text: return isKey ? .code : .text
    case .number: return .number
    case .integer: return .integer
    case .percent: return .percent(form)
    case .boolean: return .boolean
    case .date: return .date(pattern)
    case .time: return .time(pattern, zone: schema.zoneMinutes)
    case .duration: return .duration
    case .money(let currency): return .money(currency)
    case .member(let id): return .name(NameTable(members: schema[id], of: id))
    case .node(let id): return .name(NameTable(nodes: schema[id], of: id))
    case .record(let id), .recordOrQueue(let id):
      // A key may be a reference whose key is a reference; a circle of them has no end.
      guard depth < 8 else { return .unreadable }
      let key = schema[id].key
      let parts = key.map {
        kind(of: schema[$0].type, form: nil, schema: schema, depth: depth + 1, isKey: true)
      }
      if parts.isEmpty { return .unreadable }
      return .key(id, zip(key.map { Array(schema[$0].name.name.utf8) }, parts).map { ($0, $1) })
    case .set(let item), .list(let item):
      let isSet = if case .set = type { true } else { false }
      return .list(kind(of: item, form: form, schema: schema, depth: depth + 1), isSet: isSet)
    case .queue, .rule, .unknown: return .unreadable
    }
  }

  // MARK: - Cells

  /// The value of a cell, with what missing means for the field.
  func read(_ cell: Bytes, into facts: inout Facts) -> Outcome {
    let trimmed = cell.trimmed()
    if cell.isEmpty || (isList && trimmed.isEmpty) { return empty(&facts) }
    if isMarker(trimmed) { return missing(&facts) }
    return settled(read(trimmed, whole: cell, as: kind, &facts), &facts)
  }

  /// What an empty cell gives: nothing is in an empty set, and that is known.
  func empty(_ facts: inout Facts) -> Outcome {
    guard isList, initial == nil, !markers.contains([]) else { return missing(&facts) }
    return .value(Value(tag: .list, bits: 0))
  }

  private func isMarker(_ trimmed: Bytes) -> Bool {
    markers.contains { $0.withUnsafeBufferPointer { $0.equals(trimmed) } }
  }

  /// What is there when the column is not.
  func absent(_ facts: inout Facts) -> Outcome { missing(&facts) }

  private func settled(_ outcome: Outcome, _ facts: inout Facts) -> Outcome {
    if case .missing = outcome { missing(&facts) } else { outcome }
  }

  private func missing(_ facts: inout Facts) -> Outcome {
    switch initial {
    case .value(let value): return .value(value)
    case .text(let text):
      return Array(text.utf8).withUnsafeBufferPointer { read($0, whole: $0, as: kind, &facts) }
    case nil:
      if isOptional { return .value(.missing(Cause(.blankField, site: Int(field.index)))) }
      return .problem(.blankCell(label))
    }
  }

  private func read(
    _ cell: Bytes, whole: Bytes, as kind: Kind, _ facts: inout Facts
  ) -> Outcome {
    if case .text = kind { return .value(.text(facts.texts.intern(whole))) }
    if cell.isEmpty { return .missing }
    switch kind {
    case .text: return .value(.text(facts.texts.intern(whole)))
    case .code: return .value(.text(facts.texts.intern(cell)))
    case .number: return number(cell)
    case .integer: return integer(cell)
    case .percent(let form): return percent(cell, form)
    case .boolean: return boolean(cell)
    case .date(let pattern): return date(cell, pattern)
    case .time(let pattern, let zone): return time(cell, pattern, zone)
    case .duration: return duration(cell)
    case .money(let currency): return money(cell, currency)
    case .name(let names): return names.read(cell, label)
    case .key(_, let parts) where parts.count == 1:
      return read(cell, whole: cell, as: parts[0].kind, &facts)
    case .key(let record, _):
      let type = facts.schema[record].name
      return .problem(
        .wrongKind(
          label,
          wants: Phrase(
            "a `\(type.name)`, whose key has several parts",
            zh: "`\(type.label ?? type.name)`，其键由几部分组成"),
          found: Phrase("one cell", zh: "一个单元格"),
          help: Phrase(
            "give each field of the key its column, as in `from \"sku\", \"colour\"`",
            zh: "请给主键的每个字段一列，如 `来自 \"货号\", \"颜色\"`")))
    case .list(let item, let isSet): return list(cell, item, isSet: isSet, &facts)
    case .unreadable: return .problem(.unreadableType(label))
    }
  }

  private func number(_ cell: Bytes) -> Outcome {
    switch Amount.read(cell) {
    case .value(let value): .value(.number(value))
    case .malformed: .problem(.notNumber(cell, label))
    case .badThousands: .problem(.badThousands(cell, label))
    case .tooLarge: .problem(.tooLarge(cell, label))
    }
  }

  private func integer(_ cell: Bytes) -> Outcome {
    let outcome = number(cell)
    guard case .value(let value) = outcome else { return outcome }
    guard value.decimal.isInteger else { return .problem(.notInteger(cell, label)) }
    return .value(.number(value.decimal.normalized))
  }

  private func percent(_ cell: Bytes, _ form: ReadPlan.Form?) -> Outcome {
    let mark = UInt8(ascii: "%")
    let isFull = cell.count >= 3 && cell.slice(cell.count - 3, cell.count).equals("％")
    let isMarked = isFull || cell.last == mark
    let digits =
      isMarked ? cell.slice(0, cell.count - (isFull ? 3 : 1)).trimmed() : cell
    guard case .value(let value) = number(digits) else {
      let outcome = number(digits)
      if case .problem(let problem) = outcome, problem.code != "not-a-number" { return outcome }
      return .problem(.notNumber(cell, label))
    }
    if !isMarked, form == .fraction { return .value(value) }
    guard isMarked || form == .points else { return .problem(.barePercent(cell, label)) }
    guard let share = Decimal(fitting: Int128(value.bits), scale: Int(value.scale) + 2) else {
      return .problem(.tooLarge(cell, label))
    }
    return .value(.number(share))
  }

  private func boolean(_ cell: Bytes) -> Outcome {
    if cell.count <= 5 {
      let lower = cell.map { $0 | ($0 &- UInt8(ascii: "A") < 26 ? 0x20 : 0) }
      let known = lower.withUnsafeBufferPointer { lower -> Bool? in
        for yes: StaticString in ["yes", "true", "1", "是"] where lower.equals(yes) { return true }
        for no: StaticString in ["no", "false", "0", "否"] where lower.equals(no) { return false }
        return nil
      }
      if let known { return .value(.boolean(known)) }
    }
    return .problem(.notYesNo(cell, label))
  }

  private func date(_ cell: Bytes, _ pattern: DatePattern?) -> Outcome {
    guard let date = pattern.map({ $0.read(cell)?.date }) ?? CivilDate(cell) else {
      return .problem(.notDate(cell, label, pattern: pattern?.text))
    }
    return .value(.date(days: Int32(date.days)))
  }

  private func time(_ cell: Bytes, _ pattern: DatePattern?, _ zone: Int) -> Outcome {
    if let pattern {
      guard let (date, seconds) = pattern.read(cell) else {
        return .problem(.notTime(cell, label, pattern: pattern.text))
      }
      return .value(
        .time(
          Moment(date: date, hour: 0, minute: 0, second: seconds, offsetMinutes: zone)))
    }
    // The shortest form with an offset has 20 bytes, the longest without has 19 before a fraction.
    let isLocal = cell.count < 20
    guard
      let moment = isLocal
        ? Moment(local: cell, zoneMinutes: zone)
        : Moment(cell) ?? Moment(local: cell, zoneMinutes: zone)
    else {
      return .problem(.notTime(cell, label, pattern: nil))
    }
    return .value(.time(moment))
  }

  private func duration(_ cell: Bytes) -> Outcome {
    let reading = DurationReading(cell)
    if let value = reading.value { return .value(value) }
    switch reading {
    case .unkept(let why): return .problem(.unkeptDuration(cell, label, why))
    case .tooLarge: return .problem(.tooLarge(cell, label))
    default: return .problem(.notDuration(cell, label))
    }
  }

  private func money(_ cell: Bytes, _ wanted: CurrencyID?) -> Outcome {
    let amount = Amount(money: cell, currencies: currencies)
    let value: Decimal
    switch amount.reading {
    case .value(let read): value = read
    case .malformed: return .problem(.notMoney(cell, label))
    case .badThousands: return .problem(.badThousands(cell, label))
    case .tooLarge: return .problem(.tooLarge(cell, label))
    }
    let short = value.trimmed(to: Value.moneyDecimals)
    guard short.scale <= 6 else { return .problem(.tooManyDecimals(cell, label)) }
    switch (wanted, amount.currency) {
    case (let wanted?, .none): return .value(.money(short, wanted))
    case (let wanted?, .some(let marks)):
      guard marks.contains(Int(wanted.index)) else {
        return .problem(.wrongCurrency(cell, label, expected: code(of: wanted)))
      }
      return .value(.money(short, wanted))
    case (nil, .some(let marks)) where marks.count == 1:
      return .value(.money(short, CurrencyID(marks[0])))
    case (nil, _): return .problem(.noCurrency(cell, label))
    }
  }

  private func code(of id: CurrencyID) -> String {
    currencies.indices.contains(Int(id.index)) ? currencies[Int(id.index)] : "?"
  }

  private func list(
    _ cell: Bytes, _ item: Kind, isSet: Bool, _ facts: inout Facts
  ) -> Outcome {
    var values: [Value] = []
    var start = 0
    while start <= cell.count {
      let (end, width) = Self.endOfItem(cell, start)
      let part = cell.slice(start, end).trimmed()
      start = end + width
      if part.isEmpty { continue }
      switch read(part, whole: part, as: item, &facts) {
      case .value(let value): Self.add(value, to: &values, isSet: isSet)
      case .missing: continue
      case .problem(let problem): return .problem(problem)
      }
    }
    return .value(facts.lists.add(values))
  }

  /// The items of a cell are parted by `;`, `|`, `；` or `、`: where the next one ends, and how many
  /// bytes its separator has.
  private static func endOfItem(_ cell: Bytes, _ start: Int) -> (end: Int, width: Int) {
    var index = start
    while index < cell.count {
      if cell[index] == UInt8(ascii: ";") || cell[index] == UInt8(ascii: "|") { return (index, 1) }
      if cell[index] >= 0xE3, index + 3 <= cell.count {
        let three = cell.slice(index, index + 3)
        if three.equals("、") || three.equals("；") { return (index, 3) }
      }
      index += 1
    }
    return (cell.count, 1)
  }

  private static func add(_ value: Value, to values: inout [Value], isSet: Bool) {
    if isSet, values.contains(where: { Value.same($0, value) }) { return }
    values.append(value)
  }
}

// MARK: - JSON

extension CellReader {
  /// The value of what stands next in JSON, with what missing means for the field. nil if it is no
  /// JSON: the scanner says why.
  func read(_ scanner: inout JSONScanner, into facts: inout Facts) -> Outcome? {
    guard let next = scanner.peek(), usual != .none else {
      return read(&scanner, as: kind, depth: 1, &facts).map { settled($0, &facts) }
    }
    let bytes: Bytes
    if next == UInt8(ascii: "\"") {
      let start = scanner.index
      guard let text = scanner.text() else { return nil }
      if text.hasEscapes {
        scanner.index = start
        return read(&scanner, as: kind, depth: 1, &facts).map { settled($0, &facts) }
      }
      bytes = scanner.bytes.slice(text.start, text.end)
    } else if next &- UInt8(ascii: "0") < 10 || next == UInt8(ascii: "-") {
      guard let digits = scanner.number() else { return nil }
      bytes = digits
    } else {
      return read(&scanner, as: kind, depth: 1, &facts).map { settled($0, &facts) }
    }
    if let value = readUsual(bytes, into: &facts) { return .value(value) }
    return settled(cell(bytes, kind, &facts), &facts)
  }

  private func read(
    _ scanner: inout JSONScanner, as kind: Kind, depth: Int, _ facts: inout Facts
  ) -> Outcome? {
    switch scanner.peek() {
    case UInt8(ascii: "n"): return scanner.word("null") ? .missing : nil
    case UInt8(ascii: "t"): return scanner.word("true") ? word(true, kind) : nil
    case UInt8(ascii: "f"): return scanner.word("false") ? word(false, kind) : nil
    case UInt8(ascii: "\""): return text(&scanner, kind, &facts)
    case UInt8(ascii: "["): return array(&scanner, kind, depth, &facts)
    case UInt8(ascii: "{"): return object(&scanner, kind, depth, &facts)
    case UInt8(ascii: "-"), (UInt8(ascii: "0")...UInt8(ascii: "9"))?:
      guard let digits = scanner.number() else { return nil }
      return cell(digits, kind, &facts)
    default:
      scanner.fail(.unexpected)
      return nil
    }
  }

  private func word(_ value: Bool, _ kind: Kind) -> Outcome {
    if case .boolean = kind { return .value(.boolean(value)) }
    return .problem(
      .wrongKind(label, wants: wanted(kind), found: Phrase("yes or no", zh: "是否")))
  }

  private func text(
    _ scanner: inout JSONScanner, _ kind: Kind, _ facts: inout Facts
  ) -> Outcome? {
    guard let text = scanner.text() else { return nil }
    guard text.hasEscapes else {
      let bytes = scanner.bytes.slice(text.start, text.end)
      return cell(bytes, kind, &facts)
    }
    var out: [UInt8] = []
    guard scanner.unescape(text, into: &out) else { return nil }
    return out.withUnsafeBufferPointer { cell($0, kind, &facts) }
  }

  /// A text or number reads as a cell does: an empty text is missing, as an empty cell is.
  private func cell(_ bytes: Bytes, _ kind: Kind, _ facts: inout Facts) -> Outcome {
    let trimmed = bytes.trimmed()
    if bytes.isEmpty || (isList && trimmed.isEmpty) {
      if case .list = kind { return empty(&facts) }
      return .missing
    }
    if isMarker(trimmed) { return .missing }
    return read(trimmed, whole: bytes, as: kind, &facts)
  }

  private func array(
    _ scanner: inout JSONScanner, _ kind: Kind, _ depth: Int, _ facts: inout Facts
  ) -> Outcome? {
    guard case .list(let item, let isSet) = kind else {
      guard scanner.skipValue(depth: depth) else { return nil }
      return .problem(
        .wrongKind(label, wants: wanted(kind), found: Phrase("an array", zh: "数组")))
    }
    guard depth <= JSONScanner.deepest else {
      scanner.fail(.tooDeep)
      return nil
    }
    scanner.index += 1
    var values: [Value] = []
    var problem: DataProblem?
    if scanner.take("]") { return .value(facts.lists.add(values)) }
    repeat {
      guard let outcome = read(&scanner, as: item, depth: depth + 1, &facts) else { return nil }
      switch outcome {
      case .value(let value): Self.add(value, to: &values, isSet: isSet)
      case .missing: problem = problem ?? .blankCell(label)
      case .problem(let found): problem = problem ?? found
      }
    } while scanner.take(",")
    guard scanner.take("]") else {
      scanner.fail(.unexpected)
      return nil
    }
    return problem.map { .problem($0) } ?? .value(facts.lists.add(values))
  }

  /// An object in the place of a reference gives the fields of its key.
  private func object(
    _ scanner: inout JSONScanner, _ kind: Kind, _ depth: Int, _ facts: inout Facts
  ) -> Outcome? {
    guard case .key(_, let parts) = kind else {
      guard scanner.skipValue(depth: depth) else { return nil }
      return .problem(
        .wrongKind(label, wants: wanted(kind), found: Phrase("an object", zh: "对象")))
    }
    scanner.index += 1
    var values = [Value?](repeating: nil, count: parts.count)
    var problem: DataProblem?
    if !scanner.take("}") {
      repeat {
        guard let name = scanner.text(), scanner.take(":") || scanner.fail(.unexpected) else {
          return nil
        }
        let bytes = scanner.bytes.slice(name.start, name.end)
        guard let index = parts.firstIndex(where: { $0.name.elementsEqual(bytes) }) else {
          guard scanner.skipValue(depth: depth + 1) else { return nil }
          continue
        }
        guard let outcome = read(&scanner, as: parts[index].kind, depth: depth + 1, &facts) else {
          return nil
        }
        switch outcome {
        case .value(let value): values[index] = value
        case .missing: break
        case .problem(let found): problem = problem ?? found
        }
      } while scanner.take(",")
      guard scanner.take("}") else {
        scanner.fail(.unexpected)
        return nil
      }
    }
    if let problem { return .problem(problem) }
    let known = values.compactMap(\.self)
    if known.isEmpty { return .missing }
    guard known.count == parts.count else { return .problem(.blankCell(label)) }
    return .value(known.count == 1 ? known[0] : facts.lists.add(known))
  }

  private func wanted(_ kind: Kind) -> Phrase {
    switch kind {
    case .text, .code: Phrase("a text", zh: "文本")
    case .number: Phrase("a number", zh: "数字")
    case .integer: Phrase("a whole number", zh: "整数")
    case .percent: Phrase("a percentage", zh: "百分比")
    case .boolean: Phrase("yes or no", zh: "是否")
    case .date: Phrase("a date", zh: "日期")
    case .time: Phrase("a time", zh: "时间")
    case .duration: Phrase("a duration", zh: "时长")
    case .money: Phrase("an amount", zh: "金额")
    case .name(let names): Phrase("one of `\(names.type)`", zh: "`\(names.type)` 之一")
    case .key: Phrase("the key of a record", zh: "记录的键")
    case .list: Phrase("a list", zh: "一组值")
    case .unreadable: Phrase("left out", zh: "省略")
    }
  }
}

/// The names and labels of an enum or tree, and the values they stand for.
final class NameTable {
  /// What the enum or tree is called.
  let type: String
  private var names = Interner()
  /// nil for a name that two nodes bear.
  private var values: [Value?] = []
  /// What messages call each member or node.
  private var main: [String] = []
  /// How many cells were none of the names.
  private var misses = 0

  init(members type: EnumType, of id: EnumID) {
    self.type = type.name.label ?? type.name.name
    for (ordinal, member) in type.members.enumerated() { add(member, .member(ordinal, of: id)) }
  }

  init(nodes tree: TreeType, of id: TreeID) {
    type = tree.name.label ?? tree.name.name
    for (index, node) in tree.nodes.enumerated() { add(node.name, .node(index, of: id)) }
  }

  init(like other: NameTable) {
    (type, names, values, main) = (other.type, other.names, other.values, other.main)
  }

  private func add(_ named: Named, _ value: Value) {
    main.append(named.label ?? named.name)
    for name in [named.name, named.label].compactMap(\.self) {
      let symbol = Int(names.intern(name).index)
      if symbol == values.count {
        values.append(value)
      } else if let known = values[symbol], !Value.same(known, value) {
        values[symbol] = nil
      }
    }
  }

  /// The value that a name or label stands for, if it is one value.
  func value(of cell: Bytes) -> Value? {
    names.symbol(of: cell).flatMap { values[Int($0.index)] }
  }

  func read(_ cell: Bytes, _ field: String) -> CellReader.Outcome {
    if let symbol = names.symbol(of: cell) {
      guard let value = values[Int(symbol.index)] else {
        return .problem(.ambiguousName(cell, field, of: type))
      }
      return .value(value)
    }
    // A column of the wrong kind has a wrong cell in every row; the first few get advice.
    misses += 1
    guard misses <= 100 else {
      return .problem(.notMember(cell, field, of: type, near: [], all: []))
    }
    let all = (0..<names.count).map { names.text(of: Symbol($0)) }
    let near = nearNames(to: cell.shown, among: all)
    return .problem(.notMember(cell, field, of: type, near: near, all: main.count <= 8 ? main : []))
  }
}
