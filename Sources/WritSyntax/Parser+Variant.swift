import WritText

/// Variants and experiments.
extension Parser {
  /// variant = "variant" text "of" text "{" { patch [ "," ] } "}"
  mutating func parseVariant() throws(Abandoned) -> VariantDeclaration {
    let title = try expectText(Phrase("a title", zh: "标题"))
    try expect(.variantOf)
    let base = try expectText(Phrase("the folder of the base", zh: "基础规则的文件夹"))
    var patches: [VariantDeclaration.Patch] = []
    try parseBody(starts: [.replace, .remove, .add, .move, .set]) { (parser) throws(Abandoned) in
      patches.append(try parser.parsePatch())
    }
    return VariantDeclaration(title: title, base: base, patches: patches)
  }

  /// patch = "replace" ( text "in" block blockRules | patched )
  ///       | "remove" ( text "in" block | declared )
  ///       | "add" ( [ place ] "in" block blockRules | patched )
  ///       | "move" text place "in" block | "set" name "=" expression
  private mutating func parsePatch() throws(Abandoned) -> VariantDeclaration.Patch {
    let what = Phrase("a title", zh: "标题")
    let start = here
    if take(.replace) {
      if atAny(Parser.patched) != nil { return .replaceDeclaration(try parsePatched()) }
      let title = try expectText(what)
      try expect(.isIn)
      let block = try parseBlockReference()
      return .replace(title, block, with: try parseBlockRules(block))
    }
    if take(.remove) {
      if atAny(Parser.patched) != nil {
        let reference = try parseDeclared()
        return .removeDeclaration(reference, at: span(from: start))
      }
      let title = try expectText(what)
      try expect(.isIn)
      return .remove(title, try parseBlockReference())
    }
    if take(.add) {
      if atAny(Parser.patched) != nil { return .addDeclaration(try parsePatched()) }
      let place = try parsePlaceInBlock()
      try expect(.isIn)
      let block = try parseBlockReference()
      return .add(place, block, try parseBlockRules(block))
    }
    if take(.move) {
      let title = try expectText(what)
      guard let place = try parsePlaceInBlock() else { throw fail(expected([.before, .after])) }
      try expect(.isIn)
      return .move(title, place, try parseBlockReference())
    }
    if take(.set) {
      let name = try expectName(Phrase("a param", zh: "可调值"))
      try expect(.equal)
      return .set(name, try parseExpression())
    }
    throw fail(expected([.replace, .remove, .add, .move, .set]))
  }

  /// What may be patched as a whole.
  private static let patched: [Keyword] =
    blockWords.map(\.keyword) + [.authorize, .define, .split, .require, .change, .alert]

  /// patched = define | table | decide | territories | assign | price | authorize | match | split
  ///         | require | change | alert
  private mutating func parsePatched() throws(Abandoned) -> Declaration {
    let start = here
    let kind = try parseDeclaration()
    return Declaration(kind, at: span(from: start))
  }

  /// declared = block | "define" name [ "." name ] | "split" name
  ///          | ( "require" | "change" | "alert" ) text
  private mutating func parseDeclared() throws(Abandoned) -> DeclarationReference {
    let title = Phrase("a title", zh: "标题")
    if take(.require) { return .require(try expectText(title)) }
    if take(.change) { return .change(try expectText(title)) }
    if take(.alert) { return .alert(try expectText(title)) }
    let what = Phrase("a name", zh: "名称")
    if take(.split) { return .split(try expectName(what)) }
    guard take(.define) else { return .block(try parseBlockReference()) }
    let name = try expectName(what)
    guard continuesLine, take(.dot) else { return .define(record: nil, name) }
    return .define(record: name, try expectName(what))
  }

  /// place = ( "before" | "after" ) text
  private mutating func parsePlaceInBlock() throws(Abandoned) -> VariantDeclaration.Place? {
    let what = Phrase("a title", zh: "标题")
    if take(.before) { return .before(try expectText(what)) }
    if take(.after) { return .after(try expectText(what)) }
    return nil
  }

