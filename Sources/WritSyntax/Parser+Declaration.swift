import WritText

/// A file and the declarations of the model.
extension Parser {
  static let topLevel: [Keyword] = [
    .currency, .zone, .enum, .tree, .record, .queue, .data, .show, .define, .table, .decide,
    .territories, .assign, .price, .authorize, .match, .split, .require, .change, .alert, .test,
    .variant, .param, .measure, .experiment, .changeable,
  ]

  /// file = { declaration }
  mutating func parseFile() -> [Declaration] {
    var declarations: [Declaration] = []
    while !atEnd {
      let start = position
      let place = here
      do throws(Abandoned) {
        let kind = try parseDeclaration()
        declarations.append(Declaration(kind, at: span(from: place)))
      } catch {
        depth = 0
        hasTitles = true
        allowsIs = true
        isPriceBody = false
        recoverDeclaration(from: start)
      }
    }
    return declarations
  }

  /// declaration = currency | zone | enum | tree | record | queue | data | show | define | table
  ///             | decide | territories | assign | price | authorize | match | split | require
  ///             | change | alert | test | variant | param | measure | experiment | changeable
  mutating func parseDeclaration() throws(Abandoned) -> Declaration.Kind {
    guard let keyword = atAny(Parser.topLevel) else { throw fail(expectedDeclaration()) }
    let start = here
    _ = take(keyword)
    switch keyword {
    case .currency: return .currency(try parseNames(Phrase("a currency", zh: "币种")))
    case .zone: return .zone(minutes: try parseZone())
    case .enum: return .enumeration(try parseEnum())
    case .tree: return .tree(try parseTree())
    case .record: return .record(try parseRecord())
    case .queue: return .queue(try parseQueues())
    case .data: return .data(try parseData())
    case .show: return .show(try parseShow())
    case .define: return .define(try parseDefine())
    case .table: return .table(try parseTable())
    case .decide: return .decide(try parseDecide())
    case .territories: return .territories(try parseTerritories())
    case .assign: return .assign(try parseAssign())
    case .price: return .price(try parsePrice())
    case .authorize: return try parseAuthorize()
    case .match: return .match(try parseMatch())
    case .split: return .split(try parseSplit())
    case .require: return .require(try parseRequire())
    case .change: return .change(try parseChange())
    case .alert: return .alert(try parseAlert())
    case .test: return .test(try parseTest())
    case .variant: return .variant(try parseVariant())
    case .param: return .param(try parseParam())
    case .measure: return .measure(try parseMeasure())
    case .experiment: return .experiment(try parseExperiment())
    case .changeable: return .changeable(try parseChangeable())
    default: throw fail(.unexpected(found, at: start))
    }
  }

  private func expectedDeclaration() -> Diagnostic {
    .expectedDeclaration(
      found: found, isWord: token.kind == .word ? text(of: token) : nil, at: here)
  }

  /// currency = "currency" names
  ///
  /// names = name { "," name }
  mutating func parseNames(_ what: Phrase) throws(Abandoned) -> [Name] {
    var names = [try expectName(what)]
    while take(.comma) { names.append(try expectName(what)) }
    return names
  }

  /// label = text
  ///
  /// On the line of its name.
  mutating func takeLabel() -> TextLiteral? { continuesLine ? takeText() : nil }

  /// labeled = name [ label ]
  mutating func parseLabeled(_ what: Phrase) throws(Abandoned) -> LabeledName {
    let name = try expectName(what)
    return LabeledName(name: name, label: takeLabel())
  }

  /// zone = "zone" ( "+" | "-" ) digits ":" digits
  private mutating func parseZone() throws(Abandoned) -> Int {
    let start = here
    let isEast = at(.plus)
    guard take(.plus) || take(.minus), token.kind == .number, peek(1).symbol == .colon,
      peek(2).kind == .number
    else { throw fail(.malformedZone(at: start)) }
    let hours = Int(try digits(of: token)) ?? 99
    let minutes = Int(try digits(of: peek(2))) ?? 99
    let isSound = token.end - token.start == 2 && peek(2).end - peek(2).start == 2
    advance()
    advance()
    advance()
    guard isSound, hours <= 18, minutes < 60 else {
      report(.malformedZone(at: span(from: start)))
      return 0
    }
    return (hours * 60 + minutes) * (isEast ? 1 : -1)
  }

