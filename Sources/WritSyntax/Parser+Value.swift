import WritText

/// Values with names: `define`, `param`, `table`, `decide`, `measure`.
extension Parser {
  /// define = "define" [ name "." ] labeled [ parameters [ label ] ] [ ":" type ] "=" expression
  mutating func parseDefine() throws(Abandoned) -> DefineDeclaration {
    var record: Name?
    var name = try expectName(Phrase("a name", zh: "名称"))
    if continuesLine, take(.dot) {
      record = name
      name = try expectName(Phrase("a name", zh: "名称"))
    }
    var label = takeLabel()
    var parameters: [Parameter]?
    if continuesLine, at(.openParen) {
      parameters = try parseParameters()
      label = label ?? takeLabel()
    }
    var type: TypeTree?
    if take(.colon) { type = try parseType() }
    let value = try parseDefined(by: .equal)
    return DefineDeclaration(
      record: record, name: LabeledName(name: name, label: label), parameters: parameters,
      type: type, value: value)
  }

  /// The value behind `=`. What cannot be read leaves a broken value behind a good name, so that
  /// whoever reads the name does not fail a second time.
  private mutating func parseDefined(by symbol: Symbol) throws(Abandoned) -> Expression {
    try expect(symbol)
    let start = position
    do throws(Abandoned) {
      try checkOperand()
      let value = try parseExpression()
      if !endsDeclaration { throw fail(.expectedEnd(found, at: here)) }
      return value
    } catch {
      depth = 0
      hasTitles = true
      allowsIs = true
      recoverDeclaration(from: start)
      return Expression(.broken, at: span(of: tokens[min(start, tokens.count - 1)]))
    }
  }

  private var endsDeclaration: Bool {
    atEnd || token.startsLine || at(.closeBrace) || atAny(Parser.topLevel) != nil
      || atAny(itemStarts) != nil
      || (at(.comma) && (peek(1).startsLine || atDeclaration(position + 1)))
  }

  /// parameters = "(" [ labeled ":" type { "," labeled ":" type } ] ")"
  private mutating func parseParameters() throws(Abandoned) -> [Parameter] {
    try expect(.openParen)
    var parameters: [Parameter] = []
    while !at(.closeParen) {
      let name = try parseLabeled(Phrase("a parameter", zh: "参数名"))
      try expect(.colon)
      parameters.append(Parameter(name: name, type: try parseType()))
      if !take(.comma) { break }
    }
    try expect(.closeParen)
    return parameters
  }

  /// param = "param" labeled "=" orElse [ "in" range ]
  mutating func parseParam() throws(Abandoned) -> ParamDeclaration {
    let name = try parseLabeled(Phrase("a name", zh: "名称"))
    try expect(.equal)
    let value = try parseOrElse()
    let range = take(.isIn) ? try parseRangeTree() : nil
    return ParamDeclaration(name: name, value: value, range: range)
  }

  /// A range where nothing else may stand.
  mutating func parseRangeTree() throws(Abandoned) -> RangeTree {
    let start = here
    let expression = try parseRange()
    if case .range(let range) = expression.kind { return range }
    report(.expectedRange(at: span(from: start)))
    return RangeTree(
      lower: expression, includesLower: true, upper: expression, includesUpper: true)
  }

  // MARK: - Tables

  /// table = "table" labeled parameters "->" result { "," result } [ "," tablePolicy ]
  ///         ( tableBody | "from" text [ "{" "effective" range "}" ] )
  mutating func parseTable() throws(Abandoned) -> TableDeclaration {
    let name = try parseLabeled(Phrase("a name for the table", zh: "对照表的名称"))
    let parameters = try parseParameters()
    try expect(.arrow)
    var results = [try parseResult()]
    var policy: TableDeclaration.Policy?
    while take(.comma) {
      let place = here
      if atResult {
        results.append(try parseResult())
      } else {
        let said = try parseTablePolicy()
        if policy != nil { report(.repeated(Phrase("the policy", zh: "命中方式"), at: place)) }
        policy = said
      }
    }
    var table = TableDeclaration(
      name: name, parameters: parameters, results: results, policy: policy,
      body: .rows(header: [], results: [], []), effective: nil)
    if take(.from) {
      table.body = .file(try expectText(Phrase("a file name", zh: "文件名")))
      if at(.openBrace) {
        try parseBody(titles: false) { (parser) throws(Abandoned) in
          try parser.expect(.effective)
          table.effective = try parser.parseRangeTree()
        }
      }
      return table
    }
    table.body = try parseTableBody()
    return table
  }

