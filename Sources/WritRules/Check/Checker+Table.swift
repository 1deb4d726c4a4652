import WritModel
import WritSyntax
import WritText

// Tables: a strict choose over the parameters, one payload column a result.
extension Checker {
  mutating func declare(_ table: TableDeclaration, unit: UnitID) {
    let id = declareFunction(table.name, table.parameters, unit: unit)
    for result in table.results {
      guard let name = result.name else { continue }
      declare(part: named(name), of: id, at: name.name.span)
    }
    declareBlock(
      BlockKey(kind: .table, record: nil, name: table.name.name.text), by: unit,
      at: table.name.name.span)
  }

  mutating func lower(_ table: TableDeclaration, unit: UnitID) {
    guard let id = derivedName(of: unit) else { return }
    var rows = TableRows(
      parameters: zip(table.parameters, self[id].parameters).enumerated().map { index, pair in
        TableRows.Column(
          name: pair.0.name.name.text, type: pair.1, term: slot(Int32(index), type: pair.1))
      },
      results: table.results.map { type($0.type) },
      scope: scope(of: table.parameters, types: self[id].parameters))
    var policy = table.policy
    rows.keepsRanks = policy == .mostSpecific
    switch table.body {
    case .rows(let header, let results, let written):
      if policy == nil { report(.missingPolicy(table.name.name)) }
      addRows(written, header: header, results: results, of: table, to: &rows)
    case .grid(let grid):
      if let written = policy, written != .unique { report(.gridPolicy(table.name.name)) }
      policy = .unique
      addGrid(grid, of: table, to: &rows)
    case .file(let file):
      if policy == nil { report(.missingPolicy(table.name.name)) }
      addFile(file, of: table, to: &rows)
    }
    if case .rows = table.body, let effective = table.effective {
      limit(&rows, to: effective)
    }
    finish(table, rows, policy ?? .unique, as: id, unit: unit)
  }

  // MARK: Written rows

  private mutating func addRows(
    _ written: [TableDeclaration.Row], header: [Name], results: [Name], of table: TableDeclaration,
    to rows: inout TableRows
  ) {
    guard let columns = columns(header, among: table.parameters.map(\.name), of: table) else {
      return
    }
    let named = table.results.compactMap(\.name)
    var order = Array(table.results.indices)
    if !results.isEmpty {
      if named.isEmpty, results.count == 1, table.results.count == 1 {
        // `-> limit` names the only result on the spot.
      } else if let found = self.columns(results, among: named, of: table) {
        order = found
      } else {
        return
      }
    }
    for row in written {
      // A row with too few or too many cells has been reported by the parser.
      guard row.results.count == order.count else { continue }
      var payload = Array(repeating: unknown, count: order.count)
      for (cell, column) in zip(row.results, order) {
        payload[column] = check(cell, expecting: rows.results[column], in: rows.scope)
      }
      guard let cells = row.cells else {
        if let first = rows.otherwise {
          report(.secondElse(at: row.span, first: program[first.rule].span))
          continue
        }
        rows.otherwise = Choose.Otherwise(
          rule: rule(word(.else, at: row.span), at: row.span), payload: payload)
        continue
      }
      guard cells.count == columns.count else { continue }
      var line = TableRows.Row(
        title: title(of: cells, at: row.span), payload: payload, span: row.span)
      for (cell, column) in zip(cells, columns) {
        add(cell, on: column, to: &line, rows)
      }
      rows.rows.append(line)
    }
  }

  /// The columns that a header names, each once; reports and returns nil if it names others.
  private mutating func columns(
    _ header: [Name], among declared: [LabeledName], of table: TableDeclaration
  ) -> [Int]? {
    var found: [Int] = []
    for name in header {
      guard
        let index = declared.firstIndex(where: {
          $0.name.text == name.text || $0.label?.text == name.text
        })
      else {
        report(.unknownName(name, near: near(name.text, in: declared.map(\.name.text))))
        return nil
      }
      if found.contains(index) {
        report(.duplicateName(name.text, at: name.span, first: nil))
        return nil
      }
      found.append(index)
    }
    if found.count < declared.count {
      let missing = declared.indices.filter { !found.contains($0) }.map { declared[$0].name.text }
      report(.headerIncomplete(at: header.first?.span ?? table.name.name.span, missing: missing))
      return nil
    }
    return found
  }

