public import WritText

/// What a person types into the REPL.
public enum Entry: Sendable {
  /// `Rep { id "R1", region east }`, with or without `given`: a fact.
  case fact(Name, [FieldValue], Span)
  /// `assign Lead "L1"`, `Account "A".grade`, `1 + 2`, perhaps with `as of` and `as`.
  case question(Question, asOf: Expression?, viewer: Expression?, Span)
  /// `set Rep "R1".capacity = 13`
  case set(Expression, to: Expression, Span)
  /// `commit assign Lead "L1"`
  case commit(BlockReference?, [Expression], Span)
  /// Rules, definitions, records: what a file may hold.
  case declarations(FileTree)
}

/// What the REPL reads.
extension Parser {
  /// Parses one entry: what asks is a question, what could stand in a file is a declaration
  /// (`assign Lead "L1"` asks, `assign Lead to Rep r { … }` declares). nil when it is neither; the
  /// diagnostics are those of the reading that the entry began like.
  public static func parseEntry(
    _ source: Source, id: SourceID
  ) -> (entry: Entry?, diagnostics: [Diagnostic]) {
    let lexer = Lexer(bytes: source.bytes, id: id)
    var first = Parser(lexer, id: id)
    let keyword = first.atAny(topLevel)
    if let keyword, !askable.contains(keyword) {
      let (tree, diagnostics) = parse(source, id: id)
      return (diagnostics.hasErrors ? nil : .declarations(tree), diagnostics)
    }
    var entry: Entry?
    do throws(Abandoned) {
      let read = try first.parseEntry()
      if !first.atEnd { throw first.fail(.expectedEnd(first.found, at: first.here)) }
      entry = read
    } catch {
      // Reported; perhaps it is a declaration.
    }
    if let entry, !first.diagnostics.hasErrors {
      return (entry, first.diagnostics.sortedByPosition())
    }
    guard keyword != nil else { return (nil, first.diagnostics.sortedByPosition()) }
    let (tree, diagnostics) = parse(source, id: id)
    return (diagnostics.hasErrors ? nil : .declarations(tree), diagnostics)
  }

  /// What begins a declaration and may begin a question too.
  private static let askable: Set<Keyword> = [
    .territories, .assign, .price, .authorize, .match, .decide, .table, .require, .alert, .measure,
  ]

  private mutating func parseEntry() throws(Abandoned) -> Entry {
    let start = here
    let saysGiven = take(.given)
    if saysGiven || (isName(token) && peek(1).symbol == .openBrace && atAny(Parser.topLevel) == nil)
    {
      let record = try expectName(Phrase("a record", zh: "对象名"))
      let values = try parseFieldValues()
      return .fact(record, values, span(from: start))
    }
    if at(.set), isName(peek(1)) {
      _ = take(.set)
      let target = try parsePostfix()
      try expect(.equal)
      let value = try parseExpression()
      return .set(target, to: value, span(from: start))
    }
    if take(.commit) {
      guard continuesLine, atBlock else { return .commit(nil, [], span(from: start)) }
      let (block, keys) = try parseBlockQuestion()
      return .commit(block, keys, span(from: start))
    }
    let question = try parseQuestion()
    let asOf = take(.asOf) ? try parseOrElse() : nil
    let viewer = take(.viewer) ? try parsePostfix() : nil
    return .question(question, asOf: asOf, viewer: viewer, span(from: start))
  }
}

extension FileTree {
  /// The file that would hold one step of a test, for whoever checks a step by itself.
  public static func ofStep(_ step: TestDeclaration.Step, language: Language) -> FileTree {
    let test = TestDeclaration(title: TextLiteral("", at: step.span), steps: [step])
    return FileTree(
      source: step.span.source, declarations: [Declaration(.test(test), at: step.span)],
      comments: [], language: language)
  }
}
