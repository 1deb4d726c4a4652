import WritText

/// Declarations of the model and of values.
extension Printer {
  mutating func declaration(_ declaration: Declaration) {
    newLine("", at: declaration.span)
    restOfLine(declaration)
  }

  /// A declaration behind what the line has already.
  mutating func restOfLine(_ declaration: Declaration) {
    let span = declaration.span
    switch declaration.kind {
    case .currency(let names):
      write(word(.currency) + " ")
      list(names) { $0.name($1) }
    case .zone(let minutes): zone(minutes)
    case .enumeration(let block): enumeration(block, at: span)
    case .tree(let block):
      write(word(.tree) + " ")
      labeled(block.name)
      tree(block.nodes, at: span)
    case .record(let block): record(block, at: span)
    case .queue(let queues):
      write(word(.queue) + " ")
      list(queues) { $0.labeled($1) }
    case .data(let block): data(block, at: span)
    case .show(let block): show(block)
    case .define(let block): define(block)
    case .table(let block): table(block, at: span)
    case .decide(let block): decide(block, at: span)
    case .territories(let block): territories(block, at: span)
    case .assign(let block): assign(block, at: span)
    case .price(let block): price(block, at: span)
    case .authorizeSale(let block): sale(block, at: span)
    case .authorizeDiscount(let block): discount(block, at: span)
    case .match(let block): match(block, at: span)
    case .split(let block): split(block, at: span)
    case .require(let block): require(block)
    case .change(let block): change(block, at: span)
    case .alert(let block): alert(block, at: span)
    case .test(let block): test(block, at: span)
    case .variant(let block): variant(block, at: span)
    case .param(let block):
      write(word(.param) + " ")
      labeled(block.name)
      write(" = ")
      expression(block.value)
      if let range = block.range {
        write(" " + word(.isIn) + " ")
        self.range(range)
      }
    case .measure(let block): measure(block)
    case .experiment(let block): experiment(block, at: span)
    case .changeable(let paths):
      write(word(.changeable) + " ")
      list(paths) { $0.expression($1) }
    }
  }

  mutating func labeled(_ name: LabeledName) {
    self.name(name.name)
    if let label = name.label { write(" " + quoted(label.text)) }
  }

  private mutating func zone(_ minutes: Int) {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let size = abs(minutes)
    write("\(word(.zone)) \(minutes < 0 ? "-" : "+")\(two(size / 60)):\(two(size % 60))")
  }

  private mutating func enumeration(_ block: EnumDeclaration, at span: Span) {
    write(word(.enum) + " ")
    labeled(block.name)
    if block.isOrdered { write(" " + word(.ordered)) }
    if let file = block.file { return write(" " + word(.from) + " " + quoted(file.text)) }
    let members = inline { printer in printer.list(block.members) { $0.labeled($1) } }
    let line = (lines.last?.text ?? "") + " { " + members + " }"
    guard displayWidth(line) > Printer.width else {
      return write(members.isEmpty ? " {}" : " { " + members + " }")
    }
    body(closing: span) { printer in
      printer.filled(
        block.members.map { member in
          (printer.inline { $0.labeled(member) }, member.name.span)
        })
    }
  }

  /// A small tree on one line, as its author would write it; else a line a branch.
  private mutating func tree(_ nodes: [TreeDeclaration.Node], at span: Span) {
    let line = (lines.last?.text ?? "") + " { " + flat(nodes) + " }"
    if displayWidth(line) <= 72 {
      lines[lines.count - 1].text = line
      return
    }
    body(closing: span) { $0.nodes(nodes) }
  }

  /// `china { east { shanghai, jiangsu }  north { beijing } }`
  private func flat(_ nodes: [TreeDeclaration.Node]) -> String {
    var text = ""
    for (index, node) in nodes.enumerated() {
      text += inline { $0.labeled(node.name) }
      if !node.children.isEmpty { text += " { " + flat(node.children) + " }" }
      if index + 1 < nodes.count { text += node.children.isEmpty ? ", " : "  " }
    }
    return text
  }