  /// What stands before the `->` of a row.
  private func title(of cells: [TableDeclaration.Cell], at span: Span) -> String {
    let language = language(of: span.source)
    var title = ""
    for cell in cells {
      if !title.isEmpty { title += " | " }
      // Most cells are values, whose text costs less than printing them.
      if case .value(let value) = cell {
        title += written(value)
      } else {
        title += Printer.print(cell, in: language)
      }
    }
    return title
  }

  // MARK: Grids

  private mutating func addGrid(
    _ grid: TableDeclaration.Grid, of table: TableDeclaration, to rows: inout TableRows
  ) {
    guard rows.parameters.count == 2, rows.results.count == 1 else {
      report(.gridShape(table.name.name))
      return
    }
    for written in grid.rows {
      guard let down = written.cells?.first, written.results.count == grid.across.count else {
        report(
          .cellCount(
            at: written.span, wanted: grid.across.count, found: written.results.count))
        continue
      }
      for (across, result) in zip(grid.across, written.results) {
        let payload = check(result, expecting: rows.results[0], in: rows.scope)
        var row = TableRows.Row(title: "", payload: [payload], span: result.span)
        add(down, on: 0, to: &row, rows)
        add(across, on: 1, to: &row, rows)
        row.title = row.conditions.map(\.text).joined(separator: " | ")
        rows.rows.append(row)
      }
    }
  }

  // MARK: Cells

  private mutating func add(
    _ cell: TableDeclaration.Cell, on column: Int, to row: inout TableRows.Row, _ rows: TableRows
  ) {
    let parameter = rows.parameters[column]
    guard let (term, text, span, rank) = check(cell, on: parameter, at: row.span, rows.scope) else {
      rows.note(0, of: &row)
      return
    }
    rows.note(rank, of: &row)
    row.conditions.append(Rule.Condition(role: .cell, term: term, text: text, span: span))
  }

  /// A cell as a condition on its parameter; nil for `any`. `rank` is how special it is.
  private mutating func check(
    _ cell: TableDeclaration.Cell, on parameter: TableRows.Column, at row: Span, _ scope: Scope
  ) -> (term: TermID, text: String, span: Span, rank: Int)? {
    let value = parameter.term
    switch cell {
    case .any: return nil
    case .missing:
      let text = "\(parameter.name) \(word(.is, at: row)) \(word(.missing, at: row))"
      return (not(isKnown(value)), text, row, 2)
    case .not(let inner):
      guard let (term, text, span, _) = check(inner, on: parameter, at: row, scope) else {
        return (boolean(false), word(.not, at: row), row, 1)
      }
      return (not(term), "\(word(.not, at: row)) \(text)", span, 1)
    case .compare(let symbol, let expression):
      let other = check(expression, expecting: widened(parameter.type), in: scope)
      let text = "\(parameter.name) \(spelling(of: symbol)) \(written(expression))"
      if type(of: other) == .unknown { return (unknown, text, expression.span, 1) }
      guard let operation = operation(of: symbol) else {
        return (unknown, text, expression.span, 1)
      }
      if operation != .equal, operation != .notEqual, !isOrdered(parameter.type) {
        report(.noOrder(describe(parameter.type), at: expression.span))
        return (unknown, text, expression.span, 1)
      }
      return (
        self.operation(operation, [value, other], type: .boolean), text, expression.span, 1
      )
    case .value(let expression): return check(expression, on: parameter, scope)
    }
  }