  private var atResult: Bool {
    guard atName else { return false }
    return peek(1).symbol == .colon || (peek(1).kind == .text && peek(2).symbol == .colon)
  }

  /// result = [ labeled ":" ] type
  private mutating func parseResult() throws(Abandoned) -> TableDeclaration.Result {
    var name: LabeledName?
    if atResult {
      name = try parseLabeled(Phrase("a result", zh: "结果名"))
      try expect(.colon)
    }
    return TableDeclaration.Result(name: name, type: try parseType())
  }

  /// tablePolicy = "first" | "unique" | "any" | "priority" | "most specific" | "rule order"
  ///             | "output order" | "collect" [ "sum" | "min" | "max" | "count" ]
  mutating func parseTablePolicy() throws(Abandoned) -> TableDeclaration.Policy {
    if take(.collect) {
      if take(.sum) { return .collectSum }
      if take(.min) { return .collectMin }
      if take(.max) { return .collectMax }
      if take(.count) { return .collectCount }
      return .collect
    }
    for (keyword, policy) in Parser.policies where take(keyword) { return policy }
    throw fail(expected(Parser.policies.map(\.keyword) + [.collect]))
  }

  static let policies: [(keyword: Keyword, policy: TableDeclaration.Policy)] = [
    (.first, .first), (.unique, .unique), (.policyAny, .any), (.priority, .priority),
    (.mostSpecific, .mostSpecific), (.ruleOrder, .ruleOrder), (.outputOrder, .outputOrder),
  ]

  /// tableBody = "{" ( name { "|" name } "->" name { "|" name } { row } | grid ) "}"
  mutating func parseTableBody() throws(Abandoned) -> TableDeclaration.Body {
    if peek(1).symbol == .pipe, at(.openBrace) { return .grid(try parseGrid()) }
    var header: [Name]?
    var resultNames: [Name] = []
    var rows: [TableDeclaration.Row] = []
    try parseBody(titles: false) { (parser) throws(Abandoned) in
      guard let names = header else {
        header = []
        let column = Phrase("a column", zh: "列名")
        var cells = [try parser.expectName(column)]
        while parser.take(.pipe) { cells.append(try parser.expectName(column)) }
        try parser.expect(.arrow)
        resultNames = [try parser.expectName(column)]
        while parser.take(.pipe) { resultNames.append(try parser.expectName(column)) }
        header = cells
        return
      }
      rows.append(try parser.parseRow(cells: names.count, results: resultNames.count))
    }
    return .rows(header: header ?? [], results: resultNames, rows)
  }

  /// row = ( cell { "|" cell } | "else" ) "->" expression { "|" expression }
  private mutating func parseRow(cells wanted: Int, results: Int)
    throws(Abandoned) -> TableDeclaration.Row
  {
    let start = here
    var cells: [TableDeclaration.Cell]?
    if !take(.else) {
      var read = [try parseCell()]
      while take(.pipe) { read.append(try parseCell()) }
      cells = read
      if read.count != wanted, wanted > 0 {
        report(.wrongCellCount(read.count, wanted: wanted, at: span(from: start)))
      }
    }
    try expect(.arrow)
    let place = here
    var values = [try parseExpression()]
    while take(.pipe) { values.append(try parseExpression()) }
    if values.count != results, results > 0 {
      report(.wrongCellCount(values.count, wanted: results, at: span(from: place)))
    }
    return TableDeclaration.Row(cells: cells, results: values, span: span(from: start))
  }

  /// cell = "any" | "missing" | "not" cell | relation orElse | range
  mutating func parseCell() throws(Abandoned) -> TableDeclaration.Cell {
    func ends(_ token: Token) -> Bool {
      token.symbol == .pipe || token.symbol == .arrow || token.startsLine
        || token.symbol == .closeBrace
    }
    if at(.any), ends(peek(1)) {
      _ = take(.any)
      return .any
    }
    if at(.missing) {
      _ = take(.missing)
      return .missing
    }
    if take(.not) {
      return .not(try nested { (parser) throws(Abandoned) in try parser.parseCell() })
    }
    let op: BinaryOperator?
    switch token.symbol {
    case .equal: op = .equal
    case .notEqual: op = .notEqual
    case .less: op = .less
    case .lessOrEqual: op = .lessOrEqual
    case .greater: op = .greater
    case .greaterOrEqual: op = .greaterOrEqual
    default: op = relationWord
    }
    if let op {
      advance()
      return .compare(op, try parseOrElse())
    }
    return .value(try parseRange())
  }

