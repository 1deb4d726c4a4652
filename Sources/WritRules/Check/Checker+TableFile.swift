import WritModel
import WritSyntax
import WritText

// Tables and enums kept in files. A file's cells are data: they are read by the column's type and
// know no expressions, only values, ranges and `any`.
extension Checker {
  mutating func addFile(
    _ file: TextLiteral, of table: TableDeclaration, to rows: inout TableRows
  ) {
    guard let found = tables(file.text, file.span.source) else {
      report(.missingFile(file))
      return
    }
    func column(_ names: [String?]) -> Int? {
      found.header.firstIndex { header in names.contains { $0 == header } }
    }
    var parameters: [Int] = []
    for parameter in table.parameters {
      guard let index = column([parameter.name.name.text, parameter.name.label?.text]) else {
        report(.missingColumn(parameter.name.name, file: file, header: found.header))
        return
      }
      parameters.append(index)
    }
    var results: [Int] = []
    for result in table.results {
      if let name = result.name {
        guard let index = column([name.name.text, name.label?.text]) else {
          report(.missingColumn(name.name, file: file, header: found.header))
          return
        }
        results.append(index)
      } else {
        // The one result without a name: the column of the table's name, else the last one.
        let last = found.header.indices.last { !parameters.contains($0) }
        guard let index = column([table.name.name.text, table.name.label?.text]) ?? last else {
          report(.missingColumn(table.name.name, file: file, header: found.header))
          return
        }
        results.append(index)
      }
    }
    let effective = table.effective.flatMap { effectiveColumns($0, file, found, in: rows.scope) }
    rows.rows.reserveCapacity(found.rows.count)
    var knownCells = Array(repeating: KnownCells(), count: parameters.count)
    var knownResults = Array(repeating: KnownCells(), count: results.count)
    for (number, cells) in found.rows.enumerated() {
      func cell(_ index: Int) -> String {
        cells.indices.contains(index) ? Checker.trimmed(cells[index]) : ""
      }
      let line = number + 2
      var row = TableRows.Row(title: "", payload: [], span: file.span)
      row.title = "\(file.text):\(line) "
      row.conditions.reserveCapacity(parameters.count + (effective == nil ? 0 : 1))
      for (position, index) in parameters.enumerated() {
        let text = cell(index)
        if position > 0 { row.title += " | " }
        row.title += text
        if text.isEmpty || isAny(text) {
          rows.note(0, of: &row)
          continue
        }
        var said = knownCells[position].find(text)
        if said == nil {
          let parameter = rows.parameters[position]
          guard let (term, rank) = condition(text, on: parameter, file.span) else {
            report(
              .badCell(
                text, column: parameter.name, line: line, at: file.span, describe(parameter.type)))
            rows.note(0, of: &row)
            continue
          }
          said = KnownCells.Said(
            term: term, rank: rank, written: "\(parameter.name) = \(text)", payload: [])
          knownCells[position].add(text, said)
        }
        guard let said else { continue }
        rows.note(said.rank, of: &row)
        row.conditions.append(
          Rule.Condition(role: .cell, term: said.term, text: said.written, span: file.span))
      }
      for (position, index) in results.enumerated() {
        let type = rows.results[position]
        let text = cell(index)
        if let said = knownResults[position].find(text) {
          // Rows with one result share it.
          if results.count == 1 {
            row.payload = said.payload
          } else {
            row.payload.append(said.term)
          }
        } else if text.isEmpty {
          row.payload.append(missing(type: type))
        } else if let value = constant(of: text, type: type) {
          row.payload.append(value)
          knownResults[position].add(
            text, KnownCells.Said(term: value, rank: 0, written: "", payload: [value]))
        } else {
          report(
            .badCell(text, column: found.header[index], line: line, at: file.span, describe(type)))
          row.payload.append(unknown)
        }
      }
      if let effective, let condition = effective.condition(cell, &self, line) {
        row.conditions.append(condition)
      }
      rows.rows.append(row)
    }
  }