  private mutating func check(
    _ expression: Expression, on parameter: TableRows.Column, _ scope: Scope
  ) -> (term: TermID, text: String, span: Span, rank: Int) {
    let value = parameter.term
    let span = expression.span
    // Most cells are equalities: nothing is put into words that is not shown.
    func within() -> String {
      "\(parameter.name) \(word(.isIn, at: span)) \(written(expression))"
    }
    func equals() -> String { "\(parameter.name) = \(written(expression))" }
    switch (expression.kind, parameter.type) {
    case (.grouped(let inner), _): return check(inner, on: parameter, scope)
    case (.range(let range), _):
      return (checkRange(range, of: value, in: scope), within(), span, 1)
    case (.set(let items), .node):
      let set = check(expression, expecting: .set(parameter.type), in: scope)
      if items.isEmpty || type(of: set) == .unknown { return (unknown, within(), span, 1) }
      return (operation(.within, [value, set], type: .boolean), within(), span, 1)
    case (.set(let items), _): return (isIn(value, items, in: scope), within(), span, 1)
    case (_, .node(let tree)):
      let found = infer(expression, expecting: parameter.type, in: scope)
      if case .set = type(of: found) {
        return (operation(.within, [value, found], type: .boolean), within(), span, 1)
      }
      let node = fit(found, to: parameter.type, written: expression)
      var rank = 2
      if case .constant(let constant) = program[node], constant.value.tag == .node {
        rank += program.schema.trees[Int(tree.index)].nodes[Int(constant.value.bits)].depth
      }
      let text = "\(parameter.name) \(word(.within, at: span)) \(written(expression))"
      if type(of: node) == .unknown { return (unknown, text, span, rank) }
      return (operation(.within, [value, node], type: .boolean), text, span, rank)
    case (_, .set(let item)):
      let member = check(expression, expecting: item, in: scope)
      if type(of: member) == .unknown { return (unknown, within(), span, 2) }
      return (operation(.isIn, [member, value], type: .boolean), within(), span, 2)
    default:
      let found = infer(expression, expecting: widened(parameter.type), in: scope)
      // A constant that names a set: `define dear = {…}`.
      if case .set = type(of: found) {
        return (operation(.isIn, [value, found], type: .boolean), within(), span, 1)
      }
      let other = fit(found, to: widened(parameter.type), written: expression)
      if type(of: other) == .unknown { return (unknown, equals(), span, 2) }
      noteText(other, comparedWith: value, at: span)
      return (operation(.equal, [value, other], type: .boolean), equals(), span, 2)
    }
  }

  /// Integers may be held against any number.
  func widened(_ type: ValueType) -> ValueType { type == .integer ? .number : type }

  func isOrdered(_ type: ValueType) -> Bool {
    switch type {
    case .number, .integer, .percent, .money, .date, .time, .duration, .unknown: true
    case .member(let id): program.schema[id].isOrdered
    default: false
    }
  }

  private func operation(of symbol: BinaryOperator) -> Operation? {
    switch symbol {
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    default: nil
    }
  }

  private func spelling(of symbol: BinaryOperator) -> String {
    switch symbol {
    case .equal: "="
    case .notEqual: "!="
    case .less: "<"
    case .lessOrEqual: "<="
    case .greater: ">"
    case .greaterOrEqual: ">="
    default: ""
    }
  }

  /// `effective A..B` on a table of written rows holds for all of them.
  private mutating func limit(_ rows: inout TableRows, to effective: RangeTree) {
    let today = rows.scope.asOf ?? term(.today, type: .date)
    let range = checkRange(effective, of: today, in: rows.scope)
    guard let span = effective.lower?.span ?? effective.upper?.span else { return }
    let condition = Rule.Condition(
      role: .effective, term: range, text: written(effective, at: span), span: span)
    for index in rows.rows.indices { rows.rows[index].conditions.append(condition) }
  }

  // MARK: Lowering