  private mutating func nodes(_ nodes: [TreeDeclaration.Node]) {
    for node in nodes {
      newLine("", at: node.name.name.span)
      labeled(node.name)
      guard !node.children.isEmpty else { continue }
      let flat = self.flat(node.children)
      let isLeaves = node.children.allSatisfy { $0.children.isEmpty }
      let width = indent + displayWidth(lines.last?.text ?? "") + displayWidth(flat) + 5
      if width <= (isLeaves ? Printer.width : 72) {
        write(" { " + flat + " }")
      } else {
        write(" {")
        indent += 2
        self.nodes(node.children)
        indent -= 2
        newLine("}", closes: true)
      }
    }
  }

  // MARK: - Records

  private mutating func record(_ block: RecordDeclaration, at span: Span) {
    write(word(.record) + " ")
    labeled(block.name)
    body(closing: span) { printer in
      let names = block.fields.map { field in printer.inline { $0.name(field.name.name) } }
      let labels = block.fields.map { field in
        field.name.label.map { printer.quoted($0.text) } ?? ""
      }
      let nameWidth = names.map(displayWidth).max() ?? 0
      let labelWidth = labels.map(displayWidth).max() ?? 0
      if let first = block.compositeKey.first {
        let key = printer.inline { printer in
          printer.write(printer.word(.key) + " (")
          printer.list(block.compositeKey) { $0.name($1) }
          printer.write(")")
        }
        // Before the first field that was written behind it.
        let index = block.fields.firstIndex { $0.span.start > first.span.start }
        for (position, field) in block.fields.enumerated() {
          if position == index { printer.newLine(key, at: first.span) }
          printer.field(
            field, padded(names[position], to: nameWidth), padded(labels[position], to: labelWidth))
        }
        if index == nil { printer.newLine(key, at: first.span) }
        return
      }
      for (position, field) in block.fields.enumerated() {
        printer.field(
          field, padded(names[position], to: nameWidth), padded(labels[position], to: labelWidth))
      }
    }
  }

  private mutating func field(_ field: RecordDeclaration.Field, _ name: String, _ label: String) {
    newLine(name + (label.isEmpty ? "" : " " + label) + " : ", at: field.span)
    type(field.type)
    if field.isKey { write(" " + word(.key)) }
    if field.isCalled { write(" " + word(.called)) }
    if let parts = field.partAs {
      write(" " + word(.partAs) + " ")
      labeled(parts)
    }
    if let initial = field.initial {
      write(" = ")
      expression(initial)
    }
  }

  mutating func type(_ type: TypeTree) {
    switch type.kind {
    case .text: write(.text)
    case .number: write(.number)
    case .integer: write(.integer)
    case .percent: write(.percent)
    case .date: write(.date)
    case .time: write(.time)
    case .duration: write(.duration)
    case .yesNo: write(language == .english ? "yes/no" : word(.yesNo))
    case .money(let currency):
      write(.money)
      if let currency { write(" " + currency.text) }
    case .moneyAny: write(word(.money) + " " + word(.any))
    case .named(let name): self.name(name)
    case .setOf(let element):
      write(word(.setOf) + " ")
      self.type(element)
    case .listOf(let element):
      write(word(.listOf) + " ")
      self.type(element)
    }
    if type.isOptional { write("?") }
  }

  // MARK: - Data

  private mutating func data(_ block: DataDeclaration, at span: Span) {
    write(word(.data) + " ")
    name(block.record)
    write(" " + word(.from) + " " + quoted(block.file.text))
    let hasBody =
      !block.columns.isEmpty || !block.missing.isEmpty || block.delimiter != nil
      || block.encoding != nil || !block.hasHeader
    guard hasBody else { return }
    body(closing: span) { printer in
      if !block.hasHeader { printer.newLine(printer.word(.noHeader)) }
      if let delimiter = block.delimiter {
        printer.newLine(
          printer.word(.delimiter) + " " + printer.quoted(delimiter.text), at: delimiter.span)
      }
      if let encoding = block.encoding {
        printer.newLine(
          printer.word(.encoding) + " " + printer.quoted(encoding.text), at: encoding.span)
      }
      for column in block.columns { printer.column(column) }
      if let first = block.missing.first {
        printer.newLine("", at: first.span)
        printer.markers(block.missing)
      }
    }
  }