  /// What the cells of a column were found to say. Long tables repeat themselves, and mostly in the
  /// next row.
  private struct KnownCells {
    struct Said {
      var term: TermID
      var rank: Int
      /// The condition as it is shown.
      var written: String
      var payload: [TermID]
    }
    /// More different texts are not worth keeping: they do not come again soon.
    private static let most = 4_096
    private var last: (text: String, said: Said)?
    private var all: [String: (text: String, said: Said)] = [:]

    mutating func find(_ text: String) -> Said? {
      if let last, Self.areSame(last.text, text) { return last.said }
      guard let known = all[text], Self.areSame(known.text, text) else { return nil }
      last = known
      return known.said
    }

    mutating func add(_ text: String, _ said: Said?) {
      guard let said else { return }
      last = (text, said)
      if all.count < Self.most { all[text] = (text, said) }
    }

    /// Texts are what their bytes are: two ways to write an accent are two texts.
    private static func areSame(_ a: String, _ b: String) -> Bool {
      a.utf8.elementsEqual(b.utf8)
    }
  }

  private static func trimmed(_ text: String) -> String {
    guard let first = text.utf8.first, let last = text.utf8.last, first <= 32 || last <= 32 else {
      return text
    }
    let bytes = Array(text.utf8)
    let start = bytes.firstIndex { $0 > 32 } ?? bytes.endIndex
    let end = bytes.lastIndex { $0 > 32 } ?? -1
    return start <= end ? String(decoding: bytes[start...end], as: UTF8.self) : ""
  }

  private func isAny(_ text: String) -> Bool { text == "any" || text == "*" || text == "不限" }

  // MARK: Effective columns

  /// `effective valid_from..<valid_to`: which columns bound a row's days.
  struct EffectiveColumns {
    var lower: Int?
    var upper: Int?
    var range: RangeTree
    var today: TermID
    var span: Span

    /// The row's days as a condition; a blank end is open.
    func condition(
      _ cell: (Int) -> String, _ checker: inout Checker, _ line: Int
    ) -> Rule.Condition? {
      func end(_ column: Int?) -> TermID? {
        guard let column else { return nil }
        let text = cell(column)
        if text.isEmpty { return nil }
        if let date = checker.constant(of: text, type: .date) { return date }
        checker.report(.badCell(text, column: "", line: line, at: span, checker.describe(.date)))
        return nil
      }
      let from = end(lower)
      let to = end(upper)
      if from == nil, to == nil { return nil }
      let absent = checker.missing(type: .date)
      let term = checker.operation(
        .inRange(
          includesLower: range.includesLower, includesUpper: range.includesUpper,
          hasLower: from != nil, hasUpper: to != nil),
        [today, from ?? absent, to ?? absent], type: .boolean)
      let dots = "\(range.includesLower ? "" : "<")..\(range.includesUpper ? "" : "<")"
      let text = "\(lower.map(cell) ?? "")\(dots)\(upper.map(cell) ?? "")"
      return Rule.Condition(role: .effective, term: term, text: text, span: span)
    }
  }

  private mutating func effectiveColumns(
    _ range: RangeTree, _ file: TextLiteral, _ table: TableFile, in scope: Scope
  ) -> EffectiveColumns? {
    func column(_ end: Expression?, _ checker: inout Checker) -> Int?? {
      guard let end else { return .some(nil) }
      guard case .name(let name) = end.kind else {
        checker.report(.notConstant(at: end.span))
        return nil
      }
      if let index = table.header.firstIndex(of: name.text) { return index }
      checker.report(.missingColumn(name, file: file, header: table.header))
      return nil
    }
    guard let lower = column(range.lower, &self), let upper = column(range.upper, &self) else {
      return nil
    }
    let today = scope.asOf ?? term(.today, type: .date)
    return EffectiveColumns(
      lower: lower, upper: upper, range: range, today: today, span: file.span)
  }

  // MARK: Cells