  private mutating func finish(
    _ table: TableDeclaration, _ rows: TableRows, _ policy: TableDeclaration.Policy,
    as id: DerivedID, unit: UnitID
  ) {
    let priorities = policy == .mostSpecific ? rows.priorities : []
    var alternatives: [Choose.Alternative] = []
    alternatives.reserveCapacity(rows.rows.count)
    for (index, row) in rows.rows.enumerated() {
      let guardTerm = all(row.conditions.map(\.term))
      let rule = rule(row.title, conditions: row.conditions, at: row.span)
      alternatives.append(
        Choose.Alternative(
          rule: rule, guardTerm: guardTerm, payload: row.payload,
          priority: priorities.isEmpty ? 0 : priorities[index]))
    }
    let choose = choose(
      Choose(
        policy: choosePolicy(policy), isStrict: true, alternatives: alternatives,
        otherwise: rows.otherwise))
    let span = units[Int(unit.index)].declaration.span
    let parameters = self[id].parameters
    let arguments = rows.parameters.map(\.term)
    let title = table.name.name.text
    func value(_ column: Int, winner: TermID) -> TermID {
      let type = rows.results[column]
      switch policy {
      case .collect: return collect(column, of: choose, .list, type: .list(type))
      case .collectSum: return collect(column, of: choose, .sum, type: type)
      case .collectMin: return collect(column, of: choose, .min, type: type)
      case .collectMax: return collect(column, of: choose, .max, type: type)
      case .collectCount: return collect(column, of: choose, .count, type: .integer)
      case .ruleOrder, .outputOrder:
        return payload(column, of: choose, winner: winner, type: .list(type))
      default: return payload(column, of: choose, winner: winner, type: type)
      }
    }
    var details: [Decision.Detail] = []
    let answer: AttributeID
    if rows.results.count == 1 {
      let term = value(0, winner: winner(of: choose))
      answer = attribute(
        Named(title, label: table.name.label?.text), parameters: parameters, term: term, at: span)
    } else {
      // The winner is found once; each result reads its column of it.
      answer = attribute(
        Named(title, label: table.name.label?.text), parameters: parameters,
        term: winner(of: choose), at: span)
    }
    bind(id, to: answer)
    for (column, result) in table.results.enumerated() {
      guard let name = result.name, let part = self[id].parts[name.name.text] else { continue }
      if rows.results.count == 1 {
        bind(part, to: answer)
        continue
      }
      let winner = term(
        .attribute(answer, arguments, asOf: nil), type: program[answer].type)
      let attribute = attribute(
        Named("\(title).\(name.name.text)", label: name.label?.text), parameters: parameters,
        term: value(column, winner: winner), at: span)
      bind(part, to: attribute)
      details.append(Decision.Detail(name: named(name), attribute: attribute))
    }
    decision(
      Decision(
        kind: .table(choose), title: title, name: named(table.name), parameters: parameters,
        answer: answer, details: details,
        rules: alternatives.map(\.rule) + (rows.otherwise.map { [$0.rule] } ?? []), span: span),
      by: unit)
  }
}

/// The rows of a table while they are put together.
struct TableRows {
  struct Column {
    var name: String
    var type: ValueType
    var term: TermID
  }
  struct Row {
    var title: String
    var conditions: [Rule.Condition] = []
    /// How special each cell is, in the order of the cells; see `priorities`. Empty where nobody
    /// asks.
    var ranks: [Int] = []
    var payload: [TermID]
    var span: Span
  }
  var parameters: [Column]
  var results: [ValueType]
  var scope: Scope
  var rows: [Row] = []
  var otherwise: Choose.Otherwise?
  /// Whether the policy asks how special rows are.
  var keepsRanks = false

  /// Notes how special the next cell of a row is.
  func note(_ rank: Int, of row: inout Row) {
    if keepsRanks { row.ranks.append(rank) }
  }

  init(parameters: [Column], results: [ValueType], scope: Scope) {
    self.parameters = parameters
    self.results = results
    self.scope = scope
  }

  /// `most specific` as numbers: rows compared cell by cell from the left, the more special first.
  var priorities: [Int32] {
    let order = rows.indices.sorted { rows[$0].ranks.lexicographicallyPrecedes(rows[$1].ranks) }
    var result = Array(repeating: Int32(0), count: rows.count)
    var level: Int32 = 0
    for (position, index) in order.enumerated() {
      if position > 0, rows[index].ranks != rows[order[position - 1]].ranks { level += 1 }
      result[index] = level
    }
    return result
  }
}