  private var relationWord: BinaryOperator? {
    guard token.word != 0 else { return nil }
    if at(.equalWord) { return .equal }
    if at(.notEqualWord) { return .notEqual }
    if at(.lessWord) { return .less }
    if at(.lessOrEqualWord) { return .lessOrEqual }
    if at(.greaterWord) { return .greater }
    if at(.greaterOrEqualWord) { return .greaterOrEqual }
    return nil
  }

  /// grid = "|" cell { "|" cell } { cell { "|" orElse } }
  private mutating func parseGrid() throws(Abandoned) -> TableDeclaration.Grid {
    var across: [TableDeclaration.Cell]?
    var rows: [TableDeclaration.Row] = []
    try parseBody(titles: false) { (parser) throws(Abandoned) in
      guard let header = across else {
        across = []
        var cells: [TableDeclaration.Cell] = []
        while parser.take(.pipe) { cells.append(try parser.parseCell()) }
        across = cells
        return
      }
      let start = parser.here
      let cell = try parser.parseCell()
      var values: [Expression] = []
      while parser.take(.pipe) { values.append(try parser.parseOrElse()) }
      if values.count != header.count, !header.isEmpty {
        parser.report(
          .wrongCellCount(values.count, wanted: header.count, at: parser.span(from: start)))
      }
      rows.append(
        TableDeclaration.Row(cells: [cell], results: values, span: parser.span(from: start)))
    }
    return TableDeclaration.Grid(across: across ?? [], rows: rows)
  }

  // MARK: - Decide

  /// decide = "decide" labeled "for" name "->" type [ "," tablePolicy ] decideBody
  mutating func parseDecide() throws(Abandoned) -> DecideDeclaration {
    let name = try parseLabeled(Phrase("a name for the decision", zh: "判定的名称"))
    try expect(.for)
    let record = try expectName(Phrase("a record", zh: "对象名"))
    try expect(.arrow)
    let result = try parseType()
    let policy = take(.comma) ? try parseTablePolicy() : nil
    var block = DecideDeclaration(
      name: name, record: record, result: result, policy: policy, rules: [])
    try parseDecideBody(&block)
    return block
  }

  /// decideBody = "{" { title { guard | [ ":" ] expression } | "otherwise" [ ":" ] expression } "}"
  mutating func parseDecideBody(_ block: inout DecideDeclaration) throws(Abandoned) {
    try parseBody(starts: [.otherwise]) { (parser) throws(Abandoned) in
      let start = parser.here
      if parser.take(.otherwise) {
        _ = parser.take(.colon)
        let value = try parser.parseExpression()
        if block.otherwise != nil {
          parser.report(.repeated(Phrase("`otherwise`", zh: "`兜底`"), at: start))
        }
        block.otherwise = value
        return
      }
      let title = try parser.expectTitle()
      var outcome: Expression?
      let guards = try parser.parseRule { (parser) throws(Abandoned) -> Bool in
        guard parser.beginsOperand, !parser.at(.otherwise) else { return false }
        let place = parser.here
        let value = try parser.parseExpression()
        if outcome != nil { parser.report(.severalOutcomes(title.text, at: place)) }
        outcome = value
        return true
      }
      guard let outcome else { throw parser.fail(.missingOutcome(title.text, at: title.span)) }
      block.rules.append(
        DecideDeclaration.Rule(
          title: title, guards: guards, outcome: outcome, span: parser.span(from: start)))
    }
  }

  // MARK: - Measures

  /// measure = "measure" text "=" expression { "," ( "more is better" | "less is better"
  ///           | "may fall by at most" orElse | "may rise by at most" orElse ) }
  mutating func parseMeasure() throws(Abandoned) -> MeasureDeclaration {
    let title = try expectText(Phrase("a title", zh: "标题"))
    try expect(.equal)
    var measure = MeasureDeclaration(
      title: title, value: try parseExpression(), moreIsBetter: nil, limit: nil)
    while take(.comma) {
      if take(.moreIsBetter) {
        measure.moreIsBetter = true
      } else if take(.lessIsBetter) {
        measure.moreIsBetter = false
      } else if take(.mayFall) {
        measure.limit = MeasureDeclaration.Limit(isFall: true, atMost: try parseOrElse())
      } else if take(.mayRise) {
        measure.limit = MeasureDeclaration.Limit(isFall: false, atMost: try parseOrElse())
      } else {
        throw fail(expected([.moreIsBetter, .lessIsBetter, .mayFall, .mayRise]))
      }
    }
    return measure
  }
}