  /// A cell as a condition on its parameter: a value or a range `a..b`.
  private mutating func condition(
    _ text: String, on parameter: TableRows.Column, _ span: Span
  ) -> (TermID, rank: Int)? {
    let type = widened(parameter.type)
    if case .node(let tree) = type {
      guard let node = constant(of: text, type: type), case .constant(let it) = program[node] else {
        return nil
      }
      let depth = program.schema.trees[Int(tree.index)].nodes[Int(it.value.bits)].depth
      return (operation(.within, [parameter.term, node], type: .boolean), 2 + depth)
    }
    // Held against the key, not against the record of that key: a row for a record that is not
    // there fits no other, and a key can be looked up.
    if case .record(let record) = type, program.schema[record].key.count == 1,
      let key = program.schema[record].key.first,
      let value = constant(of: text, type: widened(program.schema[key].type))
    {
      return (
        operation(.equal, [field(key, of: parameter.term), value], type: .boolean), 2
      )
    }
    if let value = constant(of: text, type: type) {
      return (operation(.equal, [parameter.term, value], type: .boolean), 2)
    }
    guard isOrdered(type), let range = range(text, type) else { return nil }
    let absent = missing(type: type)
    return (
      operation(
        .inRange(
          includesLower: range.includesLower, includesUpper: range.includesUpper,
          hasLower: range.lower != nil, hasUpper: range.upper != nil),
        [parameter.term, range.lower ?? absent, range.upper ?? absent], type: .boolean), 1
    )
  }

  private mutating func range(_ text: String, _ type: ValueType) -> (
    lower: TermID?, includesLower: Bool, upper: TermID?, includesUpper: Bool
  )? {
    let bytes = Array(text.utf8)
    let dot = UInt8(ascii: ".")
    guard
      let middle = bytes.indices.first(where: {
        bytes[$0] == dot && $0 + 1 < bytes.count && bytes[$0 + 1] == dot
      })
    else { return nil }
    var left = bytes[..<middle]
    var right = bytes[(middle + 2)...]
    let opensLower = left.last == UInt8(ascii: "<")
    let opensUpper = right.first == UInt8(ascii: "<")
    if opensLower { left = left.dropLast() }
    if opensUpper { right = right.dropFirst() }
    func end(_ part: ArraySlice<UInt8>, _ checker: inout Checker) -> TermID?? {
      let text = Checker.trimmed(String(decoding: part, as: UTF8.self))
      if text.isEmpty { return .some(nil) }
      guard let value = checker.constant(of: text, type: type) else { return nil }
      return value
    }
    guard let lower = end(left, &self), let upper = end(right, &self) else { return nil }
    if lower == nil, upper == nil { return nil }
    return (lower, !opensLower, upper, !opensUpper)
  }

  /// The value that a file's cell says, as a constant of the type; nil if it says none.
  mutating func constant(of text: String, type: ValueType) -> TermID? {
    switch type {
    case .text: return self.text(text)
    case .number, .integer:
      guard let value = Decimal(text), type == .number || value.isInteger else { return nil }
      return constant(.number(value.normalized), type: type)
    case .percent:
      guard text.utf8.last == UInt8(ascii: "%"), let points = Decimal(String(text.dropLast())),
        let value = Decimal(fitting: Int128(points.mantissa), scale: Int(points.scale) + 2)
      else { return nil }
      return percent(value.normalized)
    case .money(let currency):
      let id = currency ?? CurrencyID(0)
      if let value = Decimal(text) { return money(value, id) }
      // `USD 99.90`
      let parts = text.split(separator: " ")
      guard parts.count == 2, let named = symbols.currencies[String(parts[0])],
        currency == nil || currency == named, let value = Decimal(String(parts[1]))
      else { return nil }
      return money(value, named)
    case .boolean:
      switch text {
      case "yes", "是", "true", "Y", "y": return boolean(true)
      case "no", "否", "false", "N", "n": return boolean(false)
      default: return nil
      }
    case .date:
      return CivilDate(text).map { constant(.date(days: Int32($0.days)), type: .date) }
    case .member, .node: return memberConstant(text, of: type)
    case .record(let record): return lookup(record, [text])
    default: return nil
    }
  }
}