  /// enum = "enum" labeled [ "ordered" ] ( "{" { labeled [ "," ] } "}" | "from" text )
  private mutating func parseEnum() throws(Abandoned) -> EnumDeclaration {
    let name = try parseLabeled(Phrase("a name for the enum", zh: "选项的名称"))
    let isOrdered = take(.ordered)
    var isRising = false
    var members: [LabeledName] = []
    if take(.from) {
      let file = try expectText(Phrase("a file name", zh: "文件名"))
      return EnumDeclaration(name: name, isOrdered: isOrdered, members: [], file: file)
    }
    try parseBody(titles: false) { (parser) throws(Abandoned) in
      if parser.at(.less), !members.isEmpty {
        // Told once, and meant as it looks.
        if !isRising { parser.report(.membersBySigns(at: parser.here)) }
        isRising = true
        parser.advance()
      }
      members.append(try parser.parseLabeled(Phrase("a member", zh: "选项值")))
    }
    return EnumDeclaration(
      name: name, isOrdered: isOrdered || isRising, members: members, file: nil)
  }

  /// tree = "tree" labeled "{" { node [ "," ] } "}"
  private mutating func parseTree() throws(Abandoned) -> TreeDeclaration {
    let name = try parseLabeled(Phrase("a name for the tree", zh: "层级的名称"))
    var nodes: [TreeDeclaration.Node] = []
    try parseBody(titles: false) { (parser) throws(Abandoned) in
      nodes.append(try parser.parseNode())
    }
    return TreeDeclaration(name: name, nodes: nodes)
  }

  /// node = labeled [ "{" { node [ "," ] } "}" ]
  private mutating func parseNode() throws(Abandoned) -> TreeDeclaration.Node {
    let name = try parseLabeled(Phrase("a node", zh: "节点名"))
    var children: [TreeDeclaration.Node] = []
    if at(.openBrace) {
      try parseBody(titles: false) { (parser) throws(Abandoned) in
        children.append(try parser.parseNode())
      }
    }
    return TreeDeclaration.Node(name: name, children: children)
  }

  /// record = "record" labeled "{" { ( field | "key" "(" names ")" ) [ "," ] } "}"
  private mutating func parseRecord() throws(Abandoned) -> RecordDeclaration {
    let name = try parseLabeled(Phrase("a name for the record", zh: "对象的名称"))
    var fields: [RecordDeclaration.Field] = []
    var key: [Name] = []
    try parseBody(titles: false) { (parser) throws(Abandoned) in
      if parser.at(.key), parser.peek(1).symbol == .openParen {
        let place = parser.here
        _ = parser.take(.key)
        try parser.expect(.openParen)
        let names = try parser.parseNames(Phrase("a field", zh: "字段名"))
        try parser.expect(.closeParen)
        if !key.isEmpty { parser.report(.repeated(Phrase("`key`", zh: "`主键`"), at: place)) }
        key = names
        return
      }
      fields.append(try parser.parseField())
    }
    return RecordDeclaration(name: name, fields: fields, compositeKey: key)
  }

  /// field = labeled ":" type { "key" | "called" | "part as" labeled } [ "=" expression ]
  private mutating func parseField() throws(Abandoned) -> RecordDeclaration.Field {
    let start = here
    let name = try parseLabeled(Phrase("a field", zh: "字段名"))
    try expect(.colon)
    let type = try parseType()
    var field = RecordDeclaration.Field(
      name: name, type: type, isKey: false, isCalled: false, partAs: nil, initial: nil, span: start)
    while continuesLine {
      if take(.key) {
        field.isKey = true
      } else if take(.called) {
        field.isCalled = true
      } else if take(.partAs) {
        field.partAs = try parseLabeled(Phrase("a name for the parts", zh: "明细的名称"))
      } else if at(.equal) {
        advance()
        field.initial = try parseExpression()
      } else {
        break
      }
    }
    field.span = span(from: start)
    return field
  }

  /// type = ( "text" | "number" | "integer" | "percent" | "date" | "time" | "duration"
  ///        | "yes" "/" "no" | "money" [ name | "any" ] | "set of" type | "list of" type
  ///        | name ) [ "?" ]
  mutating func parseType() throws(Abandoned) -> TypeTree {
    let start = here
    var kind = try parseTypeKind()
    var isOptional = false
    if continuesLine, take(.question) { isOptional = true }
    // The mark of `set of Role?` was taken with the inner type; it is the set that may be missing.
    switch kind {
    case .setOf(var element) where element.isOptional:
      (element.isOptional, isOptional) = (false, true)
      kind = .setOf(element)
    case .listOf(var element) where element.isOptional:
      (element.isOptional, isOptional) = (false, true)
      kind = .listOf(element)
    default: break
    }
    return TypeTree(kind, isOptional: isOptional, at: span(from: start))
  }