  private mutating func markers(_ texts: [TextLiteral]) {
    write(word(.missingWhen) + " ")
    list(texts) { $0.write($0.quoted($1.text)) }
  }

  private mutating func column(_ column: DataDeclaration.Column) {
    newLine("", at: column.field.span)
    name(column.field)
    if let header = column.header {
      write(" " + word(.from) + " ")
      list([header] + column.moreHeaders) { $0.write($0.quoted($1.text)) }
    }
    switch column.form {
    case .pattern(let pattern): write(" " + word(.format) + " " + quoted(pattern.text))
    case .fraction: write(" " + word(.format) + " " + word(.fraction))
    case .points: write(" " + word(.format) + " " + word(.percentPoints))
    case nil: break
    }
    if !column.missing.isEmpty {
      write(" ")
      markers(column.missing)
    }
  }

  private mutating func show(_ block: ShowDeclaration) {
    write(word(.show) + " ")
    name(block.record)
    write(".")
    name(block.field)
    write(" " + word(.onlyTo) + " ")
    switch block.viewer {
    case .party(let parties): list(parties) { $0.expression($1) }
    case .record(let binder, let condition):
      self.binder(binder)
      write(" " + word(.where) + " ")
      expression(condition)
    }
  }

  // MARK: - Values

  private mutating func define(_ block: DefineDeclaration) {
    write(word(.define) + " ")
    if let record = block.record {
      name(record)
      write(".")
    }
    labeled(block.name)
    if let parameters = block.parameters { self.parameters(parameters) }
    if let type = block.type {
      write(" : ")
      self.type(type)
    }
    let head = lines[lines.count - 1].text
    let count = lines.count
    write(" = ")
    expression(block.value)
    // What is too long for the line of its name stands below it.
    let below = text(block.value)
    guard !isInline, lines.count == count,
      displayWidth(lines[count - 1].text) + indent > Printer.width,
      indent + 2 + displayWidth(below) <= Printer.width || breakable(below).count > 1
    else { return }
    lines[count - 1].text = head + " ="
    indent += 2
    value(block.value)
    indent -= 2
  }

  /// A long value on lines of its own.
  private mutating func value(_ value: Expression) {
    guard case .pick(let gathering, let keys) = value.kind,
      indent + displayWidth(text(value)) > Printer.width
    else { return newLine(text(value)) }
    let over = inline { $0.gathering(gathering) }
    newLine(word(.pick) + " " + over)
    newLine(word(.by) + " " + inline { $0.selectionKeys(keys) })
  }

  private mutating func parameters(_ parameters: [Parameter]) {
    write("(")
    list(parameters) { printer, parameter in
      printer.labeled(parameter.name)
      printer.write(": ")
      printer.type(parameter.type)
    }
    write(")")
  }

  private mutating func measure(_ block: MeasureDeclaration) {
    write(word(.measure) + " " + quoted(block.title.text) + " = ")
    expression(block.value)
    if let isMore = block.moreIsBetter {
      write(", " + word(isMore ? .moreIsBetter : .lessIsBetter))
    }
    if let limit = block.limit {
      write(", " + word(limit.isFall ? .mayFall : .mayRise) + " ")
      expression(limit.atMost)
    }
  }

  // MARK: - Tables

  func keywords(of policy: TableDeclaration.Policy) -> [Keyword] {
    switch policy {
    case .first: [.first]
    case .unique: [.unique]
    case .any: [.policyAny]
    case .priority: [.priority]
    case .mostSpecific: [.mostSpecific]
    case .collect: [.collect]
    case .collectSum: [.collect, .sum]
    case .collectMin: [.collect, .min]
    case .collectMax: [.collect, .max]
    case .collectCount: [.collect, .count]
    case .ruleOrder: [.ruleOrder]
    case .outputOrder: [.outputOrder]
    }
  }