  /// blockRules = territoryBody | assignBody | steps | saleBody | discountBody | matchBody | decideBody
  ///            | tableBody
  ///
  /// The rules of a patch: a declaration of the block's kind that has nothing else.
  private mutating func parseBlockRules(
    _ block: BlockReference
  ) throws(Abandoned) -> Declaration {
    let start = here
    let nothing = Name("", at: block.span)
    let record = block.record ?? nothing
    let name = block.name ?? nothing
    let binder = Binder(type: nothing, name: nil, span: block.span)
    let kind: Declaration.Kind
    switch block.kind {
    case .territories:
      var rules = TerritoriesDeclaration(
        record: record, owner: nothing, alias: block.name, rules: [])
      try parseTerritoryBody(&rules)
      kind = .territories(rules)
    case .assign:
      var rules = AssignDeclaration(
        record: record, candidate: binder, alias: block.name, order: [], skips: [], rules: [])
      try parseAssignBody(&rules)
      kind = .assign(rules)
    case .price:
      kind = .price(
        PriceDeclaration(record: record, alias: block.name, steps: try parseSteps()))
    case .authorizeSale:
      var rules = SaleDeclaration(product: binder, account: binder, seller: binder, rules: [])
      try parseSaleBody(&rules)
      kind = .authorizeSale(rules)
    case .authorizeDiscount:
      var rules = DiscountDeclaration(
        attribute: name, record: record, ladder: nothing, rules: [], voidOn: [])
      try parseDiscountBody(&rules)
      kind = .authorizeDiscount(rules)
    case .match:
      var rules = MatchDeclaration(left: binder, right: binder, alias: block.name, rules: [])
      try parseMatchBody(&rules)
      kind = .match(rules)
    case .decide:
      var rules = DecideDeclaration(
        name: LabeledName(name: name, label: nil), record: nothing,
        result: TypeTree(.text, at: block.span), rules: [])
      try parseDecideBody(&rules)
      kind = .decide(rules)
    case .table:
      kind = .table(
        TableDeclaration(
          name: LabeledName(name: name, label: nil), parameters: [], results: [],
          body: try parseTableBody()))
    }
    return Declaration(kind, at: span(from: start))
  }

  /// experiment = "experiment" text "for" name
  ///              "{" { "by" orElse "{" { text orElse [ "," ] } "}" | "looks" expressions } "}"
  mutating func parseExperiment() throws(Abandoned) -> ExperimentDeclaration {
    let title = try expectText(Phrase("a title", zh: "标题"))
    try expect(.for)
    let record = try expectName(Phrase("a record", zh: "对象名"))
    var by: Expression?
    var arms: [ExperimentDeclaration.Arm] = []
    var looks: [Expression] = []
    try parseBody(titles: false) { (parser) throws(Abandoned) in
      if parser.take(.looks) {
        looks += try parser.parseExpressions()
        return
      }
      try parser.expect(.by)
      let place = parser.here
      if by != nil { parser.report(.repeated(Phrase("`by`", zh: "`按`"), at: place)) }
      by = try parser.parseOrElse()
      try parser.parseBody(titles: false) { (parser) throws(Abandoned) in
        let variant = try parser.expectText(Phrase("a variant", zh: "方案"))
        arms.append(ExperimentDeclaration.Arm(variant: variant, share: try parser.parseOrElse()))
      }
    }
    guard let by else { throw fail(.missingOutcome(title.text, at: title.span)) }
    return ExperimentDeclaration(title: title, record: record, by: by, arms: arms, looks: looks)
  }

  /// changeable = "changeable" postfix { "," postfix }
  mutating func parseChangeable() throws(Abandoned) -> [Expression] {
    var paths = [try parsePostfix()]
    while take(.comma) { paths.append(try parsePostfix()) }
    return paths
  }
}