  private mutating func parseTypeKind() throws(Abandoned) -> TypeTree.Kind {
    if at(.yes), peek(1).symbol == .divide, at(.noValue, ahead: 2) {
      _ = take(.yes)
      advance()
      _ = take(.noValue)
      return .yesNo
    }
    if take(.yesNo) { return .yesNo }
    if take(.text) { return .text }
    if take(.number) { return .number }
    if take(.integer) { return .integer }
    if take(.percent) { return .percent }
    if take(.date) { return .date }
    if take(.time) { return .time }
    if take(.duration) { return .duration }
    if take(.money) {
      guard continuesLine else { return .money(nil) }
      if take(.any) { return .moneyAny }
      if token.kind == .word, token.word == 0, isCurrencyName(token) {
        return .money(takeName())
      }
      return .money(nil)
    }
    if take(.setOf) {
      let element = try nested { (parser) throws(Abandoned) in try parser.parseType() }
      return .setOf(element)
    }
    if take(.listOf) {
      let element = try nested { (parser) throws(Abandoned) in try parser.parseType() }
      return .listOf(element)
    }
    if let name = takeName() { return .named(name) }
    throw fail(.expectedType(found: found, at: here))
  }

  /// `CNY`: three capitals.
  private func isCurrencyName(_ token: Token) -> Bool {
    token.end - token.start == 3
      && bytes[Int(token.start)..<Int(token.end)].allSatisfy { $0 >= 0x41 && $0 <= 0x5A }
  }

  /// queue = "queue" labeled { "," labeled }
  private mutating func parseQueues() throws(Abandoned) -> [LabeledName] {
    let what = Phrase("a queue", zh: "队列名")
    var queues = [try parseLabeled(what)]
    while take(.comma) { queues.append(try parseLabeled(what)) }
    return queues
  }

  // MARK: - Data

  /// data = "data" name "from" text [ "{" { ( column | setting ) [ "," ] } "}" ]
  private mutating func parseData() throws(Abandoned) -> DataDeclaration {
    let record = try expectName(Phrase("a record", zh: "对象名"))
    try expect(.from)
    let file = try expectText(Phrase("a file name", zh: "文件名"))
    var data = DataDeclaration(
      record: record, file: file, columns: [], missing: [], delimiter: nil, encoding: nil,
      hasHeader: true)
    guard at(.openBrace) else { return data }
    try parseBody(titles: false) { (parser) throws(Abandoned) in
      try parser.parseDataItem(&data)
    }
    return data
  }

  /// setting = "missing when" texts | "delimiter" text | "encoding" text | "no header"
  private mutating func parseDataItem(_ data: inout DataDeclaration) throws(Abandoned) {
    if take(.missingWhen) {
      data.missing += try parseTexts()
    } else if at(.delimiter), peek(1).kind == .text {
      _ = take(.delimiter)
      data.delimiter = takeText()
    } else if at(.encoding), peek(1).kind == .text {
      _ = take(.encoding)
      data.encoding = takeText()
    } else if take(.noHeader) {
      data.hasHeader = false
    } else {
      data.columns.append(try parseColumn())
    }
  }

  /// column = name { "from" texts | "as" ( text | "fraction" | "points" ) | "missing when" texts }
  private mutating func parseColumn() throws(Abandoned) -> DataDeclaration.Column {
    let field = try expectName(Phrase("a field", zh: "字段名"))
    var column = DataDeclaration.Column(field: field, header: nil, form: nil, missing: [])
    while continuesLine {
      if take(.from) {
        column.header = try expectText(Phrase("a column header", zh: "列标题"))
        while at(.comma), peek(1).kind == .text {
          advance()
          if let text = takeText() { column.moreHeaders.append(text) }
        }
      } else if take(.format) {
        if let pattern = takeText() {
          column.form = .pattern(pattern)
        } else if take(.fraction) {
          column.form = .fraction
        } else if take(.percentPoints) {
          column.form = .points
        } else {
          throw fail(.unknownFormat(at: here))
        }
      } else if take(.missingWhen) {
        column.missing += try parseTexts()
      } else {
        break
      }
    }
    return column
  }

  /// texts = text { "," text }
  mutating func parseTexts() throws(Abandoned) -> [TextLiteral] {
    var texts = [try expectText(Phrase("a text", zh: "文字"))]
    while at(.comma), peek(1).kind == .text {
      advance()
      if let text = takeText() { texts.append(text) }
    }
    return texts
  }

  /// show = "show" name "." name "only to" ( expressions | binder "where" expression )
  private mutating func parseShow() throws(Abandoned) -> ShowDeclaration {
    let record = try expectName(Phrase("a record", zh: "对象名"))
    try expect(.dot)
    let field = try expectName(Phrase("a field", zh: "字段名"))
    try expect(.onlyTo)
    if atName, at(.where, ahead: 1) || (isName(peek(1)) && at(.where, ahead: 2)) {
      let binder = try parseBinder()
      try expect(.where)
      let condition = try parseExpression()
      return ShowDeclaration(
        record: record, field: field, viewer: .record(binder, where: condition))
    }
    return ShowDeclaration(record: record, field: field, viewer: .party(try parseExpressions()))
  }

  /// expressions = orElse { "," orElse }
  mutating func parseExpressions() throws(Abandoned) -> [Expression] {
    var items = [try parseOrElse()]
    while take(.comma) { items.append(try parseOrElse()) }
    return items
  }
}