  private mutating func table(_ block: TableDeclaration, at span: Span) {
    write(word(.table) + " ")
    labeled(block.name)
    parameters(block.parameters)
    write(" -> ")
    list(block.results) { printer, result in
      if let name = result.name {
        printer.labeled(name)
        printer.write(": ")
      }
      printer.type(result.type)
    }
    let policy = block.policy.map { keywords(of: $0).map(word).joined(separator: " ") }
    if case .file(let file) = block.body {
      var tail = word(.from) + " " + quoted(file.text)
      if let policy { tail = policy + " " + tail }
      if let range = block.effective {
        tail += " { " + word(.effective) + " " + inline { $0.range(range) } + " }"
      }
      if policy != nil { write(",") }
      let isWide =
        indent + displayWidth(lines[lines.count - 1].text) + 1 + displayWidth(tail)
        > Printer.width
      // A line may end with a comma, and only there.
      guard isWide, policy != nil else { return write(" " + tail) }
      indent += 2
      newLine(tail)
      indent -= 2
      return
    }
    if let policy { write(", " + policy) }
    tableBody(block.body, at: span)
  }

  mutating func tableBody(_ table: TableDeclaration.Body, at span: Span) {
    switch table {
    case .file: break
    case .rows(let header, let results, let rows):
      body(closing: span) { $0.rows(header: header, results: results, rows) }
    case .grid(let grid): body(closing: span) { $0.grid(grid) }
    }
  }

  func text(_ cell: TableDeclaration.Cell) -> String { inline { $0.cell(cell) } }

  mutating func cell(_ cell: TableDeclaration.Cell) {
    switch cell {
    case .any: write(.any)
    case .missing: write(.missing)
    case .not(let inner):
      write(word(.not) + " ")
      self.cell(inner)
    case .compare(let op, let value):
      write(relation(op) + " ")
      expression(value)
    case .value(let value): expression(value)
    }
  }

  private mutating func rows(
    header: [Name], results: [Name], _ rows: [TableDeclaration.Row]
  ) {
    func spell(_ name: Name) -> String { Printer.spelled(name.text) }
    var left = [header.map(spell)]
    var right = [results.map(spell)]
    var anchors: [Span?] = [header.first?.span]
    for row in rows {
      left.append(row.cells.map { $0.map { text($0) } } ?? [word(.else)])
      right.append(row.results.map { text($0) })
      anchors.append(row.span)
    }
    columns(left, right, anchors)
  }

  /// `a | b -> c | d` with the signs under each other.
  mutating func columns(_ left: [[String]], _ right: [[String]], _ anchors: [Span?]) {
    // `else` stands for all cells of its row and needs no column's width.
    let cells = left.map(\.count).max() ?? 0
    let leftWidths = widths(left.filter { $0.count == cells })
    let rightWidths = widths(right)
    let sum = leftWidths.reduce(0, +) + max(0, leftWidths.count - 1) * 3
    let wide = left.filter { $0.count < cells }.map { displayWidth($0[0]) }.reduce(sum, max)
    for index in left.indices {
      let cells = joined(left[index], leftWidths)
      let values = joined(right[index], rightWidths)
      var text = (wide == 0 ? "" : padded(cells, to: wide) + " ") + "-> " + values
      while text.hasSuffix(" ") { text.removeLast() }
      newLine(text, at: anchors[index])
    }
  }

  private func widths(_ rows: [[String]]) -> [Int] {
    var widths: [Int] = []
    for row in rows {
      for (index, text) in row.enumerated() {
        if index == widths.count { widths.append(0) }
        widths[index] = max(widths[index], displayWidth(text))
      }
    }
    return widths
  }

  private func joined(_ cells: [String], _ widths: [Int]) -> String {
    zip(cells, cells.count < widths.count ? widths.map { _ in 0 } : widths).map {
      padded($0, to: $1)
    }.joined(separator: " | ")
  }

  private mutating func grid(_ grid: TableDeclaration.Grid) {
    var table = [[""] + grid.across.map { text($0) }]
    for row in grid.rows {
      table.append((row.cells ?? []).map { text($0) } + row.results.map { text($0) })
    }
    let widths = self.widths(table)
    for (index, row) in table.enumerated() {
      var text = joined(row, widths)
      while text.hasSuffix(" ") { text.removeLast() }
      newLine(text, at: index == 0 ? anchor(of: grid.across.first) : grid.rows[index - 1].span)
    }
  }

  private func anchor(of cell: TableDeclaration.Cell?) -> Span? {
    switch cell {
    case .value(let value), .compare(_, let value): value.span
    case .not(let inner): anchor(of: inner)
    case .any, .missing, nil: nil
    }
  }
}
